"""The beginning of a table of which nothing is known → how it is laid out, and some of its rows."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from dataclasses import replace
from datetime import date
from itertools import islice
from pathlib import Path, PurePosixPath

from communique.graph.errors import SourceError
from communique.graph.mapping.tables.guesses import Sample
from communique.graph.sources.decoding.streams import name_of, open_stream, plain_name
from communique.graph.sources.layouts import SUFFIXES, Layout
from communique.graph.sources.rows import Row
from communique.graph.sources.tables import read_rows, table_name

_HEAD = 1 << 18
_ROWS = 2_000
_SEPARATORS = (",", ";", "\t", "|")
# Tried in turn; the last one takes any bytes.
_ENCODINGS = ("utf-8-sig", "cp1252", "latin-1")


def sample(file: Path) -> Sample:
    """Guess encoding, separator and header of a table and read its first rows.

    SourceError: the file cannot be read, or no row could be.
    """
    form = SUFFIXES.get(PurePosixPath(plain_name(file.name)).suffix, "csv")
    layout = Layout(format=form)
    if form in ("csv", "tsv"):
        layout = _guess(file, layout)
    rows = [row for row in islice(read_rows(file, layout), _ROWS) if isinstance(row, Row)]
    if not rows:
        hint = "see whether it has a header and rows below it"
        raise SourceError("no row could be read", path=name_of(file), expected="a table with names above", hint=hint)
    return Sample(table_name(file), layout, tuple(rows), date.fromtimestamp(file.stat().st_mtime))


def _guess(file: Path, layout: Layout) -> Layout:
    """Guess how a text file is laid out."""
    with open_stream(file) as stream:
        content = stream.read(_HEAD)
    encoding = _guess_encoding(content)
    text = content.decode(encoding, "replace")
    separator = _guess_separator(text)
    header = _guess_header(text, separator)
    return replace(layout, encoding=encoding, separator=separator, header=header)


def _guess_encoding(content: bytes) -> str:
    """Find the first encoding that takes the bytes; carriage returns alone point to an old Macintosh."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(content)
    except UnicodeDecodeError:
        if b"\n" not in content and b"\r" in content:
            return "mac_roman"
        return next(each for each in _ENCODINGS[1:] if _takes(each, content))
    return _ENCODINGS[0]


def _takes(encoding: str, content: bytes) -> bool:
    """Tell whether an encoding knows all bytes."""
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _guess_separator(text: str) -> str:
    """Find the separator that parts most rows alike."""

    def worth(separator: str) -> tuple[int, int]:
        widths = Counter(len(row) for row in _records(text, separator) if row)
        width, count = max(widths.items(), key=lambda item: (item[1] * (item[0] > 1), item[0]), default=(1, 0))
        return (count if width > 1 else 0, width)

    return max(_SEPARATORS, key=worth)


def _guess_header(text: str, separator: str) -> int:
    """Find the first row that is as wide as most rows, and has a text in each cell, or but one of three and more.

    One name may be blank: pandas and R write none for the index.
    """
    records = _records(text, separator)
    width = max(Counter(len(row) for row in records if row).items(), key=lambda item: item[1], default=(0, 0))[0]
    wide = ((number, row) for number, row in enumerate(records, 1) if len(row) == width)
    least = width - 1 if width > 2 else width
    return next((number for number, row in wide if sum(bool(cell.strip()) for cell in row) >= least), 1)


def _records(text: str, separator: str) -> list[list[str]]:
    """Part the first rows of a text."""
    try:
        return list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=separator), 200))
    except csv.Error:
        return []
