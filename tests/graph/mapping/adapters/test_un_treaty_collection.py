"""UN Treaty Collection: titles cut off, several days of conclusion, numbers that several entries share."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Load = Callable[..., Any]
Judge = Callable[[Any], Counter[tuple[str, str]]]

LIST = ["href", "title", "reg_num", "reg_date", "type", "con_date", "vol"]
ENTRIES = ["title", "subj_terms", "participant(s)", "reg_num", "reg_date", "t_type", "conclusion_date", "volume"]
OPEN = "Open Multilateral"


@pytest.fixture(scope="module")
def folder(shared: Path) -> Path:
    return shared / "data/un_treaty_collection"


@pytest.fixture(scope="module")
def lists(load: Load, folder: Path) -> Any:
    return load("un-treaty-collection", *sorted(folder.glob("UNTC-*.csv")))


@pytest.fixture(scope="module")
def entries(load: Load, folder: Path) -> Any:
    return load("un-treaty-collection", folder / "UNTC_500_with_ratifying_participants.csv")


@pytest.fixture
def made(load: Load, tmp_path: Path) -> Callable[..., Any]:
    """Give a function that loads invented rows of a list, or of entries."""

    def make(name: str, *rows: list[str]) -> Any:
        file = tmp_path / name
        with file.open("w", newline="", encoding="utf-8") as out:
            csv.writer(out).writerows(rows)
        return load("un-treaty-collection", file)

    return make


def listed(number: str, title: str = "River Convention", concluded: str = "04/05/1950", volume: str = "7") -> list[str]:
    return [f"https://treaties.un.org/{number}", title, number, "06/07/1951", OPEN, concluded, volume]


def test_a_treaty_has_its_days_and_its_number(made: Callable[..., Any]) -> None:
    loaded = made("UNTC-1945-1960.csv", LIST, listed("I-7"))
    days = "com:concludedEarliest ?a ; com:concludedLatest ?b ; com:registeredOn ?c ; com:registerCode ?d"
    assert loaded.ask(f"<agreement/untc-i-7> {days}") == [("1950-05-04", "1950-05-04", "1951-07-06", "UNTC I-7")]
    assert loaded.ask("?one com:publishedIn ?where") == [("agreement/untc-i-7", "United Nations Treaty Series, vol. 7")]
    assert loaded.ask("?one com:claimedMatch ?page") == [("agreement/untc-i-7", "https://treaties.un.org/I-7")]


def test_several_days_are_the_time_from_first_to_last(made: Callable[..., Any]) -> None:
    loaded = made("UNTC-1945-1960.csv", LIST, listed("I-7", concluded="31/10/1951, 09/10/1951"))
    days = "com:concludedEarliest ?a ; com:concludedLatest ?b ; com:edtfText ?c"
    assert loaded.ask(f"<agreement/untc-i-7> {days}") == [("1951-10-09", "1951-10-31", "1951-10-09/1951-10-31")]


def test_a_title_that_is_cut_off_is_marked(made: Callable[..., Any]) -> None:
    loaded = made("UNTC-1945-1960.csv", LIST, listed("I-7", "River Conv..."), listed("I-8", volume="Not Available"))
    assert loaded.ask("?one com:isTitleTruncated ?cut") == [("true", "agreement/untc-i-7")]
    assert [one for one, _ in loaded.ask("?one com:publishedIn ?where")] == ["agreement/untc-i-7"]


def test_treaties_of_one_number_are_told_apart_by_what_they_are(made: Callable[..., Any]) -> None:
    rows = [listed("I-7", "(a) Rivers"), listed("I-7", "(b) Lakes"), listed("II-7")]
    first = {one for (one,) in made("UNTC-1945-1960.csv", LIST, *rows).ask("?one a com:Treaty")}
    again = {one for (one,) in made("UNTC-1961-1971.csv", LIST, *reversed(rows)).ask("?one a com:Treaty")}
    assert first == again and len(first) == 3
    assert "agreement/untc-ii-7" in first and "agreement/untc-i-7" not in first


def test_participants_are_read_on_the_day_of_conclusion(made: Callable[..., Any]) -> None:
    names = "Ceylon\nCzechoslovakia\nFaroe Islands\nAtlantis\n"
    row = ["River Convention", "Rivers\nFish\n", names, "I-7", "06/07/1951", OPEN, "04/05/1950", "7"]
    act = ["Amendments to it", "Rivers\n", "", "A-7", "06/07/1961", OPEN, "04/05/1960", "9"]
    loaded = made("UNTC_500_with_ratifying_participants.csv", ENTRIES, row, act)
    assert {who for _, who in loaded.ask("?one com:party ?who")} == {"state/LKA", "state/CSK", "org/fro-authorities"}
    assert loaded.ask("<agreement/untc-i-7> com:themeText ?text") == [("Fish",), ("Rivers",)]
    assert loaded.ask("?one com:partyText ?name") == [("Atlantis", "agreement/untc-i-7")]
    acts = [one for (one,) in loaded.ask("?one com:registerCode 'UNTC A-7'")]
    assert len(acts) == 1 and acts[0].startswith("agreement/untc-a-7-")


def test_every_row_of_the_lists_is_mapped(lists: Any) -> None:
    (account,) = lists.accounts.values()
    assert (account.read, account.mapped) == (1551, 1551)
    assert len(lists.ask("?one a com:Treaty")) == 1551


def test_a_third_of_the_titles_is_marked_and_one_is_missing(lists: Any) -> None:
    assert len(lists.ask("?one com:isTitleTruncated true")) == 504
    without = lists.ask("?one a com:Treaty . FILTER NOT EXISTS { ?one skos:prefLabel ?name }")
    assert without == [("agreement/untc-i-7911",)]


def test_cells_of_two_dates_are_times(lists: Any) -> None:
    assert len(lists.ask("?one a com:Treaty ; com:edtfText ?text . FILTER(CONTAINS(?text, '/'))")) == 38
    assert lists.ask("<agreement/untc-i-2997> com:edtfText ?text") == [("1951-10-09/1951-10-31",)]


def test_days_come_first(lists: Any) -> None:
    found = lists.ask("<agreement/untc-i-3988> com:concludedLatest ?a ; com:registeredOn ?b")
    assert found == [("1956-10-26", "1957-08-27")]


def test_volumes_that_are_not_available_stay_open(lists: Any) -> None:
    assert len(lists.ask("?one com:publishedIn ?where")) == 1551 - 55


def test_numbers_have_three_prefixes_and_three_are_shared(lists: Any) -> None:
    codes = Counter(
        code.removeprefix("UNTC ").partition("-")[0] for code, _ in lists.ask("?one com:registerCode ?code")
    )
    assert codes == {"I": 1530, "II": 18, "LoN": 3}
    for number in ("I-20", "I-4789", "I-24237"):
        assert len(lists.ask(f"?one com:registerCode 'UNTC {number}'")) == 2


def test_repeated_entries_are_rejected(entries: Any) -> None:
    (account,) = entries.accounts.values()
    assert (account.read, account.mapped, account.rejected) == (500, 470, 30)
    assert all(each["reason"].startswith("repeats row") for each in entries.rejected)


def test_participants_of_few_treaties_are_named(entries: Any) -> None:
    named = {what for what, _ in entries.ask("?one com:ofAgreement ?agreement")}
    assert len(named) == 4
    child = {who for _, who in entries.ask("?one com:ofAgreement <agreement/untc-i-27531> ; com:party ?who")}
    assert len(child) > 130 and "state/CSK" in child


def test_both_files_mean_one_treaty_by_its_number(lists: Any, entries: Any) -> None:
    label = "<agreement/untc-i-33409> skos:prefLabel ?name"
    assert lists.ask(label) == entries.ask(label) != []


@pytest.mark.slow
def test_the_collection_passes_the_gate(lists: Any, entries: Any, judge: Judge) -> None:
    # A treaty without title; numbers that are shared; acts registered before their day.
    assert judge(lists) == {("R31", "Warning"): 1, ("R61", "Warning"): 3}
    assert judge(entries) == {("R57", "Warning"): 2, ("R61", "Warning"): 4}
