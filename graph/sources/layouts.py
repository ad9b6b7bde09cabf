"""How the bytes of a table become rows, as a mapping says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from communique.graph.errors import SourceError
from communique.graph.sources.decoding.encodings import check_encoding
from communique.graph.sources.tree import Block, Part, as_scalar, read_sign, read_text, read_texts, read_whole, wrong

FORMATS = ("csv", "tsv", "xlsx", "jsonl")
SUFFIXES: Mapping[str, str] = MappingProxyType(
    {".csv": "csv", ".txt": "csv", ".tsv": "tsv", ".tab": "tsv", ".xlsx": "xlsx", ".jsonl": "jsonl", ".ndjson": "jsonl"}
)
KEYS = ("format", "encoding", "separator", "quote", "header", "names", "sheet", "escape")

_UTF8 = "utf-8-sig"


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
    form, header = _read_format(block.get("format")), read_whole(block.get("header"), 1)
    names = read_texts(block.get("names"), "the name of a column")
    if header == 0 and not names and form != "jsonl":
        raise wrong(block.place, "no row holds the names of the columns", expected="names: [first, second, …]")
    quote = block.get("quote")
    return Layout(
        format=form,
        encoding=_read_encoding(block.get("encoding")),
        separator=read_sign(block.get("separator")),
        quote='"' if quote is None else read_sign(quote) or "",
        escape=read_sign(block.get("escape")) or "",
        header=header,
        names=names,
        sheet=read_text(block, "sheet"),
    )


def _read_format(part: Part | None) -> str | None:
    """Read the name of a format."""
    if part is None:
        return None
    text = as_scalar(part, "a format").text
    if text not in FORMATS:
        raise wrong(part.place, f"format is {text!r}", expected=", ".join(FORMATS))
    return text


def _read_encoding(part: Part | None) -> str:
    """Read the name of an encoding."""
    if part is None:
        return _UTF8
    text = as_scalar(part, "the name of an encoding")
    try:
        check_encoding(text.text)
    except SourceError as error:
        raise wrong(text.place, error.found, expected=error.expected) from error
    return text.text
