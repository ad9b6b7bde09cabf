"""The derived graph: shortcuts that ``queries/derived`` builds from what documents state or imply.

It can be built whole, or kept up to date. For that the header of a CONSTRUCT says with ``reads`` of which nodes its
triples come about and what is read from there, as in set queries (see ``validation.narrowing``). Before a change the
triples of the nodes concerned are noted, and after it they are built again; of those that are missing then, some may
follow from other nodes, unless the header says ``alone: true``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter

from pyoxigraph import NamedNode, Quad, QueryTriples, Store

from communique.graph.queries.library import PackagedQuery, queries_in
from communique.graph.store.merged import query_union
from communique.graph.terms.identifiers import DERIVED
from communique.graph.terms.namespaces import term
from communique.graph.validation.compiled.changes import Ends
from communique.graph.validation.compiled.focus import chunks
from communique.graph.validation.narrowing import Narrow, widen
from communique.graph.validation.results import Term
from communique.graph.validation.view import View

# Carries out a change: what goes, what comes.
Apply = Callable[[Collection[Quad], Collection[Quad]], None]

_HEAD = re.compile(r"CONSTRUCT \{ \?(?P<subject>\w+) (?P<predicate>[\w:]+) \?(?P<object>\w+) \} WHERE \{")


def derive(store: Store) -> tuple[Quad, ...]:
    """Rebuild ``graph/derived`` in ``store`` and return its quads, sorted, without repeats.

    What the graph held before is dropped, so that deriving twice gives the same and nothing outlives its grounds.
    """
    rebuild(store)
    return tuple(sorted(store.quads_for_pattern(None, None, None, DERIVED), key=str))


def rebuild(store: Store) -> None:
    """Rebuild ``graph/derived``.

    A CONSTRUCT that builds on another names it in its header: ``after: [party-to]``. The order is settled first.
    """
    store.remove_graph(DERIVED)
    for shortcut in shortcuts():
        store.extend(shortcut.construct(store, shortcut.whole))


@dataclass(frozen=True, slots=True)
class Shortcut:
    """One CONSTRUCT.

    Attributes
    ----------
    name : of its file
    whole : the query about everything
    narrow : the query about some nodes; None where the header does not say what is read
    predicates : of what it builds
    is_alone : no two nodes give the same triple
    """

    name: str
    whole: str
    narrow: Narrow | None
    predicates: tuple[NamedNode, ...]
    is_alone: bool

    @classmethod
    def of(cls, query: PackagedQuery) -> Shortcut:
        """Read the header."""
        template = query.text.partition("CONSTRUCT {")[2].partition("}")[0]
        reads = query.extra.get("reads")
        return cls(
            name=query.name,
            whole=widen(query.text),
            narrow=Narrow.of(query.text, reads) if reads else None,
            predicates=tuple(dict.fromkeys(term(word) for word in template.split() if word[0] not in "?.")),
            is_alone=query.extra.get("alone", False),
        )

    def construct(self, store: Store, query: str) -> Iterator[Quad]:
        """Evaluate a form of the query over the union of all graphs; the store must not change meanwhile."""
        triples = query_union(store, query)
        assert isinstance(triples, QueryTriples)
        return iter([Quad(triple.subject, triple.predicate, triple.object, DERIVED) for triple in triples])

    def about(self, store: Store, nodes: Iterable[Term]) -> set[Quad]:
        """Build what comes about at some nodes."""
        assert self.narrow is not None
        (name,) = self.narrow.reads
        rows = chunks((node,) for node in nodes)
        return {quad for part in rows for quad in self.construct(store, self.narrow.about(name, part))}

    def held(self, store: Store) -> set[Quad]:
        """Give what stands in the derived graph."""
        return {quad for name in self.predicates for quad in store.quads_for_pattern(None, name, None, DERIVED)}

    def concerned(self, store: Store, ends: Ends) -> frozenset[Term] | None:
        """Find the nodes that a change concerns, in the data before or after it; None for all."""
        if self.narrow is None:
            return None
        steps = (step for path in self.narrow.reads.values() for step in path.steps())
        return ends.affected(steps, View(store).select)

    def others(self, store: Store, quads: Collection[Quad]) -> set[Quad]:
        """Of triples that no longer come about where they did, find those that do at other nodes."""
        head = _HEAD.search(self.whole)
        if not quads or self.narrow is None or head is None or self.is_alone:
            return set()
        ends = head["subject"], head["object"]
        if set(self.narrow.reads) & set(ends):
            return set()
        query = self.whole
        if not any(f"AS ?{name})" in query for name in ends):
            pairs = " ".join(f"({quad.subject} {quad.object})" for quad in quads)
            query = _HEAD.sub(f"{head[0]} VALUES (?{ends[0]} ?{ends[1]}) {{ {pairs} }}", query)
        return set(quads).intersection(self.construct(store, query))


class Upkeep:
    """Keeps the derived graph of one store up to date, change by change."""

    def __init__(self) -> None:
        """Begin with a derived graph that is up to date."""
        self._stale: dict[str, frozenset[Term] | None] = {}
        self._former: dict[str, set[Quad]] = {}

    def note(self, store: Store, changed: Collection[Quad]) -> None:
        """Note before a change what it will make stale; the quads are as the store holds them or will hold them."""
        ends = Ends(changed)
        for shortcut in shortcuts():
            nodes, known = shortcut.concerned(store, ends), self._stale.get(shortcut.name, frozenset())
            if nodes is None or known is None:
                self._stale[shortcut.name] = None
                continue
            self._stale[shortcut.name] = known | nodes
            self._former.setdefault(shortcut.name, set()).update(shortcut.about(store, nodes - known))

    def renew(self, store: Store, apply: Apply) -> None:
        """Build anew what is stale, step by step, because one shortcut builds on another."""
        for shortcut in shortcuts():
            nodes = self._stale.pop(shortcut.name, frozenset())
            former = self._former.pop(shortcut.name, set())
            if nodes is None:
                former, built = shortcut.held(store), set(shortcut.construct(store, shortcut.whole))
                apply(former - built, built - former)
            elif nodes:
                built = shortcut.about(store, nodes)
                missing = {quad for quad in former - built if quad in store}
                apply(missing - shortcut.others(store, missing), {quad for quad in built if quad not in store})


@cache
def shortcuts() -> tuple[Shortcut, ...]:
    """Give every CONSTRUCT after those it builds on."""
    queries = queries_in("derived")
    order = TopologicalSorter({name: query.extra.get("after", ()) for name, query in queries.items()})
    return tuple(Shortcut.of(queries[name]) for name in order.static_order())
