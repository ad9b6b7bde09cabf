"""The derived graph: shortcuts that ``queries/derived`` builds from what documents state or imply."""

from __future__ import annotations

from graphlib import TopologicalSorter

from pyoxigraph import Quad, QueryTriples, Store

from communique.graph.identifiers import DERIVED
from communique.graph.queries.library import Query, shelf


def derive(store: Store) -> tuple[Quad, ...]:
    """Rebuild ``graph/derived`` in ``store`` and return its quads, sorted, without repeats.

    What the graph held before is dropped, so that deriving twice gives the same and nothing outlives its grounds.
    A CONSTRUCT that builds on another names it in its header: ``after: [party-to]``. The order is settled first.
    """
    store.remove_graph(DERIVED)
    for query in _in_order():
        store.extend(_construct(store, query))
    return tuple(sorted(store.quads_for_pattern(None, None, None, DERIVED), key=str))


def _in_order() -> list[Query]:
    """Put every CONSTRUCT after those it builds on."""
    queries = shelf("derived")
    order = TopologicalSorter({name: query.extra.get("after", ()) for name, query in queries.items()})
    return [queries[name] for name in order.static_order()]


def _construct(store: Store, query: Query) -> list[Quad]:
    """Evaluate one CONSTRUCT over the union of all graphs."""
    triples = store.query(query.text, use_default_graph_as_union=True)
    assert isinstance(triples, QueryTriples)
    return [Quad(triple.subject, triple.predicate, triple.object, DERIVED) for triple in triples]
