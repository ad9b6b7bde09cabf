"""G20 commitments and compliance: odd minus signs, ids that repeat, averages and totals that do not add up, the EU."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from communique.graph.mapping.adapters.g20_commitments import MEMBERS

Load = Callable[..., Any]
Judge = Callable[[Any], Counter[tuple[str, str]]]


@pytest.fixture(scope="module")
def folder(shared: Path) -> Path:
    return shared / "data/g20_commitments"


@pytest.fixture(scope="module")
def whole(load: Load, folder: Path) -> Any:
    return load("g20-commitments", folder)


def compliance(*rows: tuple[str, ...]) -> str:
    """Write an invented file: area, id, year, code, text, average, and the scores of the first members."""
    head = ("area", "id", "year", "code", "text", "average", *MEMBERS)
    full = [(*row, *[""] * (len(head) - len(row))) for row in (head, *rows)]
    return "\N{BYTE ORDER MARK}" + "".join(",".join(row) + "\n" for row in full)


def test_invented_commitments_get_an_assessment_per_member(load: Load, tmp_path: Path) -> None:
    file = tmp_path / "compliance.csv"
    rows = (
        ("Health", "2018-4 ", "2018", "", "Wash hands", "0.5", "1", "", "\N{MINUS SIGN}1", "-", "1.0"),
        ("Trade", "2018-4", "2018", "", "Lower tariffs", "", "0"),
        ("Trade", "2009P-1+C2:D3", "2009", "P", "Keep markets open", "", "0"),
    )
    file.write_text(compliance(*rows), encoding="utf-8")
    loaded = load("g20-commitments", file)
    assert loaded.ask("?a com:assessed ?b ; com:score ?c ; com:monitors <commitment/g20-2018-4-health>") == [
        ("assessment/g20-2018-4-health/ARG", "state/ARG", "1"),
        ("assessment/g20-2018-4-health/BRA", "state/BRA", "-1"),
        ("assessment/g20-2018-4-health/CHN", "state/CHN", "1"),
    ]
    assert loaded.ask("?a com:averageScore ?b") == [("assessment/g20-2018-4-health", "0.5")]
    assert loaded.ask("?a com:statedAt <event/g20-summit-2009-p>") == [("commitment/g20-2009p-1-c2-d3-trade",)]
    assert [text for _, text in loaded.ask("?a com:discrepancyText ?b")] == [
        "id '2009P-1+C2:D3' is not a number of a commitment",
        "id '2018-4' is also that of a commitment on Health",
    ]
    (rejected,) = loaded.rejected
    assert (rejected["row"], rejected["column"], rejected["value"], rejected["lost"]) == ("2", "canada", "'-", "value")


def test_invented_years_become_spans_open_where_the_panel_ends(load: Load, tmp_path: Path) -> None:
    file = tmp_path / "org_membership.csv"
    years = "".join(
        f"russia,{year},yes,{'yes' if year < 2014 else 'no'},{'yes' if year > 2010 else 'no'},no,emerging\n"
        for year in range(2008, 2017)
    )
    file.write_text("country,year,p5,g7,brics,oecd,imf_economy\n" + years, encoding="utf-8")
    loaded = load("g20-commitments", file)
    bounds = "<membership/{}/RUS> ?property ?day . FILTER(DATATYPE(?day) = xsd:date && ?property != com:asOf)"
    found = {
        body: {name.rpartition("#")[2]: day for day, name in loaded.ask(bounds.format(body))}
        for body in ("g20", "g7", "brics")
    }
    assert found == {
        "g20": {"beginLatest": "2008-12-31", "endEarliest": "2016-01-01"},
        "g7": {"beginLatest": "2008-12-31", "endEarliest": "2013-01-01", "endLatest": "2014-12-31"},
        "brics": {"beginEarliest": "2010-01-01", "beginLatest": "2011-12-31", "endEarliest": "2016-01-01"},
    }
    assert len(loaded.ask("<membership/g7/RUS> com:evidence ?row")) == 2
    assert next(iter(loaded.accounts.values())).mapped == 9


def test_no_row_is_lost(whole: Any) -> None:
    (account,) = whole.accounts.values()
    assert (account.read, account.mapped) == (397 + 17 + 195 + 320 + 24, 953)
    assert [(each["column"], each["value"], each["lost"]) for each in whole.rejected] == [
        ("germany", "'-", "value"),
        ("brazil", "'-", "value"),
        ("argentina", "'+", "value"),
    ]


def test_each_row_is_a_commitment_though_a_number_repeats(whole: Any) -> None:
    assert len(whole.ask("?one a com:Commitment")) == 397
    assert whole.ask("?a com:about ?b ; com:discrepancyText ?c . FILTER(CONTAINS(?c, '2018-47'))")


def test_ids_have_no_blanks_at_their_ends(whole: Any) -> None:
    numbers = [number for _, number in whole.ask("?a a com:Commitment ; skos:notation ?b")]
    assert "2008W-4" in numbers
    assert [number for number in numbers if number != number.strip()] == []


def test_ids_that_a_spreadsheet_made_are_doubted(whole: Any) -> None:
    doubts = [
        text for _, text in whole.ask("?a com:discrepancyText ?b") if text.endswith("not a number of a commitment")
    ]
    assert len(doubts) == 3


def test_scores_are_minus_one_zero_or_one(whole: Any) -> None:
    scores = Counter(score for score, _ in whole.ask("?b com:score ?a"))
    assert scores == {"1": 4164, "0": 2593, "-1": 985}


def test_the_european_union_is_a_member_and_no_state(whole: Any) -> None:
    assert whole.ask("?a com:assessed <org/eu>")
    assert whole.ask("<org/eu> a ?class") == [("https://w3id.org/communique/ns#IntergovernmentalOrganization",)]
    assert whole.ask("?a a com:State") == []


def test_nicknames_of_members_are_states(whole: Any) -> None:
    assessed = {actor for actor, _ in whole.ask("?b com:assessed ?a")}
    assert len(assessed) == 20
    assert {"state/KOR", "state/ZAF", "state/SAU", "state/GBR", "state/USA", "state/RUS"} < assessed


def test_wording_stays_out(whole: Any) -> None:
    assert whole.ask("?a ?b ?c . FILTER(ISLITERAL(?c) && CONTAINS(?c, 'reaffirm'))") == []


def test_a_date_of_another_year_is_doubted(whole: Any) -> None:
    doubts = {text for _, text in whole.ask("?a com:discrepancyText ?b") if text.startswith("date.")}
    assert doubts == {"date.2 2020-02-18 in the row of 2012"}


def test_totals_that_do_not_add_up_are_kept_and_doubted(whole: Any) -> None:
    assert whole.ask("<count/g20-summit/development> com:countMin ?n") == [("343",)]
    texts = {text for _, text in whole.ask("?a com:discrepancyText ?b") if text.startswith("total")}
    assert "total is 343, the numbers of the summits add up to 391" in texts


def test_memberships_end_where_the_panel_says_so(whole: Any) -> None:
    assert whole.ask("<membership/g7/RUS> com:endEarliest ?a ; com:endLatest ?b") == [("2013-01-01", "2014-12-31")]
    assert len(whole.ask("?a a com:Membership ; org:organization <org/g20>")) == 20


def test_meetings_and_memberships_pass_the_gate_with_one_day_for_two_summits(
    load: Load, folder: Path, judge: Judge
) -> None:
    names = ("summit_dates.csv", "ministerial_dates_long.csv", "org_membership.csv", "total_commitments.csv")
    found = judge(load("g20-commitments", *(folder / name for name in names)))
    assert found == {("R56", "Warning"): 1, ("R55", "Warning"): 23}


@pytest.mark.slow
def test_everything_passes_the_gate_with_the_averages_that_differ(whole: Any, judge: Judge) -> None:
    assert judge(whole) == {("R54", "Warning"): 19, ("R55", "Warning"): 27, ("R56", "Warning"): 1}
