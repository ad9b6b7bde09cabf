"""A change tried out: in memory beside the draft, or on the draft itself when it is small and the graph is large."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from pyoxigraph import NamedNode, Quad, Store

from communique.graph.store.working_copy import Difference, Draft
from communique.graph.terms.identifiers import DERIVED
from communique.graph.validation import Change, ValidationReport
from communique.graph.validation.derivation import Upkeep, rebuild

# Beyond this many quads, a batch of less than this share is tried on disk: the graph is not loaded for its sake.
_LARGE, _SMALL = 200_000, 0.02
# A batch of less than this share of the graph is judged by what it may concern.
_PART = 0.1


@dataclass(frozen=True, slots=True)
class Trial:
    """A graph as it would be after a change, and what the gate says of it; of a large graph only what is concerned."""

    store: Store
    report: ValidationReport


class Site:
    """Where a change is tried: every difference goes to the draft, and to the copy in memory if there is one.

    With ``is_partial`` the derived graph is kept up to date instead of being built anew, and what came and went is
    noted for a gate that looks only there.
    """

    def __init__(self, memory: Store | None, draft: Draft | None, *, is_partial: bool = False) -> None:
        """Take a copy in memory, a draft, or both; what is not wanted on disk has no draft."""
        self._memory, self._draft = memory, draft
        self._upkeep = Upkeep() if is_partial else None
        self._added: set[Quad] = set()
        self._removed: set[Quad] = set()

    @property
    def store(self) -> Store:
        """Give the graph as it stands; let go of it before the draft is published."""
        if self._memory is not None:
            return self._memory
        assert self._draft is not None
        return self._draft.store

    @property
    def change(self) -> Change | None:
        """Give what came and went so far, with what was derived; None where everything has to be looked at."""
        return None if self._upkeep is None else Change(self.store, self._added, self._removed)

    def apply(self, difference: Difference) -> None:
        """Carry out a difference."""
        if self._upkeep is not None:
            self._upkeep.note(self.store, [*difference.added, *difference.removed])
        self._carry_out(difference)

    def derive(self) -> None:
        """Bring the derived graph up to date; only what differs reaches the draft."""
        if self._upkeep is not None:
            self._upkeep.renew(self.store, lambda removed, added: self._carry_out(Difference(removed, added)))
            return
        before = set(_derived(self.store))
        rebuild(self.store)
        kept = {quad for quad in before if quad in self.store}
        if self._draft is not None:
            added = (quad for quad in _derived(self.store) if quad not in kept)
            self._draft.apply(Difference(before - kept, added, kept))

    def _carry_out(self, difference: Difference) -> None:
        """Carry out a difference, and note it."""
        if self._upkeep is not None:
            self._note(difference)
        if self._draft is not None:
            self._draft.apply(difference)
        if self._memory is not None:
            for quad in difference.removed:
                self._memory.remove(quad)
            self._memory = _joined(self._memory, difference.added)

    def _note(self, difference: Difference) -> None:
        """Reckon up what came and went."""
        removed, added = set(difference.removed), set(difference.added)
        gone, come = removed - self._added, added - self._removed
        self._removed, self._added = (self._removed - added) | gone, (self._added - removed) | come


def fits_on_disk(quads: int, batch: int) -> bool:
    """Tell whether a batch is so small beside so large a graph that it is tried on disk."""
    return quads > _LARGE and batch < _SMALL * quads


def is_part(quads: int, batch: int) -> bool:
    """Tell whether a batch is so small a part of a graph that it is faster to look only at what it may concern."""
    return batch < _PART * quads


def excerpt(store: Store, report: ValidationReport) -> Store:
    """Copy what the explanation of a report needs: its nodes, and the nodes that these lead to."""
    nodes = {node for result in report.results for node in (result.focus, result.value) if isinstance(node, NamedNode)}
    copy = Store()
    for _ in range(3):
        quads = set(_about(store, nodes))
        copy.extend(quads)
        nodes = {quad.object for quad in quads if isinstance(quad.object, NamedNode)} - nodes
    return copy


def _joined(one: Store, other: Iterable[Quad]) -> Store:
    """Add quads to a store; of two stores the smaller is added to the larger, so that no large one is copied."""
    if isinstance(other, Store) and len(other) > len(one):
        one, other = other, one
    one.extend(other)
    return one


def _about(store: Store, nodes: Collection[NamedNode]) -> Iterator[Quad]:
    """List what is said of some nodes."""
    return (quad for node in nodes for quad in store.quads_for_pattern(node, None, None, None))


def _derived(store: Store) -> Iterator[Quad]:
    """List the derived quads."""
    return store.quads_for_pattern(None, None, None, DERIVED)
