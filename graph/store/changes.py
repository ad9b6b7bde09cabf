"""A change of a dataset as a value: the quads that go and the quads that come."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from pyoxigraph import Quad, Store


@dataclass(frozen=True, slots=True)
class Change:
    """What goes from a dataset and what comes to it; terms are compared in the form in which a store keeps them.

    Attributes
    ----------
    removed : quads that the dataset holds and loses
    added : quads that it does not hold and gains; a store of them, where they are many
    kept : quads that it would lose if the same change did not bring them
    """

    removed: Collection[Quad] = ()
    added: Iterable[Quad] = ()
    kept: Collection[Quad] = frozenset()

    @classmethod
    def between(cls, old: Collection[Quad], new: Store) -> Change:
        """Compare the quads that a dataset holds with those that it shall hold in their place."""
        kept = {quad for quad in old if quad in new}
        removed = [quad for quad in old if quad not in kept]
        return cls(removed, [quad for quad in new if quad not in kept] if kept else new, kept)

    def then(self, later: Change) -> Change:
        """Combine this change with a later one; a quad that came and went again is in neither set of the result."""
        removed, added = set(self.removed), set(self.added)
        lost, gained = set(later.removed), set(later.added)
        return Change((removed - gained) | (lost - added), (added - lost) | (gained - removed))
