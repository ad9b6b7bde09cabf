"""Entities by their keys, words and acronyms: which ones a text can mean at all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property

from pyoxigraph import NamedNode

from communique.graph.linking.entities import Ask, Entity, read_entities
from communique.graph.linking.forms import acronym, expanded, plain

_MOST = 2_000  # entities that one text is compared with


class Index:
    """Entities of a graph, to be found by what they are called."""

    def __init__(self, entities: Iterable[Entity]) -> None:
        """Sort entities into the index, in the order of their IRIs."""
        self.entities = sorted(entities, key=lambda entity: entity.node.value)

    @classmethod
    def of(cls, ask: Ask) -> Index:
        """Build the index of a graph; ``ask`` evaluates SPARQL over the union of all its graphs."""
        return cls(read_entities(ask))

    @cached_property
    def by_node(self) -> dict[NamedNode, Entity]:
        """Give entities by their IRIs."""
        return {entity.node: entity for entity in self.entities}

    @cached_property
    def kinds(self) -> frozenset[str]:
        """Name all kinds of which there is an entity."""
        return frozenset(kind for entity in self.entities for kind in entity.kinds)

    def exact(self, text: str, kind: str) -> tuple[Entity, ...]:
        """Give the entities of a kind that bear exactly this name, but for case, accents and punctuation."""
        return _of_kind(self._by_key.get(plain(text), ()), kind)

    def block(self, text: str, kind: str) -> tuple[Entity, ...]:
        """Give the entities of a kind that share a word with a text, or of which either is the acronym.

        Entities that share a rare word come first; after some thousand the rest is left out.
        """
        found: dict[int, Entity] = {id(entity): entity for entity in self.exact(text, kind)}
        lax = expanded(plain(text))
        acronyms = self._by_acronym.get(lax, ()), self._by_key.get(acronym(text), ())
        words = sorted((self._by_word.get(word, ()) for word in set(lax.split())), key=len)
        for entities in (*acronyms, *words):
            for entity in _of_kind(entities, kind):
                if len(found) < _MOST:
                    found[id(entity)] = entity
        return tuple(found.values())

    @cached_property
    def _by_key(self) -> dict[str, list[Entity]]:
        """Sort entities by the keys of their names."""
        return _sorted((name.key, entity) for entity in self.entities for name in entity.names)

    @cached_property
    def _by_word(self) -> dict[str, list[Entity]]:
        """Sort entities by the words of their names."""
        return _sorted((word, each) for each in self.entities for name in each.names for word in name.lax.split())

    @cached_property
    def _by_acronym(self) -> dict[str, list[Entity]]:
        """Sort entities by the acronyms of their names."""
        return _sorted((name.acronym, each) for each in self.entities for name in each.names)


def _sorted(pairs: Iterable[tuple[str, Entity]]) -> dict[str, list[Entity]]:
    """Collect entities under keys, each once, empty keys left out."""
    found: dict[str, dict[int, Entity]] = defaultdict(dict)
    for key, entity in pairs:
        if key:
            found[key][id(entity)] = entity
    return {key: list(entities.values()) for key, entities in found.items()}


def _of_kind(entities: Iterable[Entity], kind: str) -> tuple[Entity, ...]:
    """Keep the entities of a kind."""
    return tuple(_filter(entities, kind))


def _filter(entities: Iterable[Entity], kind: str) -> Iterator[Entity]:
    """Keep the entities of a kind, one by one."""
    return (entity for entity in entities if kind in entity.kinds)
