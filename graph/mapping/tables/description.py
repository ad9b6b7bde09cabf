"""A mapping file → the description of a source: its editions, tables and columns, every fault told with its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from communique.graph.mapping.bounds import Bounds, read_bounds
from communique.graph.mapping.tables import layouts
from communique.graph.mapping.tables.columns import Column, read_column
from communique.graph.mapping.tables.layouts import SUFFIXES as SUFFIXES
from communique.graph.mapping.tables.layouts import Layout as Layout
from communique.graph.mapping.tables.parts import read_key, read_pairs, read_text, read_texts
from communique.graph.mapping.tree import (
    Block,
    Part,
    Scalar,
    as_block,
    as_items,
    as_scalar,
    block_of,
    refuse_others,
    require,
    wrong,
)

_SOURCE = ("source", "title", "describe", "notes", "left_out", "editions", "edition", "date", "tables")
_DESCRIBE = ("publisher", "homepage", "licence", "citation", "languages", "label")
_EDITION = ("edition", "date", "files", "values", "label")
_TABLE = (
    "name",
    "files",
    *layouts.KEYS,
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
    name = read_key(require(tree, "source", "the mapping"), "the name of the source")
    describe = block_of(tree, "describe", "the description of the source")
    refuse_others(describe, _DESCRIBE, "the description of a source")
    tables = tuple(_read_table(as_block(part, "a table")) for part in as_items(require(tree, "tables", "the mapping")))
    return Source(
        name=name,
        title=read_text(tree, "title") or name,
        publisher=read_text(describe, "publisher"),
        homepage=read_text(describe, "homepage"),
        licence=_read_licence(describe.get("licence")),
        citation=read_text(describe, "citation") or "",
        languages=read_texts(describe.get("languages"), "a language tag"),
        notes=" ".join((read_text(tree, "notes") or "").split()),
        left_out=read_pairs(tree.get("left_out"), "what is left out"),
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
    edition = read_key(require(block, "edition", "the edition"), "the name of an edition")
    date = as_scalar(require(block, "date", f"edition {edition}"), "the date of the edition")
    days = read_bounds(date)
    if days.begin_earliest is None or days.end_latest is None:
        raise wrong(date.place, f"{date.text!r} has no first or last day", expected="a day, month or year")
    own = read_texts(block.get("files"), "the pattern of a file name")
    return Edition(
        key=f"{name}-{edition}",
        edition=edition,
        date=date,
        days=days,
        files=own or files,
        values=read_pairs(block.get("values"), "a value of the edition"),
        label=read_text(block, "label") or "",
    )


def _read_table(block: Block) -> Table:
    """Read a table."""
    refuse_others(block, _TABLE, "a table")
    columns = as_block(require(block, "columns", "the table"), "columns by the name used below")
    repeats = as_scalar(block.get("repeats") or Scalar("reject", block.place), "reject or keep")
    if repeats.text not in ("reject", "keep"):
        raise wrong(repeats.place, f"repeats is {repeats.text!r}", expected="reject, keep")
    return Table(
        name=read_text(block, "name") or "rows",
        files=read_texts(block.get("files"), "the pattern of a file name") or ("*",),
        layout=layouts.read_layout(block),
        missing=frozenset(read_texts(block.get("missing"), "a text that means no value", empty=True)) | {""},
        left_out=read_pairs(block.get("left_out"), "the reason for leaving a column out"),
        repeats="keep" if repeats.text == "keep" else "reject",
        columns=MappingProxyType({key.text: read_column(key, part) for key, part in columns}),
        once=block_of(block, "once", "nodes with their properties"),
        facts=block_of(block, "facts", "nodes with their properties"),
        inferred=block.get("inferred"),
        candidates=block_of(block, "candidates", "possible identities"),
        block=block,
    )


def _read_licence(part: Part | None) -> Licence:
    """Read a licence: a text, or text and address."""
    if part is None:
        return Licence("unknown", None)
    if isinstance(part, Block):
        refuse_others(part, ("text", "iri"), "a licence")
        return Licence(read_text(part, "text") or "unknown", read_text(part, "iri"))
    return Licence(as_scalar(part, "a licence").text, None)
