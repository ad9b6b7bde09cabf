"""A world of one table: a mapping as text, rows as cells, quads as short lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from communique.graph.mapping.tables import Rejected, RowCounts, TableRow, TableSource, read_source
from communique.graph.mapping.tables.accounts import RowAccount
from communique.graph.mapping.tables.mapper import TableMapper
from communique.graph.sources import parse_yaml
from communique.graph.terms.identifiers import entity
from communique.graph.terms.namespaces import shorten

HEAD = """source: world
edition: "2020"
date: 2020-12-31
tables:
  - name: rows
"""


STATES = {"korea": "state/KOR", "kenya": "state/KEN", "estonia": "state/EST", "hong kong": "place/HKG"}


class Known:
    """A linker that knows three states by name and by code, a state that ended, and a few organizations.

    One of these, the Lighthouse Board, was made by an earlier load of the same source.
    """

    def find_state(self, text: str, on: date | None) -> NamedNode | None:
        if text == "Zaire":
            return entity("state/COD") if on is not None and on < date(1997, 5, 17) else None
        return self._node(STATES.get(text.casefold()))

    def by_code(self, scheme: str, code: str, on: date | None) -> NamedNode | None:
        return self._node({("alpha2", "KR"): "state/KOR", ("alpha2", "NA"): "state/NAM"}.get((scheme, code)))

    def find_actor(self, text: str, kind: str, on: date | None, context: str | None) -> NamedNode | None:
        if text == "Ministry of the Interior":
            return entity("org/kor-interior-ministry") if context == "Korea" else None
        known = {"OECD": "org/oecd", "Lighthouse Board": "org/world-lighthouse-board"}
        return self._node(known.get(text)) if kind == "org" else None

    def _node(self, name: str | None) -> NamedNode | None:
        return entity(name) if name else None


@dataclass(frozen=True)
class Mapped:
    """What came of rows: quads in short form, the account, what was rejected."""

    quads: list[Quad]
    account: RowCounts
    rejected: list[Rejected]

    def of(self, subject: str, graph: str = "doc/world-2020") -> set[tuple[str, str]]:
        """Give property and value of a node, evidence apart."""
        return {
            (shorten(quad.predicate.value), _short(quad.object))
            for quad in self.quads
            if shorten(str(quad.subject).strip("<>")) == subject
            and str(quad.graph_name).strip("<>").endswith(f"/graph/{graph}")
            and not quad.predicate.value.endswith("#evidence")
        }

    @property
    def nodes(self) -> set[str]:
        """Name the nodes that have a class, evidence apart."""
        typed = (quad for quad in self.quads if quad.predicate.value.endswith("#type"))
        names = {shorten(str(quad.subject).strip("<>")) for quad in typed}
        return {name for name in names if not name.startswith("evidence/")}


Map = Callable[..., Mapped]


def describe(table: str, head: str = HEAD) -> TableSource:
    """Read a mapping of one table; ``table`` is indented by four spaces less than it will be."""
    body = "".join(f"    {line}\n" for line in table.strip("\n").splitlines())
    return read_source(parse_yaml(head + body, "map.yaml"))


@pytest.fixture
def map_rows() -> Map:
    """Map rows, given as cells or as what a reader gives, by a table."""

    def run(table: str, *rows: Mapping[str, str] | TableRow | Rejected, head: str = HEAD) -> Mapped:
        source = describe(table, head)
        rejected: list[Rejected] = []
        ledger = RowAccount(rejected.append)
        mapper = TableMapper(source.tables[0], source.editions[0], Known())
        names = TableRow("data.csv", 1, {}, next((tuple(cells) for cells in rows if isinstance(cells, Mapping)), ()))
        numbered: Iterable[TableRow | Rejected] = [
            TableRow("data.csv", number, cells, tuple(cells.values()), names) if isinstance(cells, Mapping) else cells
            for number, cells in enumerate(rows, 2)
        ]
        quads = list(mapper.map(ledger.read(numbered), ledger))
        return Mapped(quads, ledger.close(), rejected)

    return run


def _short(value: object) -> str:
    if isinstance(value, Literal):
        mark = f"@{value.language}" if value.language else ""
        return value.value + mark
    return shorten(str(value).strip("<>"))
