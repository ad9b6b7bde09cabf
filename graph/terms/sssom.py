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
from communique.graph.terms.namespaces import ID, PREFIXES, Converter

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


# What a written header declares.
_DECLARED = {**{prefix: PREFIXES[prefix] for prefix in ("com", "skos", "rdfs")}, **KNOWN}
_CONVERTER = Converter(_DECLARED)


@dataclass(frozen=True, slots=True)
class MappingRow:
    """One mapping: its cells by column, empty ones left out, and the line on which it stands, from 1."""

    cells: Mapping[str, str]
    converter: Converter
    path: str
    line: int

    def text(self, column: str) -> str:
        """Return a cell, empty when there is none."""
        return self.cells.get(column, "")

    def node(self, column: str) -> NamedNode:
        """Read a cell as an IRI; SourceError when it is missing, has an unknown prefix or is no IRI."""
        text = self.text(column)
        prefix, colon, local = text.partition(":")
        try:
            if colon and not local.startswith("//") and prefix not in self.converter.prefixes:
                raise ValueError(f"unknown prefix {prefix!r}")
            return NamedNode(self.converter.expand(text) or text)
        except ValueError as error:
            expected = f"an IRI, or a prefix of curie_map ({', '.join(sorted(self.converter.prefixes))}) with a name"
            raise self.wrong(f"{column} is {text!r}", expected=expected) from error

    def wrong(self, message: str, expected: str) -> SourceError:
        """Return the error that says what is wrong with this row."""
        return SourceError(message, path=self.path, line=self.line, expected=expected)


def read(text: str, path: str) -> Iterator[MappingRow]:
    """Read the rows of a table; ``path`` is the name in errors.

    Prefixes that the header does not declare mean what they mean in this project. SourceError: the header is not YAML,
    the columns lack ``subject_id``, ``predicate_id`` or ``object_id``, or a row has too many cells.
    """
    lines = io.StringIO(text.removeprefix("\ufeff"), newline=None).readlines()
    head = next((number for number, line in enumerate(lines) if not line.startswith("#")), len(lines))
    converter = Converter({**PREFIXES, **KNOWN, **_read_prefixes(lines[:head], path)})
    table = csv.DictReader(lines[head:], delimiter="\t", restkey="", restval="")
    try:
        columns = table.fieldnames or ()
        if missing := [name for name in ("subject_id", "predicate_id", "object_id") if name not in columns]:
            expected = "an SSSOM table with tabs"
            raise SourceError(f"no column {', '.join(missing)}", path=path, line=head + 1, expected=expected)
        for cells in table:
            filled = {name: text.strip() for name, text in cells.items() if isinstance(text, str) and text.strip()}
            row = MappingRow(filled, converter, path, head + table.line_num)
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
    yield from (f"#  {prefix}: {_quoted(iri)}\n" for prefix, iri in sorted({**_DECLARED, **prefixes}.items()))
    yield _line(columns)
    for row in rows:
        yield _line([" ".join(row.get(column, "").split()) for column in columns])


def compact(node: NamedNode) -> str:
    """Write an IRI with the longest prefix that ``write`` declares, or whole."""
    return _CONVERTER.compress(node.value) or node.value


def _read_prefixes(header: Sequence[str], path: str) -> dict[str, str]:
    try:
        metadata = yaml.safe_load("".join(line.removeprefix("#") for line in header)) or {}
        declared = metadata.get("curie_map") or {}
        return {str(prefix): str(iri) for prefix, iri in declared.items()}
    except (yaml.YAMLError, AttributeError) as error:
        expected = "metadata as YAML, each line behind a #, prefixes under curie_map"
        raise SourceError(f"unreadable header ({error})", path=path, line=1, expected=expected) from error


def _line(cells: Sequence[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter="\t", lineterminator="\n").writerow(cells)
    return buffer.getvalue()


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
