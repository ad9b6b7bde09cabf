"""Rows of a table on their way: what is read, what is rejected, and the account of both."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Any

# Between the cells of a row when its digest is made, and between the texts of a list that a JSON line has as a cell.
CELL_SEPARATOR, LIST_SEPARATOR = "\x1f", "\x1e"


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row of a file.

    Attributes
    ----------
    file : name of the file, without its folder and the suffix of a compression
    number : of the row in the file; the first row, empty ones too, is 1
    cells : text by column name, as written
    passage : the texts of all cells in the file, in their order; of these the digest is made
    head : the row with the names of the columns; None when no row holds them
    also : further rows of the same file that were merged into this one
    """

    file: str
    number: int
    cells: Mapping[str, str]
    passage: tuple[str, ...]
    head: TableRow | None = None
    also: tuple[TableRow, ...] = ()

    @property
    def digest(self) -> str:
        """The SHA-256 of the cells joined by U+001F, 64 hexadecimal digits."""
        return hashlib.sha256(CELL_SEPARATOR.join(self.passage).encode("utf-8", "surrogateescape")).hexdigest()

    def with_cells(self, **cells: str) -> TableRow:
        """Return the row with some cells changed or added; place and passage stay those of the file."""
        return replace(self, cells={**self.cells, **cells})


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row, or one value of it, that does not reach the graph.

    Attributes
    ----------
    file, number : the row; number 0 when a whole file is concerned
    column, value : what is wrong; empty when it is the row as a whole
    reason, cure : why, and what to do
    is_row : the row is lost, not the value alone
    """

    file: str
    number: int
    column: str
    value: str
    reason: str
    cure: str
    is_row: bool = True


@dataclass(slots=True)
class RowCounts:
    """What became of the rows of one edition; read = mapped + rejected.

    ``left_out`` counts single values that were left out of rows that were mapped.
    """

    read: int = 0
    mapped: int = 0
    rejected: int = 0
    left_out: int = 0
    quads: int = 0
    reasons: dict[str, int] = field(default_factory=dict)


def cell_text(cell: Any) -> str:
    """Write a cell of a workbook or of JSON as text: numbers as they are shown, dates in ISO 8601."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    if isinstance(cell, date | datetime | time):
        return cell.isoformat()
    return "" if cell is None else str(cell)
