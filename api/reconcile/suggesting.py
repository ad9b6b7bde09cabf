"""Suggestions while somebody types: entities, types and properties whose names begin like what was typed."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import Any

from pyoxigraph import NamedNode

from communique.api.reconcile.catalogue import Catalogue, describe, id_of, types_of
from communique.api.reconcile.properties import PROPERTIES
from communique.api.reconcile.types import types
from communique.graph.linking.entities import Entity
from communique.graph.linking.normalization import normalize

PAGE = 20


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
    return [each.told() for each in _page(found, start)]


def suggest_properties(prefix: str, start: int) -> list[dict[str, Any]]:
    """Suggest properties by id or name."""
    found = (each for each in PROPERTIES.values() if _begins(prefix, (each.id, each.name)))
    return [each.told() for each in _page(found, start)]


def _begins(prefix: str, texts: Iterable[str]) -> bool:
    """Tell whether a word of the texts begins with a prefix, whatever the case."""
    wanted = prefix.strip().lower()
    return any(text.lower().startswith(wanted) or f" {wanted}" in text.lower() for text in texts)


def _page(found: Iterable[Any], start: int) -> list[Any]:
    """Cut a page out."""
    return list(found)[start : start + PAGE]
