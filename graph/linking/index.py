"""Entities by their keys, words and acronyms: which ones a text can mean at all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from functools import cached_property
from itertools import chain, islice

from pyoxigraph import NamedNode
from rapidfuzz import fuzz, process

from communique.graph.linking.entities import Ask, Entity, read_entities
from communique.graph.linking.normalization import expand, initials, normalize, sort_words

# Classes at the top whose nodes people look up by a name; a name alone says the least about the last ones.
ROOTS = (
    *("State", "Organization", "Person", "Place", "Agreement", "Event", "EventSeries", "Programme", "Plan"),
    *("Commitment", "Indicator", "DigitalService", "Delegation", "StateGroup"),
)
# Classes of what a context may name beside states.
CONTEXTS = ("Organization", "Event")

_MOST = 2_000  # entities among which likeness is sought
_COMPARED = 50  # names that are compared feature by feature


class Index:
    """Entities of a graph, to be found by what they are called."""

    def __init__(self, entities: Iterable[Entity]) -> None:
        """Sort entities into the index, in the order of their IRIs."""
        self.entities = sorted(entities, key=lambda entity: entity.node.value)

    @classmethod
    def of(cls, ask: Ask, kinds: Collection[str] = ()) -> Index:
        """Build the index of a graph; ``ask`` evaluates SPARQL over the union of all its graphs.

        ``kinds`` are the local names of the classes of what will be asked for: only nodes of these are read, and those
        that a context can name. Without any, all named nodes are.
        """
        return cls(read_entities(ask, (*kinds, *CONTEXTS) if kinds else ()))

    @cached_property
    def by_node(self) -> dict[NamedNode, Entity]:
        """Entities by their IRIs."""
        return {entity.node: entity for entity in self.entities}

    @cached_property
    def kinds(self) -> frozenset[str]:
        """All kinds of which there is an entity."""
        return frozenset(kind for entity in self.entities for kind in entity.kinds)

    def exact(self, text: str, kind: str) -> tuple[Entity, ...]:
        """Return the entities of a kind that bear exactly this name, but for case, accents and punctuation."""
        return _of_kind(self._by_key.get(normalize(text), ()), kind)

    def block(self, text: str, kind: str, country: NamedNode | None = None) -> tuple[Entity, ...]:
        """Return the entities of a kind worth a comparison: of this name or acronym, and those most like it.

        Likeness is sought among entities that share a word, those that share a rare word first; where a country is
        given, among those of that country and of none.
        """
        expanded = expand(normalize(text))
        named = (
            self._by_key.get(normalize(text), ()),
            self._by_acronym.get(expanded, ()),
            self._by_key.get(initials(expanded), ()),
        )
        return tuple(dict.fromkeys((*_of_kind(chain(*named), kind), *self._similar(expanded, kind, country))))

    def _similar(self, expanded: str, kind: str, country: NamedNode | None) -> list[Entity]:
        """Return the entities of a kind whose names are most like a key, whatever the order of words."""
        words = sorted((self._by_word.get(word, ()) for word in set(expanded.split())), key=len)
        near = (
            each
            for each in dict.fromkeys(chain(*words))
            if kind in each.kinds and (country is None or not each.countries or country in each.countries)
        )
        pairs = [(name.sorted_words, each) for each in islice(near, _MOST) for name in each.names]
        texts = {number: text for number, (text, _) in enumerate(pairs)}
        nearest = process.extract(sort_words(expanded), texts, scorer=fuzz.ratio, limit=_COMPARED)
        return [pairs[number][1] for _, _, number in nearest]

    @cached_property
    def _by_key(self) -> dict[str, list[Entity]]:
        return _collect((name.key, entity) for entity in self.entities for name in entity.names)

    @cached_property
    def _by_word(self) -> dict[str, list[Entity]]:
        return _collect((word, each) for each in self.entities for name in each.names for word in name.expanded.split())

    @cached_property
    def _by_acronym(self) -> dict[str, list[Entity]]:
        return _collect((name.acronym, each) for each in self.entities for name in each.names)


def _collect(pairs: Iterable[tuple[str, Entity]]) -> dict[str, list[Entity]]:
    """Collect entities under keys, each once, empty keys left out."""
    found: dict[str, dict[Entity, None]] = defaultdict(dict)
    for key, entity in pairs:
        if key:
            found[key][entity] = None
    return {key: list(entities) for key, entities in found.items()}


def _of_kind(entities: Iterable[Entity], kind: str) -> tuple[Entity, ...]:
    return tuple(entity for entity in entities if kind in entity.kinds)
