"""Networks and measures as files; each says with which parameters, from which data and how completely it was made.

JSON is node-link with the metadata under ``graph``. CSV has them in a document of its own, see ``csv_files``. GraphML
and GEXF carry the metadata as attributes; their nodes have short ids (``state/KOR``), or their IRI where two would be
alike, and keep their IRI as an attribute. None is left out, lists and mappings become JSON. No clock is read: the same
network gives the same bytes.
"""

from __future__ import annotations

import io
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

import networkx as nx

from communique.graph.networks.csv_files import (
    COMMENTED,
    DESCRIBED,
    MEDIA_TYPE,
    METADATA_TYPE,
    CsvTable,
    edge_table,
    node_table,
    value_table,
)
from communique.graph.networks.measures import MeasureTable
from communique.graph.networks.network import Network
from communique.graph.networks.options import pick
from communique.graph.networks.tables import (
    Row,
    describe,
    edge_rows,
    measure_metadata,
    measure_rows,
    metadata,
    node_rows,
    occasion_rows,
    write_day,
)
from communique.graph.networks.texts import clean
from communique.graph.networks.times import OPEN, intersections
from communique.graph.terms.namespaces import shorten

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

_GEXF = "http://gexf.net/1.3"
_GEXF_TYPES = {bool: "boolean", int: "long", float: "double", str: "string"}

Measures = Sequence[MeasureTable]
Spell = tuple[str | None, str | None]


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
    return _dump_json(
        {
            "directed": network.directed,
            "multigraph": False,
            "graph": metadata(network) | described,
            "nodes": [{"id": row.pop("iri"), **row} for row in node_rows(network, measures)],
            "edges": edge_rows(network),
            "occasions": occasion_rows(network),
        }
    )


def _measure_json(table: MeasureTable) -> bytes:
    """Write the values of a measure with its metadata and that of its network."""
    return _dump_json(measure_metadata(table) | {"network": metadata(table.network), "rows": measure_rows(table)})


def _dump_json(content: Row) -> bytes:
    """Write JSON in UTF-8; ValueError on NaN, which JSON does not know."""
    return json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1).encode() + b"\n"


def _graphml(network: Network, measures: Measures) -> bytes:
    """Write GraphML with the metadata as attributes of the graph."""
    graph: Any = nx.DiGraph() if network.directed else nx.Graph()
    graph.graph.update(_clean(describe(network, measures)))
    ids = _ids(network)
    graph.add_nodes_from((ids[row["iri"]], _clean(row)) for row in node_rows(network, measures))
    graph.add_edges_from((ids[row.pop("source")], ids[row.pop("target")], _clean(row)) for row in _edges(network))
    text = io.BytesIO()
    nx.write_graphml_xml(graph, text, named_key_ids=True)
    return text.getvalue()


def _gexf(network: Network, measures: Measures) -> bytes:
    """Write GEXF 1.3 with the metadata as description; an edge has a spell for each dated time its ends share."""
    root = Element("gexf", xmlns=_GEXF, version="1.3")
    meta = SubElement(root, "meta")
    SubElement(meta, "creator").text = "communique"
    SubElement(meta, "description").text = _text(describe(network, measures))
    spells = _spells(network)
    time = {"mode": "dynamic", "timeformat": "date"} if spells else {"mode": "static"}
    graph = SubElement(root, "graph", {"defaultedgetype": "directed" if network.directed else "undirected"} | time)
    nodes, edges, ids = node_rows(network, measures), _edges(network), _ids(network)
    heads = [{"id": ids[row["iri"]], "label": _text(row.pop("label"))} for row in nodes]
    _add_items(graph, "node", heads, nodes, {})
    ends = [{end: ids[row.pop(end)] for end in ("source", "target")} for row in edges]
    weighted = [{"id": str(at), **ends[at], "weight": str(row.pop("weight"))} for at, row in enumerate(edges)]
    _add_items(graph, "edge", weighted, edges, spells)
    indent(root)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def _edges(network: Network) -> list[Row]:
    """List edges without the labels, which the nodes have."""
    return [{key: value for key, value in row.items() if not key.endswith("_label")} for row in edge_rows(network)]


def _ids(network: Network) -> dict[str, str]:
    """Map each IRI to its short form, or to itself where several would have the same."""
    short = {node.iri: shorten(node.iri) for node in network.nodes}
    alike = Counter(short.values())
    return {iri: text if alike[text] == 1 else iri for iri, text in short.items()}


