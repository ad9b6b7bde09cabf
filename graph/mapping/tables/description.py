"""A mapping file → the description of a source: its editions, tables and columns, every fault told with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from communique.graph.mapping.bounds import Bounds, read_bounds
from communique.graph.mapping.tables.columns import Column, read_column
from communique.graph.mapping.tree import (
    Block,
    Part,
    Scalar,
    as_block,
    as_items,
    as_scalar,
    refuse_others,
    require,
    wrong,
)

FORMATS = ("csv", "tsv", "xlsx", "jsonl")
SUFFIXES: Mapping[str, str] = MappingProxyType(
    {".csv": "csv", ".txt": "csv", ".tsv": "tsv", ".tab": "tsv", ".xlsx": "xlsx", ".jsonl": "jsonl", ".ndjson": "jsonl"}
)

_KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_SOURCE = ("source", "title", "describe", "notes", "left_out", "editions", "edition", "date", "tables")
_DESCRIBE = ("publisher", "homepage", "licence", "citation", "languages", "label")
_EDITION = ("edition", "date", "files", "values", "label")
_LAYOUT = ("format", "encoding", "separator", "quote", "header", "names", "sheet", "escape")
_TABLE = (
    "name",
    "files",
    *_LAYOUT,
    "missing",
    "left_out",
    "repeats",
    "columns",
    "once",
    "facts",
    "inferred",
    "candidates",
)


@dataclass(frozen=True, slots=True)
class Layout:
    """How the bytes of a file become rows.

    Attributes
    ----------
    format : csv, tsv, xlsx or jsonl; by the suffix when None
    encoding : of text files
    separator, quote : one sign each; no quoting when ``quote`` is empty
    header : number of the row that holds the names; 0 when there is none
    names : of the columns where no row holds them
    sheet : of a workbook; the first when None
    place : where the mapping says so
    """

    format: str | None = None
    encoding: str = "utf-8-sig"
    separator: str | None = None
    quote: str = '"'
    escape: str = ""
    header: int = 1
    names: tuple[str, ...] = ()
    sheet: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """One kind of file of a source and the facts that each of its rows gives.

    Attributes
    ----------
    files : patterns of file names
    missing : texts that mean that there is no value, in every column
    left_out : columns that are not mapped, with the reason
    repeats : what happens to a row that is exactly like an earlier one
    once : facts that hold for the table as a whole and rest on its header
    facts, inferred, candidates : as in authored documents, with ``{column}`` for values
    """

    name: str
    files: tuple[str, ...]
    layout: Layout
    missing: frozenset[str]
    left_out: Mapping[str, str]
    repeats: Literal["reject", "keep"]
    columns: Mapping[str, Column]
    once: Block
    facts: Block
    inferred: Part | None
    candidates: Block
    block: Block


@dataclass(frozen=True, slots=True)
class Edition:
    """One release of a source; ``key`` names its document, ``values`` are texts that columns may take."""

    key: str
    edition: str
    date: Scalar
    days: Bounds
    files: tuple[str, ...]
    values: Mapping[str, str]
    label: str


@dataclass(frozen=True, slots=True)
class Licence:
    """Under which terms a source stands: in words, and the address of the text where there is one."""

    text: str
    iri: str | None


@dataclass(frozen=True, slots=True)
class Source:
    """A source as its mapping describes it.

    Attributes
    ----------
    name : also the beginning of the key of each edition
    publisher : relative identifier, None when nobody is named
    notes, left_out : for people
    """

    name: str
    title: str
    publisher: str | None
    homepage: str | None
    licence: Licence
    citation: str
    languages: tuple[str, ...]
    notes: str
    left_out: Mapping[str, str]
    editions: tuple[Edition, ...]
    tables: tuple[Table, ...]
    path: str


def read_source(tree: Block) -> Source:
    """Read a mapping file; MappingError at the part that is missing, unknown or of the wrong form."""
    refuse_others(tree, _SOURCE, "a mapping")
    name = _key(require(tree, "source", "the mapping"), "the name of the source")
    describe = as_block(tree.get("describe") or Block((), tree.place), "the description of the source")
    refuse_others(describe, _DESCRIBE, "the description of a source")
    tables = tuple(_read_table(as_block(part, "a table")) for part in as_items(require(tree, "tables", "the mapping")))
    return Source(
        name=name,
        title=_text(tree, "title") or name,
        publisher=_text(describe, "publisher"),
        homepage=_text(describe, "homepage"),
        licence=_read_licence(describe.get("licence")),
        citation=_text(describe, "citation") or "",
        languages=_texts(describe.get("languages"), "a language tag"),
        notes=" ".join((_text(tree, "notes") or "").split()),
        left_out=_pairs(tree.get("left_out"), "what is left out"),
        editions=tuple(_read_editions(tree, name, tables)),
        tables=tables,
        path=tree.place.path,
    )


def _read_editions(tree: Block, name: str, tables: tuple[Table, ...]) -> Iterator[Edition]:
    """Read the editions, or the only one."""
    listed = tree.get("editions")
    if listed is None:
        own = Block(tuple(entry for entry in tree if entry[0].text in ("edition", "date")), tree.place)
        yield _read_edition(own, name, tuple(file for table in tables for file in table.files))
        return
    seen: dict[str, int] = {}
    for part in as_items(listed):
        edition = _read_edition(as_block(part, "an edition"), name, ())
        if edition.edition in seen:
            raise wrong(part.place, f"edition {edition.edition!r} again, first on line {seen[edition.edition]}")
        seen[edition.edition] = part.place.line
        yield edition


def _read_edition(block: Block, name: str, files: tuple[str, ...]) -> Edition:
    """Read one edition."""
    refuse_others(block, _EDITION, "an edition")
    edition = _key(require(block, "edition", "the edition"), "the name of an edition")
    date = as_scalar(require(block, "date", f"edition {edition}"), "the date of the edition")
    days = read_bounds(date)
    if days.begin_earliest is None or days.end_latest is None:
        raise wrong(date.place, f"{date.text!r} has no first or last day", expected="a day, month or year")
    own = _texts(block.get("files"), "the pattern of a file name")
    return Edition(
        key=f"{name}-{edition}",
        edition=edition,
        date=date,
        days=days,
        files=own or files,
        values=_pairs(block.get("values"), "a value of the edition"),
        label=_text(block, "label") or "",
    )


def _read_table(block: Block) -> Table:
    """Read a table."""
    refuse_others(block, _TABLE, "a table")
    columns = as_block(require(block, "columns", "the table"), "columns by the name used below")
    empty = Block((), block.place)
    repeats = as_scalar(block.get("repeats") or Scalar("reject", block.place), "reject or keep")
    if repeats.text not in ("reject", "keep"):
        raise wrong(repeats.place, f"repeats is {repeats.text!r}", expected="reject, keep")
    return Table(
        name=_text(block, "name") or "rows",
        files=_texts(block.get("files"), "the pattern of a file name") or ("*",),
        layout=_read_layout(block),
        missing=frozenset(_texts(block.get("missing"), "a text that means no value", empty=True)) | {""},
        left_out=_pairs(block.get("left_out"), "the reason for leaving a column out"),
        repeats="keep" if repeats.text == "keep" else "reject",
        columns=MappingProxyType({key.text: read_column(key, part) for key, part in columns}),
        once=as_block(block.get("once") or empty, "nodes with their properties"),
        facts=as_block(block.get("facts") or empty, "nodes with their properties"),
        inferred=block.get("inferred"),
        candidates=as_block(block.get("candidates") or empty, "possible identities"),
        block=block,
    )


def _read_layout(block: Block) -> Layout:
    """Read how the files of a table are laid out."""
    form = block.get("format")
    if form is not None and as_scalar(form, "a format").text not in FORMATS:
        raise wrong(form.place, f"format is {as_scalar(form, 'a format').text!r}", expected=", ".join(FORMATS))
    header = _whole(block.get("header"), 1)
    names = _texts(block.get("names"), "the name of a column")
    if header == 0 and not names and (form is None or as_scalar(form, "a format").text != "jsonl"):
        raise wrong(block.place, "no row holds the names of the columns", expected="names: [first, second, …]")
    return (
        Layout(
            format=as_scalar(form, "a format").text if form else None,
            encoding=_read_encoding(block.get("encoding")),
            separator=_sign(block.get("separator")),
            quote=_sign(block.get("quote"), none="") or "",
            escape=_sign(block.get("escape"), none="") or "",
            header=header,
            names=names,
            sheet=_text(block, "sheet"),
        )
        if block.get("quote") is not None
        else Layout(
            format=as_scalar(form, "a format").text if form else None,
            encoding=_read_encoding(block.get("encoding")),
            separator=_sign(block.get("separator")),
            escape=_sign(block.get("escape"), none="") or "",
            header=header,
            names=names,
            sheet=_text(block, "sheet"),
        )
    )


def _read_encoding(part: Part | None) -> str:
    """Read the name of an encoding."""
    if part is None:
        return "utf-8-sig"
    text = as_scalar(part, "the name of an encoding")
    try:
        "".encode(text.text)
    except LookupError as error:
        raise wrong(text.place, f"{text.text!r} is no encoding", expected="utf-8, cp1252, mac_roman, …") from error
    return text.text


def _read_licence(part: Part | None) -> Licence:
    """Read a licence: a text, or text and address."""
    if part is None:
        return Licence("unknown", None)
    if isinstance(part, Block):
        refuse_others(part, ("text", "iri"), "a licence")
        return Licence(_text(part, "text") or "unknown", _text(part, "iri"))
    return Licence(as_scalar(part, "a licence").text, None)


def _key(part: Part, what: str) -> str:
    """Read a name that becomes part of identifiers."""
    text = as_scalar(part, what)
    if not _KEY.fullmatch(text.text):
        raise wrong(text.place, f"{text.text!r} is not {what}", expected="lower-case letters, digits and hyphens")
    return text.text


def _text(block: Block, key: str) -> str | None:
    """Read a text; None when the key is not there."""
    part = block.get(key)
    return None if part is None else as_scalar(part, f"the text of {key}").text


def _texts(part: Part | None, what: str, *, empty: bool = False) -> tuple[str, ...]:
    """Read a text or a list of texts; with ``empty``, a text may be empty."""
    items = () if part is None else as_items(part)
    return tuple(item.text if empty and isinstance(item, Scalar) else as_scalar(item, what).text for item in items)


def _pairs(part: Part | None, what: str) -> Mapping[str, str]:
    """Read texts by name."""
    if part is None:
        return MappingProxyType({})
    return MappingProxyType({key.text: as_scalar(value, what).text for key, value in as_block(part, what)})


def _whole(part: Part | None, default: int) -> int:
    """Read a whole number of 0 or more."""
    if part is None:
        return default
    text = as_scalar(part, "a whole number")
    if not text.text.isdigit():
        raise wrong(text.place, f"{text.text!r} is no number", expected="a whole number, 0 or more")
    return int(text.text)


def _sign(part: Part | None, none: str | None = None) -> str | None:
    """Read one sign; the word ``tab`` is a tabulator, ``none`` is no sign."""
    if part is None:
        return none
    text = part.text if isinstance(part, Scalar) else as_scalar(part, "a sign").text
    sign = {"tab": "\t", "\\t": "\t", "none": ""}.get(text, text)
    if len(sign) > 1:
        raise wrong(part.place, f"{text!r} is more than one sign", expected="one sign, tab or none")
    return sign
