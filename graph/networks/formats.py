"""Networks and measures as files; each says with which parameters, from which data and how completely it was made.

JSON is node-link with the metadata under ``graph``. CSV opens with comment lines ``# key: value``, which readers skip
(``comment="#"``: texts are quoted, so that no cell is cut). GraphML and GEXF carry the metadata as attributes.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from communique.graph.networks.choices import pick
from communique.graph.networks.markup import write_gexf, write_graphml
from communique.graph.networks.measures import MeasureTable
from communique.graph.networks.network import Network
from communique.graph.networks.tables import (
    Row,
    edge_rows,
    measure_metadata,
    measure_rows,
    metadata,
    node_rows,
    occasion_rows,
)

__all__ = [
    "FORMATS",
    "MEASURE_FORMATS",
    "Format",
    "MeasureFormat",
    "edge_rows",
    "measure_rows",
    "metadata",
    "node_rows",
    "occasion_rows",
    "write",
    "write_measure",
]

Measures = Sequence[MeasureTable]


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write a network: ``name`` to ask for it, ``suffix`` of a file that holds it."""

    name: str
    media_type: str
    suffix: str
    write: Callable[[Network, Measures], bytes]


@dataclass(frozen=True, slots=True)
class MeasureFormat:
    """A way to write one measure."""

    name: str
    media_type: str
    suffix: str
    write: Callable[[MeasureTable], bytes]


def write(network: Network, form: str, *, measures: Measures = ()) -> bytes:
    """Write a network as one of ``FORMATS``; measures become attributes of nodes. NetworkError for an unknown form."""
    return pick("format of a network", form, FORMATS).write(network, measures)


def write_measure(table: MeasureTable, form: str) -> bytes:
    """Write a measure as one of ``MEASURE_FORMATS``; NetworkError for an unknown form."""
    return pick("format of a measure", form, MEASURE_FORMATS).write(table)


def _json(network: Network, measures: Measures) -> bytes:
    """Write node-link JSON, as networkx reads it with ``edges="edges"``, and the occasions behind the edges."""
    described = {"measures": [measure_metadata(table) for table in measures]} if measures else {}
    return _dump(
        {
            "directed": network.directed,
            "multigraph": False,
            "graph": metadata(network) | described,
            "nodes": [{"id": row.pop("iri"), **row} for row in node_rows(network, measures)],
            "edges": edge_rows(network),
            "occasions": occasion_rows(network),
        }
    )


def _edges_csv(network: Network, measures: Measures) -> bytes:
    """Write one line per edge."""
    columns = ["source", "source_label", "target", "target_label", "weight", "events", "planned_events", "planned"]
    return _csv(_comments(network, ()), [*columns, "documents"], edge_rows(network))


def _nodes_csv(network: Network, measures: Measures) -> bytes:
    """Write one line per node, isolated ones too, with a value and a rank per measure."""
    columns = ["iri", "label", *(name for table in measures for name in (table.name, f"{table.name}_rank"))]
    return _csv(_comments(network, measures), columns, node_rows(network, measures))


def _measure_json(table: MeasureTable) -> bytes:
    """Write the values of a measure with its metadata and that of its network."""
    return _dump(measure_metadata(table) | {"network": metadata(table.network), "rows": measure_rows(table)})


def _measure_csv(table: MeasureTable) -> bytes:
    """Write one line per node, by rank."""
    columns = ["rank", "tied", "iri", "label", "value", "reason"]
    return _csv(_comments(table.network, [table]), columns, measure_rows(table))


def _comments(network: Network, measures: Measures) -> Row:
    """Choose the metadata that stand in the comment lines of CSV; query texts are left to JSON."""
    known = {key: value for key, value in metadata(network).items() if key not in {"notes", "queries"}}
    described = {f"measure_{table.name}": measure_metadata(table) for table in measures}
    remarks = {f"note_{number}": note for number, note in enumerate(metadata(network)["notes"], 1)}
    return known | described | remarks


def _csv(comments: Row, columns: Sequence[str], rows: Sequence[Row]) -> bytes:
    """Write comment lines, a header and rows in UTF-8: texts quoted, lists joined by spaces, None empty."""
    text = io.StringIO(newline="")
    for key, value in comments.items():
        line = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        text.write(f"# {key}: {' '.join(line.split())}\r\n")
    writer = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(columns)
    writer.writerows([_cell(row[column]) for column in columns] for row in rows)
    return text.getvalue().encode()


def _cell(value: object) -> object:
    """Write a value for CSV."""
    if isinstance(value, bool):
        return str(value).lower()
    return " ".join(value) if isinstance(value, list) else value


def _dump(content: Row) -> bytes:
    """Write JSON in UTF-8; ValueError on NaN, which JSON does not know."""
    return json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1).encode() + b"\n"


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        each.name: each
        for each in (
            Format("json", "application/json", ".json", _json),
            Format("edges.csv", "text/csv", ".edges.csv", _edges_csv),
            Format("nodes.csv", "text/csv", ".nodes.csv", _nodes_csv),
            Format("graphml", "application/graphml+xml", ".graphml", write_graphml),
            Format("gexf", "application/gexf+xml", ".gexf", write_gexf),
        )
    }
)

MEASURE_FORMATS: Mapping[str, MeasureFormat] = MappingProxyType(
    {
        each.name: each
        for each in (
            MeasureFormat("json", "application/json", ".json", _measure_json),
            MeasureFormat("csv", "text/csv", ".csv", _measure_csv),
        )
    }
)
