"""A parser's complaint → line, column, one expectation and one cure.

The parser of pyoxigraph lists every character that could have stood at the furthest place it reached, and a keyword
moves that place on by its own length. So repairs are proposed from the text and tried: the first that makes the whole
text well-formed is the one that the message names.
"""

from __future__ import annotations

import re
from itertools import islice

from pyoxigraph import Store

from communique.graph.errors import QuerySyntaxError
from communique.graph.hints.faults import Fault, Repair
from communique.graph.hints.repairs import repairs
from communique.graph.hints.tokens import FORMS, offset_of, place, read_tokens
from communique.graph.terms.namespaces import ID

_PLACE = re.compile(r"error at (\d+):(\d+): expected (?:one of )?(.*)", re.DOTALL)
_KEYWORD = re.compile(r"\b[A-Z][A-Za-z_]+\b")
_SIGN = re.compile(r"\"|\['")
_MOST = 100  # repairs that are tried
_LONGEST = 20_000  # characters of a text in which repairs are looked for
_KEYWORD_LENGTH = 16  # as far as the parser's place may lie beyond the fault
_SHOWN = 40


def explain(text: str, error: SyntaxError) -> QuerySyntaxError:
    """Word the error with which pyoxigraph refused a query; the same each time."""
    fault = _locate(text, str(error))
    if repair := _find(fault):
        line, column = place(text, repair.at)
        found, expected, cure = repair.found, repair.expected, repair.cure
    else:
        line, column = place(text, fault.offset)
        found, expected, cure = _describe(fault)
    message = f"line {line}, column {column}: {found}"
    return QuerySyntaxError(message, expected=expected, hint=cure, line=line, column=column)


def _locate(text: str, message: str) -> Fault:
    """Find where the text stops making sense: a token that begins at the parser's place, or a keyword before it."""
    match = _PLACE.fullmatch(message)
    if match is None:
        return Fault(text, message, len(text))
    reached = offset_of(text, int(match[1]), int(match[2]))
    if len(text) > _LONGEST:
        return Fault(text, match[3], reached)
    if _SIGN.search(match[3]):  # a sign has no length that would move the place on
        return Fault(text, match[3], reached)
    starts = {token.start for token in read_tokens(text)}
    begun = {reached - len(word) for word in _KEYWORD.findall(match[3])} & starts
    return Fault(text, match[3], max(begun, default=reached))


def _find(fault: Fault) -> Repair | None:
    """Return the first repair that makes the text well-formed, else the one after which it makes sense the longest."""
    if len(fault.text) > _LONGEST:
        return None
    best, least = None, len(fault.text) - fault.offset - _KEYWORD_LENGTH
    for repair in islice(repairs(fault), _MOST):
        repaired = repair.apply(fault.text)
        try:
            Store().query(repaired, base_iri=ID)
        except SyntaxError as error:
            rest = len(repaired) - _locate(repaired, str(error)).offset
            if rest < least:
                best, least = repair, rest
        else:
            return repair
    return best


def _describe(fault: Fault) -> tuple[str, str, str]:
    """Say what stands at the fault where no repair is known."""
    if not fault.tokens:
        return "the query is empty", " or ".join(FORMS), "write SELECT * WHERE { ?s ?p ?o } LIMIT 10"
    if not any(token.is_word(*FORMS) for token in fault.tokens):
        hint = "write SELECT * WHERE { … }, or ask a ready question"
        return "this is no SPARQL query", f"one of {', '.join(FORMS)}", hint
    token = fault.tokens[fault.at]
    if token.end <= fault.offset:
        return "the query ends too early", "more of it", "complete the last clause"
    return f"{token.text[:_SHOWN]!r} cannot stand here", "another token", "look at what stands in front of it"
