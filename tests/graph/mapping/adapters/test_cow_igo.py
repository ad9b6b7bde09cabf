"""Memberships of COW: years become spans, gaps stay, a code is several states over time, contradictions are told."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Store

from communique.graph.mapping.adapters import cow_igo
from communique.graph.sources.rows import TableRow
from communique.graph.terms.vocabulary import ontology_quads
from communique.graph.validation.derivation import derive

Load = Callable[..., Any]
Judge = Callable[[Any], Counter[tuple[str, str]]]
Invent = Callable[..., Any]

FOLDER = "data/cow_igo_v3"
VOCAB = "https://w3id.org/communique/vocab/"
MEMBERS = "igo_membership_long_1816_2009.csv"
# The Rhine commission with long gaps; the agency that has members after its end; two bodies that ended though they are
# not said to be dead; the one whose name was read in a wrong encoding; Yugoslavia, which is three states.
BODIES = {"ccnr", "acct", "iru", "itc", "cemac", "upu"}


@pytest.fixture(scope="module")
def real(load: Load, shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Load the lists as they are, and of the memberships those of some bodies."""
    folder = tmp_path_factory.mktemp("cow")
    with gzip.open(shared / FOLDER / f"{MEMBERS}.gz", "rt", encoding="utf-8-sig") as file:
        lines = [line for number, line in enumerate(file) if number == 0 or line.split(",")[3] in BODIES]
    (folder / MEMBERS).write_text("".join(lines), encoding="utf-8")
    return load("cow-igo", folder / MEMBERS, shared / FOLDER / "igo_list.csv", shared / FOLDER / "cow_states2016.csv")


@pytest.fixture
def invent(load: Load, tmp_path: Path) -> Invent:
    """Give a function that loads invented years of membership: year, code of the state, status."""

    def make(*rows: tuple[int, int, int], body: str = "ligue") -> Any:
        text = "".join(f"{year},{code},somewhere,{body},{status}\n" for year, code, status in rows)
        file = tmp_path / "igo_membership_long_1.csv"
        file.write_text("year,ccode,state,ioname,status\n" + text, encoding="utf-8")
        return load("cow-igo", file)

    return make


def spans(loaded: Any, state: str, body: str) -> list[tuple[str, ...]]:
    """List first and last year of the memberships of a state in a body; an open one has no last year."""
    where = (
        f"?m org:member <state/{state}> ; org:organization <org/cow-igo-{body}> ; com:beginEarliest ?a ."
        " OPTIONAL { ?m com:endLatest ?b } BIND(YEAR(?a) AS ?c) BIND(COALESCE(STR(YEAR(?b)), 'open') AS ?until)"
    )
    return sorted({(row[2], row[4]) for row in loaded.ask(where)})


def test_years_that_follow_each_other_are_one_membership(invent: Invent) -> None:
    loaded = invent((1970, 2, 1), (1971, 2, 1), (1972, 2, 1))
    assert spans(loaded, "USA", "ligue") == [("1970", "1972")]
    (account,) = loaded.accounts.values()
    assert (account.read, account.mapped) == (3, 3)


def test_a_gap_stays_a_gap_and_another_status_is_another_membership(invent: Invent) -> None:
    loaded = invent((1970, 2, 1), (1972, 2, 1), (1973, 2, 3))
    assert spans(loaded, "USA", "ligue") == [("1970", "1970"), ("1972", "1972"), ("1973", "1973")]


def test_a_membership_rests_on_its_first_and_last_row(invent: Invent) -> None:
    loaded = invent((1970, 2, 1), (1971, 2, 1), (1972, 2, 1))
    assert [row[1] for row in loaded.ask("?m a com:Membership ; com:evidence/com:locator ?row")] == ["2", "4"]


def test_what_lasts_to_the_end_of_the_data_is_ongoing_on_that_day(invent: Invent) -> None:
    loaded = invent((2008, 2, 1), (2009, 2, 1))
    assert spans(loaded, "USA", "ligue") == [("2008", "open")]
    ((day, _, status),) = loaded.ask("?m com:realization ?status ; com:asOf ?day")
    assert (day, status) == ("2009-12-31", VOCAB + "realization/ongoing")


