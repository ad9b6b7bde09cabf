"""Property paths as SPARQL writes them → path values."""

from __future__ import annotations

from collections.abc import Sequence as Tokens
from dataclasses import replace

from pyoxigraph import NamedNode

from communique.graph.errors import ShapesError
from communique.graph.terms.namespaces import term
from communique.graph.validation.compiled.paths import (
    TYPE,
    Alternative,
    AnyPredicate,
    Inverse,
    Path,
    Predicate,
    Repeated,
    Sequence,
)
from communique.graph.validation.compiled.sparql_text import Token, tokenize


class PathTokens:
    """Tokens of a query, and how paths are read from them by recursive descent; ValueError for what is no path.

    ``own`` is the path that ``$PATH`` stands for.
    """

    def __init__(self, tokens: Tokens[Token], own: Path | None = None) -> None:
        self._tokens = tokens
        self._own = own
        self._at = 0

    @property
    def is_at_end(self) -> bool:
        """Tell whether all tokens have been read."""
        return self._at >= len(self._tokens)

    def path(self) -> Path:
        """Read a path: alternatives of sequences of steps."""
        parts = [self._sequence()]
        while self._skip("|"):
            parts.append(self._sequence())
        return parts[0] if len(parts) == 1 else Alternative(tuple(parts))

    def _sequence(self) -> Path:
        parts = [self._step()]
        while self._skip("/"):
            parts.append(self._step())
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def _step(self) -> Path:
        if self._skip("^"):
            return Inverse(self._step())
        if self._skip("!"):
            self._primary()
            return AnyPredicate()
        path = self._primary()
        for mark in "*+?":
            if self._skip(mark):
                return Repeated(path, mark)
        return path

    def _primary(self) -> Path:
        token = self._take()
        if token.text == "(":
            path = self.path()
            self._expect(")")
            return path
        if token.kind == "iri":
            return Predicate(NamedNode(token.text[1:-1]))
        if token.text == "a":
            return TYPE
        if token.variable == "PATH" and self._own is not None:
            return self._own
        raise ValueError(token.text)

    def _peek(self) -> str:
        return self._tokens[self._at].text

    def _take(self) -> Token:
        if self.is_at_end:
            raise ValueError("the end")
        self._at += 1
        return self._tokens[self._at - 1]

    def _skip(self, text: str) -> bool:
        is_next = not self.is_at_end and self._peek() == text
        self._at += is_next
        return is_next

    def _expect(self, text: str) -> None:
        if not self._skip(text):
            raise ValueError(text)


def read_path(text: str) -> Path:
    """Read a path with the prefixes of the project; ``any`` stands for any predicate. ShapesError for anything else."""
    if text == "any":
        return AnyPredicate()
    try:
        tokens = PathTokens([_expanded(token) for token in tokenize(text)])
        path = tokens.path()
    except (ValueError, KeyError) as error:
        raise ShapesError(
            f"{text!r} is no path: {error} stands in the way", expected="a SPARQL property path"
        ) from None
    if not tokens.is_at_end:
        raise ShapesError(f"{text!r} is no path: it goes on where it should end", expected="a SPARQL property path")
    return path


def _expanded(token: Token) -> Token:
    """Write a prefixed name as an IRI."""
    return replace(token, kind="iri", text=str(term(token.text))) if token.kind == "prefixed" else token
