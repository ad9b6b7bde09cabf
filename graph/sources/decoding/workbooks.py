"""A workbook → the texts of its cells: the part that runs in a process of its own."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, datetime, time
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import python_calamine

from communique.graph.errors import SourceError
from communique.graph.sources.decoding.streams import name_of, open_stream

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable


def read_cells(file: Path | Traversable, name: str | None) -> Iterator[list[str]]:
    """Give the rows of a sheet, the first one when ``name`` is None; rows before the first that holds something too.

    SourceError: the file cannot be read, is no workbook, or has no such sheet.
    """
    with open_stream(file) as stream:
        content = io.BytesIO(stream.read())
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(content)
        if name is not None and name not in book.sheet_names:
            raise SourceError(f"no sheet {name!r}", path=name_of(file), expected=", ".join(book.sheet_names))
        sheet = book.get_sheet_by_name(name) if name else book.get_sheet_by_index(0)
    except (python_calamine.CalamineError, OSError) as error:
        raise SourceError(f"no workbook: {error}", path=name_of(file), expected="XLSX") from error
    empty: list[list[Any]] = [[]] * (sheet.start[0] if sheet.start else 0)  # the library leaves these out
    for cells in chain(empty, sheet.to_python(skip_empty_area=True)):
        yield [cell_text(cell) for cell in cells]


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
