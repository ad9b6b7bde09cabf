"""Rows that did not reach the graph, as a CSV that people open in a spreadsheet."""

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path
from tempfile import TemporaryFile
from weakref import finalize

from communique.graph.sources.rows import Rejected

COLUMNS = ("file", "row", "column", "value", "reason", "cure", "lost")

_LONGEST = 500
_NUMBER = re.compile(r"[+-]?[\d.,]+%?")
# A spreadsheet takes a cell that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Rejects:
    """A list that is kept on disk, as long as this object lives, until it is written to its place."""

    def __init__(self) -> None:
        """Begin an empty list."""
        self._file = TemporaryFile("w+", encoding="utf-8", errors="backslashreplace", newline="")  # noqa: SIM115
        finalize(self, self._file.close)
        self._rows = csv.writer(self._file, lineterminator="\n")
        self._rows.writerow(COLUMNS)
        self.first: list[Rejected] = []
        self.count = 0

    def add(self, rejected: Rejected) -> None:
        """Add a row or a value; the first few are also kept to be shown."""
        self.count += 1
        if len(self.first) < 5:
            self.first.append(rejected)
        lost = "row" if rejected.is_row else "value"
        cells = (
            rejected.file,
            str(rejected.number),
            rejected.column,
            rejected.value,
            rejected.reason,
            rejected.cure,
            lost,
        )
        self._rows.writerow(map(_tame, cells))

    def write(self, path: Path) -> None:
        """Write the list to a file."""
        self._file.seek(0)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            shutil.copyfileobj(self._file, file)
        self._file.seek(0, 2)


def _tame(text: str) -> str:
    """Cut a long cell, and keep a spreadsheet from taking it for a formula."""
    short = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(text)} characters)"
    short = short.replace("\0", "\\0")
    return f"'{short}" if short.startswith(_FORMULA) and not _NUMBER.fullmatch(short) else short
