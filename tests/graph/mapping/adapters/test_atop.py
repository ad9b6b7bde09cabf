"""Alliances of ATOP: ends of 0, phases, codes that change their meaning, and the one that has none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from communique.graph.errors import SourceError

Load = Callable[..., Any]
Judge = Callable[[Any], Counter[tuple[str, str]]]

STAGE = "https://w3id.org/communique/vocab/stage/"
ALLIANCES = "atopid,cow4id,begyr,begmo,begday,endyr,endmo,endday,bilat,defense,offense,neutral,nonagg,consul"
MEMBERS = "atopid,member,yrent,moent,dayent,yrexit,moexit,dayexit,phase"


@pytest.fixture(scope="module")
def whole(load: Load, shared: Path) -> Any:
    return load("atop", shared / "data/atop_alliances")


@pytest.fixture
def made(load: Load, tmp_path: Path) -> Callable[[str, str], Any]:
    """Give a function that loads invented rows."""

    def make(alliances: str, members: str) -> Any:
        first, second = tmp_path / "atop-alliance-level.csv", tmp_path / "atop-member-level.csv"
        first.write_text(f"{ALLIANCES}\n{alliances}\n")
        second.write_text(f"{MEMBERS}\n{members}\n")
        return load("atop", first, second)

    return make


def times(loaded: Any, alliance: str, state: str) -> list[tuple[str, ...]]:
    """List begin, end (if any) and stage of each time of a party."""
    where = f"?one com:ofAgreement <agreement/atop-{alliance}> ; com:party <state/{state}> ; com:inForceEarliest ?a ;"
    found = loaded.ask(f"{where} com:stage ?c . OPTIONAL {{ ?one com:endLatest ?b }}")
    return sorted((begin, end, stage.removeprefix(STAGE)) for begin, end, stage, _ in found)


def test_an_end_of_zero_is_no_end(made: Callable[[str, str], Any]) -> None:
    loaded = made("9000,,1950,4,3,0,0,0,1,1,0,0,0,1", "9000,2,1950,4,3,0,0,0,0\n9000,20,1950,4,3,1960,5,,0")
    assert times(loaded, "9000", "USA") == [("1950-04-03", "None", "in-force")]
    assert times(loaded, "9000", "CAN") == [("1950-04-03", "1960-05-31", "ended")]
    assert loaded.ask("<agreement/atop-9000> com:endEarliest|com:endLatest ?day") == []


def test_phases_that_touch_are_one_time_and_a_gap_parts_two(made: Callable[[str, str], Any]) -> None:
    phases = ["1950,4,3,1955,1,1,1", "1955,1,2,1960,1,1,2", "1970,1,1,0,0,0,3"]
    rows = [f"9000,{code},{phase}" for code in (2, 20) for phase in phases]
    loaded = made("9000,,1950,4,3,0,0,0,1,1,0,0,0,0", "\n".join(rows))
    assert times(loaded, "9000", "USA") == [("1950-04-03", "1960-01-01", "ended"), ("1970-01-01", "None", "in-force")]
    names = {name for name, _ in loaded.ask("?one com:ofAgreement <agreement/atop-9000> ; com:party ?who")}
    assert names >= {"party/atop-9000/USA", "party/atop-9000/USA/1970"}
    first = loaded.ask("<party/atop-9000/USA> com:evidence ?row")
    assert [row.rpartition("/")[2] for (row,) in first] == ["2", "3"]


def test_a_code_that_means_another_state_parts_the_time(made: Callable[[str, str], Any]) -> None:
    loaded = made("9000,,1970,1,1,0,0,0,1,1,0,0,0,0", "9000,365,1970,1,1,0,0,0,0\n9000,750,1970,1,1,0,0,0,0")
    (soviet,), (russian,) = times(loaded, "9000", "SUN"), times(loaded, "9000", "RUS")
    assert soviet[0] == "1970-01-01" and soviet[2] == "ended"
    assert soviet[1] < russian[0] and russian[1:] == ("None", "in-force")
    assert loaded.ask("?one a com:BilateralAgreement") == []


def test_a_member_that_is_no_state_is_counted(made: Callable[[str, str], Any]) -> None:
    loaded = made("9000,,1870,1,1,1880,1,1,1,1,0,0,0,0", "9000,220,1870,1,1,1880,1,1,0\n9000,8152,1870,1,1,1880,1,1,0")
    assert [(each["row"], each["column"], each["value"]) for each in loaded.rejected] == [("3", "member", "8152")]
    assert loaded.ask("?count a com:CountStatement ; com:countMin ?least") == [("count/atop-9000/members", "2")]
    assert loaded.ask("?one a com:BilateralAgreement") == []


def test_a_territory_is_party_by_its_authorities(made: Callable[[str, str], Any]) -> None:
    loaded = made("9000,,1954,12,2,0,0,0,1,1,0,0,0,0", "9000,2,1954,12,2,0,0,0,0\n9000,713,1954,12,2,0,0,0,0")
    assert loaded.ask("?one com:party ?who") == [
        ("party/atop-9000/USA", "state/USA"),
        ("party/atop-9000/twn-authorities", "org/twn-authorities"),
    ]
    assert loaded.ask("<org/twn-authorities> com:situatedIn ?place") == [("place/TWN",)]
    assert loaded.ask("?one a com:BilateralAgreement") == [("agreement/atop-9000",)]


def test_every_row_is_mapped_but_that_of_8152(whole: Any) -> None:
    (account,) = whole.accounts.values()
    assert (account.read, account.mapped, account.rejected) == (745 + 2398, 745 + 2397, 1)
    assert [(each["file"], each["value"]) for each in whole.rejected] == [("atop-member-level.csv", "8152")]


def test_alliances_in_force_have_no_end(whole: Any) -> None:
    without = whole.ask("?one a com:Alliance . FILTER NOT EXISTS { ?one com:endLatest ?day }")
    assert len(without) == 334
    assert len(whole.ask("?one a com:Alliance")) == 745


def test_a_day_that_is_not_known_leaves_a_month(whole: Any) -> None:
    ends = "<agreement/atop-1035> com:endEarliest ?a ; com:endLatest ?b"
    assert whole.ask(ends) == [("1822-12-01", "1822-12-31")]


def test_obligations_are_concepts(whole: Any) -> None:
    found = Counter(kind.rpartition("/")[2] for kind, _ in whole.ask("?one com:obligation ?kind"))
    assert found == {"defense": 275, "offense": 81, "neutrality": 122, "non-aggression": 399, "consultation": 377}


def test_historic_states_are_told_from_their_successors(whole: Any) -> None:
    members = {who for _, who in whole.ask("?one com:ofAgreement <agreement/atop-1020> ; com:party ?who")}
    assert {"state/COW245", "state/COW255", "state/COW300"} <= members
    assert "state/DEU" not in members


def test_a_second_time_has_the_year_of_the_return(whole: Any) -> None:
    found = whole.ask("?one com:ofAgreement <agreement/atop-4220> ; com:party <state/UZB>")
    assert found == [("party/atop-4220/UZB",), ("party/atop-4220/UZB/2006",)]


def test_the_mirrored_pairs_are_not_loaded(load: Load, shared: Path) -> None:
    with pytest.raises(SourceError, match="no file of atop"):
        load("atop", shared / "data/atop_alliances/peacesciencer_atop_alliance_dyadyear.rda")


def test_loading_again_gives_the_same(whole: Any, load: Load, shared: Path) -> None:
    folder = shared / "data/atop_alliances"
    again = load("atop", folder / "atop-member-level.csv", folder / "atop-alliance-level.csv")
    assert set(again.store) == set(whole.store)


@pytest.mark.slow
def test_the_alliances_pass_the_gate(whole: Any, judge: Judge) -> None:
    # Bilateral alliances of a state that was succeeded, and of the Manila Pact; a number of two alliances.
    assert judge(whole) == {("R59", "Warning"): 37, ("R61", "Warning"): 1}
