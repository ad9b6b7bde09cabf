"""Files of tables → rows, one after another: CSV, TSV, XLSX and JSON lines, as they are or compressed.

A ``Layout`` says how the bytes of a file become rows; a mapping declares it.
A row that cannot be read is yielded as rejected, with its number and a reason, and the next one follows. Where no row
after a fault can be trusted (an unclosed quote, broken compression) the whole file is a ``SourceError``.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any, Literal

from communique.graph.errors import SourceError, SourceLimit
from communique.graph.sources.decoding.encodings import check_encoding, looks_like, plain_encoding
from communique.graph.sources.decoding.process import read_sheet
from communique.graph.sources.decoding.streams import Notice, name_of, open_stream, plain_name
from communique.graph.sources.rows import CELL_SEPARATOR, LIST_SEPARATOR, Rejected, TableRow, cell_text
from communique.graph.sources.tree import Block, as_scalar, read_sign, read_text, read_texts, read_whole, wrong

FORMATS = ("csv", "tsv", "xlsx", "jsonl")
SUFFIXES: Mapping[str, str] = MappingProxyType(
    {".csv": "csv", ".txt": "csv", ".tsv": "tsv", ".tab": "tsv", ".xlsx": "xlsx", ".jsonl": "jsonl", ".ndjson": "jsonl"}
)
LAYOUT_KEYS = ("format", "encoding", "separator", "quote", "header", "names", "sheet", "escape")

_UTF8 = "utf-8-sig"
# Signs that no text has: NUL and its like, but for tabulators and line ends, and the mark between cells.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1d\x7f]")
_UNDECODED = re.compile("[\ud800-\udfff]")
_COMPRESSED = (".gz", ".zst")
# Longest line of a text, in characters: what is longer has lost its line ends, or is there to fill the memory.
LONGEST_LINE = 16 << 20


@dataclass(frozen=True, slots=True)
class Layout:
    """How the bytes of a file become rows.

    Attributes
    ----------
    format : csv, tsv, xlsx or jsonl; by the suffix when None
    encoding : of text files
    separator, quote, escape : one sign each; nothing is quoted when ``quote`` is empty
    header : number of the row that holds the names; 0 when there is none
    names : of the columns where no row holds them
    sheet : of a workbook; the first when None
    """

    format: str | None = None
    encoding: str = _UTF8
    separator: str | None = None
    quote: str = '"'
    escape: str = ""
    header: int = 1
    names: tuple[str, ...] = ()
    sheet: str | None = None


def read_layout(block: Block) -> Layout:
    """Read how the files of a table are laid out; MappingError at what is wrong."""
    form, header = _read_format(block), read_whole(block.get("header"), 1)
    names = read_texts(block.get("names"), "the name of a column")
    if header == 0 and not names and form != "jsonl":
        raise wrong(block.place, "no row holds the names of the columns", expected="names: [first, second, …]")
    quote = block.get("quote")
    return Layout(
        format=form,
        encoding=_read_encoding(block),
        separator=read_sign(block.get("separator")),
        quote='"' if quote is None else read_sign(quote) or "",
        escape=read_sign(block.get("escape")) or "",
        header=header,
        names=names,
        sheet=read_text(block, "sheet"),
    )


def read_rows(file: Path | Traversable, layout: Layout, notice: Notice | None = None) -> Iterator[TableRow | Rejected]:
    """Read the rows of a table one by one; of a workbook, all at once.

    Empty rows count in the numbers but are not yielded.

    Raises
    ------
    SourceError : the file cannot be read, has no header, another encoding altogether, a quote that is never closed, or
        is no workbook
    """
    form = layout.format or SUFFIXES.get(PurePosixPath(plain_name(file.name)).suffix)
    if form is None:
        expected, hint = " ".join(SUFFIXES), f"say format: {' or '.join(FORMATS)} in the mapping"
        raise SourceError("unknown suffix of a table", path=name_of(file), expected=expected, hint=hint)
    check_encoding(layout.encoding, name_of(file))
    if form == "jsonl":
        return _read_objects(file, layout, notice)
    records = read_sheet(file, layout.sheet, notice) if form == "xlsx" else _read_csv(file, layout, form, notice)
    return _read_records(file, layout, records)


def table_name(file: Path | Traversable) -> str:
    """Return the name of a file as evidence has it: without folder and suffix of a compression."""
    name = file.name
    return next((name[: -len(suffix)] for suffix in _COMPRESSED if name.lower().endswith(suffix)), name)


def _read_format(block: Block) -> str | None:
    part = block.get("format")
    if part is None:
        return None
    text = as_scalar(part, "a format").text
    if text not in FORMATS:
        raise wrong(part.place, f"format is {text!r}", expected=", ".join(FORMATS))
    return text


def _read_encoding(block: Block) -> str:
    part = block.get("encoding")
    if part is None:
        return _UTF8
    text = as_scalar(part, "the name of an encoding")
    try:
        check_encoding(text.text)
    except SourceError as error:
        raise wrong(text.place, error.found, expected=error.expected) from error
    return text.text


Record = Sequence[str] | str  # the cells, or why there are none


def _read_records(file: Path | Traversable, layout: Layout, records: Iterator[Record]) -> Iterator[TableRow | Rejected]:
    """Turn cells into rows by the names of the columns."""
    name, numbered = table_name(file), enumerate(records, 1)
    head, names = None, layout.names
    if layout.header:
        head, names = _read_header(file, layout, numbered)
    for number, cells in numbered:
        if isinstance(cells, str):
            yield _reject(name, number, cells, "correct the row at the source")
        elif any(cells):
            yield _row(name, number, cells, names, head)


def _read_header(
    file: Path | Traversable, layout: Layout, numbered: Iterator[tuple[int, Record]]
) -> tuple[TableRow, tuple[str, ...]]:
    """Read the row with the names of the columns; a name that comes again gets a number."""
    cells = next((cells for number, cells in numbered if number == layout.header), None)
    if cells is None or isinstance(cells, str) or not any(cells):
        message = f"row {layout.header} holds no names of columns"
        raise SourceError(message, path=name_of(file), expected="a row with names", hint="say header: in the mapping")
    if found := _UNDECODED.search("".join(cells)) or _CONTROL.search("".join(cells)):
        raise _undecodable(file, layout, found[0])
    seen: dict[str, int] = {}
    names = []
    for cell in cells:
        plain = " ".join(cell.split())
        seen[plain] = seen.get(plain, 0) + 1
        names.append(plain if seen[plain] == 1 else f"{plain} ({seen[plain]})")
    return TableRow(table_name(file), layout.header, {}, tuple(cells)), tuple(names)


def _row(
    name: str, number: int, cells: Sequence[str], names: Sequence[str], head: TableRow | None
) -> TableRow | Rejected:
    """Make a row; rejected when its cells are too few or too many, or hold what is no text."""
    if len(cells) != len(names):
        if len(cells) < len(names) or any(cells[len(names) :]):
            cure = "look for a separator inside a cell that is not quoted, or a line end in the middle of the row"
            return _reject(name, number, f"{len(cells)} cells where the header has {len(names)}", cure)
        cells = cells[: len(names)]
    if fault := _find_fault("".join(cells)):
        return _reject(name, number, *fault)
    return TableRow(name, number, dict(zip(names, cells, strict=True)), tuple(cells), head)


def _find_fault(text: str) -> tuple[str, str] | None:
    """Find what is no text in a row: reason and cure."""
    if found := _CONTROL.search(text) or (re.search(CELL_SEPARATOR, text)):
        return f"the control character U+{ord(found[0]):04X}", "remove it from the file"
    if not text.isascii() and (found := _UNDECODED.search(text)):
        return (
            f"byte 0x{ord(found[0]) & 0xFF:02x} is no text in this encoding",
            "declare the encoding: of the file, or correct the byte",
        )
    return None


def _reject(name: str, number: int, reason: str, cure: str) -> Rejected:
    return Rejected(name, number, "", "", reason, cure)


def _read_csv(file: Path | Traversable, layout: Layout, form: str, notice: Notice | None) -> Iterator[Record]:
    separator = layout.separator or ("\t" if form == "tsv" else ",")
    quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if layout.quote else csv.QUOTE_NONE
    with open_stream(file, notice) as stream:
        text = io.TextIOWrapper(stream, encoding=layout.encoding, errors="surrogateescape", newline="")
        rows = csv.reader(
            _lines(text, file),
            delimiter=separator,
            quotechar=layout.quote or None,
            quoting=quoting,
            escapechar=layout.escape or None,
            strict=True,
        )
        while True:
            begun = rows.line_num + 1
            try:
                yield next(rows)
            except StopIteration:
                return
            except UnicodeError as error:
                raise SourceError(f"not text in {layout.encoding}: {error}", path=name_of(file), line=begun) from error
            except csv.Error as error:
                yield _explain(error, file, begun, rows.line_num)


def _lines(text: io.TextIOWrapper, file: Path | Traversable) -> Iterator[str]:
    """Yield the lines of a text; SourceLimit for one that is too long to be a line."""
    number = 0
    while line := text.readline(LONGEST_LINE):
        number += 1
        if len(line) == LONGEST_LINE:
            message, hint = f"a line of more than {LONGEST_LINE:,} characters", "see whether its line ends were lost"
            raise SourceLimit(message, path=name_of(file), line=number, expected="a row on each line", hint=hint)
        yield line


def _undecodable(file: Path | Traversable, layout: Layout, sign: str) -> SourceError:
    """Return the error of a header that is no text in its encoding, with what the whole file looks like."""
    with open_stream(file) as stream:
        likely = looks_like(stream.read(1024))
    found = f"U+{ord(sign):04X}" if ord(sign) < 0x80 else f"byte 0x{ord(sign) & 0xFF:02x}"
    message = f"{found} in the header is no text in {plain_encoding(layout.encoding)}"
    message += f"; the file looks like {likely}" if likely else ""
    hint = "say the encoding of the file, as encoding: in the mapping or --encoding: utf-16, cp1252, latin-1, …"
    return SourceError(message, path=name_of(file), line=layout.header, expected="encoding: of the file", hint=hint)


def _explain(error: csv.Error, file: Path | Traversable, begun: int, line: int) -> str:
    """Return what is wrong with a row; SourceError when what follows cannot be trusted."""
    message = str(error)
    if "unexpected end of data" in message or "field larger" in message:
        found = "a quote that is never closed" if "unexpected" in message else "a cell of more than 131,072 characters"
        expected, hint = (
            "a quote at the end of each quoted cell",
            "close it, or say quote: none if quotes mean nothing here",
        )
        raise SourceError(found, path=name_of(file), line=begun, expected=expected, hint=hint) from error
    return f"not CSV on line {line}: {message}"


def _read_objects(file: Path | Traversable, layout: Layout, notice: Notice | None) -> Iterator[TableRow | Rejected]:
    """Read JSON lines: one object a line, members of members as ``a.b``, lists of texts as one cell of several."""
    name = table_name(file)
    with open_stream(file, notice) as stream:
        text = io.TextIOWrapper(stream, encoding=layout.encoding, errors="surrogateescape", newline="\n")
        for number, line in enumerate(_lines(text, file), 1):
            if not line.strip():
                continue
            if fault := _find_fault(line.strip("\r\n\t ")):
                yield _reject(name, number, *fault)
                continue
            try:
                found = json.loads(line)
            except (ValueError, RecursionError) as error:
                yield _reject(name, number, f"not JSON: {error}", "one object on each line")
                continue
            yield _take(name, number, found)


def _take(name: str, number: int, found: Any) -> TableRow | Rejected:
    if not isinstance(found, dict):
        return _reject(name, number, "no JSON object", "one object on each line")
    cells = dict(_flatten(found, ""))
    if fault := _find_fault("".join(cells.values()).replace(LIST_SEPARATOR, "")):
        return _reject(name, number, *fault)
    return TableRow(name, number, cells, tuple(cells.values()))


def _flatten(found: dict[str, Any], before: str) -> Iterable[tuple[str, str]]:
    """Write the members of an object as cells."""
    for key, value in found.items():
        if isinstance(value, dict):
            yield from _flatten(value, f"{before}{key}.")
        elif isinstance(value, list):
            plain = all(not isinstance(item, list | dict) for item in value)
            yield (
                before + key,
                LIST_SEPARATOR.join(map(cell_text, value)) if plain else json.dumps(value, ensure_ascii=False),
            )
        else:
            yield before + key, cell_text(value)
