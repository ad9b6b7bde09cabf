"""Names of states and territories → what they mean: an own table of names decides, then the names that libraries give.

The libraries are ``iso3166`` and the names of all locales of the Common Locale Data Repository that ``Babel`` ships. A
name that two locales give to different states, or to a state and a region (America), decides nothing.
"""

from __future__ import annotations

import pickle
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

import iso3166
from babel import Locale, localedata
from pyoxigraph import NamedNode

from communique.graph.linking.forms import expanded, plain, shorn, unordered
from communique.graph.linking.senses import Sense, Senses, day, read_table
from communique.graph.linking.territories import actors
from communique.graph.terms.identifiers import entity
from communique.graph.terms.namespaces import shorten

TABLE = "names.tsv"
Named = tuple[str, Sense]
Meanings = Mapping[str, Senses]

# Territories to which locales give a second name in brackets, such as Myanmar (Burma): each of the two is a name.
_TWICE_NAMED = frozenset(["MM", "CC", "FK"])
_SHORTEST = 4
_BRACKETS = re.compile(r"\s*[(（\[].*?[)）\]]\s*")


@cache
def by_plain_key() -> Meanings:
    """Map each plain key to its senses."""
    return {**_collect(_library_keys()), **_collect(_own_keys())}


@cache
def by_expanded_key() -> Meanings:
    """Map each expanded key to its senses."""
    return _merge(expanded)


@cache
def by_unordered_key() -> Meanings:
    """Map each unordered key to its senses."""
    return _merge(lambda key: unordered(expanded(key)))


@cache
def by_shorn_key() -> Meanings:
    """Map each key without the form of a state to its senses, which for the two Koreas are those of both."""
    return _collect(
        (shorn(lax), sense) for key, senses in by_plain_key().items() if (lax := expanded(key)) for sense in senses
    )


@cache
def told_apart() -> frozenset[NamedNode | None]:
    """Name the nodes that own names tell from others by the form of the state, in whatever language: the two Koreas."""
    lax = ((shorn(expanded(key)), sense) for key, sense in _own_keys())
    groups = ({sense.node for sense in senses} for senses in _collect(lax).values())
    return frozenset(node for nodes in groups if len(nodes) > 1 for node in nodes)


@cache
def own_names() -> tuple[Named, ...]:
    """Read the own table: each name with one of its senses."""
    return tuple(
        (name, Sense(entity(row["entity"]) if row["entity"] else None, day(row["from"]), day(row["to"])))
        for row in read_table(TABLE)
        for name in row["names"].split("|")
    )


@cache
def library_names() -> tuple[tuple[str, NamedNode | None], ...]:
    """Collect the names of the standard and of all locales, without repeats; names of regions lead to no node."""
    codes = {entry.alpha2: actors()[entry.alpha3] for entry in iso3166.countries}
    standard = (
        (name, codes[entry.alpha2]) for entry in iso3166.countries for name in (entry.name, entry.apolitical_name)
    )
    return tuple(dict.fromkeys((*standard, *_locale_names(codes))))


def label(node: NamedNode) -> str:
    """Name a state or territory in English: as the graph does, else by the first own name that means nothing else."""
    entry = iso3166.countries_by_alpha3.get(node.value.rpartition("/")[2])
    if entry is not None:
        return str(Locale("en").territories[entry.alpha2])
    names = (name for name, sense in own_names() if sense.node == node and len(by_plain_key()[plain(name)]) == 1)
    return next(names, shorten(node.value))


def _merge(loosen: Callable[[str], str]) -> Meanings:
    """Collect senses under laxer keys; a key of the own table takes no senses from libraries."""
    own = _collect((loosen(key), sense) for key, sense in _own_keys())
    return {**_collect((loosen(key), sense) for key, sense in _library_keys()), **own}


def _collect(names: Iterable[Named]) -> dict[str, Senses]:
    """Collect senses under keys, without repeats."""
    senses: dict[str, dict[Sense, None]] = defaultdict(dict)
    for key, sense in names:
        senses[key][sense] = None
    return {key: tuple(kept) for key, kept in senses.items()}


@cache
def _own_keys() -> tuple[Named, ...]:
    """Give the plain keys of the own table."""
    return tuple((plain(name), sense) for name, sense in own_names())


@cache
def _library_keys() -> tuple[Named, ...]:
    """Give the plain keys of the names that libraries give."""
    return tuple(dict.fromkeys((plain(name), Sense(node)) for name, node in library_names()))


def _locale_names(codes: Mapping[str, NamedNode]) -> Iterator[tuple[str, NamedNode | None]]:
    """List the names of territories and regions that each locale adds to those it inherits."""
    for locale in sorted(localedata.locale_identifiers()):
        for code, name in _read_locale(locale).items():
            if isinstance(name, str) and not _is_code(name):
                yield name, codes.get(code)
                if code in _TWICE_NAMED:
                    yield _BRACKETS.sub(" ", name), codes[code]


def _is_code(name: str) -> bool:
    """Tell whether a name is so short that it may be a code or a common word: End, Sin, Man."""
    return len(name) < _SHORTEST and name.isascii()


def _read_locale(locale: str) -> Mapping[str, object]:
    """Read the territories of one locale as stored, for the library's own loader would keep all of it in memory."""
    with Path(localedata.resolve_locale_filename(locale)).open("rb") as stream:
        data: Mapping[str, Mapping[str, object]] = pickle.load(stream)
    return data.get("territories", {})
