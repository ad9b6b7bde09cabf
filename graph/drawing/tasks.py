"""A drawing: what is asked, and how it is made from the answers of the query engine."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from communique.graph.drawing.kept import KeptDrawings
from communique.graph.networks import (
    MeasureTable,
    Network,
    NetworkOptions,
    formats,
    measure,
    project,
)

# The form for a page: JSON with the rows that it shows.
PAGE = "page"


@dataclass(frozen=True, slots=True)
class DrawingTask:
    """What is to be drawn.

    Attributes
    ----------
    snapshot : id of the data
    layer : name of the layer
    options : see ``NetworkOptions``
    measures : names of measures; they become attributes of nodes
    form : one of ``formats.FORMATS``; with ``is_measure`` one of ``formats.MEASURE_FORMATS``; or ``PAGE``
    is_measure : write the values of the only measure, and not the network
    rows : most rows of a table in a page
    """

    snapshot: str
    layer: str
    options: NetworkOptions
    measures: tuple[str, ...]
    form: str
    is_measure: bool = False
    rows: int = 0

    def to_json(self) -> dict[str, Any]:
        """Write the task as JSON has it."""
        return {
            "snapshot": self.snapshot,
            "layer": self.layer,
            "options": self.options.as_parameters(),
            "measures": self.measures,
            "form": self.form,
            "is_measure": self.is_measure,
            "rows": self.rows,
        }

    @classmethod
    def from_json(cls, parts: Mapping[str, Any]) -> DrawingTask:
        """Read a task back."""
        read = {"options": NetworkOptions.parse(parts["options"]), "measures": tuple(parts["measures"])}
        return cls(**{**parts, **read})

    @property
    def key(self) -> str:
        """Return a digest of everything that the drawing depends on."""
        return _digest(self.to_json())

    def measure_key(self, name: str) -> str:
        """Return a digest of everything that the values of one measure depend on, whatever form they are written in."""
        return _digest([self.snapshot, self.layer, self.options.as_parameters(), name])


def draw(task: DrawingTask, answers: Mapping[str, bytes], kept: KeptDrawings) -> bytes:
    """Draw, measure and write a network.

    ``answers`` has the answer to each of ``networks.queries`` by its text. Values of measures are taken from ``kept``,
    and put there when they are not. NetworkError as ``project`` and ``measure``.
    """
    network = project(answers.__getitem__, task.layer, options=task.options, data_version=task.snapshot)
    tables = [_measure(network, name, task.measure_key(name), kept) for name in task.measures]
    if task.form == PAGE:
        page = _measure_page(tables[0], task.rows) if task.is_measure else _network_page(network, tables, task.rows)
        return json.dumps(page, ensure_ascii=False).encode()
    if task.is_measure:
        return formats.write_measure(tables[0], task.form)
    return formats.write(network, task.form, measures=tables)


def _measure(network: Network, name: str, key: str, kept: KeptDrawings) -> MeasureTable:
    """Measure a network, with the values that are kept of it."""
    if (found := kept.find(key)) is not None:
        return measure(network, name, values=json.loads(found))
    table = measure(network, name)
    kept.keep(key, json.dumps(table.values).encode())
    return table


def _network_page(network: Network, tables: list[MeasureTable], rows: int) -> dict[str, Any]:
    nodes, edges = formats.node_rows(network, tables), formats.edge_rows(network)
    return {"described": formats.metadata(network), "nodes": _cut(nodes, rows), "edges": _cut(edges, rows)}


def _measure_page(table: MeasureTable, rows: int) -> dict[str, Any]:
    named = {"name": table.name, "formula": table.formula}
    values = _cut(formats.measure_rows(table), rows)
    return {"described": formats.metadata(table.network), "measure": named, "values": values}


def _cut(rows: list[dict[str, Any]], most: int) -> dict[str, Any]:
    return {"rows": rows[:most], "total": len(rows)}


def _digest(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
