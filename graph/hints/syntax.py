"""A parser's complaint → line, column, one expectation and one cure.

The parser of pyoxigraph lists every character that could have stood at the furthest place it reached, and a keyword
moves that place on by its own length. So repairs are proposed from the text and tried: the first that makes the whole
text well-formed is the one that the message names. Only of a prefix that is not declared the parser says so itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice

from pyoxigraph import Store

from communique.graph.errors import QuerySyntaxError
from communique.graph.hints.faults import Fault, Repair
from communique.graph.hints.repairs import brackets, prefixes, repairs
from communique.graph.hints.tokens import FORMS, offset_of, place, read_tokens
from communique.graph.terms.namespaces import ID

_PLACE = re.compile(r"error at (\d+):(\d+): expected (?:one of )?(.*)", re.DOTALL)
_KEYWORD = re.compile(r"\b[A-Z][A-Za-z_]+\b")
_SIGN = re.compile(r"\"|\['")
_UNDECLARED = "Prefix not found"
_MOST = 100  # repairs that are tried
_LONGEST = 20_000  # characters of a text in which repairs are looked for
_KEYWORD_LENGTH = 16  # as far as the parser's place may lie beyond the fault
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class _Language:
    """What a text is to be: its name, the words that begin it, an example, and how it is read."""

    name: str
    forms: Sequence[str]
    example: str
    read: Callable[[str], object]


_QUERY = _Language(
    "query", FORMS, "SELECT * WHERE { ?s ?p ?o } LIMIT 10", lambda text: Store().query(text, base_iri=ID)
)
_UPDATE = _Language(
    "update",
    ("INSERT", "DELETE", "WITH", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY"),
    "INSERT DATA { GRAPH <…> { … } }",
    lambda text: Store().update(text, base_iri=ID),
)


def explain(text: str, error: SyntaxError) -> QuerySyntaxError:
    """Word the error with which pyoxigraph refused a query; the same each time."""
    return _explain(text, error, _QUERY)


def explain_update(text: str, error: SyntaxError) -> QuerySyntaxError:
    """Word the error with which it refused an update; one that fetches nothing, since repairs are carried out."""
    return _explain(text, error, _UPDATE)


def _explain(text: str, error: SyntaxError, language: _Language) -> QuerySyntaxError:
    fault = _locate(text, str(error))
    if repair := _undeclared(fault) or _find(fault, language):
        line, column = place(text, repair.at)
        found, expected, cure = repair.found, repair.expected, repair.cure
    else:
        line, column = place(text, fault.offset)
        found, expected, cure = _describe(fault, language)
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


def _undeclared(fault: Fault) -> Repair | None:
    """Return the repair of a prefix that the parser itself found undeclared, whatever else is wrong behind it."""
    if _UNDECLARED not in fault.complaint:
        return None
    return next((repair for repair in prefixes(fault) if repair.at <= fault.offset), None)


def _find(fault: Fault, language: _Language) -> Repair | None:
    """Return the first repair that makes the text well-formed, else the one after which it makes sense the longest.

    A long text is not read again and again: of one that the parser read to its end a bracket is named that is open.
    """
    if len(fault.text) > _LONGEST:
        has_ended = fault.offset >= len(fault.text.rstrip())
        return next(brackets(fault), None) if has_ended else None
    best, least = None, len(fault.text) - fault.offset - _KEYWORD_LENGTH
    for repair in islice(repairs(fault), _MOST):
        repaired = repair.apply(fault.text)
        try:
            language.read(repaired)
        except SyntaxError as error:
            rest = len(repaired) - _locate(repaired, str(error)).offset
            if rest < least:
                best, least = repair, rest
        except (OSError, RuntimeError, ValueError):
            return repair  # well-formed, and only not to be evaluated without data
        else:
            return repair
    return best


def _describe(fault: Fault, language: _Language) -> tuple[str, str, str]:
    """Say what stands at the fault where no repair is known."""
    if not fault.tokens:
        return f"the {language.name} is empty", " or ".join(language.forms), f"write {language.example}"
    if not any(token.is_word(*language.forms) for token in fault.tokens):
        hint = "write SELECT * WHERE { … }, or ask a ready question" if language is _QUERY else language.example
        return f"this is no SPARQL {language.name}", f"one of {', '.join(language.forms)}", hint
    token = fault.tokens[fault.at]
    if token.end <= fault.offset:
        return f"the {language.name} ends too early", "more of it", "complete the last clause"
    return f"{token.text[:_SHOWN]!r} cannot stand here", "another token", "look at what stands in front of it"
