"""The tokens of a SPARQL text, read leniently: whatever stands there, the tokens joined again are the text.

For explanations only. What a query means is decided by the parser; a text that this reads otherwise gets a worse hint.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

_TOKEN = re.compile(
    r'''(?P<comment>\#[^\r\n]*)
      | (?P<string>"""(?:[^"\\]|\\.|"(?!""))*""" | \'\'\'(?:[^'\\]|\\.|'(?!\'\'))*\'\'\'
                  | "(?:[^"\\\r\n]|\\.)*" | '(?:[^'\\\r\n]|\\.)*')
      | (?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
      | (?P<variable>[?$]\w+)
      | (?P<blank>_:\w+)
      | (?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
      | (?P<name>(?:[^\W\d_](?:[\w.-]*[\w-])?)?:(?:(?:[\w:.-]|%[0-9A-Fa-f]{2}|\\.)*(?:[\w:-]|%[0-9A-Fa-f]{2}|\\.))?)
      | (?P<number>[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)
      | (?P<word>[^\W\d_]\w*)
      | (?P<space>[ \t\r\n]+)
      | (?P<mark>\^\^|&&|\|\||!=|<=|>=|[\s\S])''',
    re.VERBOSE | re.DOTALL,
)

# The words with which a query begins.
FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
# Kinds of pieces that only stand between tokens.
_BETWEEN = frozenset({"space", "comment"})
# Kinds of tokens that name a thing.
TERMS = frozenset({"variable", "iri", "name", "blank", "string", "number"})


class SparqlToken(NamedTuple):
    """A piece of the text; ``kind`` is a group of the pattern above, ``start`` and ``end`` count characters from 0."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        """Return where it ends."""
        return self.start + len(self.text)

    def is_word(self, *words: str) -> bool:
        """Say whether it is one of some keywords, given in capitals."""
        return self.kind == "word" and self.text.upper() in words

    @property
    def prefix(self) -> str:
        """Return what stands before the colon of a prefixed name."""
        return self.text.partition(":")[0]


def read_tokens(text: str) -> list[SparqlToken]:
    """Cut a text into tokens, without white space and comments."""
    return [
        SparqlToken(match.lastgroup or "mark", match[0], match.start())
        for match in _TOKEN.finditer(text)
        if match.lastgroup not in _BETWEEN
    ]


def declared(tokens: Sequence[SparqlToken]) -> dict[str, str]:
    """Return the prefixes that a text declares, with what they stand for."""
    return {
        name.prefix: iri.text[1:-1]
        for word, name, iri in zip(tokens, tokens[1:], tokens[2:], strict=False)
        if word.is_word("PREFIX") and name.kind == "name" and name.text.endswith(":") and iri.kind == "iri"
    }


def place(text: str, offset: int) -> tuple[int, int]:
    """Return line and column of an offset, both counted from 1."""
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1


def offset_of(text: str, line: int, column: int) -> int:
    """Return the offset of a line and a column, within the text."""
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    return min(starts[min(line, len(starts)) - 1] + column - 1, len(text))
