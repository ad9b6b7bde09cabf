"""The values that properties have on some entities, asked of the engine in one query per property."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from pyoxigraph import Literal, NamedNode

from communique.api.reconcile.properties import DATE, ENTITY, INTEGER, Property
from communique.graph.queries.answers import Run, ask, listed, node, text
from communique.graph.terms.namespaces import ID, prologue, shorten

_PREFIXES = prologue(("com", "dct", "org", "rdfs", "skos"))
_LABEL = "OPTIONAL { ?value skos:prefLabel ?label }"


@dataclass(frozen=True, slots=True)
class Value:
    """One value: an entity with its label, or a text; ``language`` is empty where it has none."""

    text: str
    label: str = ""
    language: str = ""

    def told(self, kind: str) -> dict[str, Any]:
        """Write it as data extension does."""
        if kind == ENTITY:
            return {"id": self.text, "name": self.label}
        if kind == DATE:
            return {"date": f"{self.text[:10]}T00:00:00Z"}
        return {"int": int(self.text)} if kind == INTEGER else {"str": self.text}


def fetch(run: Run, found: Property, ids: Collection[str]) -> dict[str, list[Value]]:
    """Fetch the values of one property; labels in English come first, then by language and text."""
    values: dict[str, dict[str, Value]] = {each: {} for each in ids}
    if not ids:
        return {}
    label = _LABEL if found.kind == ENTITY else ""
    given = f"VALUES ?node {{ {listed([NamedNode(ID + each) for each in sorted(ids)])} }}"
    query = f"{_PREFIXES}SELECT DISTINCT ?node ?value ?label {{ {given} {found.pattern} {label} }}"
    for row in ask(run, query):
        known = values[node(row, "node").value.removeprefix(ID)]
        value = _read(row, found.kind)
        if value.text not in known or _rank(value, row) < _rank(known[value.text], row):
            known[value.text] = value
    return {each: _sorted(list(known.values())) for each, known in values.items()}


def find(run: Run, found: Property, wanted: Sequence[str], most: int) -> list[str]:
    """Find entities that have one of some values, given as texts or ids; at most ``most``, in order of their ids."""
    texts = ", ".join(str(Literal(each)) for each in wanted)
    wanted_nodes = ", ".join(str(Literal(ID + each)) for each in wanted)
    query = (
        f"{_PREFIXES}SELECT DISTINCT ?node {{ {found.pattern} FILTER(STR(?value) IN ({texts}, {wanted_nodes}))"
        f" FILTER(STRSTARTS(STR(?node), '{ID}')) }} ORDER BY ?node LIMIT {most}"
    )
    return [node(row, "node").value.removeprefix(ID) for row in ask(run, query)]


def _read(row: Any, kind: str) -> Value:
    """Read one value."""
    value, label = row["value"], row.get("label")
    if kind == ENTITY:
        name = text(row, "label") or shorten(text(row, "value"))
        return Value(
            text(row, "value").removeprefix(ID), name, label.language or "" if isinstance(label, Literal) else ""
        )
    return Value(text(row, "value"), "", value.language or "" if isinstance(value, Literal) else "")


def _rank(value: Value, _: Any) -> tuple[int, str]:
    """Prefer labels in English."""
    return (0 if value.language == "en" else 1 if value.language else 2, value.label)


def _sorted(values: list[Value]) -> list[Value]:
    """Order values: English first, then other languages."""
    return sorted(values, key=lambda value: (0 if value.language in {"en", ""} else 1, value.language, value.text))
