"""Groups of a query → links: its triple patterns, as paths between variables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from communique.graph.validation.compiled.path_text import PathTokens
from communique.graph.validation.compiled.paths import AnyPredicate, Path
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


class _Patterns(PathTokens):
    """A reader of the tokens of one group."""

    def __init__(self, template: Template, group: Group, own: Path | None) -> None:
        super().__init__([] if group.role == "SELECT" else _without_filters(template.tokens, group), own)
        self._hidden = _hidden(template, group)
        self._start = group.start
        self._blanks = 0

    def links(self) -> Iterator[Link]:
        """Read the patterns."""
        while not self.is_at_end:
            if not self._skip("."):
                subject, inner = self._node()
                yield from inner
                yield from self._properties(subject)

    def _properties(self, subject: str | None) -> Iterator[Link]:
        """Read predicates and objects of a subject."""
        while not self.is_at_end and self._peek() not in {".", "]"}:
            path = self._predicate()
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

    def _predicate(self) -> Path:
        """Read a predicate: a variable, ``$PATH`` or a property path."""
        variable = self._tokens[self._at].variable
        if variable is None:
            return self.path()
        self._take()
        if variable != "PATH":
            return AnyPredicate()
        if self._own is None:
            raise ValueError("PATH")
        return self._own

    def _name(self, variable: str) -> str:
        """Give a variable a name that tells it from one of the same name outside a subquery."""
        return self._hidden.get(variable, variable)


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
