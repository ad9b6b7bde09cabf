"""Misspelt keywords and functions, and operators of other languages."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from communique.graph.hints.faults import Edit, Fault, Repair, exchange, shown
from communique.graph.hints.tokens import FORMS
from communique.graph.terms.namespaces import shorten
from communique.graph.terms.spelling import closest
from communique.graph.terms.vocabulary import terms

_MODIFIERS = ("GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES")
AGGREGATES = ("COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT")
FUNCTIONS = (
    *("STR", "LANG", "LANGMATCHES", "DATATYPE", "BOUND", "IRI", "URI", "BNODE", "RAND", "ABS", "CEIL", "FLOOR"),
    *("ROUND", "CONCAT", "STRLEN", "UCASE", "LCASE", "ENCODE_FOR_URI", "CONTAINS", "STRSTARTS", "STRENDS"),
    *("STRBEFORE", "STRAFTER", "YEAR", "MONTH", "DAY", "HOURS", "MINUTES", "SECONDS", "TIMEZONE", "TZ", "NOW"),
    *("UUID", "STRUUID", "MD5", "SHA1", "SHA256", "SHA384", "SHA512", "COALESCE", "IF", "STRLANG", "STRDT"),
    *("SAMETERM", "ISIRI", "ISURI", "ISBLANK", "ISLITERAL", "ISNUMERIC", "REGEX", "SUBSTR", "REPLACE"),
)
KEYWORDS = (
    *("BASE", "PREFIX", *FORMS, "FROM", "NAMED", "WHERE", "DISTINCT", "REDUCED", "AS", "BY", "ASC", "DESC"),
    *("OPTIONAL", "GRAPH", "UNION", "FILTER", "MINUS", "BIND", "UNDEF", "NOT", "EXISTS", "IN", "SEPARATOR"),
    *(*_MODIFIERS, *AGGREGATES, *FUNCTIONS),
)
_OPERATORS = {"<>": "!=", "≠": "!=", "≤": "<=", "≥": ">=", "&": "&&", "|": "||", "AND": "&&", "OR": "||", "NOT": "!"}
_DOUBLED = {("=", "="): "=", ("=", "<"): "<=", ("=", ">"): ">="}


def misspelt(fault: Fault) -> Iterator[Repair]:
    """Misspelt keywords and functions."""
    for token in fault.near:
        if token.kind == "word" and token.text.upper() not in KEYWORDS:
            for keyword in closest(token.text.upper(), KEYWORDS, most=4):
                found, cure = f"{shown(token.text)} is no keyword", f"write {keyword}"
                yield Repair((exchange(token, keyword),), token.start, found, keyword, cure)


def operators(fault: Fault) -> Iterator[Repair]:
    """Operators of other languages."""
    edits: list[Edit] = []
    for token, following in pairwise(fault.tokens):
        pair = (token.text, following.text[:1])
        if token.text.upper() in _OPERATORS and not following.is_word("EXISTS", "IN"):
            edits.append(exchange(token, _OPERATORS[token.text.upper()]))
        elif pair in _DOUBLED and token.end == following.start:
            edits.append(Edit(token.start, following.start + 1, _DOUBLED[pair]))
    for edit in edits:
        written = fault.text[edit.start : edit.end]
        words = (f"{written} is no operator of SPARQL", edit.text, f"write {edit.text} for {written}")
        yield Repair((edit,), edit.start, *words)
        if len(edits) > 1:
            yield Repair(tuple(edits), edit.start, *words)


def bare_words(fault: Fault) -> Iterator[Repair]:
    """Words where a term belongs: of the ontology, a variable, or a text."""
    for token in fault.near:
        if token.kind == "word" and not token.is_word(*KEYWORDS):
            known = [shorten(terms()[token.text].iri.value)] if token.text in terms() else []
            for form in (*known, f"?{token.text}", f'"{token.text}"'):
                text = f"<{terms()[token.text].iri.value}>" if form in known else form
                words = (f"{shown(token.text)} is neither keyword nor term", "a prefixed name, a variable or a text")
                yield Repair((exchange(token, text),), token.start, *words, f"write {form}")
