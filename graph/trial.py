"""A change tried out: in memory beside the draft, or on the draft itself when it is small and the graph is large."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from pyoxigraph import NamedNode, Quad, Store

from communique.graph.draft import Difference, Draft
from communique.graph.identifiers import DERIVED
from communique.graph.queries import derive
from communique.graph.validation import ValidationReport

# Beyond this many quads, a batch of less than this share is tried on disk: the graph is not loaded for its sake.
_LARGE, _SMALL = 1_000_000, 0.01


@dataclass(frozen=True, slots=True)
class Trial:
    """A graph as it would be after a change, and what the gate says of it; of a large graph only what is concerned."""

    store: Store
    report: ValidationReport


class Site:
    """Where a change is tried: every difference goes to the draft, and to the copy in memory if there is one."""

    def __init__(self, memory: Store | None, draft: Draft | None) -> None:
        """Take a copy in memory, a draft, or both; what is not wanted on disk has no draft."""
        self._memory, self._draft = memory, draft

    @property
    def store(self) -> Store:
        """Give the graph as it stands; let go of it before the draft is published."""
        if self._memory is not None:
            return self._memory
        assert self._draft is not None
        return self._draft.store

    def apply(self, difference: Difference) -> None:
        """Carry out a difference."""
        if self._draft is not None:
            self._draft.apply(difference)
        if self._memory is not None:
            for quad in difference.removed:
                self._memory.remove(quad)
            self._memory.extend(difference.added)

    def derive(self) -> None:
        """Build the derived graph anew; only what differs reaches the draft."""
        before = set(_derived(self.store))
        after = set(derive(self.store))
        difference = Difference(before - after, after - before)
        if self._draft is not None:
            self._draft.apply(difference)


def fits_on_disk(quads: int, batch: int) -> bool:
    """Tell whether a batch is so small beside so large a graph that it is tried on disk."""
    return quads > _LARGE and batch < _SMALL * quads


def excerpt(store: Store, report: ValidationReport) -> Store:
    """Copy what the explanation of a report needs: its nodes, and the nodes that these lead to."""
    nodes = {node for result in report.results for node in (result.focus, result.value) if isinstance(node, NamedNode)}
    copy = Store()
    for _ in range(3):
        quads = set(_about(store, nodes))
        copy.extend(quads)
        nodes = {quad.object for quad in quads if isinstance(quad.object, NamedNode)} - nodes
    return copy


def _about(store: Store, nodes: Collection[NamedNode]) -> Iterator[Quad]:
    """List what is said of some nodes."""
    return (quad for node in nodes for quad in store.quads_for_pattern(node, None, None, None))


def _derived(store: Store) -> Iterator[Quad]:
    """List the derived quads."""
    return store.quads_for_pattern(None, None, None, DERIVED)
