"""Query text of others → tokens and nested groups: just enough grammar to rename, inject and refuse safely.

Not a SPARQL parser. Whether a text is SPARQL at all is left to an engine; this module says where its groups begin and
end, what introduces each, and which variables stand in triple patterns and which in expressions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

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


@dataclass(frozen=True, slots=True)
class Token:
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
        """Tell whether the token is one of some keywords, in any case."""
        return self.kind == "word" and self.text.upper() in words

    @property
    def variable(self) -> str | None:
        """The name of a variable, without its mark; None for another token."""
        return self.text[1:] if self.kind == "variable" else None


@dataclass(slots=True, eq=False)
class Group:
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
    parent: Group | None
    end: int = -1
    children: list[Group] = field(default_factory=list)

    def around(self) -> Iterator[Group]:
        """Give the group and those around it, inside first."""
        group: Group | None = self
        while group is not None:
            yield group
            group = group.parent

    def is_in(self, role: str) -> bool:
        """Tell whether the group, or one around it, has a role."""
        return any(group.role == role for group in self.around())


def tokenize(text: str) -> tuple[Token, ...]:
    """Cut query text into tokens, without comments and spaces."""
    found: list[Token] = []
    is_apart = False
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "mark"
        if kind != "space":
            found.append(Token(kind, match.group(), is_apart))
        is_apart = kind == "space"
    return tuple(found)


def write(tokens: Iterable[Token]) -> str:
    """Write tokens as query text on one line."""
    return "".join(f"{' ' * token.is_apart}{token.text}" for token in tokens).strip()


def groups(tokens: tuple[Token, ...]) -> tuple[Group, ...]:
    """Find the groups, each before those inside it; ValueError where braces do not match."""
    found: list[Group] = []
    current: Group | None = None
    for position, token in enumerate(tokens):
        if token.text == "{":
            group = Group(_role(tokens, position), position, current)
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


def direct(tokens: tuple[Token, ...], group: Group) -> Iterator[tuple[Token, int]]:
    """Give the tokens that stand in a group and in none inside it, each with its depth of parentheses."""
    position, depth = group.start + 1, 0
    ends = {child.start: child.end + 1 for child in group.children}
    while position < group.end:
        if position in ends:
            position = ends[position]
            continue
        depth += {"(": 1, ")": -1}.get(tokens[position].text, 0)
        yield tokens[position], depth
        position += 1


def projection(tokens: Iterable[Token]) -> tuple[str, ...]:
    """Give the variables that a SELECT clause projects, ``*`` for all; the tokens begin behind SELECT."""
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


def _role(tokens: tuple[Token, ...], position: int) -> str:
    """Tell what introduces the group that opens at a position."""
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


def _ends_select(before: tuple[Token, ...]) -> bool:
    """Tell whether the last brace or SELECT is a SELECT, so that the word WHERE was left out."""
    last = next((token for token in reversed(before) if token.text in {"{", "}"} or token.is_word("SELECT")), None)
    return last is not None and last.is_word("SELECT")
