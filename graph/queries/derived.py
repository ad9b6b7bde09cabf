"""The derived graph: shortcuts that queries/derived builds from what documents state or imply."""

from __future__ import annotations

from pyoxigraph import Quad, QueryTriples, Store

from communique.graph.identifiers import DERIVED
from communique.graph.queries.library import Query, shelf

# Every other shortcut looks at the present realization of a node, so this one comes first.
_FIRST = "current-realization"


def derive(store: Store) -> tuple[Quad, ...]:
    """Rebuild ``graph/derived`` in ``store`` and return its quads, sorted, without repeats.

    What the graph held before is dropped, so that deriving twice gives the same and nothing outlives its grounds.
    """
    store.remove_graph(DERIVED)
    store.extend(_construct(store, shelf("derived")[_FIRST]))
    for query in shelf("derived").values():
        if query.name != _FIRST:
            store.extend(_construct(store, query))
    return tuple(sorted(store.quads_for_pattern(None, None, None, DERIVED), key=str))


def _construct(store: Store, query: Query) -> list[Quad]:
    """Evaluate one CONSTRUCT over the union of all graphs."""
    triples = store.query(query.text, use_default_graph_as_union=True)
    assert isinstance(triples, QueryTriples)
    return [Quad(triple.subject, triple.predicate, triple.object, DERIVED) for triple in triples]
