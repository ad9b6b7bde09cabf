"""The values that properties have on entities, asked of the engine in one query per property; data extension."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pyoxigraph import Literal, NamedNode

from communique.api.reconcile.requests import Extension, read_limit
from communique.api.reconcile.schema import DATE, ENTITY, INTEGER, ReconcileProperty, types
from communique.graph.errors import InvalidParameter
from communique.graph.queries.answers import Run, ask, listed, node, text
from communique.graph.terms.namespaces import ID, prologue, shorten

_PREFIXES = prologue(("com", "dct", "org", "rdfs", "skos"))
_LABEL = "OPTIONAL { ?value skos:prefLabel ?label }"
_CONTENT = ("entity", "name")
_MOST = 1000  # values of one cell


@dataclass(frozen=True, slots=True)
class PropertyValue:
    """One value: an entity with its label, or a text; ``language`` is empty where it has none."""

    text: str
    label: str = ""
    language: str = ""

    def to_json(self, kind: str) -> dict[str, Any]:
        """Write it as data extension does."""
        if kind == ENTITY:
            return {"id": self.text, "name": self.label}
        if kind == DATE:
            return {"date": f"{self.text[:10]}T00:00:00Z"}
        return {"int": int(self.text)} if kind == INTEGER else {"str": self.text}


def fetch(run: Run, found: ReconcileProperty, ids: Collection[str]) -> dict[str, list[PropertyValue]]:
    """Fetch the values of one property; labels in English come first, then by language and text."""
    values: dict[str, dict[str, PropertyValue]] = {each: {} for each in ids}
    if not ids:
        return {}
    label = _LABEL if found.kind == ENTITY else ""
    given = f"VALUES ?node {{ {listed([NamedNode(ID + each) for each in sorted(ids)])} }}"
    query = f"{_PREFIXES}SELECT DISTINCT ?node ?value ?label {{ {given} {found.pattern} {label} }}"
    for row in ask(run, query):
        known = values[node(row, "node").value.removeprefix(ID)]
        value = _read(row, found.kind)
        if value.text not in known or _rank(value) < _rank(known[value.text]):
            known[value.text] = value

    def order(value: PropertyValue) -> tuple[bool, str, str]:
        return value.language not in {"en", ""}, value.language, value.text

    return {each: sorted(known.values(), key=order) for each, known in values.items()}


def find(run: Run, found: ReconcileProperty, wanted: Sequence[str], most: int) -> list[str]:
    """Find entities that have one of some values, given as texts or ids; at most ``most``, in order of their ids."""
    texts = ", ".join(str(Literal(each)) for each in wanted)
    wanted_nodes = ", ".join(str(Literal(ID + each)) for each in wanted)
    query = (
        f"{_PREFIXES}SELECT DISTINCT ?node {{ {found.pattern} FILTER(STR(?value) IN ({texts}, {wanted_nodes}))"
        f" FILTER(STRSTARTS(STR(?node), '{ID}')) }} ORDER BY ?node LIMIT {most}"
    )
    return [node(row, "node").value.removeprefix(ID) for row in ask(run, query)]


def _read(row: Any, kind: str) -> PropertyValue:
    """Read one value."""
    value, label = row["value"], row.get("label")
    if kind == ENTITY:
        name = text(row, "label") or shorten(text(row, "value"))
        return PropertyValue(
            text(row, "value").removeprefix(ID), name, label.language or "" if isinstance(label, Literal) else ""
        )
    return PropertyValue(text(row, "value"), "", value.language or "" if isinstance(value, Literal) else "")


def _rank(value: PropertyValue) -> tuple[int, str]:
    """Prefer labels in English."""
    return (0 if value.language == "en" else 1 if value.language else 2, value.label)


def extend(run: Run, asked: Extension) -> dict[str, Any]:
    """Return the values of each entity, and what the columns are."""
    rows: dict[str, dict[str, list[dict[str, Any]]]] = {each: {} for each in asked.ids}
    meta = []
    for found, settings in asked.properties:
        limit, content = _settings(found, settings)
        kind = "text" if content == "name" and found.kind == ENTITY else found.kind
        for each, values in fetch(run, found, asked.ids).items():
            rows[each][found.id] = [
                value.to_json(kind) if kind != "text" else {"str": value.label or value.text}
                for value in values[:limit]
            ]
        meta.append(_column(found, kind))
    return {"meta": meta, "rows": rows}


def _settings(found: ReconcileProperty, settings: Mapping[str, Any]) -> tuple[int, str]:
    """Read the settings of a property; a limit of 0 means all."""
    limit, content = settings.get("limit"), settings.get("content") or _CONTENT[0]
    if content not in _CONTENT:
        raise InvalidParameter(f"{found.id}: content is {content!r}", expected=" or ".join(_CONTENT))
    return _MOST if limit in {0, "0"} else read_limit(limit, f"{found.id}: limit", _MOST, _MOST), content


def _column(found: ReconcileProperty, kind: str) -> dict[str, Any]:
    """Describe a column; entities have a type, so that they can be extended in turn."""
    column: dict[str, Any] = {"id": found.id, "name": found.name}
    if kind == ENTITY and found.target:
        column["type"] = types()[found.target].to_json(deep=False)
    return column
