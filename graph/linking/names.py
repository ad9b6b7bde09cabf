"""Names of states and territories → what they mean: an own table of names decides, then the names that libraries give.

The libraries are ``iso3166`` and the names of all locales of the Common Locale Data Repository that ``Babel`` ships. A
name that two locales give to different states decides nothing.
"""

from __future__ import annotations

import pickle
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

import iso3166
from babel import localedata
from pyoxigraph import NamedNode

from communique.graph.identifiers import entity
from communique.graph.linking.forms import expanded, plain, unordered
from communique.graph.linking.senses import Sense, Senses, day, read_table
from communique.graph.territories import actors

TABLE = "names.tsv"
Meanings = Mapping[str, Senses]


@cache
def by_plain_key() -> Meanings:
    """Map each plain key to its senses."""
    return _merge(plain)


@cache
def by_expanded_key() -> Meanings:
    """Map each expanded key to its senses."""
    return _merge(lambda name: expanded(plain(name)))


@cache
def by_unordered_key() -> Meanings:
    """Map each unordered key to its senses."""
    return _merge(lambda name: unordered(expanded(plain(name))))


def spellings() -> Iterator[tuple[str, Sense]]:
    """List every name with a sense of it, those of the own table first."""
    yield from own_names()
    yield from _library_names()


@cache
def own_names() -> tuple[tuple[str, Sense], ...]:
    """Read the own table: each name with one of its senses."""
    return tuple(
        (name, Sense(entity(row["entity"]) if row["entity"] else None, day(row["from"]), day(row["to"])))
        for row in read_table(TABLE)
        for name in row["names"].split("|")
    )


def _merge(key: Callable[[str], str]) -> Meanings:
    """Collect the senses of names under their keys; a key of the own table takes no senses from libraries."""
    own = _collect(own_names(), key)
    return {**_collect(_library_names(), key), **own}


def _collect(names: Iterable[tuple[str, Sense]], key: Callable[[str], str]) -> dict[str, Senses]:
    """Collect senses under the keys of their names, without repeats."""
    senses: dict[str, dict[Sense, None]] = defaultdict(dict)
    for name, sense in names:
        senses[key(name)][sense] = None
    return {found: tuple(kept) for found, kept in senses.items()}


@cache
def _library_names() -> tuple[tuple[str, Sense], ...]:
    """Collect the names of the standard and of all locales, without repeats."""
    codes = {entry.alpha2: actors()[entry.alpha3] for entry in iso3166.countries}
    standard = (
        (name, codes[entry.alpha2]) for entry in iso3166.countries for name in (entry.name, entry.apolitical_name)
    )
    pairs = dict.fromkeys((*standard, *_locale_names(codes)))
    return tuple((name, Sense(node)) for name, node in pairs)


def _locale_names(codes: Mapping[str, NamedNode]) -> Iterator[tuple[str, NamedNode]]:
    """List the names of territories that each locale adds to those it inherits."""
    for locale in sorted(localedata.locale_identifiers()):
        for code, name in _read_locale(locale).items():
            if code in codes and isinstance(name, str):
                yield name, codes[code]


def _read_locale(locale: str) -> Mapping[str, object]:
    """Read the territories of one locale as stored, for the library's own loader would keep all of it in memory."""
    with Path(localedata.resolve_locale_filename(locale)).open("rb") as stream:
        data: Mapping[str, Mapping[str, object]] = pickle.load(stream)
    return data.get("territories", {})
