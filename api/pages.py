"""Pages for people: answers as tables with short names and links, and what the templates need."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Flask, request
from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Triple,
    parse,
    parse_query_results,
)

from communique.graph.engine.client import Answer
from communique.graph.terms.namespaces import XSD, shorten

LONGEST = 500
_ROWS, _STATEMENTS = "text/tab-separated-values", "application/n-triples"
_NUMBERS = {XSD + name for name in ("integer", "decimal", "double", "float", "int", "long", "nonNegativeInteger")}


@dataclass(frozen=True, slots=True)
class PageCell:
    """One value: with ``iri`` a link, with ``language`` a text in it, with ``items`` a list of values."""

    text: str
    iri: str | None = None
    language: str | None = None
    is_number: bool = False
    items: tuple[PageCell, ...] = ()


@dataclass(frozen=True, slots=True)
class PageTable:
    """Rows for a page, at most ``LONGEST`` of ``total``."""

    columns: Sequence[str]
    rows: Sequence[Sequence[PageCell]]
    total: int


def read_table(answer: Answer) -> PageTable | bool:
    """Lay out an answer to ``PAGE``: a row or a statement on each line, or the truth value of an ASK."""
    assert answer.rows is not None
    if answer.media_type == _STATEMENTS:
        return _read_statements(answer.body, answer.rows)
    if answer.media_type == _ROWS:
        return _read_solutions(answer.body, answer.rows)
    return bool(json.loads(answer.body)["boolean"])


def _read_solutions(body: bytes, total: int) -> PageTable:
    """Read SPARQL TSV."""
    found = parse_query_results(body, format=QueryResultsFormat.TSV)
    assert isinstance(found, QuerySolutions)
    columns = [variable.value for variable in found.variables]
    rows = [[PageCell("") if term is None else _cell(term) for term in row] for row in found]
    return PageTable(columns, rows, total)


def _read_statements(body: bytes, total: int) -> PageTable:
    """Read N-Triples; those that are shown are ordered by subject and property."""
    triples = sorted(parse(body, format=RdfFormat.N_TRIPLES), key=lambda it: (str(it.subject), str(it.predicate)))
    rows = [[_cell(part) for part in (it.subject, it.predicate, it.object)] for it in triples]
    return PageTable(("subject", "property", "value"), rows, total)


def read_rows(columns: Mapping[str, Sequence[str]], rows: Sequence[Mapping[str, Any]], total: int) -> PageTable:
    """Lay out plain values, the first of ``total`` rows.

    A column has a title, the key of its value and, when it is a link, the key of its IRI.
    """
    laid_out = [[_plain(*(row[key] for key in keys)) for keys in columns.values()] for row in rows[:LONGEST]]
    return PageTable(tuple(columns), laid_out, total)


def _cell(term: NamedNode | BlankNode | Literal | Triple) -> PageCell:
    """Write one RDF term."""
    if isinstance(term, NamedNode):
        return PageCell(shorten(term.value), term.value)
    if isinstance(term, Literal):
        return _literal(term.value, term.language, term.datatype.value)
    return PageCell(str(term))


def _literal(text: str, language: str | None, datatype: str | None) -> PageCell:
    """Write a literal; strings, numbers and dates explain themselves."""
    if language:
        return PageCell(text, language=language)
    return PageCell(text, is_number=datatype in _NUMBERS)


def _plain(value: object, iri: str | None = None) -> PageCell:
    """Write a Python value; a list is one of IRIs."""
    if isinstance(value, bool):
        return PageCell("yes" if value else "no")
    if isinstance(value, int | float):
        return PageCell(f"{value:.4g}" if isinstance(value, float) else str(value), is_number=True)
    if isinstance(value, list):
        return PageCell("", items=tuple(PageCell(shorten(item), item) for item in value))
    return PageCell("" if value is None else str(value), iri)


def register(app: Flask) -> None:
    """Return the templates their filters and functions."""
    app.add_template_filter(shorten, "shorten")
    app.add_template_filter(_grouped, "grouped")
    app.add_template_global(in_format, "in_format")


def in_format(name: str) -> str:
    """Return the address of this page's content in another format; a posted query becomes part of the address."""
    kept = [key for key in request.values if key not in {"format", "comments"}]
    pairs = [(key, text) for key in kept for text in request.values.getlist(key)]
    return f"{request.path}?{urlencode([*pairs, ('format', name)])}"


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")
