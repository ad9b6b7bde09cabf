"""The table of names in all locales: it is what its header says, and has what the product asks of it."""

from __future__ import annotations

from datetime import date
from importlib.metadata import version

import iso3166
import pytest

from communique.graph.linking.tables import read_notes, read_table
from communique.graph.linking.territories import NAMES_FILE, locale_names, names_in, releases


def test_the_header_says_release_day_and_licence() -> None:
    notes = read_notes(NAMES_FILE)
    assert date.fromisoformat(notes["generated"].partition(",")[0])
    assert "Unicode-3.0" in notes["licence"]
    assert releases() == {"cldr": notes["cldr"], "babel": notes["babel"]}


def test_the_table_is_what_the_release_of_its_header_has() -> None:
    territories = pytest.importorskip("bench.territories")
    if version("babel") != releases()["babel"]:
        pytest.skip(f"Babel {version('babel')} is installed, the table is of {releases()['babel']}")
    day = date.fromisoformat(read_notes(NAMES_FILE)["generated"].partition(",")[0])
    assert territories.TABLE.read_text(encoding="utf-8") == territories.write_table(day)


def test_every_entry_of_the_standard_has_an_english_name() -> None:
    assert {entry.alpha2 for entry in iso3166.countries} <= names_in("en").keys()
    assert names_in("ko")["KR"] == "대한민국"


def test_a_name_stands_once_for_each_code() -> None:
    assert len(locale_names()) == len(set(locale_names()))
    assert all(row["locales"] and row["name"] == row["name"].strip() for row in read_table(NAMES_FILE))
