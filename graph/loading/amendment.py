"""A change of single statements, and what has to follow it in the graph that describes the graphs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from pyoxigraph import NamedNode, Store

from communique.graph.mapping.provenance import state_certainty
from communique.graph.store.changes import Change
from communique.graph.store.journal import LoadedSource
from communique.graph.store.working_copy import WorkingCopy
from communique.graph.terms.identifiers import META


@dataclass(frozen=True, slots=True)
class Amendment:
    """A change that is computed when its turn has come.

    Attributes
    ----------
    id, kind : of the activity in the journal
    compute : returns the change of the working copy, or raises why there is none; both ``added`` and ``removed`` are
        lists
    sources : what the change rests on
    """

    id: str
    kind: str
    compute: Callable[[WorkingCopy], Change]
    sources: tuple[LoadedSource, ...]


def with_descriptions(store: Store, change: Change) -> Change:
    """Describe the graphs that are new, and take away the description of those that will be gone.

    ``store`` is the graph before the change.
    """
    removed, added = list(change.removed), list(change.added)
    going, coming = (Counter(quad.graph_name for quad in quads) for quads in (removed, added))
    for graph in {*going, *coming}:
        if not isinstance(graph, NamedNode):
            continue
        if graph in coming:
            added += [quad for quad in state_certainty(graph) if quad not in store]
        elif going[graph] == sum(1 for _ in store.quads_for_pattern(None, None, None, graph)):
            removed += store.quads_for_pattern(graph, None, None, META)
    return Change(removed, added)
