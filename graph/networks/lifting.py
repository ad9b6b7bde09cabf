"""Lift actors to the nodes of a network: ministries to states, units to organizations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cache

from pyoxigraph import Literal, NamedNode

from communique.graph.networks.statements import Row
from communique.graph.terms.namespaces import COM, ORG, RDF, SKOS, shorten
from communique.graph.terms.vocabulary import superclasses

_TYPE, _LABEL = RDF + "type", SKOS + "prefLabel"
_ACTS_FOR, _UNIT_OF, _DISPATCHED_BY = COM + "actsFor", ORG + "unitOf", COM + "dispatchedBy"
STATE, ORGANIZATION = COM + "State", COM + "Organization"


class Actors:
    """What is known of actors: their classes, their labels and for whom they act."""

    def __init__(self, rows: Iterable[Row]) -> None:
        """Read the rows of the query ``actors``."""
        self._values: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._labels: dict[str, set[tuple[bool, str]]] = defaultdict(set)
        for row in rows:
            actor, name, value = row["actor"].value, row["property"].value, row["value"]
            if name == _LABEL and isinstance(value, Literal):
                self._labels[actor].add((value.language != "en", value.value))
            else:
                self._values[actor, name].add(value.value)

    def label(self, actor: str) -> str:
        """Return the English label, else any, else the short IRI."""
        return min(self._labels.get(actor, {(True, shorten(actor))}))[1]

    def lift(self, actors: Iterable[str], nodes: str) -> frozenset[str]:
        """Find the states or organizations for which actors act; empty when there is none.

        To a state: the state itself, the state a body or delegation acts for, else that of the organization a unit
        belongs to or of those who dispatched a delegation. To an organization: the organization itself, that of a unit,
        those who dispatched a delegation. A person acts for nobody unless the document says so: a post is no mandate.
        """
        climb = self._to_state if nodes == "state" else self._to_organization
        return frozenset().union(*(climb(actor, frozenset()) for actor in actors))

    def _to_state(self, actor: str, seen: frozenset[str]) -> frozenset[str]:
        """Climb until a state is reached."""
        if self._is(actor, STATE):
            return frozenset({actor})
        above = self._get(actor, _ACTS_FOR) or self._get(actor, _UNIT_OF) or self._get(actor, _DISPATCHED_BY)
        reached = (self._to_state(each, seen | {actor}) for each in above - seen)
        return frozenset().union(*reached)

    def _to_organization(self, actor: str, seen: frozenset[str]) -> frozenset[str]:
        """Climb until an organization is reached that is no unit of another."""
        above = self._get(actor, _UNIT_OF) or self._get(actor, _DISPATCHED_BY)
        reached = frozenset().union(*(self._to_organization(each, seen | {actor}) for each in above - seen))
        return reached or (frozenset({actor}) if self._is(actor, ORGANIZATION) else frozenset())

    def _is(self, actor: str, ancestor: str) -> bool:
        return any(ancestor in kinds(each) for each in self._get(actor, _TYPE))

    def _get(self, actor: str, name: str) -> set[str]:
        return self._values.get((actor, name), set())


@cache
def kinds(class_: str) -> frozenset[str]:
    """Return a class and all classes above it."""
    return frozenset({class_, *(above.value for above in superclasses(NamedNode(class_)))})
