"""How these tests ask a store: the one place that says which graphs the default graph merges."""

from __future__ import annotations

from pyoxigraph import QueryBoolean, QuerySolutions, QueryTriples, Store


def evaluate(store: Store, text: str) -> QuerySolutions | QueryTriples | QueryBoolean:
    """Evaluate a query over all graphs of a store together."""
    return store.query(text, use_default_graph_as_union=True)


def select(store: Store, text: str) -> QuerySolutions:
    """Evaluate a SELECT."""
    found = evaluate(store, text)
    assert isinstance(found, QuerySolutions)
    return found


def holds(store: Store, text: str) -> bool:
    """Evaluate an ASK."""
    return bool(evaluate(store, text))
