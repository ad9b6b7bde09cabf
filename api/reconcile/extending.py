"""Data extension: rows of a table get values of the entities that they were matched to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from communique.api.reconcile.properties import ENTITY, Property
from communique.api.reconcile.requests import Extension, read_limit
from communique.api.reconcile.types import types
from communique.api.reconcile.values import Value, fetch
from communique.graph.errors import InvalidParameter
from communique.graph.queries.answers import Run

_CONTENT = ("entity", "name")
_MOST = 1000  # values of one cell


def extend(run: Run, asked: Extension) -> dict[str, Any]:
    """Give the values of each entity, and what the columns are."""
    rows: dict[str, dict[str, list[dict[str, Any]]]] = {each: {} for each in asked.ids}
    meta = []
    for found, settings in asked.properties:
        limit, content = _settings(found, settings)
        kind = "text" if content == "name" and found.kind == ENTITY else found.kind
        for each, values in fetch(run, found, asked.ids).items():
            rows[each][found.id] = [_told(value, kind) for value in values[:limit]]
        meta.append(_column(found, kind))
    return {"meta": meta, "rows": rows}


def _told(value: Value, kind: str) -> dict[str, Any]:
    """Write one value; of an entity that is to be a text, its label."""
    return value.told(kind) if kind != "text" else {"str": value.label or value.text}


def _settings(found: Property, settings: Mapping[str, Any]) -> tuple[int, str]:
    """Read the settings of a property; a limit of 0 means all."""
    limit, content = settings.get("limit"), settings.get("content") or _CONTENT[0]
    if content not in _CONTENT:
        raise InvalidParameter(f"{found.id}: content is {content!r}", expected=" or ".join(_CONTENT))
    return _MOST if limit in {0, "0"} else read_limit(limit, f"{found.id}: limit", _MOST, _MOST), content


def _column(found: Property, kind: str) -> dict[str, Any]:
    """Describe a column; entities have a type, so that they can be extended in turn."""
    column: dict[str, Any] = {"id": found.id, "name": found.name}
    if kind == ENTITY and found.target:
        column["type"] = types()[found.target].told(deep=False)
    return column
