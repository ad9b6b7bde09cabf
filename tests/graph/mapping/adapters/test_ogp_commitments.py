"""Commitments of the Open Government Partnership: two editions, no keys, dates of two orders, columns that disagree."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from communique.graph.mapping.adapters.ogp_commitments import AmbiguousDate, read_date, read_period, single_body

Load = Callable[..., Any]
Invent = Callable[..., Any]
Judge = Callable[[Any], Counter[tuple[str, str]]]

VOCAB = "https://w3id.org/communique/vocab/"
# The columns of an invented file in the form of 2016: first and last tag, words beside codes, and what is read.
COLUMNS = (
    *("Country", "Action Plan No", "Comm No", "Commitment Title", "Full Text", "Milestone Dummy", "Start Date"),
    *("End Date", "Lead Institution", "Anti-corruption", "E-government", "OGP", "Specificity", "_Specificity"),
    *("NewvPre-exist (Delete?)", "_NewvPre-exist (Delete?)", "Potential Impact", "_Pot Impact Coded"),
    *("Actual Completion", "_Actual Completion", "Projected Completion", "_Proj Completion", "Starred"),
)


@pytest.fixture(scope="module")
def both(load: Load, shared: Path) -> Any:
    return load("ogp-commitments", shared / "data/ogp_commitments")


def row(**changed: str) -> list[str]:
    """Give a row of an invented file."""
    plain = {
        **{"Country": "Greece", "Action Plan No": "2", "Comm No": "4", "Commitment Title": "Open the books"},
        **{"Full Text": "We open them.", "Milestone Dummy": "0", "Start Date": "Jul-14", "End Date": "2015"},
        **{"Lead Institution": "Ministry of Ledgers", "Anti-corruption": "0", "E-government": "1", "OGP": "1"},
        **{"Specificity": "c. high", "_Specificity": "3", "NewvPre-exist (Delete?)": "New"},
        **{"_NewvPre-exist (Delete?)": "2", "Potential Impact": "Minor", "_Pot Impact Coded": "1"},
        **{"Actual Completion": "b. Limited", "_Actual Completion": "3", "Projected Completion": "d. Complete"},
        **{"_Proj Completion": "5", "Starred": "0"},
    }
    return list({**plain, **changed}.values())


@pytest.fixture
def invent(load: Load, tmp_path: Path) -> Invent:
    """Give a function that loads a file of invented rows, its two header rows before them."""

    def make(*rows: list[str]) -> Any:
        text = io.StringIO()
        csv.writer(text).writerows([[str(number) for number, _ in enumerate(COLUMNS)], COLUMNS, *rows])
        file = tmp_path / "ogp_irm_commitments_export_2016.csv"
        file.write_text(text.getvalue(), encoding="utf-8-sig")
        return load("ogp-commitments", file)

    return make


def test_an_invented_row_becomes_commitment_plan_body_and_assessment(invent: Invent) -> None:
    loaded = invent(row())
    ((digest, one),) = loaded.ask("?one com:wordingDigest ?digest")
    assert digest == hashlib.sha256(b"We open them.").hexdigest()
    assert re.fullmatch("commitment/ogp-2016-GRC-2-open-the-books-[0-9a-f]{8}", one)
    assert loaded.ask(f"<{one}> com:underPlan ?plan ; com:bearer ?who") == [
        ("plan/ogp-GRC-2", "org/ogp-GRC-ministry-of-ledgers"),
        ("plan/ogp-GRC-2", "state/GRC"),
    ]
    assert loaded.ask(f"<{one}> com:beginLatest ?a ; com:dueEarliest ?b ; com:dueLatest ?c") == [
        ("2014-07-31", "2015-01-01", "2015-12-31")
    ]
    assert loaded.ask(f"?verdict com:monitors <{one}> ; com:completion ?degree") == [
        (VOCAB + "completion/limited", one.replace("commitment/", "assessment/"))
    ]
    assert loaded.ask("?one com:themeText ?tag ; com:topic ?topic")[0][1:] == (
        "E-government",
        VOCAB + "theme/e-government",
    )


def test_what_was_not_assessed_has_no_assessment(invent: Invent) -> None:
    loaded = invent(row(**{"Actual Completion": "NR", "_Actual Completion": "NR"}))
    assert loaded.ask("?one a com:Assessment") == []
    assert loaded.ask("?one a com:Commitment ; com:realization ?state")[0][1] == VOCAB + "realization/unknown"


def test_what_does_not_fit_in_a_row_is_recorded(invent: Invent) -> None:
    doubtful = {"Potential Impact": "NR", "_Pot Impact Coded": "3", "End Date": "01/07/2014", "Starred": "#NAME?"}
    loaded = invent(row(**doubtful))
    assert sorted(text for *_, text in loaded.ask("?doubt com:discrepancyText ?text")) == [
        "End Date 01/07/2014 can be 2014-01-07 or 2014-07-01",
        "Potential Impact is NR, _Pot Impact Coded is 3",
        "Starred holds the spreadsheet error #NAME?",
    ]


def test_invented_rows_pass_the_gate(invent: Invent, judge: Judge) -> None:
    milestone = row(**{"Milestone Dummy": "1", "Commitment Title": "First shelf", "Lead Institution": "A, B and C"})
    assert judge(invent(row(), milestone, row(**{"Country": "Romania", "End Date": "01/07/2014"}))) == {
        ("R55", "Warning"): 1
    }


def test_dates_are_read_as_far_as_they_can_be_told() -> None:
    told = {
        **{"12/31/2014": "2014-12-31", "31/12/2014": "2014-12-31", "01/01/2013": "2013-01-01", "Jul-12": "2012-07"},
        **{"07/12": "2012-07", "2012": "2012", "13-Feb-11": "2011-02-13", "Feb 13, 11": "2011-02-13"},
        **{"2/29/2014": None, "Continuous": None, "Quarter IV, 2012": None, "2012-2013": None},
    }
    assert {text: read_date(text) for text in told} == told


@pytest.mark.parametrize("text", ["01/07/2014", "07/01/2012", "05/06/2013"])
def test_dates_of_two_readings_are_not_read(text: str) -> None:
    with pytest.raises(AmbiguousDate, match="or"):
        read_date(text)


def test_a_period_keeps_in_words_what_it_cannot_keep_as_days() -> None:
    period = read_period(("Start", "01/07/2014"), ("End", "Continuous"))
    doubt = "Start 01/07/2014 can be 2014-01-07 or 2014-07-01"
    assert period == (("", ""), ("Start: 01/07/2014", "End: Continuous"), (doubt,))


def test_a_period_that_ends_before_it_begins_has_no_days() -> None:
    assert read_period(("Start", "Dec-14"), ("End", "2014")) == (("2014-12", "2014"), (), ())
    dates, texts, doubts = read_period(("Start", "Dec-14"), ("End", "Jan-13"))
    assert (dates, texts, doubts) == (
        ("", ""),
        ("Start: Dec-14", "End: Jan-13"),
        ("End Jan-13 lies before Start Dec-14",),
    )


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("Ministry of Finance", "Ministry of finance"),
        ("the Ministry of  Finance.", "Ministry of finance"),
        ("Secretaría de Energía", "Secretaria de energia"),
        ("Ministry of Finance and Ministry of Justice", ""),
        ("Ministry of Finance Ministry of Justice", ""),
        ("Cabinet Office, Home Office", ""),
        ("Central public administration authorities", ""),
        ("DPSA", ""),
        ("", ""),
    ],
)
def test_a_body_is_a_node_only_where_it_stands_alone(text: str, body: str) -> None:
    assert single_body(text) == body


def test_no_row_is_lost(both: Any) -> None:
    accounts = {key: (each.read, each.mapped) for key, each in both.accounts.items()}
    assert accounts == {"ogp-commitments-2015": (1986, 1985), "ogp-commitments-2016": (2065, 2062)}
    assert [(each["row"], each["reason"]) for each in both.rejected] == [
        ("1988", "no value where one is required"),  # sums under the columns
        ("1949", "102 cells where the header has 103"),
        ("5", "no value where one is required"),
        ("6", "names no one state"),  # the header again
    ]


@pytest.mark.parametrize(("edition", "rows"), [("2015", 1985), ("2016", 1946)])
def test_each_row_is_a_commitment_of_its_own_though_numbers_repeat(both: Any, edition: str, rows: int) -> None:
    found = both.ask(f"?one com:underPlan ?plan . FILTER(CONTAINS(STR(?one), '/ogp-{edition}-'))")
    assert len({one for one, _ in found}) == rows


def test_the_editions_share_no_commitment(both: Any) -> None:
    found = both.ask("?one com:underPlan ?plan ; com:evidence/com:inDocument ?document")
    assert max(Counter(one for _, one, _ in found).values()) == 1


def test_words_for_no_value_are_no_values(both: Any) -> None:
    words = "'NR', 'ND', 'NA', 'Not Specified', 'None specified', 'Unclear', '#NAME?'"
    assert both.ask(f"?one ?property ?text . FILTER(STR(?text) IN ({words}))") == []


def test_the_code_of_completion_changed_and_the_words_did_not(both: Any) -> None:
    asked = "?verdict com:completion ?degree ; com:evidence/com:inDocument <document/ogp-commitments-{}>"
    counts = [Counter(degree.removeprefix(VOCAB + "completion/") for degree, _ in both.ask(asked.format(year)))
              for year in (2015, 2016)]  # fmt: skip
    assert (counts[0]["limited"], counts[1]["limited"]) == (319, 431)
    assert (counts[0]["complete"], counts[1]["withdrawn"]) == (271, 19)


def test_columns_that_disagree_are_recorded_and_the_words_are_kept(both: Any) -> None:
    doubts = Counter(text.split(" ")[0] for _, text in both.ask("?doubt com:discrepancyText ?text"))
    assert doubts["Specificity"] == 28
    assert doubts["Potential"] == doubts["NewvPre-exist"] == 8
    asked = (
        "?doubt com:about ?one ; com:discrepancyText ?text . ?verdict com:monitors ?one ; com:potentialImpact ?impact"
    )
    assert not [text for *_, text, _ in both.ask(asked) if text.startswith("Potential Impact is NR")]


def test_errors_of_spreadsheets_are_recorded(both: Any) -> None:
    texts = [text for _, text in both.ask("?doubt com:discrepancyText ?text")]
    assert sum("#NAME?" in text for text in texts) == 21


def test_dates_of_two_orders_stand_in_one_column(both: Any) -> None:
    texts = [text for _, text in both.ask("?doubt com:discrepancyText ?text")]
    assert "Start Date 01/07/2014 can be 2014-01-07 or 2014-07-01" in texts
    assert "Start Date 07/01/2012 can be 2012-07-01 or 2012-01-07" in texts
    assert sum(" can be " in text for text in texts) == 114


def test_macedonia_is_the_state_of_today(both: Any) -> None:
    assert both.ask("<plan/ogp-MKD-1> com:bearer ?state") == [("state/MKD",)]


def test_milestones_are_told_from_commitments(both: Any) -> None:
    assert len(both.ask("?one a com:Milestone")) == 10


def test_a_third_of_the_commitments_is_tagged_e_government(both: Any) -> None:
    found = both.ask("?one com:topic <https://w3id.org/communique/vocab/theme/e-government>")
    assert len(found) == 742 + 717


def test_html_in_a_header_is_no_part_of_the_tag(both: Any) -> None:
    asked = "?one com:themeText 'Public Service Delivery'@en ; com:topic ?topic"
    assert len({one for one, _ in both.ask(asked)}) == 163
    assert not [tag for tag, _ in both.ask("?b com:themeText ?a") if "<" in tag]


def test_texts_of_commitments_stay_out(both: Any) -> None:
    assert max(len(text) for _, text in both.ask("?one skos:prefLabel ?text")) < 700
    assert not both.ask("?one com:quote ?text")


def test_one_label_for_each_body_and_plan_over_both_editions(both: Any) -> None:
    labels = Counter(
        one for _, one in both.ask("?one skos:prefLabel ?label . FILTER(!CONTAINS(STR(?one), '/commitment/'))")
    )
    assert set(labels.values()) == {1}


@pytest.mark.slow
def test_both_editions_pass_the_gate_with_what_they_contradict(both: Any, judge: Judge) -> None:
    assert judge(both) == {("R55", "Warning"): 185}
