"""Which triples a query of the shapes reads, as paths from its focus node.

A change matters to a focus node when one of the changed triples takes part in a solution for it. Every triple pattern
that is linked to ``$this`` by a chain of other patterns, over shared variables, gives such a path; the chain may use
patterns of its own group and of the groups around it, which hold together in each solution, but not those of a UNION
branch or an OPTIONAL beside it. Where a pattern has no chain, where one stands behind an OPTIONAL, which has chosen its
rows by then, or where GRAPH chooses what is read, nothing can be said.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from communique.graph.validation.compiled.paths import AnyPredicatePath, Path, join
from communique.graph.validation.compiled.prebinding import Template
from communique.graph.validation.compiled.query_text import GroupPattern, PathTokens, QueryToken, direct, projection

# What may follow an OPTIONAL: it only chooses among the rows that are there, or adds to each of them.
_HARMLESS = ("OPTIONAL", "EXISTS")


@dataclass(frozen=True, slots=True)
class Link:
    """A triple pattern: two variables, None for a constant, and the path between them."""

    start: str | None
    path: Path
    end: str | None


def read_links(template: Template, group: GroupPattern, own: Path | None) -> tuple[Link, ...]:
    """Read the triple patterns that stand directly in a group; ValueError for what is no plain pattern.

    ``own`` is the path that ``$PATH`` stands for.
    """
    return tuple(_Patterns(template, group, own).links())


class _Patterns(PathTokens):
    """A reader of the tokens of one group."""

    def __init__(self, template: Template, group: GroupPattern, own: Path | None) -> None:
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
            return AnyPredicatePath()
        if self._own is None:
            raise ValueError("PATH")
        return self._own

    def _name(self, variable: str) -> str:
        """Distinguish a variable from one of the same name outside a subquery."""
        return self._hidden.get(variable, variable)


def _without_filters(tokens: tuple[QueryToken, ...], group: GroupPattern) -> list[QueryToken]:
    """Return the tokens of a group that make its triple patterns."""
    found: list[QueryToken] = []
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


def _behind_expression(tokens: list[QueryToken], position: int) -> int:
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


def _hidden(template: Template, group: GroupPattern) -> dict[str, str]:
    """Rename the variables that a subquery around the group does not project: outside, the same name is another one."""
    renamed: dict[str, str] = {}
    for outer in group.around():
        if outer.role == "SELECT":
            shown = projection(template.tokens[outer.start + 2 :])
            hidden = [name for name in template.variables if name not in shown and "*" not in shown]
            renamed |= {name: renamed.get(name, f"{name}@{outer.start}") for name in hidden}
    return renamed


@dataclass(frozen=True, slots=True)
class Read:
    """Triples that a query reads.

    Attributes
    ----------
    root : the pre-bound variable from whose value they are reached
    path : the path that walks over them; None for the root itself
    """

    root: str
    path: Path | None


def query_reads(template: Template, own: Path | None) -> tuple[Read, ...] | None:
    """Return what a query reads, from ``$this`` or, in an ASK query, from ``$value``; None when that is unknown.

    ``own`` is the path that ``$PATH`` stands for.
    """
    try:
        links = {group: read_links(template, group, own) for group in template.groups}
        if any(_goes_on(template, group, own) for group in template.groups if group.role == "OPTIONAL"):
            return None
    except ValueError:
        return None
    roots = ("this",) if template.projected else ("this", "value")
    found: dict[Read, None] = {}
    for group in template.groups:
        reached = _reached([link for outer in group.around() for link in links[outer]], roots)
        for link in links[group]:
            read = _from_nearer_end(link, reached)
            if read is None:
                return None
            found[read] = None
    return tuple(found)


def _goes_on(template: Template, optional: GroupPattern, own: Path | None) -> bool:
    """Say whether anything but filters and other optional groups follows an OPTIONAL."""
    around = optional.parent or optional
    rest = [group for group in around.children if group.start > optional.start]
    behind = GroupPattern("", optional.end, around.parent, around.end, rest)
    return any(group.role not in _HARMLESS for group in rest) or bool(read_links(template, behind, own))


def _from_nearer_end(link: Link, reached: dict[str | None, Read]) -> Read | None:
    """Return the way to a triple over the end that was reached first, so that the triple itself is no part of it."""
    order = list(reached)
    ends = [(link.start, link.path), (link.end, link.path.inverted())]
    known = [(order.index(end), end, path) for end, path in ends if end in reached]
    if not known:
        return None
    _, end, path = min(known, key=lambda item: item[0])
    return Read(reached[end].root, join(reached[end].path, path))


def _reached(links: list[Link], roots: tuple[str, ...]) -> dict[str | None, Read]:
    """Return for each variable the shortest chain of patterns that leads to it from a root, the nearest first."""
    reached: dict[str | None, Read] = {root: Read(root, None) for root in roots}
    ring: set[str | None] = set(roots)
    while ring:
        new: dict[str | None, Read] = {}
        for link in links:
            for here, path, there in ((link.start, link.path, link.end), (link.end, link.path.inverted(), link.start)):
                if here in ring and there is not None and there not in reached:
                    new.setdefault(there, Read(reached[here].root, join(reached[here].path, path)))
        reached.update(new)
        ring = set(new)
    return reached
