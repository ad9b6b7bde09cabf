"""Mapping sets in SSSOM, the Simple Standard for Sharing Ontological Mappings: tables with a header of metadata.

A table is TSV; the lines before it begin with ``#`` and hold YAML, with the prefixes under ``curie_map``. Cells whose
column ends in ``_id`` are compact or whole IRIs. See https://mapping-commons.github.io/sssom/ (version 1.0).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import yaml
from pyoxigraph import NamedNode

from communique.graph.errors import SourceError
from communique.graph.terms.namespaces import ID, PREFIXES

CURATED = "semapv:ManualMappingCuration"
# Prefixes of entries and of justifications, beside those of this project.
KNOWN = {
    "id": ID,
    "semapv": "https://w3id.org/semapv/vocab/",
    "wikidata": "http://www.wikidata.org/entity/",
    "ror": "https://ror.org/",
    "lei": "https://search.gleif.org/#/record/",
    "geonames": "https://sws.geonames.org/",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One mapping: its cells by column, empty ones left out, and the line on which it stands, from 1."""

    cells: Mapping[str, str]
    prefixes: Mapping[str, str]
    path: str
    line: int

    def text(self, column: str) -> str:
        """Give a cell, empty when there is none."""
        return self.cells.get(column, "")

    def node(self, column: str) -> NamedNode:
        """Read a cell as an IRI; SourceError when it is missing, has an unknown prefix or is no IRI."""
        text = self.text(column)
        prefix, sign, local = text.partition(":")
        try:
            return NamedNode(self.prefixes[prefix] + local if sign and not local.startswith("//") else text)
        except (KeyError, ValueError) as error:
            expected = f"an IRI, or a prefix of curie_map ({', '.join(sorted(self.prefixes))}) with a name"
            raise self.wrong(f"{column} is {text!r}", expected=expected) from error

    def wrong(self, message: str, expected: str) -> SourceError:
        """Make the error that tells what is wrong with this row."""
        return SourceError(message, path=self.path, line=self.line, expected=expected)


def read(text: str, path: str) -> Iterator[Row]:
    """Read the rows of a table; ``path`` is the name that errors give.

    Prefixes that the header does not declare mean what they mean in this project. SourceError: the header is not YAML,
    the columns lack ``subject_id``, ``predicate_id`` or ``object_id``, or a row has too many cells.
    """
    lines = io.StringIO(text.removeprefix("\ufeff"), newline=None).readlines()
    head = next((number for number, line in enumerate(lines) if not line.startswith("#")), len(lines))
    prefixes = {**PREFIXES, **KNOWN, **_prefixes(lines[:head], path)}
    table = csv.DictReader(lines[head:], delimiter="\t", restkey="", restval="")
    try:
        _check_columns(table.fieldnames or (), path, head + 1)
        for cells in table:
            row = Row(_filled(cells), prefixes, path, head + table.line_num)
            if "" in cells:
                raise row.wrong("more cells than columns", expected="one cell per column, separated by tabs")
            yield row
    except csv.Error as error:
        raise SourceError(f"not TSV: {error}", path=path, line=head + table.line_num) from error


def write(
    metadata: Mapping[str, str],
    columns: Sequence[str],
    rows: Iterable[Mapping[str, str]],
    prefixes: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[str]:
    """Write a mapping set, line by line; the header declares ``prefixes``, those of ``KNOWN`` and of this project."""
    yield from (f"#{name}: {_quoted(value)}\n" for name, value in metadata.items())
    yield "#curie_map:\n"
    yield from (f"#  {prefix}: {_quoted(iri)}\n" for prefix, iri in sorted({**_used(), **KNOWN, **prefixes}.items()))
    yield _line(columns)
    for row in rows:
        yield _line([" ".join(row.get(column, "").split()) for column in columns])


def compact(node: NamedNode) -> str:
    """Write an IRI with the longest prefix that ``write`` declares, or whole."""
    prefixes = {**_used(), **KNOWN}
    fitting = [(iri, prefix) for prefix, iri in prefixes.items() if node.value.startswith(iri)]
    iri, prefix = max(fitting, key=lambda found: len(found[0]), default=("", ""))
    return f"{prefix}:{node.value.removeprefix(iri)}" if prefix else node.value


def _used() -> dict[str, str]:
    """Give the prefixes of this project that mappings use."""
    return {prefix: PREFIXES[prefix] for prefix in ("com", "skos", "rdfs")}


def _prefixes(header: Sequence[str], path: str) -> dict[str, str]:
    """Read the prefixes of a header."""
    try:
        metadata = yaml.safe_load("".join(line.removeprefix("#") for line in header)) or {}
        declared = metadata.get("curie_map") or {}
        return {str(prefix): str(iri) for prefix, iri in declared.items()}
    except (yaml.YAMLError, AttributeError) as error:
        expected = "metadata as YAML, each line behind a #, prefixes under curie_map"
        raise SourceError(f"unreadable header ({error})", path=path, line=1, expected=expected) from error


def _check_columns(columns: Sequence[str], path: str, line: int) -> None:
    """Refuse a table without the columns that make a mapping."""
    missing = [name for name in ("subject_id", "predicate_id", "object_id") if name not in columns]
    if missing:
        raise SourceError(f"no column {', '.join(missing)}", path=path, line=line, expected="an SSSOM table with tabs")


def _filled(cells: Mapping[str, object]) -> dict[str, str]:
    """Keep the cells that say something."""
    return {name: text.strip() for name, text in cells.items() if isinstance(text, str) and text.strip()}


def _line(cells: Sequence[str]) -> str:
    """Write one row of TSV."""
    buffer = io.StringIO()
    csv.writer(buffer, delimiter="\t", lineterminator="\n").writerow(cells)
    return buffer.getvalue()


def _quoted(text: str) -> str:
    """Write a text as YAML on one line."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
