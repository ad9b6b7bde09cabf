"""Networks and measures as CSV that any reader takes, and as the description of it (CSV on the Web, ``csvm``).

CSV has a header and rows, nothing else, since most readers know nothing else. What must be known of a network stands
in a document beside it, in the W3C's *Metadata Vocabulary for Tabular Data*: ``notes`` has the metadata of the network.
Whoever keeps only one file asks for comments: then lines ``# key: value`` come first, which readers skip when they are
told to (``comment="#"``); texts are quoted, so that no cell is cut.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from communique.graph.networks.measures import MeasureTable
from communique.graph.networks.network import Network
from communique.graph.networks.tables import (
    Row,
    describe,
    edge_rows,
    measure_rows,
    node_rows,
)

MEDIA_TYPE, METADATA_TYPE = "text/csv", "application/csvm+json"

Measures = Sequence[MeasureTable]


@dataclass(frozen=True, slots=True)
class CsvColumn:
    """A column: its title in the header, its datatype in CSVW, and what it says; ``separator`` of a list."""

    title: str
    datatype: str
    description: str
    separator: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Describe the column; its ``name`` is a variable, so it has no hyphen."""
        parts = {"datatype": self.datatype, "dc:description": self.description, "separator": self.separator}
        head = {"name": self.title.replace("-", "_"), "titles": self.title}
        return head | {key: value for key, value in parts.items() if value is not None}


@dataclass(frozen=True, slots=True)
class CsvTable:
    """One CSV file: its columns, the titles of those that name a row, the rows, and what must be known about it."""

    columns: Sequence[CsvColumn]
    key: Sequence[str]
    rows: Iterable[Row]
    described: Row

    def write(self) -> bytes:
        """Write a header and rows in UTF-8: texts quoted, lists joined by spaces, None empty."""
        text = io.StringIO(newline="")
        writer = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC)
        titles = [column.title for column in self.columns]
        writer.writerow(titles)
        writer.writerows([_cell(row[title]) for title in titles] for row in self.rows)
        return text.getvalue().encode()

    def write_commented(self) -> bytes:
        """Write the same after lines of comments; query texts are left to other formats."""
        remarks = {f"note_{number}": note for number, note in enumerate(self.described["notes"], 1)}
        told = {key: value for key, value in self.described.items() if key not in {"notes", "queries"}} | remarks
        lines = [f"# {key}: {_line(value)}\r\n" for key, value in told.items()]
        return "".join(lines).encode() + self.write()

    def write_description(self, file: str) -> bytes:
        """Write what describes it, as the metadata of the file of that name."""
        content = {
            "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
            "url": file,
            "dc:title": f"{self.described['layer']}: {self.described['weight_rule']}",
            "dc:license": {"@id": "https://creativecommons.org/licenses/by/4.0/"},
            "tableSchema": {
                "columns": [column.to_json() for column in self.columns],
                "primaryKey": [title.replace("-", "_") for title in self.key],
            },
            "notes": [self.described],
        }
        return json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1).encode() + b"\n"


def edge_table(network: Network, measures: Measures = ()) -> CsvTable:
    """Lay out one line per edge; measures are of nodes, so they are left out."""
    return CsvTable(_EDGES, ("source", "target"), edge_rows(network), describe(network))


def node_table(network: Network, measures: Measures = ()) -> CsvTable:
    """Lay out one line per node, isolated ones too, with a value and a rank per measure."""
    columns = [*_NODES, *(column for table in measures for column in _measured(table))]
    return CsvTable(columns, ("iri",), node_rows(network, measures), describe(network, measures))


def value_table(table: MeasureTable) -> CsvTable:
    """Lay out one line per node, by rank."""
    return CsvTable(_VALUES, ("iri",), measure_rows(table), describe(table.network, [table]))


def _measured(table: MeasureTable) -> tuple[CsvColumn, CsvColumn]:
    value = CsvColumn(table.name, "double", table.formula)
    return value, CsvColumn(f"{table.name}_rank", "integer", f"rank by {table.name}: 1, 2, 2, 4")


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return str(value).lower()
    return " ".join(value) if isinstance(value, list) else value


def _line(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return " ".join(text.split())


_EDGES = (
    CsvColumn("source", "anyURI", "one end; of a directed tie, where it starts"),
    CsvColumn("source_label", "string", "name of that node"),
    CsvColumn("target", "anyURI", "the other end"),
    CsvColumn("target_label", "string", "name of that node"),
    CsvColumn("weight", "double", "sum over the occasions, by the rule of the layer"),
    CsvColumn("events", "integer", "occasions that tie the two"),
    CsvColumn("planned_events", "integer", "those of them that are only planned"),
    CsvColumn("planned", "boolean", "whether all of them are only planned"),
    CsvColumn("documents", "anyURI", "documents that state it", separator=" "),
)
_NODES = (CsvColumn("iri", "anyURI", "the node"), CsvColumn("label", "string", "its name"))
_VALUES = (
    CsvColumn("rank", "integer", "rank by value: 1, 2, 2, 4; empty where there is no value"),
    CsvColumn("tied", "boolean", "whether others have the same rank"),
    *_NODES,
    CsvColumn("value", "double", "value of the measure; empty where it is undefined"),
    CsvColumn("reason", "string", "why it is undefined"),
)
# Name of a format of plain CSV → of the same with comments, of its description.
COMMENTED: Mapping[str, str] = MappingProxyType(
    {name: f"commented-{name}" for name in ("edges.csv", "nodes.csv", "csv")}
)
DESCRIBED: Mapping[str, str] = MappingProxyType({"edges.csv": "edges.csvm", "nodes.csv": "nodes.csvm", "csv": "csvm"})
