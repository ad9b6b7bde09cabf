"""ISO 3166-1 and CLDR: which entries are states, and what states, territories and regions are called in all locales."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from types import MappingProxyType

import iso3166
import yaml
from pyoxigraph import NamedNode

from communique.graph.linking.tables import read_notes, read_table
from communique.graph.terms.identifiers import entity

BACKGROUND_FILE = "background.yaml"
KOSOVO = "XKX"  # the standard gives no code: its letters are user-assigned, and it has no number
NAMES_FILE = "territories.tsv"

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def not_states() -> frozenset[str]:
    """Return the territories without a state of their own by relative identifiers, such as ``place/HKG``.

    They are those of ISO 3166-1 that the background describes; all other entries are states.
    """
    text = (files("communique.graph") / BACKGROUND_FILE).read_text(encoding="utf-8")
    blocks = yaml.load(text, Loader=_Loader)["background"]
    return frozenset(name for block in blocks for name in block["facts"] if name.startswith("place/"))


@cache
def actors() -> MappingProxyType[str, NamedNode]:
    """Map each alpha-3 code in force to its state, or to its territory where it has no state of its own."""
    places = {entry.alpha3: f"place/{entry.alpha3}" for entry in iso3166.countries}
    return MappingProxyType(
        {code: entity(place if place in not_states() else f"state/{code}") for code, place in places.items()}
    )


@cache
def locale_names() -> tuple[tuple[str, str], ...]:
    """List the names of territories and regions in all locales, each with its code, in the order of the table."""
    return tuple((row["name"], row["code"]) for row in read_table(NAMES_FILE))


@cache
def names_in(locale: str) -> MappingProxyType[str, str]:
    """Map the codes of territories and regions to their names in a locale, such as ``en``; not those it inherits."""
    rows = ((row["code"], row["name"]) for row in read_table(NAMES_FILE) if locale in row["locales"].split())
    return MappingProxyType(dict(rows))


@cache
def releases() -> MappingProxyType[str, str]:
    """Return the releases from which the names were read, of ``cldr`` and of ``babel``."""
    notes = read_notes(NAMES_FILE)
    return MappingProxyType({library: notes[library] for library in ("cldr", "babel")})
