"""Name or code of a state → its node, when only one is meant; nothing rather than a wrong one.

The tables are read at the first call, in about a second, or by ``prepare``; no store is needed. Territories without a
state of their own (Hong Kong, Puerto Rico) are found as ``place/``. Spellings that no table knows are left to
``resolve``.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

import iso3166
from pyoxigraph import NamedNode

from communique.graph.linking.meanings import (
    SCHEMES,
    Senses,
    choose,
    code_tables,
    name_tables,
    own_names,
    possibilities,
)
from communique.graph.linking.normalization import expand, has_form, normalize, sort_words, without_form
from communique.graph.linking.territories import names_in
from communique.graph.terms.namespaces import shorten

__all__ = ["SCHEMES", "by_code", "candidates", "find", "label", "prepare"]

_REMEMBERED = 65_536
_BRACKETS = re.compile(r"[()（）/\[\]]")
_DIGITS = {"m49": 3, "cow": 1, "gw": 1}  # how many digits a number is written with at least


def prepare() -> None:
    """Read the tables now, so that processes forked afterwards share them and none reads its own."""
    name_tables()
    code_tables()


def find(text: str, *, on: date | None = None) -> NamedNode | None:
    """Find the state or territory that a name means on a day, or now without one.

    Case, accents, punctuation, usual abbreviations, articles and the order of words do not matter. None where the name
    is not known, or where it means several (``Congo``, ``Korea``) and the day does not say which.
    """
    return choose(_senses(text), on)


def candidates(text: str, *, on: date | None = None) -> tuple[NamedNode, ...]:
    """List what an exactly known name can mean on a day: one node where ``find`` decides, several where it cannot."""
    return possibilities(_senses(text), on)


def by_code(scheme: str, code: str | int, *, on: date | None = None) -> NamedNode | None:
    """Find the state or territory that a code means on a day, or now without one.

    ``scheme`` is one of ``SCHEMES``; a number may come as an integer or with other zeros before it. None where the code
    is not known, or where it stands for several entities and no day says which (``CS``). KeyError on another scheme.
    """
    written = str(code).strip()
    written = written.lstrip("0").zfill(_DIGITS[scheme]) if scheme in _DIGITS else written.upper()
    return choose(code_tables()[scheme].get(written, ()), on)


def label(node: NamedNode) -> str:
    """Return the English name of a state or territory: as in the graph, else the first own name of nothing else."""
    entry = iso3166.countries_by_alpha3.get(node.value.rpartition("/")[2])
    if entry is not None:
        return names_in("en")[entry.alpha2]
    known = name_tables().normalized
    names = (name for name, sense in own_names() if sense.node == node and len(known[normalize(name)]) == 1)
    return next(names, shorten(node.value))


@lru_cache(_REMEMBERED)
def _senses(text: str) -> Senses:
    """Look a name up under its keys, from strict to lax."""
    tables, key = name_tables(), normalize(text)
    if key in tables.normalized:
        return tables.normalized[key]
    expanded = expand(key)
    exact = tables.expanded.get(expanded) or tables.sorted.get(sort_words(expanded))
    return exact or _without_form(text, expanded) or _two_names(text)


def _without_form(text: str, expanded: str) -> Senses:
    """Look a name up without the form of the state, if a name is left, and no two states differ by the form alone.

    ``Islamic`` is no form without its noun, and ``Republic (France)`` has a form in the place of a name.
    """
    tables, before_bracket = name_tables(), expand(normalize(_BRACKETS.split(text)[0]))
    is_form_alone = before_bracket and not without_form(before_bracket)
    short = without_form(expanded) if has_form(expanded) and not is_form_alone else ""
    senses = tables.expanded.get(short, ()) if short else ()
    nodes = {sense.node for sense in tables.without_form.get(short, ())}
    return senses if len(nodes) == 1 and nodes.isdisjoint(tables.ambiguous_without_form) else ()


def _two_names(text: str) -> Senses:
    """Look two names in one up, ``Swaziland (Eswatini)``; they count when both are names of the same."""
    parts = [part for part in _BRACKETS.split(text) if normalize(part)]
    if len(parts) != 2:
        return ()
    first, second = (set(_senses(part)) for part in parts)
    return tuple(first) if first == second and len(first) == 1 else ()
