"""Entries of ISO 3166-1 → which of them are states: all but the territories that the background describes."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from types import MappingProxyType

import iso3166
import yaml
from pyoxigraph import NamedNode

from communique.graph.terms.identifiers import entity

BACKGROUND_FILE = "background.yaml"
KOSOVO = "XKX"  # the standard gives no code: its letters are user-assigned, and it has no number

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def not_states() -> frozenset[str]:
    """Name, by relative identifiers such as ``place/HKG``, the territories without a state of their own."""
    text = (files("communique.graph") / BACKGROUND_FILE).read_text(encoding="utf-8")
    blocks = yaml.load(text, Loader=_Loader)["background"]
    return frozenset(name for block in blocks for name in block["facts"] if name.startswith("place/"))


@cache
def actors() -> MappingProxyType[str, NamedNode]:
    """Map each alpha-3 code in force to its state, or to its territory where it has no state of its own."""
    return MappingProxyType({entry.alpha3: _name(entry.alpha3) for entry in iso3166.countries})


def _name(alpha3: str) -> NamedNode:
    """Name the state of a code, else its territory."""
    return entity(f"place/{alpha3}" if f"place/{alpha3}" in not_states() else f"state/{alpha3}")
