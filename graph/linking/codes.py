"""Codes → states and territories: ISO 3166, M49, Correlates of War, Gleditsch and Ward, Olympic committees."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache

import iso3166
from pyoxigraph import NamedNode

from communique.graph.linking.senses import Sense, Senses, choose, day, read_table
from communique.graph.linking.territories import KOSOVO, actors
from communique.graph.terms.identifiers import entity

SCHEMES = ("alpha2", "alpha3", "m49", "cow", "gw", "ioc")
_DIGITS = {"m49": 3, "cow": 1, "gw": 1}  # how many digits a number is written with at least
_TABLE = "codes.tsv"


def by_code(scheme: str, code: str | int, *, on: date | None = None) -> NamedNode | None:
    """Find the state or territory that a code means on a day, or now without one.

    ``scheme`` is one of ``SCHEMES``; a number may come as an integer or with other zeros before it. None where the code
    is not known, or where it stands for several entities and no day tells which (``CS``). KeyError on another scheme.
    """
    senses = _codes()[scheme].get(_spell(scheme, str(code)), ())
    return choose(senses, on)


def _spell(scheme: str, code: str) -> str:
    """Write a code the way the tables do."""
    plain = code.strip()
    return plain.lstrip("0").zfill(_DIGITS[scheme]) if scheme in _DIGITS else plain.upper()


@cache
def _codes() -> Mapping[str, Mapping[str, Senses]]:
    """Collect the senses of the codes of each scheme."""
    codes: dict[str, dict[str, Senses]] = {scheme: {} for scheme in SCHEMES}
    for row in read_table(_TABLE):
        senses = codes[row["scheme"]].get(row["code"], ())
        if row["entity"]:
            sense = Sense(entity(row["entity"]), day(row["from"]), day(row["to"]))
            senses = (*senses, sense)
        codes[row["scheme"]][row["code"]] = senses
    codes["gw"] = codes["cow"] | codes["gw"]
    _add_iso(codes)
    return codes


def _add_iso(codes: dict[str, dict[str, Senses]]) -> None:
    """Add the codes of the standard that are in force; they go before older meanings of the same letters."""
    for entry in iso3166.countries:
        sense = (Sense(actors()[entry.alpha3]),)
        codes["alpha2"][entry.alpha2] = codes["alpha3"][entry.alpha3] = sense
        if entry.alpha3 != KOSOVO:
            codes["m49"][entry.numeric] = sense
