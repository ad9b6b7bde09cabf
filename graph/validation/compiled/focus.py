"""Focus nodes in queries: all of a shape, those among given nodes, and those that a change may concern.

Each check knows the paths over which it reads triples. A changed triple is one step of such a path; the focus nodes
concerned are those that reach its near end over the steps before. These are looked up in the data after the change:
where a step before was removed in the same change, that triple is itself a changed one, nearer to the focus node, and
leads there; so no former state of the data is needed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TypeVar

from pyoxigraph import BlankNode, NamedNode, Quad, QuerySolutions, Store, Triple

from communique.graph.validation.compiled.paths import INSTANCE, Path, Step
from communique.graph.validation.compiled.shapes import ValueNodes
from communique.graph.validation.compiled.shapes_graph import Term
from communique.graph.validation.compiled.sparql import (
    ONCE,
    SCOPE,
    FreshVariables,
    bound,
    select,
    text,
    union,
    value_text,
)
from communique.graph.validation.compiled.targets import Target, TargetClass, TargetNode

ROOT = "?this"
COUNT = "?count"


Run = Callable[[str], QuerySolutions]

Item = TypeVar("Item")

# So many nodes are named in one query. Measured at 1M triples, 100 to 500 take the same time; of 2,000 the engine may
# think that they are so many that it had better read everything.
CHUNK = 500

_NEAR = "?near"


@dataclass(frozen=True, slots=True)
class Scope:
    """The focus nodes of a shape, or of a property shape inside a property shape: the nodes some steps away.

    Attributes
    ----------
    targets : declarations of the outermost shape
    steps : pattern and variable of each property shape that was entered
    """

    targets: tuple[Target, ...]
    steps: tuple[tuple[str, str], ...] = field(default=())

    @property
    def focus(self) -> str:
        """The variable of the focus node."""
        return self.variables[-1]

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables that together name a focus node and how it was reached."""
        return (ROOT, *(variable for _, variable in self.steps))

    def enter(self, path: Path) -> Scope:
        """Go on to the value nodes of a property shape."""
        variable = f"?node{len(self.steps) + 1}"
        # The pattern binds by itself, so that a path of no steps finds its start.
        pattern = ValueNodes(self.focus, variable, path, FreshVariables(), is_open=True).values()
        return replace(self, steps=(*self.steps, (pattern, variable)))

    def full(self, template: str) -> str:
        """Render a query over all focus nodes."""
        return self._render(template, self._targets(), once=f"{{ {self._distinct(self._targets())} }}")

    def given(self, template: str, nodes: Collection[Term]) -> str:
        """Render a query over given focus nodes, which may be IRIs and literals but no blank nodes."""
        values = named(nodes)
        once = f"{{ {self._distinct(values)} }}" if self.steps else values
        return self._render(template, values, once=once)

    def count(self) -> str:
        """Write the query for the number of focus nodes."""
        return f"SELECT (COUNT(DISTINCT {ROOT}) AS {COUNT}) WHERE {{ {self._targets()} }}"

    def find(self) -> str:
        """Write the query for all focus nodes."""
        return select([ROOT], self._targets(), is_distinct=True)

    def among(self, target: Target, nodes: Collection[Term]) -> str:
        """Write the query for those of the given nodes that are focus nodes by one of the targets."""
        return select([ROOT], target.among(ROOT, named(nodes)), is_distinct=True)

    def _targets(self) -> str:
        """Find the outermost focus nodes: class by class where the engine joins well, else each node once."""
        if len(self.targets) == 1 and isinstance(self.targets[0], TargetClass | TargetNode):
            return self.targets[0].pattern(ROOT)
        patterns = union(target.pattern(ROOT) for target in self.targets)
        return f"{{ {select([ROOT], patterns, is_distinct=True)} }}"

    def _distinct(self, start: str) -> str:
        return select([self.focus], self._entered(start), is_distinct=True)

    def _entered(self, start: str) -> str:
        """Walk the steps from where the outermost focus nodes are found."""
        for pattern, _ in self.steps:
            start = f"{start} {pattern.replace(SCOPE, start)}"
        return start

    def _render(self, template: str, start: str, once: str) -> str:
        return template.replace(SCOPE, self._entered(start)).replace(ONCE, once)


def named(nodes: Collection[Term]) -> str:
    """Write the pattern that binds the outermost focus node to given terms."""
    return f"VALUES {ROOT} {{ {' '.join(map(text, nodes))} }}"


def count_focus(scope: Scope, run: Run) -> int:
    """Count the focus nodes of a shape."""
    return sum(int(value_text(bound(row, COUNT))) for row in run(scope.count()))


