"""The derived graph: shortcuts that ``queries/derived`` builds from what documents state or imply.

It can be built whole, or kept up to date. For that the header of a CONSTRUCT says with ``reads`` of which nodes its
triples come about and what is read from there, as in set queries (see ``validation.narrowing``). Before a change the
triples of the nodes concerned are noted, and after it they are built again; of those that are missing then, some may
follow from other nodes, unless the header says ``alone: true``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter

from pyoxigraph import NamedNode, Quad, QueryTriples, Store

from communique.graph.queries.library import PackagedQuery, queries_in
from communique.graph.store.changes import Change
from communique.graph.store.merged import query_union
from communique.graph.terms.identifiers import DERIVED
from communique.graph.terms.namespaces import term
from communique.graph.validation.compiled.focus import ChangedEnds, chunks
from communique.graph.validation.narrowing import NarrowableQuery
from communique.graph.validation.results import Term
from communique.graph.validation.view import View


def derive(store: Store) -> tuple[Quad, ...]:
    """Rebuild ``graph/derived`` in ``store`` and return its quads, sorted, without repeats.

    What the graph held before is dropped, so that deriving twice gives the same and nothing outlives its grounds.
    """
    rebuild(store)
    return tuple(sorted(store.quads_for_pattern(None, None, None, DERIVED), key=str))


def rebuild(store: Store) -> None:
    """Rebuild ``graph/derived``.

    A CONSTRUCT that builds on another names it in its header: ``after: [party-to]``. They are evaluated in that order.
    """
    store.remove_graph(DERIVED)
    for shortcut in shortcuts():
        store.extend(shortcut.construct(store, shortcut.whole))


@dataclass(frozen=True, slots=True)
class Shortcut:
    """One CONSTRUCT, whose template is one triple.

    Attributes
    ----------
    name : of its file
    whole : the query about everything
    narrow : the query about some nodes; it reads nothing where the header does not say what is read
    is_alone : no two nodes give the same triple
    """

    name: str
    whole: str
    narrow: NarrowableQuery
    is_alone: bool

    @classmethod
    def of(cls, query: PackagedQuery) -> Shortcut:
        """Read the header."""
        narrow = NarrowableQuery.of(query.text, query.extra.get("reads", {}))
        return cls(query.name, query.text, narrow, query.extra.get("alone", False))

    @property
    def predicate(self) -> NamedNode:
        """The property that it builds."""
        return term(self.narrow.template[1])

    def construct(self, store: Store, query: str) -> set[Quad]:
        """Evaluate a form of the query over the union of all graphs."""
        triples = query_union(store, query)
        assert isinstance(triples, QueryTriples)
        return {Quad(triple.subject, triple.predicate, triple.object, DERIVED) for triple in triples}

    def about(self, store: Store, nodes: Iterable[Term]) -> set[Quad]:
        """Build what comes about at some nodes."""
        (name,) = self.narrow.reads
        rows = chunks((node,) for node in nodes)
        return {quad for part in rows for quad in self.construct(store, self.narrow.about(name, part))}

    def concerned(self, store: Store, ends: ChangedEnds) -> frozenset[Term] | None:
        """Find the nodes that a change concerns, in the data before or after it; None for all."""
        if not self.narrow.reads:
            return None
        steps = (step for path in self.narrow.reads.values() for step in path.steps())
        return ends.affected(steps, View(store).select)

    def from_other_nodes(self, store: Store, quads: Collection[Quad]) -> set[Quad]:
        """Of triples that no longer come about where they did, find those that do at other nodes."""
        subject, _, value = (word.removeprefix("?") for word in self.narrow.template)
        if not quads or self.is_alone or not {subject, value}.isdisjoint(self.narrow.reads):
            return set()
        pairs = [(quad.subject, quad.object) for quad in quads]
        query = self.narrow.about(f"{subject} {value}", pairs)  # type: ignore[arg-type]  # no triple terms
        return self.construct(store, query).intersection(quads)


class Upkeep:
    """Keeps the derived graph of one store up to date, change by change."""

    def __init__(self) -> None:
        """Begin with a derived graph that is up to date."""
        self._stale: dict[str, frozenset[Term] | None] = {}
        self._former: dict[str, set[Quad]] = {}

    def note(self, store: Store, changed: Collection[Quad]) -> None:
        """Note before a change what it will make stale; the quads are as the store holds them or will hold them."""
        ends = ChangedEnds(changed)
        for shortcut in shortcuts():
            nodes, known = shortcut.concerned(store, ends), self._stale.get(shortcut.name, frozenset())
            if nodes is None or known is None:
                self._stale[shortcut.name] = None
                continue
            self._stale[shortcut.name] = known | nodes
            self._former.setdefault(shortcut.name, set()).update(shortcut.about(store, nodes - known))

    def renew(self, store: Store, apply: Callable[[Change], None]) -> None:
        """Build anew what is stale, step by step, as one shortcut builds on another; ``apply`` carries it out."""
        for shortcut in shortcuts():
            nodes = self._stale.pop(shortcut.name, frozenset())
            former = self._former.pop(shortcut.name, set())
            if nodes is None:
                held = store.quads_for_pattern(None, shortcut.predicate, None, DERIVED)
                former, built = set(held), shortcut.construct(store, shortcut.whole)
                apply(Change(former - built, built - former))
            elif nodes:
                built = shortcut.about(store, nodes)
                missing = {quad for quad in former - built if quad in store}
                missing -= shortcut.from_other_nodes(store, missing)
                apply(Change(missing, {quad for quad in built if quad not in store}))


@cache
def shortcuts() -> tuple[Shortcut, ...]:
    """Return every CONSTRUCT after those it builds on."""
    queries = queries_in("derived")
    order = TopologicalSorter({name: query.extra.get("after", ()) for name, query in queries.items()})
    return tuple(Shortcut.of(queries[name]) for name in order.static_order())
