"""Focus nodes: counted, found, or chosen among nodes that a caller names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TypeVar

from pyoxigraph import BlankNode, QuerySolutions

from communique.graph.validation.compiled.checks import value_text
from communique.graph.validation.compiled.paths import INSTANCE
from communique.graph.validation.compiled.scopes import COUNT, ROOT, Scope, named
from communique.graph.validation.compiled.shapes_graph import Term
from communique.graph.validation.compiled.sparql import bound, select
from communique.graph.validation.compiled.targets import TargetClass

Run = Callable[[str], QuerySolutions]
Item = TypeVar("Item")

# So many nodes are named in one query. Measured at 1M triples, 100 to 500 take the same time; of 2,000 the engine may
# think that they are so many that it had better read everything.
CHUNK = 500


def count_focus(scope: Scope, run: Run) -> int:
    """Count the focus nodes of a shape."""
    return sum(int(value_text(bound(row, COUNT))) for row in run(scope.count()))


class Given:
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
    """Give the outermost focus nodes of rows."""
    return (node for row in rows if (node := bound(row, ROOT)) is not None)