class GivenNodes:
    """Nodes that may be focus nodes of some shapes.

    Their classes are asked for once, not once per shape: measured with 31 shapes, 2 ms in the place of 80.
    """

    def __init__(self, nodes: Iterable[Term], run: Run) -> None:
        self._run = run
        self._nodes = frozenset(nodes)
        # No query can name a blank node, so those are picked out of all focus nodes.
        self._named = [node for node in self._nodes if not isinstance(node, BlankNode)]
        self._by_class: dict[Term, set[Term]] = defaultdict(set)
        for chunk in chunks(self._named):
            for row in run(select([ROOT, "?class"], f"{named(chunk)} {ROOT} {INSTANCE} ?class", is_distinct=True)):
                node, cls = bound(row, ROOT), bound(row, "?class")
                if node is not None and cls is not None:
                    self._by_class[cls].add(node)

    def among(self, scope: Scope) -> frozenset[Term]:
        """Choose those that are focus nodes of a shape."""
        if len(self._named) < len(self._nodes):
            return self._nodes.intersection(roots(self._run(scope.find())))
        found: set[Term] = set()
        for target in scope.targets:
            if isinstance(target, TargetClass):
                found |= self._by_class.get(target.cls, set())
            else:
                for chunk in chunks(self._named):
                    found.update(roots(self._run(scope.among(target, chunk))))
        return frozenset(found)


def chunks(nodes: Iterable[Item]) -> Iterator[list[Item]]:
    """Cut nodes into lists that one query can name."""
    rest = iter(nodes)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


def roots(rows: QuerySolutions) -> Iterator[Term]:
    """Return the outermost focus nodes of rows."""
    return (node for row in rows if (node := bound(row, ROOT)) is not None)


def affected(steps: Iterable[Step], changed: Iterable[Triple | Quad], run: Run) -> frozenset[Term]:
    """Find the nodes from which a changed triple can be read.

    Parameters
    ----------
    steps : what is read, from the focus node
    changed : triples added or removed; in a union of graphs only those that came or went from all of them
    run : answers a query on the data, after the change or before it

    Returns
    -------
    nodes that may be focus nodes; too many rather than too few
    """
    return ChangedEnds(as_stored(changed)).affected(steps, run)


class ChangedEnds:
    """The ends of changed triples by predicate, put in order once for many questions; None stands for any predicate."""

    def __init__(self, changed: Iterable[Quad]) -> None:
        """Take triples as a store holds them (see ``as_stored``)."""
        self._subjects: dict[NamedNode | None, set[Term]] = defaultdict(set)
        self._objects: dict[NamedNode | None, set[Term]] = defaultdict(set)
        for quad in changed:
            for predicate in (quad.predicate, None):
                self._subjects[predicate].add(quad.subject)  # type: ignore[arg-type]
                self._objects[predicate].add(quad.object)  # type: ignore[arg-type]

    def affected(self, steps: Iterable[Step], run: Run) -> frozenset[Term]:
        """Find the nodes from which a changed triple can be read; see the function of this name."""
        # The near ends of changed triples by the path that leads to them.
        ends_by_prefix: dict[Path | None, set[Term]] = defaultdict(set)
        for step in dict.fromkeys(steps):
            ends = self._objects if step.is_inverse else self._subjects
            if step.predicate in ends:
                ends_by_prefix[step.prefix] |= ends[step.predicate]
        found: set[Term] = set()
        for prefix, near in ends_by_prefix.items():
            if prefix is None or prefix.is_nullable:
                found |= near
            if prefix is not None:
                found.update(_reaching(prefix, near, run))
        return frozenset(found)


def reaching(steps: Iterable[Step], nodes: Collection[Term], run: Run) -> frozenset[Term]:
    """Find the nodes from which triples of steps are read over some of the given nodes."""
    prefixes = dict.fromkeys(step.prefix for step in steps if step.prefix is not None)
    return frozenset(node for prefix in prefixes for node in _reaching(prefix, set(nodes), run))


def as_stored(triples: Iterable[Triple | Quad]) -> list[Quad]:
    """Return triples as a store holds them: with the lexical forms that its answers have."""
    store = Store()
    store.extend(Quad(triple.subject, triple.predicate, triple.object) for triple in triples)
    return list(store)


def _reaching(prefix: Path, near: set[Term], run: Run) -> Iterator[Term]:
    """Find the nodes that reach given ones over a path; blank nodes, which no query can name, are compared here."""
    for chunk in chunks(node for node in near if not isinstance(node, BlankNode)):
        values = f"VALUES {_NEAR} {{ {' '.join(map(text, chunk))} }}"
        query = select([ROOT], f"{values} {ROOT} {prefix} {_NEAR} .", is_distinct=True)
        yield from roots(run(query))
    if any(isinstance(node, BlankNode) for node in near):
        query = select([ROOT, _NEAR], f"{ROOT} {prefix} {_NEAR} .", is_distinct=True)
        rows = ((bound(row, ROOT), bound(row, _NEAR)) for row in run(query))
        yield from (node for node, end in rows if node is not None and end in near)
