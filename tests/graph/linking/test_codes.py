"""Codes of states → nodes, by date; every member of the Correlates of War list has one in each of its years."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from communique.graph.linking.states import SCHEMES, by_code, find
from communique.graph.terms.identifiers import entity
from communique.graph.terms.namespaces import shorten


@pytest.mark.parametrize(
    ("scheme", "code", "on", "expected"),
    [
        ("alpha2", "kr", None, "state/KOR"),
        ("alpha2", "NA", None, "state/NAM"),
        ("alpha2", "CS", "1990-01-01", "state/CSK"),
        ("alpha2", "CS", "2005-01-01", "state/SCG"),
        ("alpha3", "XKX", None, "state/XKX"),
        ("alpha3", "XKK", None, "state/XKX"),
        ("alpha3", "UNK", None, "state/XKX"),
        ("alpha3", "KSV", None, "state/XKX"),
        ("alpha3", "ROM", None, "state/ROU"),
        ("alpha3", "HKG", None, "place/HKG"),
        ("m49", 8, None, "state/ALB"),
        ("m49", "008", None, "state/ALB"),
        ("alpha3", "ANT", None, "place/ANT"),
        ("m49", 530, "1995-01-01", "place/ANT"),
        ("m49", "891", "2001-01-01", "state/YUG"),
        ("m49", "891", "2005-01-01", "state/SCG"),
        ("cow", 732, None, "state/KOR"),
        ("cow", "002", None, "state/USA"),
        ("cow", 255, "1850-01-01", "state/COW255"),
        ("cow", 255, "1900-01-01", "state/DEU"),
        ("cow", 260, "1970-01-01", "state/DEU"),
        ("cow", 265, "1970-01-01", "state/DDR"),
        ("cow", 345, "1900-01-01", "state/SRB"),
        ("cow", 345, "1960-01-01", "state/YUG"),
        ("cow", 345, "2005-01-01", "state/SCG"),
        ("cow", 345, "2010-01-01", "state/SRB"),
        ("cow", 365, "1950-01-01", "state/SUN"),
        ("cow", 365, "2000-01-01", "state/RUS"),
        ("cow", 678, "1980-01-01", "state/COW678"),
        ("cow", 679, "1995-01-01", "state/YEM"),
        ("gw", 678, "1995-01-01", "state/YEM"),
        ("gw", 340, "1900-01-01", "state/SRB"),
        ("gw", 970, None, "state/KIR"),
        ("cow", 970, None, "state/NRU"),
        ("ioc", "GER", None, "state/DEU"),
        ("ioc", "NIG", None, "state/NER"),
        ("ioc", "KOS", None, "state/XKX"),
    ],
)
def test_codes_mean_a_state_by_date(scheme: str, code: str | int, on: str | None, expected: str) -> None:
    assert by_code(scheme, code, on=on and date.fromisoformat(on)) == entity(expected)


@pytest.mark.parametrize(
    ("scheme", "code"), [("alpha2", "CS"), ("alpha3", "EUE"), ("cow", 8152), ("cow", "8152"), ("gw", 679), ("m49", "")]
)
def test_unknown_and_ambiguous_codes_decide_nothing(scheme: str, code: str | int) -> None:
    assert by_code(scheme, code) is None


def test_a_scheme_that_is_none_is_an_error() -> None:
    with pytest.raises(KeyError):
        by_code("fips", "KS")


def test_every_system_member_has_a_state_on_its_first_and_last_day(shared: Path) -> None:
    with (shared / "data/cow_igo_v3/cow_states2016.csv").open(encoding="utf-8-sig") as stream:
        rows = list(csv.DictReader(stream))
    days = [
        (row["ccode"], date(*(int(row[f"{end}{unit}"]) for unit in ("year", "month", "day"))))
        for row in rows
        for end in ("st", "end")
    ]
    assert len(days) == 486
    assert [(code, on) for code, on in days if by_code("cow", code, on=on) is None] == []


@pytest.mark.parametrize(("column", "scheme"), [("cown", "cow"), ("gwn", "gw"), ("ioc", "ioc"), ("iso3n", "m49")])
def test_codes_in_use_agree_with_another_list(shared: Path, column: str, scheme: str) -> None:
    # That list joins other codes to Germany, Viet-Nam and the Holy See than the systems do today.
    other = {("cow", "VAT"), ("gw", "VAT"), ("gw", "VNM")}
    with (shared / "data/countries/countrycode_codelist.csv").open(encoding="utf-8-sig") as stream:
        rows = [row for row in csv.DictReader(stream) if row["iso3c"] and row[column]]
    differing = {
        (scheme, row["iso3c"]) for row in rows if by_code(scheme, row[column]) != by_code("alpha3", row["iso3c"])
    }
    assert len(rows) > 170
    assert differing == {pair for pair in other if pair[0] == scheme}


def test_numbers_of_gleditsch_and_ward_agree_with_a_list_that_has_their_microstates(shared: Path) -> None:
    with (shared / "data/countries/country_converter_country_data.tsv").open(encoding="utf-8-sig") as stream:
        rows = {row["GWcode"]: row["ISO3"] for row in csv.DictReader(stream, delimiter="\t") if row["GWcode"]}
    numbers = {code: rows[code] for code in ("970", "971", "972", "973")}
    assert numbers == {"970": "KIR", "971": "NRU", "972": "TON", "973": "TUV"}
    differing = {code for code, alpha3 in rows.items() if by_code("gw", code) != by_code("alpha3", alpha3)}
    assert len(rows) == 195
    # It gives three states of today the number of one that ended: Czechoslovakia, South Viet-Nam, Democratic Yemen.
    assert differing == {"315", "817", "680"}


def test_both_systems_number_the_same_states_but_for_a_few(shared: Path) -> None:
    with (shared / "data/countries/country_converter_country_data.tsv").open(encoding="utf-8-sig") as stream:
        codes = {row["GWcode"] for row in csv.DictReader(stream, delimiter="\t") if row["GWcode"]}
    today = {code for code in codes if by_code("cow", code) != by_code("gw", code)}
    assert today == {"340", "970", "971", "972", "973"}


def test_every_scheme_is_known() -> None:
    assert set(SCHEMES) == {"alpha2", "alpha3", "m49", "cow", "gw", "ioc"}


def test_names_of_system_members_and_their_numbers_lead_to_the_same(shared: Path) -> None:
    with (shared / "data/cow_igo_v3/cow_states2016.csv").open(encoding="utf-8-sig") as stream:
        rows = list(csv.DictReader(stream))
    differing, unknown = set(), set()
    for row in rows:
        on = date(int(row["styear"]), int(row["stmonth"]), int(row["stday"]))
        by_name, by_number = find(row["statenme"], on=on), by_code("cow", row["ccode"], on=on)
        if by_name is None:
            unknown.add(row["statenme"])
        elif by_name != by_number:
            differing.add((row["statenme"], shorten(str(by_number and by_number.value))))
    # To these the list gives, for all years, the name of the state that came after them.
    assert differing == {
        ("Germany", "state/COW255"),
        ("Italy", "state/COW325"),
        ("Tanzania", "state/COW510"),
        ("Yugoslavia", "state/SRB"),
    }
    assert unknown == {"Congo", "Vietnam"}  # each had two of them