def test_who_has_left_is_no_member(invent: Invent) -> None:
    loaded = invent((1970, 2, 1), (1971, 2, 1), (2009, 20, 1))
    store = Store()
    store.extend([*loaded.store, *ontology_quads()])
    derive(store)
    assert replace(loaded, store=store).ask("?who com:memberOf ?body") == [("org/cow-igo-ligue", "state/CAN")]


@given(st.lists(st.tuples(st.integers(1950, 2009), st.sampled_from("13")), unique_by=lambda row: row[0]))
def test_spans_hold_exactly_the_years_of_the_rows(years: list[tuple[int, str]]) -> None:
    cells = [{"year": str(year), "ccode": "2", "ioname": "l", "status": status} for year, status in sorted(years)]
    spans = list(cow_igo.rows_memberships(TableRow("f", number, each, ()) for number, each in enumerate(cells, 2)))
    held = []
    for span in spans:
        first, last = int(span.cells["year"]), int(span.cells["until"] or cow_igo.LAST_YEAR)
        assert len(span.also) == last - first
        held += [(year, span.cells["status"]) for year in range(first, last + 1)]
    assert sorted(held) == sorted(years)
    assert sorted(row.number for span in spans for row in (span, *span.also)) == list(range(2, len(years) + 2))


@pytest.mark.parametrize("status", [-9, -1, 0])
def test_missing_is_not_absence(invent: Invent, status: int) -> None:
    loaded = invent((1970, 2, 1), (1971, 2, status))
    assert [(row["row"], row["value"]) for row in loaded.rejected] == [("3", str(status))]
    assert spans(loaded, "USA", "ligue") == [("1970", "1970")]


def test_all_years_of_a_refused_span_are_rejected(invent: Invent) -> None:
    loaded = invent((1970, 2, 1), *((year, 999, 1) for year in (1970, 1971, 1972, 1973)))
    told = [(row["row"], row["column"], row["value"]) for row in loaded.rejected]
    assert told == [(str(row), "ccode", "999") for row in (3, 4, 5, 6)]
    (account,) = loaded.accounts.values()
    assert (account.read, account.mapped, account.rejected) == (5, 1, 4)
    assert account.reasons == {"is the cow code of no one state on 1970-01-01": 4}


def test_for_taiwan_its_authorities_are_member(invent: Invent) -> None:
    loaded = invent((1970, 713, 1), (1971, 713, 1), (1973, 713, 1))
    members = loaded.ask("?m org:member ?who ; com:beginEarliest ?from")
    assert [(begin[:4], who) for begin, _, who in members] == [
        ("1970", "org/twn-authorities"),
        ("1973", "org/twn-authorities"),
    ]
    about = loaded.ask("<org/twn-authorities> a com:Organization ; com:situatedIn ?place ; skos:prefLabel ?label")
    assert about == [("Authorities of Taiwan", "place/TWN")]


def test_a_span_of_no_known_status_is_rejected_whole(invent: Invent) -> None:
    loaded = invent((1970, 2, -9), (1971, 2, -9), (1972, 2, 1))
    assert [(row["row"], row["value"]) for row in loaded.rejected] == [("2", "-9"), ("3", "-9")]
    assert spans(loaded, "USA", "ligue") == [("1972", "1972")]


def test_years_before_1965_are_marked_as_filled_in(invent: Invent) -> None:
    loaded = invent((1964, 2, 1), (1965, 2, 1), (1966, 20, 1))
    rules = loaded.ask("?m org:member ?state ; com:inferenceRule ?rule")
    assert [(row[1], row[2]) for row in rules] == [("yearly-values-filled-in-before-1965", "state/USA")]


def test_a_code_is_another_state_in_another_year(invent: Invent) -> None:
    loaded = invent(*((year, 345, 1) for year in (1990, 1991, 1992, 2004, 2005, 2007)))
    assert {row[1] for row in loaded.ask("?m org:member ?state")} == {"state/YUG", "state/SCG", "state/SRB"}


