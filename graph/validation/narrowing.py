"""Queries that can also be asked about a few nodes: what they read, and where those nodes are written into them.

A rule or a shortcut is written as a plain query about everything. The key ``reads`` of its header says for some of its
variables over which paths, beginning at their values, triples are read that decide about a row. Several variables stand
for the parts of one changed quad: ``this`` for its subject, ``value`` for its object, ``graph``::

    #+ reads:
    #+   naming: "com:nameText|com:validFrom|^com:hasName"
    #+   this graph: "any"

To ask about a few nodes only, ``VALUES`` is put into each group whose triple patterns have one of these variables, so a
variable under ``reads`` must mean the same wherever the query uses it. ``MINUS`` looks at all it takes away; in a
query about a few nodes it becomes ``FILTER NOT EXISTS``, which looks node by node. The two mean the same where they
share a variable with what stands around them, so a ``MINUS`` that shares none is refused.

The places are found among the tokens of the query (``query_text``) and not by rdflib: its ``translateAlgebra`` gives no
text or no SPARQL for 36 of the 63 queries (rdflib 7.6), and parsing them takes it 2.7 s in the place of 0.03.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from pyoxigraph import BlankNode

from communique.graph.errors import ShapesError
from communique.graph.validation.compiled.paths import Path
from communique.graph.validation.compiled.query_text import (
    GroupPattern,
    QueryToken,
    direct,
    groups,
    parse_path,
    projection,
    tokenize,
    write,
)
from communique.graph.validation.compiled.sparql import text
from communique.graph.validation.results import Term

# Values of the first of several variables, or of all of them; of the others any value is meant.
ValueRow = tuple[Term, ...]

# These see the values of the group around them.
_SEEING = ("EXISTS", "MINUS", "CONSTRUCT")


@dataclass(frozen=True, slots=True)
class NarrowableQuery:
    """A query that can be asked of a few nodes.

    Attributes
    ----------
    tokens, groups : the query about everything
    reads : variables, separated by spaces → the paths that are read from the first of them
    """

    tokens: tuple[QueryToken, ...]
    groups: tuple[GroupPattern, ...]
    reads: Mapping[str, Path]

    @classmethod
    def of(cls, query: str, reads: Mapping[str, str]) -> NarrowableQuery:
        """Read a query and its paths.

        ShapesError where a path is none, a variable is in no triple pattern, or a MINUS shares no variable.
        """
        tokens = tokenize(query)
        try:
            found = cls(tokens, groups(tokens), {names: parse_path(path) for names, path in reads.items()})
        except ValueError as error:
            raise ShapesError(f"not SPARQL: {error}", hint="correct the query") from None
        for names in reads:
            if not found._places(names.split()):
                raise ShapesError(f"no triple pattern has ?{names.split()[0]}, which is said to be read")
        for group in found.groups:
            if group.role == "MINUS" and not found._is_the_same_by_node(group):
                raise ShapesError(
                    "MINUS without a variable that the patterns before it have takes nothing away",
                    hint="share a variable, or say it with FILTER NOT EXISTS",
                )
        return found

    @property
    def reads_every_quad(self) -> bool:
        """Whether each changed quad is looked at, whatever its property."""
        paths = (path for names, path in self.reads.items() if " " in names)
        return any(step.predicate is None for path in paths for step in path.steps())

    @property
    def template(self) -> tuple[str, str, str]:
        """Subject, predicate and object of the one triple that a CONSTRUCT builds, as written."""
        subject, predicate, value = (token.text for token, _ in direct(self.tokens, self.groups[0]))
        return subject, predicate, value

    def about(self, names: str, rows: Sequence[ValueRow]) -> str:
        """Write the query about values of some of its variables, or of the first of these, in rows of one length.

        What has no name cannot be asked for.
        """
        variables = names.split()[: len(rows[0]) if rows else None]
        named = [row for row in rows if not any(isinstance(term, BlankNode) for term in row)]
        openings = {}
        for group, present in self._places(variables).items():
            columns = [variables.index(name) for name in present]
            written = dict.fromkeys(" ".join(text(row[column]) for column in columns) for row in named)
            values = " ".join(f"({row})" for row in written)
            openings[group.start] = f"{{ VALUES ({' '.join(f'?{name}' for name in present)}) {{ {values} }}"
        return write(
            token._replace(text=openings[place])
            if place in openings
            else token._replace(text="FILTER NOT EXISTS")
            if token.is_word("MINUS")
            else token
            for place, token in enumerate(self.tokens)
        )

    def _places(self, variables: Collection[str]) -> dict[GroupPattern, list[str]]:
        """Find the groups to be narrowed, each with those of the variables that its triple patterns have."""
        found: dict[GroupPattern, list[str]] = {}
        for group in self.groups:
            if group.role in {"SELECT", "GRAPH"} or any(group.is_in(role) for role in _SEEING):
                continue
            if group.role == "OPTIONAL":
                # It sees the groups around it, up to the subquery in which it stands.
                seen = takewhile(lambda outer: outer.role != "SELECT", group.around())
                if any(outer in found for outer in seen):
                    continue
            own = self._pattern_variables(group)
            if present := [name for name in variables if name in own]:
                found[group] = present
        return found

    def _pattern_variables(self, group: GroupPattern) -> set[str]:
        """List the variables of the triple patterns of a group, those inside GRAPH included."""
        here = {token.variable for token, depth in direct(self.tokens, group) if depth == 0 and token.variable}
        return here.union(*(self._pattern_variables(inner) for inner in group.children if inner.role == "GRAPH"))

    def _is_the_same_by_node(self, minus: GroupPattern) -> bool:
        """Say whether NOT EXISTS says the same as a MINUS: what they share, and something is, is bound before it."""
        around, own = minus.parent, self._pattern_variables(minus)
        if around is None:
            return False
        before = GroupPattern(
            "", around.start, None, minus.start, [each for each in around.children if each.end < minus.start]
        )
        shared = own & self._bound(before)
        return bool(shared) and shared == own & self._bound(around)

    def _bound(self, group: GroupPattern) -> set[str]:
        """List the variables that a group binds, for itself and for the group around it."""
        if group.role == "SELECT":
            return set(projection(self.tokens[group.start + 2 :]))
        found = self._pattern_variables(group)
        return found.union(*(self._bound(inner) for inner in group.children if inner.role not in _SEEING))
