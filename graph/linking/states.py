"""Name or code of a state → its node, when only one is meant; nothing rather than a wrong one.

The index is built at the first call, in about a second, or by ``prepare``; it needs no store. Territories without a
state of their own (Hong Kong, Puerto Rico) are found as ``place/``. Spellings that no table knows are left to
``resolve``.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from pyoxigraph import NamedNode

from communique.graph.linking.codes import SCHEMES, by_code
from communique.graph.linking.forms import expanded, is_formal, plain, shorn, unordered
from communique.graph.linking.names import by_expanded_key, by_plain_key, by_shorn_key, by_unordered_key, told_apart
from communique.graph.linking.senses import Senses, choose, possibilities

__all__ = ["SCHEMES", "by_code", "candidates", "find", "prepare"]

_REMEMBERED = 65_536
_PARTS = re.compile(r"[()（）/\[\]]")


def prepare() -> None:
    """Build the index now, so that processes forked afterwards share it and none builds its own."""
    for table in (by_plain_key, by_expanded_key, by_unordered_key, by_shorn_key, told_apart):
        table()
    by_code("alpha3", "")


def find(text: str, *, on: date | None = None) -> NamedNode | None:
    """Find the state or territory that a name means on a day, or now without one.

    Case, accents, punctuation, usual abbreviations, articles and the order of words do not matter. None where the name
    is not known, or where it means several (``Congo``, ``Korea``) and the day does not tell which.
    """
    return choose(_senses(text), on)


def candidates(text: str, *, on: date | None = None) -> tuple[NamedNode, ...]:
    """List what an exactly known name can mean on a day: one node where ``find`` decides, several where it cannot."""
    return possibilities(_senses(text), on)


@lru_cache(_REMEMBERED)
def _senses(text: str) -> Senses:
    """Look a name up under its keys, from strict to lax."""
    key = plain(text)
    if key in by_plain_key():
        return by_plain_key()[key]
    lax = expanded(key)
    exact = by_expanded_key().get(lax) or by_unordered_key().get(unordered(lax))
    return exact or _short_name(text, lax) or _parts(text)


def _short_name(text: str, lax: str) -> Senses:
    """Take a name without the form of the state, if that is a name, and the form tells no two states apart.

    ``Islamic`` is no form without its noun, and ``Republic (France)`` has a form in the place of a name.
    """
    short = shorn(lax) if is_formal(lax) and _begins_with_name(text) else ""
    senses = by_expanded_key().get(short, ()) if short else ()
    nodes = {sense.node for sense in by_shorn_key().get(short, ())}
    return senses if len(nodes) == 1 and nodes.isdisjoint(told_apart()) else ()


def _begins_with_name(text: str) -> bool:
    """Tell whether more than a form stands before the first bracket."""
    first = expanded(plain(_PARTS.split(text)[0]))
    return not first or bool(shorn(first))


def _parts(text: str) -> Senses:
    """Take two names in one, ``Swaziland (Eswatini)``, when both are names of the same."""
    parts = [part for part in _PARTS.split(text) if plain(part)]
    if len(parts) != 2:
        return ()
    first, second = (set(_senses(part)) for part in parts)
    return tuple(first) if first == second and len(first) == 1 else ()
