"""Answers as tables for people: short names, numbers aligned, each IRI a link to its description."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from communique.graph.terms.namespaces import XSD, shorten

LONGEST = 500
_NUMBERS = {XSD + name for name in ("integer", "decimal", "double", "float", "int", "long", "nonNegativeInteger")}


@dataclass(frozen=True, slots=True)
class Cell:
    """One value: with ``iri`` a link, with ``language`` a text in it, with ``items`` a list of values."""

    text: str
    iri: str | None = None
    language: str | None = None
    is_number: bool = False
    items: tuple[Cell, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """Rows for a page, at most ``LONGEST`` of ``total``."""

    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    total: int


def read_solutions(body: bytes) -> Table | bool:
    """Read SPARQL JSON; the truth value of an ASK is given as it is."""
    answer: dict[str, Any] = json.loads(body)
    if "boolean" in answer:
        return bool(answer["boolean"])
    columns, bindings = answer["head"]["vars"], answer["results"]["bindings"]
    rows = [[_binding(row.get(column)) for column in columns] for row in bindings[:LONGEST]]
    return Table(columns, rows, len(bindings))


def read_graph(body: bytes) -> Table:
    """Read N-Triples, ordered by subject and property."""
    triples = sorted(parse(body, format=RdfFormat.N_TRIPLES), key=lambda it: (str(it.subject), str(it.predicate)))
    rows = [[_cell(part) for part in (it.subject, it.predicate, it.object)] for it in triples[:LONGEST]]
    return Table(("subject", "property", "value"), rows, len(triples))


def read_rows(columns: Mapping[str, Sequence[str]], rows: Sequence[Mapping[str, Any]]) -> Table:
    """Lay out plain values; a column has a title, the key of its value and, when it is a link, the key of its IRI."""
    laid_out = [[_plain(*(row[key] for key in keys)) for keys in columns.values()] for row in rows[:LONGEST]]
    return Table(tuple(columns), laid_out, len(rows))


def _binding(term: dict[str, Any] | None) -> Cell:
    """Write one RDF term of SPARQL JSON."""
    if term is None:
        return Cell("")
    if term["type"] == "triple":
        parts = (_binding(term["value"][part]).text for part in ("subject", "predicate", "object"))
        return Cell(f"<<( {' '.join(parts)} )>>")
    if term["type"] == "uri":
        return Cell(shorten(term["value"]), term["value"])
    return _literal(term["value"], term.get("xml:lang"), term.get("datatype"))


def _cell(term: NamedNode | BlankNode | Literal | Triple) -> Cell:
    """Write one RDF term."""
    if isinstance(term, NamedNode):
        return Cell(shorten(term.value), term.value)
    if isinstance(term, Literal):
        return _literal(term.value, term.language, term.datatype.value)
    return Cell(str(term))


def _literal(text: str, language: str | None, datatype: str | None) -> Cell:
    """Write a literal; strings, numbers and dates explain themselves."""
    if language:
        return Cell(text, language=language)
    return Cell(text, is_number=datatype in _NUMBERS)


def _plain(value: object, iri: str | None = None) -> Cell:
    """Write a Python value; a list is one of IRIs."""
    if isinstance(value, bool):
        return Cell("yes" if value else "no")
    if isinstance(value, int | float):
        return Cell(f"{value:.4g}" if isinstance(value, float) else str(value), is_number=True)
    if isinstance(value, list):
        return Cell("", items=tuple(Cell(shorten(item), item) for item in value))
    return Cell("" if value is None else str(value), iri)
