"""A SPARQL text that is not well-formed, and a change that may repair it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from communique.graph.hints.tokens import SparqlToken, read_tokens

_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Edit:
    """Put ``text`` in the place of the characters from ``start`` to ``end``."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Repair:
    """A change of the text that may make it well-formed.

    Attributes
    ----------
    edits : in the order of their places, none within another
    at : offset of what is wrong
    found : what is wrong, a clause
    expected : what belongs there
    cure : what to do
    """

    edits: tuple[Edit, ...]
    at: int
    found: str
    expected: str
    cure: str

    def apply(self, text: str) -> str:
        """Return the text with the change."""
        for edit in reversed(self.edits):
            text = text[: edit.start] + edit.text + text[edit.end :]
        return text


@dataclass(frozen=True)
class Fault:
    """A text, the parser's complaint, and the offset from which on the text makes no sense to it."""

    text: str
    complaint: str
    offset: int

    @cached_property
    def tokens(self) -> Sequence[SparqlToken]:
        """The tokens of the text."""
        return read_tokens(self.text)

    @cached_property
    def at(self) -> int:
        """The number of the token at the offset; of the last where the text ends there, -1 where there is none."""
        return next((n for n, token in enumerate(self.tokens) if token.end > self.offset), len(self.tokens) - 1)

    @cached_property
    def near(self) -> Sequence[SparqlToken]:
        """The tokens to be doubted, the most doubtful first: the one at the offset, three before it, three after it."""
        numbers = (self.at, *range(self.at - 1, self.at - 4, -1), *range(self.at + 1, self.at + 4))
        return [self.tokens[n] for n in numbers if 0 <= n < len(self.tokens)]

    @cached_property
    def starts(self) -> Sequence[int]:
        """Where the tokens begin, in order."""
        return [token.start for token in self.tokens]

    def after(self, token: SparqlToken) -> SparqlToken | None:
        """Return the token that follows another."""
        number = bisect_left(self.starts, token.end)
        return self.tokens[number] if number < len(self.tokens) else None

    def before(self, token: SparqlToken) -> SparqlToken | None:
        """Return the token in front of another."""
        number = bisect_left(self.starts, token.start) - 1
        return self.tokens[number] if number >= 0 else None


def exchange(token: SparqlToken, text: str) -> Edit:
    """Put a text in the place of a token."""
    return Edit(token.start, token.end, text)


def insertion(offset: int, text: str) -> Edit:
    """Put a text between two characters."""
    return Edit(offset, offset, text)


def shown(text: str) -> str:
    """Write a piece of a query on one line, cut where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
