"""Groups of a query → links: its triple patterns, as paths between variables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import NamedNode

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
from communique.graph.validation.compiled.prebinding import Template
from communique.graph.validation.compiled.sparql_text import Group, Token, direct, projection


@dataclass(frozen=True, slots=True)
class Link:
    """A triple pattern: two variables, None for a constant, and the path between them."""

    start: str | None
    path: Path
    end: str | None


def read_links(template: Template, group: Group, own: Path | None) -> tuple[Link, ...]:
    """Read the triple patterns that stand directly in a group; ValueError for what is no plain pattern.

    ``own`` is the path that ``$PATH`` stands for.
    """
    return tuple(_Patterns(template, group, own).links())


class _Patterns:
    """A reader of the tokens of one group, by recursive descent."""

    def __init__(self, template: Template, group: Group, own: Path | None) -> None:
        self._tokens = [] if group.role == "SELECT" else _without_filters(template.tokens, group)
        self._hidden = _hidden(template, group)
        self._own = own
        self._start = group.start
        self._at = 0
        self._blanks = 0

    def links(self) -> Iterator[Link]:
        """Read the patterns."""
        while self._at < len(self._tokens):
            if not self._skip("."):
                subject, inner = self._node()
                yield from inner
                yield from self._properties(subject)

    def _properties(self, subject: str | None) -> Iterator[Link]:
        """Read predicates and objects of a subject."""
        while self._at < len(self._tokens) and self._peek() not in {".", "]"}:
            path = self._path()
            while True:
                value, inner = self._node()
                yield Link(subject, path, value)
                yield from inner
                if not self._skip(","):
                    break
            if not self._skip(";"):
                return
            while self._skip(";"):
                pass

    def _node(self) -> tuple[str | None, list[Link]]:
        """Read a subject or object: the name of a variable or None, and the patterns inside brackets."""
        token = self._take()
        if token.variable is not None:
            return self._name(token.variable), []
        if token.kind == "blank":
            return token.text, []
        if token.text == "[":
            self._blanks += 1
            name = f"[{self._start}.{self._blanks}]"
            inner = list(self._properties(name))
            self._expect("]")
            return name, inner
        if token.kind == "string":
            if self._skip("^^") or (self._at < len(self._tokens) and self._tokens[self._at].kind == "language"):
                self._take()
            return None, []
        if token.kind in {"iri", "number"} or token.is_word("TRUE", "FALSE"):
            return None, []
        raise ValueError(token.text)

    def _path(self) -> Path:
        """Read a predicate: a variable, ``$PATH`` or a property path."""
        variable = self._tokens[self._at].variable
        if variable is None:
            return self._alternatives()
        self._take()
        if variable != "PATH":
            return AnyPredicate()
        if self._own is None:
            raise ValueError("PATH")
        return self._own

    def _alternatives(self) -> Path:
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
            path = self._alternatives()
            self._expect(")")
            return path
        if token.kind == "iri":
            return Predicate(NamedNode(token.text[1:-1]))
        if token.text == "a":
            return TYPE
        if token.variable == "PATH" and self._own is not None:
            return self._own
        raise ValueError(token.text)

    def _name(self, variable: str) -> str:
        """Give a variable a name that tells it from one of the same name outside a subquery."""
        return self._hidden.get(variable, variable)

    def _peek(self) -> str:
        return self._tokens[self._at].text

    def _take(self) -> Token:
        if self._at >= len(self._tokens):
            raise ValueError("the end")
        self._at += 1
        return self._tokens[self._at - 1]

    def _skip(self, text: str) -> bool:
        is_next = self._at < len(self._tokens) and self._tokens[self._at].text == text
        self._at += is_next
        return is_next

    def _expect(self, text: str) -> None:
        if not self._skip(text):
            raise ValueError(text)


def _without_filters(tokens: tuple[Token, ...], group: Group) -> list[Token]:
    """Give the tokens of a group that make its triple patterns."""
    found: list[Token] = []
    inside = [token for token, _ in direct(tokens, group)]
    position = 0
    while position < len(inside):
        if inside[position].is_word("FILTER", "BIND"):
            position = _behind_expression(inside, position + 1)
        elif inside[position].is_word("OPTIONAL", "UNION"):
            position += 1
        else:
            found.append(inside[position])
            position += 1
    return found


def _behind_expression(tokens: list[Token], position: int) -> int:
    """Step over EXISTS, or over an expression in parentheses with the name of a function before it or not."""
    if tokens[position].is_word("NOT", "EXISTS"):
        return position + 1 + tokens[position].is_word("NOT")
    depth = 0
    while position < len(tokens):
        depth += {"(": 1, ")": -1}.get(tokens[position].text, 0)
        position += 1
        if depth == 0 and tokens[position - 1].text == ")":
            break
    return position


def _hidden(template: Template, group: Group) -> dict[str, str]:
    """Rename the variables that a subquery around the group does not project: outside, the same name is another one."""
    renamed: dict[str, str] = {}
    for outer in group.around():
        if outer.role == "SELECT":
            shown = projection(template.tokens[outer.start + 2 :])
            hidden = [name for name in template.variables if name not in shown and "*" not in shown]
            renamed |= {name: renamed.get(name, f"{name}@{outer.start}") for name in hidden}
    return renamed
