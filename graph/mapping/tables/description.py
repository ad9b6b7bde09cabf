"""A mapping file → the description of a source: its editions, tables and columns, every fault with its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from communique.graph.errors import Faults
from communique.graph.mapping.document import Inference, read_inferences
from communique.graph.mapping.tables.columns import TableColumn, read_column
from communique.graph.mapping.tables.editions import Edition, EditionPattern, read_editions
from communique.graph.mapping.tables.templates import read_templates
from communique.graph.sources.tables import LAYOUT_KEYS, Layout, read_layout
from communique.graph.sources.tree import (
    Block,
    Part,
    Scalar,
    as_block,
    as_items,
    as_scalar,
    block_of,
    read_choice,
    read_key,
    read_pairs,
    read_text,
    read_texts,
    refuse_others,
    require,
)

REPEATS = ("reject", "keep")

_SOURCE = ("source", "title", "describe", "notes", "left_out", "editions", "edition", "date", "tables")
_DESCRIBE = ("publisher", "homepage", "licence", "citation", "languages", "label")
_TABLE = (
    "name",
    "files",
    *LAYOUT_KEYS,
    "missing",
    "left_out",
    "repeats",
    "adapter",
    "columns",
    "once",
    "facts",
    "inferred",
    "candidates",
)


@dataclass(frozen=True, slots=True)
class SourceTable:
    """One kind of file of a source and the facts that are made of each of its rows.

    Attributes
    ----------
    files : patterns of file names
    missing : texts that mean that there is no value, in every column
    left_out : columns that are not mapped, with the reason
    repeats : what happens to a row that is exactly like an earlier one, of ``REPEATS``
    adapter : name of what the adapter of the source does with the table
    once : facts that hold for the table as a whole and rest on its header
    facts, inferred, candidates : as in authored documents, their texts with placeholders for values as templates
    is_whole : no column was left out because nothing could be made of it
    """

    name: str
    files: tuple[str, ...]
    layout: Layout
    missing: frozenset[str]
    left_out: Mapping[str, str]
    repeats: str
    adapter: Scalar | None
    columns: Mapping[str, TableColumn]
    once: Block
    facts: Block
    inferred: tuple[Inference, ...]
    candidates: Block
    block: Block
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Licence:
    """Under which terms a source stands: in words, and the address of the text where there is one."""

    text: str
    iri: str | None


@dataclass(frozen=True, slots=True)
class TableSource:
    """A source as its mapping describes it.

    Attributes
    ----------
    name : also the beginning of the key of each edition
    publisher : relative identifier, None when nobody is named
    notes, left_out : for people
    patterns : of editions that files make of which none is listed
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
    patterns: tuple[EditionPattern, ...]
    tables: tuple[SourceTable, ...]
    path: str

    @property
    def releases(self) -> tuple[Edition | EditionPattern, ...]:
        """All editions, those that files make after those that are listed."""
        return (*self.editions, *self.patterns)

    @property
    def files(self) -> tuple[str, ...]:
        """The patterns of the names of all files."""
        return tuple(dict.fromkeys(file for each in self.releases for file in each.files))


def read_source(tree: Block, faults: Faults | None = None) -> TableSource:
    """Read a mapping file; MappingError at the part that is missing, unknown or of the wrong form.

    Several such parts are one ``SourceErrors``. Where ``faults`` are gathered, nothing is raised, and something stands
    in for what is wrong.
    """
    found = Faults() if faults is None else faults
    source = _read_source(tree, found)
    if faults is None:
        found.check(tree.place.path)
    return source


def _read_source(tree: Block, faults: Faults) -> TableSource:
    refuse_others(tree, _SOURCE, "a mapping", faults)
    name = faults.take(lambda: read_key(require(tree, "source", "the mapping"), "the name of the source"), "")
    describe = faults.take(lambda: block_of(tree, "describe", "the description of the source"), Block((), tree.place))
    refuse_others(describe, _DESCRIBE, "the description of a source", faults)
    tables: list[SourceTable] = []
    for part in faults.take(lambda: as_items(require(tree, "tables", "the mapping")), ()):
        with faults.gathered():
            tables.append(_read_table(as_block(part, "a table"), faults))
    files = [file for table in tables for file in table.files]
    editions, patterns = faults.take(lambda: read_editions(tree, name, files, faults), ((), ()))
    return TableSource(
        name=name,
        title=faults.take(lambda: read_text(tree, "title"), None) or name,
        publisher=faults.take(lambda: read_text(describe, "publisher"), None),
        homepage=faults.take(lambda: read_text(describe, "homepage"), None),
        licence=faults.take(lambda: _read_licence(describe.get("licence"), faults), Licence("unknown", None)),
        citation=faults.take(lambda: read_text(describe, "citation"), None) or "",
        languages=faults.take(lambda: read_texts(describe.get("languages"), "a language tag"), ()),
        notes=" ".join((faults.take(lambda: read_text(tree, "notes"), None) or "").split()),
        left_out=faults.take(lambda: read_pairs(tree.get("left_out"), "what is left out"), {}),
        editions=editions,
        patterns=patterns,
        tables=tuple(tables),
        path=tree.place.path,
    )


def _read_table(block: Block, faults: Faults) -> SourceTable:
    """Read a table; one that lacks columns is none."""
    refuse_others(block, _TABLE, "a table", faults)
    adapter = block.get("adapter")
    nothing, missing = Block((), block.place), "a text that means no value"
    listed = as_block(require(block, "columns", "the table"), "columns by the name used below")
    columns: dict[str, TableColumn] = {}
    for key, part in listed:
        with faults.gathered():
            columns[key.text] = read_column(key, part, faults)
    # Where a column could not be read, nothing is said of the facts, which may refer to it.
    found = faults if len(columns) == len(listed.entries) else Faults()

    def facts_of(key: str, what: str) -> Block:
        block_of_facts = faults.take(lambda: block_of(block, key, what), nothing)
        return read_templates(block_of_facts, {} if key == "once" else columns, found)

    return SourceTable(
        name=faults.take(lambda: read_text(block, "name"), None) or "rows",
        files=faults.take(lambda: read_texts(block.get("files"), "the pattern of a file name"), ()) or ("*",),
        layout=faults.take(lambda: read_layout(block), Layout()),
        missing=frozenset(faults.take(lambda: read_texts(block.get("missing"), missing, empty=True), ())) | {""},
        left_out=faults.take(lambda: read_pairs(block.get("left_out"), "the reason for leaving a column out"), {}),
        repeats=faults.take(lambda: read_choice(block, "repeats", REPEATS), REPEATS[0]),
        adapter=None if adapter is None else faults.take(lambda: as_scalar(adapter, "a name of the adapter"), None),
        columns=MappingProxyType(columns),
        once=facts_of("once", "nodes with their properties"),
        facts=facts_of("facts", "nodes with their properties"),
        inferred=tuple(
            replace(each, facts=read_templates(each.facts, columns, found))
            for each in read_inferences(block.get("inferred"), faults)
        ),
        candidates=facts_of("candidates", "possible identities"),
        block=block,
        is_whole=len(columns) == len(listed.entries),
    )


def _read_licence(part: Part | None, faults: Faults) -> Licence:
    """Read a licence: a text, or text and address."""
    if part is None:
        return Licence("unknown", None)
    if isinstance(part, Block):
        refuse_others(part, ("text", "iri"), "a licence", faults)
        return Licence(read_text(part, "text") or "unknown", read_text(part, "iri"))
    return Licence(as_scalar(part, "a licence").text, None)