def test_one_state_under_two_codes_is_one_member(invent: Invent) -> None:
    loaded = invent((1989, 260, 1), (1990, 260, 1), (1991, 255, 1))
    assert spans(loaded, "DEU", "ligue") == [("1989", "1991")]


def test_a_state_that_ends_before_it_begins_stays_as_stated(load: Load, tmp_path: Path) -> None:
    head = "stateabb,ccode,statenme,styear,stmonth,stday,endyear,endmonth,endday,version"
    rows = ("USA,2,United States,1990,1,1,1980,12,31,2016", "CAN,20,Canada,1920,1,10,2016,12,31,2016")
    (tmp_path / "cow_states2016.csv").write_text("\n".join((head, *rows)), encoding="utf-8")
    loaded = load("cow-igo", tmp_path / "cow_states2016.csv")
    assert loaded.ask("?s com:statehoodOf <state/USA> ; com:beginEarliest ?a ; com:endLatest ?b") == [
        ("1990-01-01", "1980-12-31", "statehood/cow-2/1990-01-01")
    ]
    assert not loaded.rejected


@pytest.mark.parametrize("year", ["19x0", "0000", "\u00b2"])
def test_a_year_that_is_none_is_rejected(year: str, load: Load, tmp_path: Path) -> None:
    file = tmp_path / "igo_membership_long_2.csv"
    file.write_text(f"year,ccode,state,ioname,status\n1970,2,usa,ligue,1\n{year},2,usa,ligue,1\n", encoding="utf-8")
    assert [row["value"] for row in load("cow-igo", file).rejected] == [year]


def test_keys_that_differ_in_case_name_one_organization(real: Any) -> None:
    described = {row[0] for row in real.ask("?body a com:IntergovernmentalOrganization")}
    used = {row[0] for row in real.ask("?membership org:organization ?body")}
    assert used == {f"org/cow-igo-{body}" for body in BODIES} <= described
    assert len(described) == 534


def test_the_gaps_of_the_netherlands_on_the_rhine(real: Any) -> None:
    assert spans(real, "NLD", "ccnr")[:2] == [("1816", "1869"), ("1906", "1940")]


def test_of_taiwan_no_statehood_is_said(real: Any) -> None:
    ((file, value, reason),) = [(row["file"], row["value"], row["reason"]) for row in real.rejected]
    assert (file, value, reason) == ("cow_states2016.csv", "713", "a territory without a state of its own")
    held = real.ask("?m org:member <org/twn-authorities> ; org:organization ?body")
    assert {body for body, _ in held} == {"org/cow-igo-iru", "org/cow-igo-upu"}


def test_periods_of_statehood_are_parted_where_a_code_changes_its_state(real: Any) -> None:
    periods = real.ask("?s com:statehoodOf ?state ; com:registerCode 'COW 365' ; com:beginEarliest ?from")
    assert [row[2] for row in sorted(periods)] == ["state/RUS", "state/SUN", "state/RUS"]
    assert sorted(periods)[0][0] == "1816-01-01"


def test_names_in_mac_roman_are_read_as_written(real: Any) -> None:
    ((name,),) = real.ask("<org/cow-igo-cemac> skos:prefLabel ?name")
    assert name == "Communauté économique et monétaire d'Afrique centrale (CEMAC)"


def test_the_gate_warns_of_what_contradicts_itself_and_of_nothing_else(real: Any, judge: Judge) -> None:
    found = judge(real)
    assert {rule for rule, severity in found if severity == "Violation"} == set()
    assert found["R64", "Warning"] == 2, "two bodies have ended, and are not said to be dead"
    assert found["R63", "Warning"] >= 1, "members after the end of their body"
    assert {rule for rule, _ in found} <= {"R63", "R64"}


@pytest.mark.slow
def test_all_years_are_accounted_for(load: Load, shared: Path) -> None:
    (account,) = load("cow-igo", shared / FOLDER).accounts.values()
    with (shared / FOLDER / "igo_list.csv").open(encoding="utf-8-sig", newline="") as file:
        bodies = sum(1 for _ in csv.DictReader(file))
    assert account.read == 475_656 + bodies + 243
    assert account.mapped + account.rejected == account.read
    assert account.reasons == {"a territory without a state of its own": 1}
