"""What names and codes of states and territories mean, and when: the tables as mappings from keys to senses.

Names: an own table decides (``names.tsv``), then ``iso3166`` and the names in all locales of CLDR
(``territories.tsv``). A name that two locales give to different states, or to a state and a region (America), decides
nothing. Codes: ISO 3166, M49, Correlates of War, Gleditsch and Ward, Olympic committees (``codes.tsv``, ``iso3166``).

A sense without days holds always. Without a date a name has its present meaning: the one that has no last day, or the
only one there is. On a date it has the meaning that holds then. Where two meanings are left, nothing is decided.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import NamedTuple

import iso3166
from pyoxigraph import NamedNode

from communique.graph.linking.normalization import expand, normalize, sort_words, without_form
from communique.graph.linking.tables import read_table
from communique.graph.linking.territories import KOSOVO, actors, locale_names
from communique.graph.terms.identifiers import entity

SCHEMES = ("alpha2", "alpha3", "m49", "cow", "gw", "ioc")
NAMES_TABLE, CODES_TABLE = "names.tsv", "codes.tsv"

# Territories to which locales give a second name in brackets, such as Myanmar (Burma): each of the two is a name.
_NAMED_TWICE = frozenset(["MM", "CC", "FK"])
_BRACKETS = re.compile(r"\s*[(（\[].*?[)）\]]\s*")
_SHORTEST = 4  # shorter ASCII names may be codes or common words: End, Sin, Man


class Sense(NamedTuple):
    """One meaning of a name: the node (None for what is no state), its first and its last day; None is an open end."""

    node: NamedNode | None
    first: date | None = None
    last: date | None = None

    def holds(self, on: date) -> bool:
        """Say whether this is a meaning on the given day."""
        return (self.first is None or self.first <= on) and (self.last is None or on <= self.last)


Senses = tuple[Sense, ...]
Meanings = Mapping[str, Senses]
NamedSense = tuple[str, Sense]


def choose(senses: Senses, on: date | None = None) -> NamedNode | None:
    """Return the one meaning on a day (today's without one); None when two remain.

    A name that never meant but one node means it on every day: ``Zaire`` in 2020 is an old name, not a doubt.
    """
    if len(senses) == 1:
        return senses[0].node
    possible = {sense.node for sense in _possible(senses, on)}
    return possible.pop() if len(possible) == 1 else None


def possibilities(senses: Senses, on: date | None = None) -> tuple[NamedNode, ...]:
    """List the nodes between which a day does not decide, without repeats; all that there are when it leaves none."""
    holding = tuple(sense.node for sense in _possible(senses, on) if sense.node)
    return tuple(dict.fromkeys(holding or (sense.node for sense in senses if sense.node)))


def _possible(senses: Senses, on: date | None) -> Senses:
    """Keep the senses that hold; all of them when none does."""
    holding = tuple(sense for sense in senses if (sense.last is None if on is None else sense.holds(on)))
    return holding or senses


@dataclass(frozen=True, slots=True)
class NameTables:
    """Senses of names by their keys, from the strictest key to the laxest.

    Attributes
    ----------
    normalized, expanded, sorted : by the keys of ``normalization``
    without_form : by the name without the form of a state; for Korea the senses of both
    ambiguous_without_form : nodes that own names distinguish from others by the form alone, in whatever language
    """

    normalized: Meanings
    expanded: Meanings
    sorted: Meanings
    without_form: Meanings
    ambiguous_without_form: frozenset[NamedNode | None]


@cache
def name_tables() -> NameTables:
    """Read the names of all tables and sort them under their keys."""
    own = tuple((normalize(name), sense) for name, sense in own_names())
    library = tuple(dict.fromkeys((normalize(name), Sense(node)) for name, node in library_names()))

    def under(key_of: Callable[[str], str]) -> Meanings:
        """Sort senses under a key; one that an own name has takes no senses from libraries."""
        return {**_collect(library, key_of), **_collect(own, key_of)}

    normalized = under(lambda key: key)
    groups = _collect(own, lambda key: without_form(expand(key))).values()
    nodes = [{sense.node for sense in senses} for senses in groups]
    return NameTables(
        normalized=normalized,
        expanded=under(expand),
        sorted=under(lambda key: sort_words(expand(key))),
        without_form=_collect(
            ((lax, sense) for key, senses in normalized.items() if (lax := expand(key)) for sense in senses),
            without_form,
        ),
        ambiguous_without_form=frozenset(node for group in nodes if len(group) > 1 for node in group),
    )


def _collect(names: Iterable[NamedSense], key_of: Callable[[str], str]) -> dict[str, Senses]:
    """Collect senses under keys, without repeats."""
    senses: dict[str, dict[Sense, None]] = defaultdict(dict)
    for name, sense in names:
        senses[key_of(name)][sense] = None
    return {key: tuple(kept) for key, kept in senses.items()}


@cache
def own_names() -> tuple[NamedSense, ...]:
    """Read the own table: each name with one of its senses."""
    return tuple((name, _read_sense(row)) for row in read_table(NAMES_TABLE) for name in row["names"].split("|"))


@cache
def library_names() -> tuple[tuple[str, NamedNode | None], ...]:
    """List the names of the standard and of all locales, without repeats; names of regions lead to no node."""
    codes = {entry.alpha2: actors()[entry.alpha3] for entry in iso3166.countries}
    names = [(each, codes[entry.alpha2]) for entry in iso3166.countries for each in (entry.name, entry.apolitical_name)]
    found: dict[tuple[str, NamedNode | None], None] = dict.fromkeys(names)
    for name, code in locale_names():
        if len(name) >= _SHORTEST or not name.isascii():
            found[name, codes.get(code)] = None
            if code in _NAMED_TWICE:
                found[_BRACKETS.sub(" ", name), codes[code]] = None
    return tuple(found)


@cache
def code_tables() -> Mapping[str, Meanings]:
    """Collect the senses of the codes of each scheme, as ``spell_code`` writes them."""
    codes: dict[str, dict[str, Senses]] = {scheme: {} for scheme in SCHEMES}
    for row in read_table(CODES_TABLE):
        known = codes[row["scheme"]].get(row["code"], ())
        codes[row["scheme"]][row["code"]] = (*known, _read_sense(row)) if row["entity"] else known
    codes["gw"] = codes["cow"] | codes["gw"]
    # Codes that are in force go before older meanings of the same letters.
    for entry in iso3166.countries:
        sense = (Sense(actors()[entry.alpha3]),)
        codes["alpha2"][entry.alpha2] = codes["alpha3"][entry.alpha3] = sense
        if entry.alpha3 != KOSOVO:
            codes["m49"][entry.numeric] = sense
    return codes


def _read_sense(row: Mapping[str, str]) -> Sense:
    """Read the columns ``entity``, ``from`` and ``to``; empty ones are None."""
    first, last = (date.fromisoformat(row[bound]) if row[bound] else None for bound in ("from", "to"))
    return Sense(entity(row["entity"]) if row["entity"] else None, first, last)
