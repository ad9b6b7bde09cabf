"""Rows of one table → quads of one edition, with an account that loses no row."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain

from pyoxigraph import Literal, NamedNode, Quad

from communique.graph.errors import AT_ONCE, Faults
from communique.graph.mapping.tables.accounts import RowAccount
from communique.graph.mapping.tables.cells import CellContext, CellError, CellValue
from communique.graph.mapping.tables.columns import DATED, KINDS, TableColumn
from communique.graph.mapping.tables.description import SourceTable
from communique.graph.mapping.tables.editions import Edition
from communique.graph.mapping.tables.linker import Linker
from communique.graph.mapping.tables.node_templates import compile_facts, compile_once
from communique.graph.mapping.tables.readers import ColumnReader
from communique.graph.sources.rows import Rejected, TableRow
from communique.graph.sources.tree import wrong
from communique.graph.terms.identifiers import child, document, inferred, slug, stated
from communique.graph.terms.namespaces import XSD, term
from communique.graph.terms.spelling import did_you_mean

_TYPE, _EVIDENCE, _IN, _LOCATOR = term("rdf:type"), term("com:Evidence"), term("com:inDocument"), term("com:locator")
_DIGEST, _FILE = term("com:passageDigest"), term("com:file")
_INTEGER = NamedNode(XSD + "integer")
_NO_CONTEXT = (CellContext(),)


class _UnmappedRow(Exception):
    """A row that cannot be mapped."""

    def __init__(self, column: str, value: str, reason: str, cure: str) -> None:
        super().__init__(reason)
        self.column, self.value, self.reason, self.cure = column, value, reason, cure


class TableMapper:
    """Maps the rows of one table of one edition; made once, used for all files of the table."""

    def __init__(self, table: SourceTable, edition: Edition, linker: Linker, faults: Faults = AT_ONCE) -> None:
        """Compile; MappingError at the part of the mapping that is wrong, unless ``faults`` are gathered."""
        self.table, self.edition = table, edition
        self._columns = tuple(table.columns.values())
        self._readers: list[ColumnReader] = []
        # For each column the places of those that say on which day, and within what, its names have to be right.
        self._dates: list[int | None] = []
        self._contexts: list[int | None] = []
        for column in self._columns:
            with faults.gathered():
                self._readers.append(ColumnReader(column, linker, table.missing))
            with faults.gathered():
                self._dates.append(_place_of(column, column.on, table.columns, DATED))
            with faults.gathered():
                self._contexts.append(_place_of(column, column.text("context"), table.columns))
        self._groups = compile_facts(table, edition, faults)
        self._once = compile_once(table, edition, faults)
        self._file, self._names = "", [""] * len(self._columns)
        self._graph, self._document = stated(edition.key), document(edition.key)
        self._stems: dict[str, str] = {}
        self._infers, self._inferred, self.has_inferred = bool(table.inferred), inferred(edition.key), False

    def map(self, rows: Iterable[TableRow | Rejected], account: RowAccount) -> Iterator[Quad]:
        """Map rows; each is entered in the account as mapped or rejected.

        Before the first row of each file come the facts that hold for the table as a whole; they rest on the row with
        the names of the columns.
        """
        return chain.from_iterable(self._map_all(rows, account))

    def _map_all(self, rows: Iterable[TableRow | Rejected], account: RowAccount) -> Iterator[list[Quad]]:
        begun: set[str] = set()
        for row in rows:
            if isinstance(row, Rejected):
                account.reject(row)
                continue
            try:
                quads = self._map(row, account)
            except _UnmappedRow as error:
                rejected = Rejected(row.file, row.number, error.column, error.value, error.reason, error.cure)
                account.reject(rejected, row.also)
                continue
            account.map(row)
            if row.file not in begun:
                begun.add(row.file)
                if self._once:
                    head = row.head or row
                    evidence = self._evidence(head)
                    once = [quad for group in self._once for quad in group.quads((), (evidence,))]
                    yield [*self._describe_evidence(head, evidence), *once]
            yield quads

    def _map(self, row: TableRow, account: RowAccount) -> list[Quad]:
        """Map one row, all or nothing; its facts rest on itself and on the last of those merged into it."""
        values = self._read(row, account)
        rows = (row, max(row.also, key=lambda each: each.number)) if row.also else (row,)
        evidence = tuple(map(self._evidence, rows))
        try:
            quads = [quad for group in self._groups for quad in group.quads(values, evidence)]
        except CellError as error:
            raise _UnmappedRow("", "", error.reason, error.cure) from error
        if not quads:
            cure = "see which values its nodes need, and whether they are missing"
            raise _UnmappedRow("", "", "no fact follows from this row", cure)
        for each, node in zip(rows, evidence, strict=True):
            quads += self._describe_evidence(each, node)
        if self._infers and not self.has_inferred:
            self.has_inferred = any(quad.graph_name == self._inferred for quad in quads)
        return quads

    def _read(self, row: TableRow, account: RowAccount) -> list[tuple[CellValue, ...]]:
        if row.file != self._file:
            self._names = [_name_in_file(column, row) for column in self._columns]
            self._file = row.file
        found: list[tuple[CellValue, ...]] = []
        for place, reader in enumerate(self._readers):
            column, name = self._columns[place], self._names[place]
            if column.constant is not None:
                text = column.constant
            elif column.edition is not None:
                text = self.edition.values.get(column.edition, "")
            else:
                text = row.cells.get(name, "")
            try:
                values = reader.read(text, self._cell_contexts(place, found))
            except CellError as error:
                if column.otherwise == "reject":
                    raise _UnmappedRow(name, text, error.reason, error.cure) from error
                account.reject(Rejected(row.file, row.number, name, text, error.reason, error.cure, is_row=False))
                values = ()
            if column.required and not values:
                raise _UnmappedRow(name, text, "no value where one is required", "fill the cell at the source")
            found.append(values)
        return found

    def _cell_contexts(self, place: int, found: Sequence[tuple[CellValue, ...]]) -> tuple[CellContext, ...]:
        """Return in what a cell is read: the days that a column above it names, and the context; the first counts.

        The days of a period are its last, then its first.
        """
        on, within = self._dates[place], self._contexts[place]
        if on is None and within is None:
            return _NO_CONTEXT
        context = found[within][0].text if within is not None and found[within] else None
        bounds = found[on][0].days if on is not None and found[on] else None
        days = (bounds.end_latest, bounds.begin_earliest) if bounds else ()
        contexts = (CellContext(day, context) for day in dict.fromkeys(days) if day is not None)
        return tuple(contexts) or (CellContext(None, context),)

    def _evidence(self, row: TableRow) -> NamedNode:
        stem = self._stems.get(row.file)
        if stem is None:
            node = child("evidence", self.edition.key, slug(row.file.rpartition(".")[0]))
            stem = self._stems[row.file] = f"{node.value}/"
        return NamedNode(f"{stem}{row.number}")

    def _describe_evidence(self, row: TableRow, node: NamedNode) -> list[Quad]:
        graph = self._graph
        return [
            Quad(node, _TYPE, _EVIDENCE, graph),
            Quad(node, _IN, self._document, graph),
            Quad(node, _LOCATOR, Literal(str(row.number), datatype=_INTEGER), graph),
            Quad(node, _DIGEST, Literal(row.digest), graph),
            Quad(node, _FILE, Literal(row.file), graph),
        ]


def _place_of(
    column: TableColumn, name: str | None, columns: Mapping[str, TableColumn], kinds: Collection[str] = KINDS
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


def _name_in_file(column: TableColumn, row: TableRow) -> str:
    """Find what a column is called in a file; MappingError when none of its names is there."""
    if column.constant is not None or column.edition is not None:
        return column.name
    found = next((name for name in column.names if name in row.cells), None)
    if found is None and not column.optional:
        message = f"{row.file} has no column {' or '.join(map(repr, column.names))}"
        hint = did_you_mean(column.names[0], row.cells)
        raise wrong(column.place, message, expected=", ".join(map(repr, row.cells)), hint=hint)
    return found or column.names[0]
