"""How these tests ask a store: as the endpoint does, whose default graph is the merge of all graphs."""

from __future__ import annotations

from functools import lru_cache

from pyoxigraph import QuerySolutions, Store

from communique.graph.store.merged import Found, MergedDataset


def evaluate(store: Store, text: str) -> Found:
    """Evaluate a query over all graphs of a store together."""
    return _merged(store, len(store)).query(text)


def select(store: Store, text: str) -> QuerySolutions:
    """Evaluate a SELECT."""
    found = evaluate(store, text)
    assert isinstance(found, QuerySolutions)
    return found


def holds(store: Store, text: str) -> bool:
    """Evaluate an ASK."""
    return bool(evaluate(store, text))


@lru_cache(maxsize=4)
def _merged(store: Store, size: int) -> MergedDataset:
    """Merge a copy of a store once; with its ``size``, by which a store that has grown is another one."""
    copy = Store()
    copy.bulk_extend(store)
    return MergedDataset(copy)