def _add_items(
    graph: Element, kind: str, heads: Sequence[dict[str, str]], rows: Sequence[Row], spells: Mapping[int, list[Spell]]
) -> None:
    """Add the declarations of attributes, then the nodes or edges with their values."""
    cleaned = [_clean(row) for row in rows]
    types = {key: _GEXF_TYPES[type(value)] for row in cleaned for key, value in row.items()}
    declared = SubElement(graph, "attributes", {"class": kind, "mode": "static"})
    for key, type_ in types.items():
        SubElement(declared, "attribute", id=key, title=key, type=type_)
    items = SubElement(graph, f"{kind}s")
    for at, (head, row) in enumerate(zip(heads, cleaned, strict=True)):
        item = SubElement(items, kind, head)
        if at in spells:
            parent = SubElement(item, "spells")
            for begin, end in spells[at]:
                known = {"start": begin, "end": end}
                SubElement(parent, "spell", {key: day for key, day in known.items() if day is not None})
        values = SubElement(item, "attvalues")
        for key, value in row.items():
            SubElement(values, "attvalue", {"for": key, "value": _text(value)})


def _spells(network: Network) -> dict[int, list[Spell]]:
    """Collect the times that the ends of each edge share, by its position; without any, the bounds of the occasion."""
    found: dict[int, set[Spell]] = defaultdict(set)
    if network.ties is not None:
        columns = network.ties.edge, network.ties.source, network.ties.target
        for edge, *ends in zip(*(column.tolist() for column in columns), strict=True):
            one, other = (network.members[end] for end in ends)
            occasion = network.occasions[one.occasion]
            for begin, end in intersections(one.spans, other.spans):
                spell = (occasion.begin, occasion.end) if (begin, end) == OPEN else (begin, end)
                found[edge].add((write_day(spell[0]), write_day(spell[1])))
    dated = {edge: spells - {(None, None)} for edge, spells in found.items()}
    return {edge: sorted(spells, key=str) for edge, spells in dated.items() if spells}


def _clean(row: Row) -> Row:
    """Keep only what both formats can hold: booleans, numbers and text."""
    known = {key: value for key, value in row.items() if value is not None}
    return {key: value if isinstance(value, bool | int | float) else _text(value) for key, value in known.items()}


def _text(value: object) -> str:
    """Write a value as text that XML allows; lists and mappings as JSON, booleans as XML Schema spells them."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return clean(text)


def _csv_formats(name: str, lay_out: Callable[[Network, Measures], CsvTable]) -> tuple[Format, ...]:
    """Offer one table of a network as it is, with comments, and its description."""
    suffix, described = f".{name}", f".{name}-metadata.json"

    def describe_file(network: Network, measures: Measures) -> bytes:
        return lay_out(network, measures).write_description(f"{network.provenance.layer}{suffix}")

    return (
        Format(name, MEDIA_TYPE, suffix, lambda *parts: lay_out(*parts).write()),
        Format(COMMENTED[name], MEDIA_TYPE, suffix, lambda *parts: lay_out(*parts).write_commented()),
        Format(DESCRIBED[name], METADATA_TYPE, described, describe_file),
    )


def _describe_values(table: MeasureTable) -> bytes:
    return value_table(table).write_description(f"{table.network.provenance.layer}.{table.name}.csv")


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        each.name: each
        for each in (
            Format("json", "application/json", ".json", _json),
            *_csv_formats("edges.csv", edge_table),
            *_csv_formats("nodes.csv", node_table),
            Format("graphml", "application/graphml+xml", ".graphml", _graphml),
            Format("gexf", "application/gexf+xml", ".gexf", _gexf),
        )
    }
)

MEASURE_FORMATS: Mapping[str, MeasureFormat] = MappingProxyType(
    {
        each.name: each
        for each in (
            MeasureFormat("json", "application/json", ".json", _measure_json),
            MeasureFormat("csv", MEDIA_TYPE, ".csv", lambda table: value_table(table).write()),
            MeasureFormat(COMMENTED["csv"], MEDIA_TYPE, ".csv", lambda table: value_table(table).write_commented()),
            MeasureFormat(DESCRIBED["csv"], METADATA_TYPE, ".csv-metadata.json", _describe_values),
        )
    }
)
