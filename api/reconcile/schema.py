"""What the service knows: types, the classes whose nodes people look up by a name, and properties of their entities.

Properties (``properties.yaml``) distinguish candidates, and can be fetched about an entity.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import yaml

from communique.graph.errors import InvalidParameter
from communique.graph.linking.index import ROOTS
from communique.graph.terms.namespaces import COM
from communique.graph.terms.vocabulary import Term, classes, superclasses

ENTITY, TEXT, DATE, INTEGER = "entity", "text", "date", "integer"


@dataclass(frozen=True, slots=True)
class ReconcileType:
    """A class; ``broader`` are the ids of the classes directly above it that can be reconciled too."""

    id: str
    name: str
    description: str
    broader: tuple[str, ...]

    def to_json(self, *, deep: bool = True) -> dict[str, Any]:
        """Describe it as the protocol does; ``deep`` adds description and the types above."""
        head: dict[str, Any] = {"id": self.id, "name": self.name}
        if deep:
            head["description"] = self.description
            head["broader"] = [types()[each].to_json(deep=False) for each in self.broader]
        return head


@cache
def types() -> Mapping[str, ReconcileType]:
    """All types by id, those at the top first."""
    found = [key for key in classes() if not lineage(key).isdisjoint(ROOTS)]
    found.sort(key=lambda key: (ROOTS.index(key) if key in ROOTS else len(ROOTS), key))
    return MappingProxyType({key: _read_type(classes()[key], set(found)) for key in found})


def _read_type(term: Term, known: Collection[str]) -> ReconcileType:
    """Read a class; of those above it only types are listed."""
    above = (parent.value.removeprefix(COM) for parent in term.parents)
    return ReconcileType(term.key, term.label, term.definition, tuple(each for each in above if each in known))


@cache
def lineage(key: str) -> frozenset[str]:
    """Name a class of the ontology and all classes above it."""
    term = classes()[key]
    own = {each.value.removeprefix(COM) for each in superclasses(term.iri) if each.value.startswith(COM)}
    return frozenset({key} | own) if term.iri.value.startswith(COM) else frozenset()


def read_types(names: Collection[str]) -> frozenset[str]:
    """Read ids of types, whole IRIs among them; InvalidParameter for an unknown one."""
    ids = frozenset(name.removeprefix(COM) for name in names)
    for unknown in sorted(ids - types().keys()):
        raise InvalidParameter(f"type: {unknown!r} is not known", expected=f"one of {', '.join(types())}")
    return ids


@dataclass(frozen=True, slots=True)
class ReconcileProperty:
    """One property.

    Attributes
    ----------
    pattern : SPARQL from ``?node`` to ``?value``, so that the engine answers and nothing is copied
    kind : of its values: entity, text, date or integer
    target : the type of its values when they are entities
    of : the types that have it; empty for all
    identifies : no two entities share a value
    names : that it agrees says no more than that the names agree
    """

    id: str
    name: str
    description: str
    pattern: str
    kind: str = TEXT
    target: str = ""
    of: tuple[str, ...] = ()
    identifies: bool = False
    names: bool = False

    def to_json(self) -> dict[str, str]:
        """Describe it as the protocol does."""
        return {"id": self.id, "name": self.name, "description": self.description}

    def fits(self, type_id: str) -> bool:
        """Say whether entities of a type can have it."""
        return not self.of or not lineage(type_id).isdisjoint(self.of)


_ENTRIES = yaml.safe_load((files("communique.api.reconcile") / "properties.yaml").read_text(encoding="utf-8"))
PROPERTIES: Mapping[str, ReconcileProperty] = MappingProxyType(
    {each["id"]: ReconcileProperty(**{**each, "of": tuple(each.get("of", ()))}) for each in _ENTRIES}
)


def find_property(name: str) -> ReconcileProperty:
    """Look up a property by its id; InvalidParameter for an unknown one."""
    if name not in PROPERTIES:
        raise InvalidParameter(f"property: {name!r} is not known", expected=f"one of {', '.join(PROPERTIES)}")
    return PROPERTIES[name]


def describe_for(type_id: str | None) -> list[dict[str, Any]]:
    """Describe the properties of a type, or all."""
    return [each.to_json() for each in PROPERTIES.values() if type_id is None or each.fits(type_id)]
