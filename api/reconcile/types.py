"""Types that can be reconciled: the classes of the ontology whose nodes people look up by a name."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from communique.graph.errors import InvalidParameter
from communique.graph.linking.index import ROOTS
from communique.graph.terms.namespaces import COM
from communique.graph.terms.vocabulary import Term, classes, superclasses


@dataclass(frozen=True, slots=True)
class Type:
    """A class; ``broader`` are the ids of the classes directly above it that can be reconciled too."""

    id: str
    name: str
    description: str
    broader: tuple[str, ...]

    def told(self, *, deep: bool = True) -> dict[str, Any]:
        """Describe it as the protocol does; ``deep`` adds description and the types above."""
        head: dict[str, Any] = {"id": self.id, "name": self.name}
        if deep:
            head["description"] = self.description
            head["broader"] = [types()[each].told(deep=False) for each in self.broader]
        return head


@cache
def types() -> Mapping[str, Type]:
    """All types by id, those at the top first."""
    found = [key for key in classes() if not lineage(key).isdisjoint(ROOTS)]
    found.sort(key=lambda key: (ROOTS.index(key) if key in ROOTS else len(ROOTS), key))
    return MappingProxyType({key: _read(classes()[key], set(found)) for key in found})


def _read(term: Term, known: Collection[str]) -> Type:
    """Read a class; of those above it only types are named."""
    above = (parent.value.removeprefix(COM) for parent in term.parents)
    return Type(term.key, term.label, term.definition, tuple(each for each in above if each in known))


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
