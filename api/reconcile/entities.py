"""Entities: what all of a snapshot are called, sorted for whoever types, and suggestions while he does.

Names are matched by ``graph.linking``, so that a table is linked here as it is by ``communique link``.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import chain
from typing import Any

from pyoxigraph import NamedNode

from communique.api.reconcile.schema import PROPERTIES, lineage, types
from communique.graph.linking.entities import Entity
from communique.graph.linking.index import ROOTS, Index
from communique.graph.linking.normalization import normalize
from communique.graph.terms.namespaces import ID

PAGE = 20
_OTHERS = 3


class Catalogue:
    """The entities of one snapshot that can be reconciled."""

    def __init__(self, index: Index) -> None:
        """Keep the index of the names of all nodes."""
        self.index = index

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
    """Return the id of an entity: its IRI without the identifier space."""
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


def suggest_entities(catalogue: Catalogue, prefix: str, kinds: frozenset[str], start: int) -> list[dict[str, Any]]:
    """Suggest entities of some types, or of any: names that begin with the prefix first, then later words in names."""
    key = normalize(prefix)
    near = chain(catalogue.starting(key), catalogue.holding(key)) if key else iter(())
    fitting: dict[NamedNode, Entity] = {}
    for each in near:
        if not kinds or not kinds.isdisjoint(each.kinds):
            fitting[each.node] = each
        if len(fitting) == start + PAGE:
            break
    return [
        {"id": id_of(each), "name": each.label, "description": describe(each), "notable": types_of(each)}
        for each in _page(fitting.values(), start)
    ]


def suggest_types(prefix: str, start: int) -> list[dict[str, Any]]:
    """Suggest types by id or name."""
    found = (each for each in types().values() if _begins(prefix, (each.id, each.name)))
    return [each.to_json() for each in _page(found, start)]


def suggest_properties(prefix: str, start: int) -> list[dict[str, Any]]:
    """Suggest properties by id or name."""
    found = (each for each in PROPERTIES.values() if _begins(prefix, (each.id, each.name)))
    return [each.to_json() for each in _page(found, start)]


def _begins(prefix: str, texts: Iterable[str]) -> bool:
    """Say whether a word of the texts begins with a prefix, whatever the case."""
    wanted = prefix.strip().lower()
    return any(text.lower().startswith(wanted) or f" {wanted}" in text.lower() for text in texts)


def _page(found: Iterable[Any], start: int) -> list[Any]:
    """Cut a page out."""
    return list(found)[start : start + PAGE]
