"""Query text of others → tokens, nested groups and paths: just enough grammar to rename, inject and refuse safely.

Not a SPARQL parser. Whether a text is SPARQL at all is left to an engine; this module says where its groups begin and
end, what introduces each, which variables stand in triple patterns and which in expressions, and reads property paths.
rdflib's parser is no help here: it keeps no places in the text, and its ``translateAlgebra`` writes no SPARQL for half
of the queries of this project (rdflib 7.6).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from collections.abc import Sequence as Tokens
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from pyoxigraph import NamedNode

from communique.graph.errors import ShapesError
from communique.graph.terms.namespaces import term
from communique.graph.validation.compiled.paths import (
    TYPE_PATH,
    AlternativePath,
    AnyPredicatePath,
    InversePath,
    Path,
    PredicatePath,
    RepeatedPath,
    SequencePath,
)

_TOKEN = re.compile(
    r"""(?P<space>(?:\s|\#[^\n\r]*)+)
      | (?P<string>\"{3}(?:\\.|"{0,2}[^"\\])*\"{3} | '{3}(?:\\.|'{0,2}[^'\\])*'{3}
          | "(?:\\.|[^"\\\n\r])*" | '(?:\\.|[^'\\\n\r])*')
      | (?P<iri><[^\s<>"{}|^`\\?$=][^\s<>"{}|^`\\]*>|<>)
      | (?P<variable>[?$]\w+)
      | (?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
      | (?P<blank>_:\w(?:[\w.-]*[\w-])?)
      | (?P<prefixed>(?:[^\W\d_](?:[\w.-]*[\w-])?)?:(?:(?:[\w:%-]|\\.)(?:(?:[\w:%.-]|\\.)*(?:[\w:%-]|\\.))?)?)
      | (?P<number>[+-]?[0-9]*\.?[0-9]+(?:[eE][+-]?[0-9]+)?)
      | (?P<word>[A-Za-z_]\w*)
      | (?P<mark>\^\^|&&|\|\||[!<>]=|.)""",
    re.VERBOSE | re.DOTALL,
)


class QueryToken(NamedTuple):
    """A piece of query text.

    Attributes
    ----------
    kind : name of its group in the grammar above
    text : as written
    is_apart : True when a space or a comment stands before it; engines differ in where they need or refuse one
    """

    kind: str
    text: str
    is_apart: bool = True

    def is_word(self, *words: str) -> bool:
        """Say whether the token is one of some keywords, in any case."""
        return self.kind == "word" and self.text.upper() in words

    @property
    def variable(self) -> str | None:
        """The name of a variable, without its question mark; None for another token."""
        return self.text[1:] if self.kind == "variable" else None


@dataclass(slots=True, eq=False)
class GroupPattern:
    """What stands between two braces.

    Attributes
    ----------
    role : what introduces it: WHERE, OPTIONAL, EXISTS, MINUS, GRAPH, CONSTRUCT, SELECT (it holds a subquery) or ''
    start, end : positions of its braces among the tokens
    parent : the group around it; None for the outermost
    children : the groups inside it
    """

    role: str
    start: int
    parent: GroupPattern | None
    end: int = -1
    children: list[GroupPattern] = field(default_factory=list)

    def around(self) -> Iterator[GroupPattern]:
        """Return the group and those around it, inside first."""
        group: GroupPattern | None = self
        while group is not None:
            yield group
            group = group.parent

    def is_in(self, role: str) -> bool:
        """Say whether the group, or one around it, has a role."""
        return any(group.role == role for group in self.around())


def tokenize(text: str) -> tuple[QueryToken, ...]:
    """Cut query text into tokens, without comments and spaces."""
    found: list[QueryToken] = []
    is_apart = False
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "mark"
        if kind != "space":
            found.append(QueryToken(kind, match.group(), is_apart))
        is_apart = kind == "space"
    return tuple(found)


def write(tokens: Iterable[QueryToken]) -> str:
    """Write tokens as query text on one line."""
    return "".join(f"{' ' * token.is_apart}{token.text}" for token in tokens).strip()


def groups(tokens: tuple[QueryToken, ...]) -> tuple[GroupPattern, ...]:
    """Find the groups, each before those inside it; ValueError where braces do not match."""
    found: list[GroupPattern] = []
    current: GroupPattern | None = None
    for position, token in enumerate(tokens):
        if token.text == "{":
            group = GroupPattern(_role(tokens, position), position, current)
            found.append(group)
            if current is not None:
                current.children.append(group)
            current = group
        elif token.text == "}":
            if current is None:
                raise ValueError("a closing brace too many")
            current.end = position
            current = current.parent
    if current is not None or not found:
        raise ValueError("a closing brace is missing" if found else "no braces")
    return tuple(found)


def direct(tokens: tuple[QueryToken, ...], group: GroupPattern) -> Iterator[tuple[QueryToken, int]]:
    """Return the tokens that stand in a group and in none inside it, each with its depth of parentheses."""
    position, depth = group.start + 1, 0
    ends = {child.start: child.end + 1 for child in group.children}
    while position < group.end:
        if position in ends:
            position = ends[position]
            continue
        depth += {"(": 1, ")": -1}.get(tokens[position].text, 0)
        yield tokens[position], depth
        position += 1


def projection(tokens: Iterable[QueryToken]) -> tuple[str, ...]:
    """Return the variables that a SELECT clause projects, ``*`` for all; the tokens begin behind SELECT."""
    found: list[str] = []
    depth, previous = 0, None
    for token in tokens:
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if token.text == "{" or token.is_word("WHERE"):
            break
        if depth == 0 and token.text == "*":
            found.append("*")
        named = depth == 0 or (depth == 1 and previous is not None and previous.is_word("AS"))
        if named and token.variable is not None:
            found.append(token.variable)
        previous = token
    return tuple(found)


def _role(tokens: tuple[QueryToken, ...], position: int) -> str:
    """Say what introduces the group that opens at a position."""
    before = tokens[max(0, position - 2) : position]
    if position + 1 < len(tokens) and tokens[position + 1].is_word("SELECT"):
        return "SELECT"
    if not before or before[-1].is_word("WHERE", "ASK"):
        return "WHERE"
    if before[-1].is_word("OPTIONAL", "EXISTS", "MINUS", "CONSTRUCT"):
        return before[-1].text.upper()
    if before[0].is_word("GRAPH") and len(before) == 2:
        return "GRAPH"
    return "WHERE" if _ends_select(tokens[:position]) else ""


def _ends_select(before: tuple[QueryToken, ...]) -> bool:
    """Say whether the last brace or SELECT is a SELECT, so that the word WHERE was left out."""
    last = next((token for token in reversed(before) if token.text in {"{", "}"} or token.is_word("SELECT")), None)
    return last is not None and last.is_word("SELECT")


class PathTokens:
    """Tokens of a query, and how paths are read from them by recursive descent; ValueError for what is no path.

    ``own`` is the path that ``$PATH`` stands for.
    """

    def __init__(self, tokens: Tokens[QueryToken], own: Path | None = None) -> None:
        self._tokens = tokens
        self._own = own
        self._at = 0

    @property
    def is_at_end(self) -> bool:
        """Whether all tokens have been read."""
        return self._at >= len(self._tokens)

    def path(self) -> Path:
        """Read a path: alternatives of sequences of steps."""
        parts = [self._sequence()]
        while self._skip("|"):
            parts.append(self._sequence())
        return parts[0] if len(parts) == 1 else AlternativePath(tuple(parts))

    def _sequence(self) -> Path:
        parts = [self._step()]
        while self._skip("/"):
            parts.append(self._step())
        return parts[0] if len(parts) == 1 else SequencePath(tuple(parts))

    def _step(self) -> Path:
        if self._skip("^"):
            return InversePath(self._step())
        if self._skip("!"):
            self._primary()
            return AnyPredicatePath()
        path = self._primary()
        for mark in "*+?":
            if self._skip(mark):
                return RepeatedPath(path, mark)
        return path

    def _primary(self) -> Path:
        token = self._take()
        if token.text == "(":
            path = self.path()
            self._expect(")")
            return path
        if token.kind == "iri":
            return PredicatePath(NamedNode(token.text[1:-1]))
        if token.text == "a":
            return TYPE_PATH
        if token.variable == "PATH" and self._own is not None:
            return self._own
        raise ValueError(token.text)

    def _peek(self) -> str:
        return self._tokens[self._at].text

    def _take(self) -> QueryToken:
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


@lru_cache(maxsize=4096)
def parse_path(text: str) -> Path:
    """Read a path with the prefixes of the project; ``any`` stands for any predicate. ShapesError for anything else."""
    if text == "any":
        return AnyPredicatePath()
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


def _expanded(token: QueryToken) -> QueryToken:
    """Write a prefixed name as an IRI."""
    return token._replace(kind="iri", text=str(term(token.text))) if token.kind == "prefixed" else token
