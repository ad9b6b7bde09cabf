"""Properties: by what candidates can be told apart, and what can be fetched about an entity (``properties.yaml``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import yaml

from communique.api.reconcile.types import lineage
from communique.graph.errors import InvalidParameter

ENTITY, TEXT, DATE, INTEGER = "entity", "text", "date", "integer"


@dataclass(frozen=True, slots=True)
class Property:
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

    def told(self) -> dict[str, str]:
        """Describe it as the protocol does."""
        return {"id": self.id, "name": self.name, "description": self.description}

    def fits(self, type_id: str) -> bool:
        """Tell whether entities of a type can have it."""
        return not self.of or not lineage(type_id).isdisjoint(self.of)


def _read() -> Mapping[str, Property]:
    """Read the table of properties."""
    entries = yaml.safe_load((files("communique.api.reconcile") / "properties.yaml").read_text(encoding="utf-8"))
    found = (Property(**{**entry, "of": tuple(entry.get("of", ()))}) for entry in entries)
    return MappingProxyType({each.id: each for each in found})


PROPERTIES = _read()


def find_property(name: str) -> Property:
    """Look up a property by its id; InvalidParameter for an unknown one."""
    if name not in PROPERTIES:
        raise InvalidParameter(f"property: {name!r} is not known", expected=f"one of {', '.join(PROPERTIES)}")
    return PROPERTIES[name]


def describe_for(type_id: str | None) -> list[dict[str, Any]]:
    """Describe the properties of a type, or all."""
    return [each.told() for each in PROPERTIES.values() if type_id is None or each.fits(type_id)]
