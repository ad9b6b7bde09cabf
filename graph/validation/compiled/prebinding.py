"""Queries of shapes made set-based: what SHACL says for one focus node, asked for all at once.

SHACL pre-binds ``$this`` (appendix A): the variable has its value in every group, also in one that only filters. A
set of focus nodes cannot be pre-bound, but it can be joined: the pattern that finds the focus nodes goes into the
outermost group, and into each group that mentions ``$this`` in expressions only. Groups with ``$this`` in a triple
pattern, and groups inside EXISTS, see it anyway. Parameters go in likewise, as VALUES. What has no such form (LIMIT,
a subquery that does not project ``$this``) is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from pyoxigraph import Store

from communique.graph.errors import ShapesError
from communique.graph.validation.compiled.query_text import (
    GroupPattern,
    QueryToken,
    direct,
    groups,
    projection,
    tokenize,
    write,
)
from communique.graph.validation.compiled.shapes import ValueNodes
from communique.graph.validation.compiled.shapes_graph import Term
from communique.graph.validation.compiled.sparql import ONCE, nesting, text

# Some 1,000 nested brackets end the process inside pyoxigraph's parser, and shapes around the query add to them.
_DEEPEST = 100

# What reaches beyond the data that the validator was given.
OUTSIDE = {
    "SERVICE": "validate data that is at hand",
    "FROM": "the validator decides which graph is read",
    "BASE": "write full IRIs",
}
_REFUSED = {
    "MINUS": "say the same with FILTER NOT EXISTS",
    "VALUES": "say the same with FILTER and IN",
    "LIMIT": "it would cut all focus nodes together: use an aggregate per $this",
    "OFFSET": "it would cut all focus nodes together: use an aggregate per $this",
    **OUTSIDE,
}


@dataclass(frozen=True, slots=True)
class Template:
    """A query of a shape, checked, not yet placed.

    Attributes
    ----------
    tokens : the query without prologue, with full IRIs
    groups : its groups, each before those inside it
    outermost : the group of its WHERE clause
    projected : names of the variables it projects; for an ASK query none
    """

    tokens: tuple[QueryToken, ...]
    groups: tuple[GroupPattern, ...]
    outermost: GroupPattern
    projected: tuple[str, ...]

    @classmethod
    def parse(cls, query: str, prefixes: Mapping[str, str], prebound: Iterable[str]) -> Template:
        """Read a query; ShapesError (without the shape's name) for what cannot be pre-bound.

        ``prebound`` are the names of variables that the query must not assign. Its subqueries must project ``$this``
        and, where it is among them, ``$value``.
        """
        template = cls.read(query, prefixes, _REFUSED)
        tokens, outermost = template.tokens, template.outermost
        if outermost.parent is not None:
            raise ShapesError("a query that is a subquery and nothing else", hint="take one SELECT away")
        if tokens[0].is_word("ASK") and outermost.end < len(tokens) - 1:
            raise ShapesError("an ASK query that goes on behind its pattern", hint="aggregate in a subquery")
        _refuse_what_cannot_be_prebound(template, set(prebound))
        return template

    @classmethod
    def read(cls, query: str, prefixes: Mapping[str, str], refused: Mapping[str, str]) -> Template:
        """Read a query that need not be asked for all focus nodes at once; ``refused`` are words, each with a cure."""
        tokens = tuple(_expand(tokenize(query), dict(prefixes)))
        if not tokens or not tokens[0].is_word("SELECT", "ASK"):
            raise ShapesError("a query of another form", expected="SELECT or ASK", hint="rewrite it")
        for token in tokens:
            if token.is_word(*refused):
                word = token.text.upper()
                raise ShapesError(f"{word} in a query of a shape (SHACL, appendix A)", hint=refused[word])
        if nesting(query) > _DEEPEST:
            raise ShapesError(f"a query of {nesting(query)} nested brackets", hint="nest it less deeply")
        return cls.of(tokens)

    @classmethod
    def of(cls, tokens: tuple[QueryToken, ...]) -> Template:
        """Find the groups among tokens; ShapesError where that fails."""
        try:
            found = groups(tokens)
        except ValueError as error:
            raise ShapesError(f"not SPARQL: {error}", hint="correct the query") from None
        outermost = next((group for group in found if group.role == "WHERE" and not group.is_in("EXISTS")), None)
        if outermost is None:
            raise ShapesError("a query whose WHERE clause is not to be found", hint="write the word WHERE")
        return cls(tokens, found, outermost, projection(tokens[1:]) if tokens[0].is_word("SELECT") else ())

    @property
    def variables(self) -> tuple[str, ...]:
        """The names of all variables."""
        return tuple(dict.fromkeys(token.variable for token in self.tokens if token.variable is not None))

    def place(self, nodes: ValueNodes, fixed: Mapping[str, str], constants: Mapping[str, Term]) -> Placed:
        """Place the query where a constraint is checked.

        ``fixed`` gives variables, by name without question mark, the variable they become there; ``constants`` are the
        values of parameters. Inside EXISTS every other variable becomes a fresh one; a query that finds the focus nodes
        by itself is alone but for these. ``$PATH`` becomes the path of the shape.
        """

        def new_name(name: str) -> str:
            is_alone = nodes.is_open and f"?{name}" != nodes.focus and not name.startswith("node")
            return f"?{name}" if is_alone else nodes.names.fresh(f"{name}_")

        renamed = {name: fixed.get(name) or new_name(name) for name in self.variables if name != "PATH"}
        blanks: dict[str, str] = {}

        def text_of(token: QueryToken) -> str:
            if token.variable == "PATH":
                return f"({nodes.path})"
            if token.variable is not None:
                return renamed[token.variable]
            if token.kind == "blank":
                return blanks.setdefault(token.text, "_:" + nodes.names.fresh("b")[1:])
            return token.text

        openings = {group.start: self._opening(group, nodes.is_open, renamed, constants) for group in self.groups}
        pieces = [
            QueryToken("mark", openings[position]) if position in openings else token._replace(text=text_of(token))
            for position, token in enumerate(self.tokens)
        ]
        return Placed(write(pieces), renamed)

    def _opening(
        self, group: GroupPattern, is_open: bool, renamed: Mapping[str, str], constants: Mapping[str, Term]
    ) -> str:
        """Write the brace that opens a group, and what must be bound behind it.

        A subquery, and a group that mentions ``$this`` in expressions only, must find the focus nodes itself, or would
        look at all nodes for want of them.
        """
        is_outermost = group is self.outermost
        is_subquery = group.role == "WHERE" and not group.is_in("GRAPH")
        is_blind = not group.is_in("EXISTS") and (is_subquery or _only_filters(self.tokens, group))
        mentioned = {token.variable for token, _ in direct(self.tokens, group)}
        parts = ["{"]
        if is_open and (is_outermost or is_blind):
            parts.append(ONCE)
        for name, term in constants.items():
            if name in renamed and (is_outermost or name in mentioned):
                parts.append(f"VALUES {renamed[name]} {{ {text(term)} }}")
        return " ".join(parts)


@dataclass(frozen=True, slots=True)
class Placed:
    """A query in its place: its text and what its variables are called there."""

    text: str
    names: Mapping[str, str]

    @property
    def pattern(self) -> str:
        """What stands between the braces of an ASK query."""
        return self.text[self.text.index("{") + 1 : self.text.rindex("}")]


def check_syntax(query: str) -> None:
    """Raise ShapesError (without the shape's name) where an engine cannot run a query, on no data at all."""
    try:
        Store().query(query)
    except SyntaxError as error:
        hint = "correct the query; a variable beside an aggregate needs GROUP BY"
        raise ShapesError(f"not SPARQL 1.1: {error}", hint=hint) from None
    except RuntimeError as error:  # a function of one's own
        raise ShapesError(f"cannot be run: {error}", hint="say it with the functions of SPARQL 1.1") from None


def _expand(tokens: tuple[QueryToken, ...], prefixes: dict[str, str]) -> Iterator[QueryToken]:
    """Drop the prologue and write prefixed names as IRIs."""
    start = 0
    while start + 2 < len(tokens) and tokens[start].is_word("PREFIX"):
        prefixes[tokens[start + 1].text[:-1]] = tokens[start + 2].text[1:-1]
        start += 3
    for token in tokens[start:]:
        if token.kind != "prefixed":
            yield token
            continue
        prefix, _, local = token.text.partition(":")
        if prefix not in prefixes:
            hint = "declare it with sh:declare, and name the owner of that by sh:prefixes"
            raise ShapesError(f"unknown prefix {prefix!r}", hint=hint)
        yield token._replace(kind="iri", text=f"<{prefixes[prefix]}{local.replace(chr(92), '')}>")


def _refuse_what_cannot_be_prebound(template: Template, prebound: set[str]) -> None:
    """Raise ShapesError where a pre-bound variable is assigned, or would not be seen (SHACL, appendix A)."""
    tokens = template.tokens
    for previous, token in pairwise(tokens):
        if previous.is_word("AS") and token.variable in prebound:
            hint = "assign another variable (SHACL, appendix A)"
            raise ShapesError(f"AS {token.text} gives a pre-bound variable another value", hint=hint)
    for group in template.groups:
        projected = projection(tokens[group.start + 2 :]) if group.role == "SELECT" else ()
        missing = sorted(name for name in prebound & {"this", "value"} if name not in projected)
        if group.role == "SELECT" and missing:
            hint = "add it to the SELECT clause of the subquery (SHACL, appendix A)"
            raise ShapesError(f"a subquery that does not project ${missing[0]} by name", hint=hint)
        if group.is_in("GRAPH") and not group.is_in("EXISTS") and _only_filters(tokens, group):
            hint = "use $this in a triple pattern of that group too, or move the FILTER out of GRAPH"
            raise ShapesError("a group inside GRAPH that mentions $this in expressions only", hint=hint)


def _only_filters(tokens: tuple[QueryToken, ...], group: GroupPattern) -> bool:
    """Say whether a group mentions ``$this``, but in no triple pattern."""
    depths = [depth for token, depth in direct(tokens, group) if token.variable == "this"]
    return group.role != "SELECT" and bool(depths) and min(depths) > 0
