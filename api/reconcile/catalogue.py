"""The catalogue: what all entities of a snapshot are called, sorted for whoever types.

Names are matched by ``graph.linking``, so that a table is linked here as it is by ``communique link``.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property

from pyoxigraph import NamedNode

from communique.api.reconcile.types import lineage, types
from communique.graph.linking.entities import Entity
from communique.graph.linking.index import ROOTS, Index
from communique.graph.terms.namespaces import ID

_OTHERS = 3


class Catalogue:
    """The entities of one snapshot that can be reconciled."""

    def __init__(self, index: Index, snapshot: str) -> None:
        """Keep an index, and the name of the data it was made of."""
        self.index, self.snapshot = index, snapshot

    def find(self, name: str) -> Entity | None:
        """Find an entity by its id, or by its whole IRI, if it is of a type that can be reconciled."""
        try:
            entity = self.index.by_node.get(NamedNode(ID + name.removeprefix(ID)))
        except ValueError:
            return None
        return entity if entity and not entity.kinds.isdisjoint(types()) else None

    def starting(self, key: str) -> Iterator[Entity]:
        """Yield the entities that have a name which begins with a key, in order of these names."""
        names = self._names
        for place in range(bisect_left(names, key), len(names)):
            if not names[place].startswith(key):
                return
            yield from self._bearers[names[place]]

    def holding(self, key: str) -> Iterator[Entity]:
        """Yield the entities that have a name in which a later word begins with a key."""
        inner = f" {key}"
        for name in self._names:
            if inner in name:
                yield from self._bearers[name]

    @cached_property
    def _names(self) -> list[str]:
        """Sort all normalised names."""
        return sorted(self._bearers)

    @cached_property
    def _bearers(self) -> dict[str, list[Entity]]:
        """Collect the entities that can be reconciled by their normalised names, a state before its territory."""
        found: dict[str, list[Entity]] = defaultdict(list)
        for entity in sorted(self.index.entities, key=_rank):
            if not entity.kinds.isdisjoint(types()):
                for key in {name.key for name in entity.names if name.key}:
                    found[key].append(entity)
        return dict(found)


def _rank(entity: Entity) -> int:
    """Order entities by the order of the types at the top."""
    return next((place for place, root in enumerate(ROOTS) if root in entity.kinds), len(ROOTS))


def id_of(entity: Entity) -> str:
    """Give the id of an entity: its IRI without the identifier space."""
    return entity.node.value.removeprefix(ID)


def types_of(entity: Entity) -> list[dict[str, str]]:
    """Name the types of an entity as the protocol does, without those above others."""
    known = entity.kinds & types().keys()
    above = {each for kind in known for each in lineage(kind) - {kind}}
    return [{"id": each, "name": types()[each].name} for each in sorted(known - above)]


def describe(entity: Entity) -> str:
    """Describe an entity in a line: its types, and other names where it has some."""
    kinds = ", ".join(each["name"] for each in types_of(entity))
    others = dict.fromkeys(each.text for each in entity.names if each.way != "code" and each.text != entity.label)
    return f"{kinds}; also {', '.join(list(others)[:_OTHERS])}" if others else kinds
