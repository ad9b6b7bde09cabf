"""Braces, brackets and dots: what holds statements together and keeps them apart."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from communique.graph.hints.faults import Fault, Repair, exchange, insertion, shown
from communique.graph.hints.tokens import TERMS, Token, place

_CLOSERS = {"{": "}", "(": ")", "[": "]"}
# Clauses that are nothing without their braces, and those without their round brackets.
_BRACED = ("OPTIONAL", "MINUS", "EXISTS", "WHERE", "ASK", "CONSTRUCT", "VALUES")
_BRACKETED = ("FILTER", "HAVING", "BIND")
# Where a group that was not bracketed may have been meant to end.
_END = re.compile(r"[ \t]*(?=[}\n]|[.;]\s|\bWHERE\b|\Z)", re.IGNORECASE)
_FEW = 6


def braces(fault: Fault) -> Iterator[Repair]:
    """Clauses without braces, or with other brackets in their place."""
    for token in fault.tokens:
        following = fault.after(token)
        if following is None or following.text == "{":
            continue
        if token.is_word(*_BRACED):
            yield from _exchanged(fault, token.text, following)
            yield from _wrapped(fault, token, "{", "}", "{ … }")
            if token.is_word("VALUES") and (opening := fault.after(following)):
                yield from _exchanged(fault, token.text, opening)
        elif token.is_word(*_BRACKETED) and following.text != "(":
            yield from _wrapped(fault, token, "(", ")", "(condition)")
        elif token.is_word("UNION"):
            yield from _union(fault, token)


def subqueries(fault: Fault) -> Iterator[Repair]:
    """A SELECT within a group that shares its braces with other statements."""
    for token in fault.tokens[1:]:
        before = fault.before(token)
        opening = next((each for each in fault.tokens if each.start > token.start and each.text == "{"), None)
        if token.is_word("SELECT") and before and before.text in {"{", "."} and opening:
            closing = _partner(fault, opening)
            if closing is not None:
                edits = (insertion(token.start, "{ "), insertion(closing.end, " }"))
                words = ("a SELECT beside other statements", "{ SELECT … } in braces of its own")
                yield Repair(edits, token.start, *words, "put braces around the inner SELECT")


def missing_brace(fault: Fault) -> Iterator[Repair]:
    """A group that was never opened."""
    for token in fault.near:
        if token.kind in TERMS:
            for edits in (
                (insertion(token.start, "{ "),),
                (insertion(token.start, "{ "), insertion(len(fault.text), "\n}")),
            ):
                yield Repair(edits, token.start, "the statements begin without a brace", "WHERE {", "write { here")


def brackets(fault: Fault) -> Iterator[Repair]:
    """Brackets that are not closed, or not opened."""
    opened: list[Token] = []
    for token in fault.tokens:
        if token.kind == "mark" and token.text in _CLOSERS:
            opened.append(token)
        elif token.kind == "mark" and token.text in _CLOSERS.values():
            if not opened:
                words = (f"{token.text} closes nothing", "no more brackets", f"leave out this {token.text}")
                yield Repair((exchange(token, ""),), token.start, *words)
                return
            if _CLOSERS[opened[-1].text] != token.text:
                yield _closing(fault, opened[-1:], token.start)
                return
            opened.pop()
    if opened:
        yield _closing(fault, opened, len(fault.text))


def dots(fault: Fault) -> Iterator[Repair]:
    """Statements that are not kept apart."""
    for token in fault.near:
        before = fault.before(token)
        if before and token.kind in TERMS and before.kind in TERMS | {"language"} and before.end < token.start:
            cure = f"write {shown(before.text)} . {shown(token.text)}"
            words = (f"{shown(token.text)} begins a new statement", "a dot between two statements", cure)
            yield Repair((insertion(before.end, " ."),), token.start, *words)


def incomplete(fault: Fault) -> Iterator[Repair]:
    """Statements without a property or without a value."""
    for token in fault.near:
        before = fault.before(token)
        if token.kind == "mark" and token.text in {"}", ".", ";"} and before and before.kind in TERMS | {"word"}:
            for missing in (" ?value ", " ?property ?value "):
                words = ("the statement that ends here is not complete", "a subject, a property and a value")
                cure = f"write {shown(before.text)}{missing}{token.text}"
                yield Repair((insertion(before.end, missing),), token.start, *words, cure)


def surplus(fault: Fault) -> Iterator[Repair]:
    """A mark too many."""
    for token in fault.near:
        if token.kind == "mark" and token.text in {".", ";", ","}:
            words = (f"{token.text!r} stands alone", "the next clause, or the end", f"leave out this {token.text!r}")
            yield Repair((exchange(token, ""),), token.start, *words)


def _closing(fault: Fault, opened: Sequence[Token], at: int) -> Repair:
    """Close brackets at an offset."""
    line, column = place(fault.text, opened[-1].start)
    closers = "".join(_CLOSERS[token.text] for token in reversed(opened))
    found = f"the {opened[-1].text} of line {line}, column {column} is not closed"
    break_ = "\n" if at == len(fault.text) else ""  # the text may end in a comment
    where = "at the end" if break_ else "here"
    return Repair((insertion(at, break_ + closers),), at, found, closers, f"add {closers} {where}")


def _exchanged(fault: Fault, word: str, opening: Token) -> Iterator[Repair]:
    """Put braces in the place of other brackets."""
    closing = _partner(fault, opening) if opening.text in {"(", "["} else None
    if closing is not None:
        edits = (exchange(opening, "{"), exchange(closing, "}"))
        found, expected = f"{opening.text} after {word.upper()}", f"{word.upper()} {{ … }}"
        yield Repair(edits, opening.start, found, expected, f"write {{ }} for {opening.text} {closing.text}")


def _wrapped(fault: Fault, word: Token, opener: str, closer: str, form: str) -> Iterator[Repair]:
    """Put brackets around what follows a keyword."""
    following = fault.after(word)
    assert following is not None
    for match in list(_END.finditer(fault.text, following.start))[:_FEW]:
        keyword, written = word.text.upper(), shown(fault.text[following.start : match.start()])
        edits = (insertion(following.start, opener), insertion(match.start(), closer))
        gap = " " if opener == "{" else ""
        cure = f"write {keyword}{gap}{opener}{gap}{written}{gap}{closer}"
        found = f"{keyword} without {'braces' if opener == '{' else 'brackets'}"
        yield Repair(edits, following.start, found, f"{keyword} {form}", cure)


def _union(fault: Fault, word: Token) -> Iterator[Repair]:
    """Put braces around both sides of a UNION."""
    before = [token for token in fault.tokens if token.end <= word.start and token.text == "{"]
    after = [token for token in fault.tokens if token.start >= word.end and token.text == "}"]
    if before and after:
        ends = (insertion(before[-1].end, " {"), insertion(word.start, "} "))
        edits = (*ends, insertion(word.end, " {"), insertion(after[0].start, "} "))
        cure = "put braces around both sides"
        yield Repair(edits, word.start, "UNION without braces", "{ … } UNION { … }", cure)


def _partner(fault: Fault, opening: Token) -> Token | None:
    """Find the bracket that closes another."""
    depth = 0
    for token in fault.tokens:
        if token.start >= opening.start and token.kind == "mark":
            depth += (token.text == opening.text) - (token.text == _CLOSERS[opening.text])
            if not depth:
                return token
    return None
