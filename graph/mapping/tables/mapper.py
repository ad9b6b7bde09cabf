"""Rows of one table → quads of one edition, with an account that loses no row."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain

from pyoxigraph import Literal, NamedNode, Quad

from communique.graph.errors import AT_ONCE, Faults
from communique.graph.mapping.tables.cells import CellError, Setting, Value
from communique.graph.mapping.tables.columns import DATED, KINDS, Column
from communique.graph.mapping.tables.description import Edition, Table
from communique.graph.mapping.tables.filled import Cells
from communique.graph.mapping.tables.ledger import Ledger
from communique.graph.mapping.tables.linker import Linker
from communique.graph.mapping.tables.readers import reader
from communique.graph.mapping.tables.templates import compile_facts
from communique.graph.sources.rows import Rejected, Row
from communique.graph.sources.tree import wrong
from communique.graph.terms.identifiers import child, document, inferred, slug, stated
from communique.graph.terms.namespaces import XSD, term
from communique.graph.terms.spelling import did_you_mean

_INTEGER = NamedNode(XSD + "integer")
_NOW = (Setting(),)

Reject = Callable[[Rejected], object]


class _Refused(Exception):
    """A row that cannot be mapped."""

    def __init__(self, column: str, value: str, reason: str, cure: str) -> None:
        super().__init__(reason)
        self.column, self.value, self.reason, self.cure = column, value, reason, cure


class TableMapper:
    """Maps the rows of one table of one edition; made once, used for all files of the table."""

    def __init__(self, table: Table, edition: Edition, linker: Linker, faults: Faults = AT_ONCE) -> None:
        """Compile; MappingError at the part of the mapping that is wrong, unless ``faults`` are gathered."""
        self.table, self.edition = table, edition
        self._columns = tuple(table.columns.values())
        self._cells: list[Cells] = []
        self._dates: list[int | None] = []
        self._contexts: list[int | None] = []
        for column in self._columns:
            with faults.gathered():
                self._cells.append(Cells(column, reader(column, linker), table.missing))
            with faults.gathered():
                self._dates.append(_place(column, column.on, table.columns, DATED))
            with faults.gathered():
                self._contexts.append(_place(column, column.text("context"), table.columns))
        self._groups = compile_facts(table, edition, table.facts, faults=faults)
        self._once = compile_facts(table, edition, table.once, whole=True, faults=faults)
        self._file, self._names = "", [""] * len(self._columns)
        self._graph, self._document = stated(edition.key), document(edition.key)
        self._stems: dict[str, str] = {}
        self._infers, self._inferred, self.has_inferred = table.inferred is not None, inferred(edition.key), False

    def map(self, rows: Iterable[Row | Rejected], ledger: Ledger) -> Iterator[Quad]:
        """Map rows; the ledger hears of each that was mapped and of each that could not be.

        Before the first row of each file come the facts that hold for the table at once; they rest on the row with
        the names of the columns.
        """
        return chain.from_iterable(self._map_all(rows, ledger))

    def _map_all(self, rows: Iterable[Row | Rejected], ledger: Ledger) -> Iterator[list[Quad]]:
        """Give the quads of each row."""
        begun: set[str] = set()
        for row in rows:
            if isinstance(row, Rejected):
                ledger.reject(row)
                continue
            try:
                quads = self._map(row, ledger.reject)
            except _Refused as error:
                fault = Rejected(row.file, row.number, error.column, error.value, error.reason, error.cure)
                ledger.reject(fault, row.also)
                continue
            ledger.map(row)
            if row.file not in begun:
                begun.add(row.file)
                yield self._head(row.head or row)
            yield quads

    def _head(self, row: Row) -> list[Quad]:
        """Give the facts that hold for the table at once."""
        if not self._once:
            return []
        ground = self._evidence(row)
        return [*self._point(row, ground), *(quad for group in self._once for quad in group.quads((), (ground,)))]

    def _map(self, row: Row, reject: Reject) -> list[Quad]:
        """Map one row, all or nothing."""
        values = self._read(row, reject)
        rows = _grounds(row)
        grounds = tuple(map(self._evidence, rows))
        try:
            quads = [quad for group in self._groups for quad in group.quads(values, grounds)]
        except CellError as error:
            raise _Refused("", "", error.reason, error.cure) from error
        if not quads:
            cure = "see which values its nodes need, and whether they are missing"
            raise _Refused("", "", "no fact follows from this row", cure)
        for each, ground in zip(rows, grounds, strict=True):
            quads += self._point(each, ground)
        if self._infers and not self.has_inferred:
            self.has_inferred = any(quad.graph_name == self._inferred for quad in quads)
        return quads

    def _read(self, row: Row, reject: Reject) -> list[tuple[Value, ...]]:
        """Read the cells of a row."""
        if row.file != self._file:
            self._names = [_name(column, row) for column in self._columns]
            self._file = row.file
        found: list[tuple[Value, ...]] = []
        for place, cells in enumerate(self._cells):
            column = self._columns[place]
            text = self._text(column, place, row)
            try:
                found.append(cells.read(text, self._settings(place, found)))
            except CellError as error:
                if column.otherwise == "reject":
                    raise _Refused(self._names[place], text, error.reason, error.cure) from error
                reject(Rejected(row.file, row.number, self._names[place], text, error.reason, error.cure, is_row=False))
                found.append(())
            if column.required and not found[-1]:
                raise _Refused(
                    self._names[place], text, "no value where one is required", "fill the cell at the source"
                )
        return found

    def _settings(self, place: int, found: Sequence[tuple[Value, ...]]) -> tuple[Setting, ...]:
        """Give by what a cell is read: the days that a column above it names, and the context; the first counts."""
        on, within = self._dates[place], self._contexts[place]
        if on is None and within is None:
            return _NOW
        days = _days(found[on]) if on is not None else ()
        context = found[within][0].text if within is not None and found[within] else None
        return tuple(Setting(day, context) for day in days) or (Setting(None, context),)

    def _text(self, column: Column, place: int, row: Row) -> str:
        """Give the text of a cell."""
        if column.constant is not None:
            return column.constant
        if column.edition is not None:
            return self.edition.values.get(column.edition, "")
        return row.cells.get(self._names[place], "")

    def _evidence(self, row: Row) -> NamedNode:
        """Name the evidence node of a row."""
        before = self._stems.get(row.file)
        if before is None:
            node = child("evidence", self.edition.key, slug(row.file.rpartition(".")[0]))
            before = self._stems[row.file] = f"{node.value}/"
        return NamedNode(f"{before}{row.number}")

    def _point(self, row: Row, node: NamedNode) -> list[Quad]:
        """Describe the evidence of a row."""
        graph = self._graph
        return [
            Quad(node, _TYPE, _EVIDENCE, graph),
            Quad(node, _IN, self._document, graph),
            Quad(node, _LOCATOR, Literal(str(row.number), datatype=_INTEGER), graph),
            Quad(node, _DIGEST, Literal(row.digest), graph),
            Quad(node, _FILE, Literal(row.file), graph),
        ]


_TYPE, _EVIDENCE, _IN, _LOCATOR = term("rdf:type"), term("com:Evidence"), term("com:inDocument"), term("com:locator")
_DIGEST, _FILE = term("com:passageDigest"), term("com:file")


def _place(
    column: Column, name: str | None, columns: Mapping[str, Column], kinds: Collection[str] = KINDS
) -> int | None:
    """Find the column by which another is read; MappingError when it is absent, unfit or comes later."""
    if name is None:
        return None
    fitting = [each for each, found in columns.items() if found.kind in kinds and each != column.name]
    if name not in fitting:
        message = f"{column.name} is read by {name!r}, which is no such column"
        raise wrong(column.place, message, expected=", ".join(fitting), hint=did_you_mean(name, fitting))
    names = list(columns)
    if names.index(name) > names.index(column.name):
        message = f"{name} stands below {column.name}"
        raise wrong(column.place, message, expected=f"{name} above it, since it is read first")
    return names.index(name)


def _days(values: Sequence[Value]) -> tuple[date, ...]:
    """Give the days on which a name may have to be right: the last of a period, then the first."""
    days = values[0].days if values else None
    if days is None:
        return ()
    return tuple(dict.fromkeys(day for day in (days.end_latest, days.begin_earliest) if day is not None))


def _name(column: Column, row: Row) -> str:
    """Find what a column is called in a file; MappingError when none of its names is there."""
    if column.constant is not None or column.edition is not None:
        return column.name
    found = next((name for name in column.names if name in row.cells), None)
    if found is None and not column.optional:
        wanted = " or ".join(map(repr, column.names))
        hint = did_you_mean(column.names[0], row.cells)
        raise wrong(
            column.place, f"{row.file} has no column {wanted}", expected=", ".join(map(repr, row.cells)), hint=hint
        )
    return found or column.names[0]


def _grounds(row: Row) -> tuple[Row, ...]:
    """Give the rows on which the facts of a row rest: itself, and the last of those merged into it."""
    others = sorted(row.also, key=lambda each: each.number)
    return (row, others[-1]) if others else (row,)
