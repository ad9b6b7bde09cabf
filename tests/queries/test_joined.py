"""Questions to several registers at once: what counts, what does not, and what nobody has recorded."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pyoxigraph import Store

Row = dict[str, str | None]
Ask = Callable[..., list[Row]]

# What the invented registers are asked with; the shipped examples are about the documents.
ASKED = {
    "commitments-by-state": {"state": "state/GRC"},
    "alliances-of-two-states-in-year": {"state": "state/ROU", "other": "state/BGR", "year": "1936"},
    "duplicates-in-two-registers": {"one": "document/first-list-1", "other": "document/second-list-1"},
}


@pytest.fixture(name="ask")
def ask_registers(ask: Ask, joined: Store) -> Ask:
    """Ask the invented registers instead of the documents."""
    return lambda name, **parameters: ask(name, joined, **{**ASKED.get(name, {}), **parameters})


def column(rows: list[Row], *names: str) -> list[tuple[str | None, ...]]:
    """Give some columns of an answer, row by row."""
    return [tuple(row[name] for name in names) for row in rows]


def test_p31_scores_that_differ_stand_side_by_side(ask: Ask) -> None:
    rows = [row for row in ask("indicator-beside-cooperation") if row["year"] == "2016"]
    assert column(rows, "score", "document") == [("0.89", "document/survey-2016"), ("0.9", "document/copy-2016")]


def test_p31_agreements_of_the_state_and_of_its_bodies_count_in_their_year(ask: Ask) -> None:
    counted = dict(column(ask("indicator-beside-cooperation"), "year", "agreements"))
    assert counted["2016"] == "2"
    assert set(counted) == {"2014", "2016", "2018"}, "what is planned, or may be of two years, is of no year"


def test_p31_nothing_recorded_is_unknown(ask: Ask) -> None:
    years = {row["year"]: row for row in ask("indicator-beside-cooperation")}
    assert str(years["2018"]["score"]).startswith("UNKNOWN")
    assert years["2018"]["trainings"] == "1"
    assert str(years["2014"]["agreements"]).startswith("UNKNOWN") and str(years["2014"]["trainings"]).startswith(
        "UNKNOWN"
    )


def test_p31_a_training_counts_for_teacher_and_learner(ask: Ask) -> None:
    (row,) = ask("indicator-beside-cooperation", state="state/GRC")
    assert (row["year"], row["trainings"]) == ("2018", "1")


def test_p32_commitments_of_the_subject_and_what_is_narrower(ask: Ask) -> None:
    assert column(ask("commitments-by-state"), "commitment", "completion", "assessor") == [
        ("commitment/portal", "limited", "org/surveyor"),
        ("commitment/tax", "UNKNOWN: not assessed", None),
    ]


def test_p32_a_milestone_is_no_commitment_of_its_own(ask: Ask) -> None:
    assert "commitment/portal-step" not in {row["commitment"] for row in ask("commitments-by-state")}


def test_p32_another_subject_has_other_commitments(ask: Ask) -> None:
    rows = ask("commitments-by-state", subject="theme:digital-divide")
    assert column(rows, "commitment", "bearers") == [("commitment/road", "Greece")], "the state is the bearer"


def test_p33_each_source_with_its_terms(ask: Ask) -> None:
    terms = {row["source"]: (row["licence"], row["citation"]) for row in ask("sources-of-answer")}
    unknown = "UNKNOWN: no citation is recorded"
    assert terms["document/survey-2016"] == ("https://creativecommons.org/licenses/by/4.0/", "Surveyor (2016), Survey.")
    assert terms["document/copy-2016"] == ("Free when cited", unknown)
    assert terms["document/treaties-1"] == ("UNKNOWN: no licence is recorded", unknown)


def test_p33_what_is_inferred_is_told_apart(ask: Ask) -> None:
    rows = [row for row in ask("sources-of-answer") if row["source"] == "document/treaties-1"]
    assert column(rows, "kind", "facts") == [("inferred", "1"), ("stated", "3")]


def test_p33_of_a_fact_itself(ask: Ask) -> None:
    rows = ask("sources-of-answer", node="score/un-egdi/2016/KOR")
    assert column(rows, "source", "facts") == [("document/copy-2016", "5"), ("document/survey-2016", "5")]


def test_p33_of_what_nobody_knows_there_is_no_source(ask: Ask) -> None:
    assert ask("sources-of-answer", node="state/XXX") == []


def test_p34_ties_of_a_year_last_from_the_later_begin_to_the_earlier_end(ask: Ask) -> None:
    rows = ask("alliances-of-two-states-in-year")
    assert column(rows, "kind", "tie", "since", "until", "status") == [
        ("alliance", "agreement/entente", "1934-02-09", "1938-12-31", "real:occurred"),
        ("co-membership", "org/league", "1920-12-16", "1940-12-31", "real:occurred"),
    ]


def test_p34_in_another_year_other_ties(ask: Ask) -> None:
    assert column(ask("alliances-of-two-states-in-year", year="1960"), "tie", "until") == [("agreement/pact", None)]
    assert column(ask("alliances-of-two-states-in-year", year="1940"), "tie") == [("org/league",)]
    assert ask("alliances-of-two-states-in-year", year="1919") == []


def test_p34_whose_times_do_not_meet_were_no_allies(ask: Ask) -> None:
    for year in ("1935", "1936"):
        assert "agreement/relay" not in {row["tie"] for row in ask("alliances-of-two-states-in-year", year=year)}


def test_p34_the_order_of_the_states_changes_no_tie(ask: Ask) -> None:
    turned = ask("alliances-of-two-states-in-year", state="state/BGR", other="state/ROU")
    assert column(turned, "tie", "since", "until") == column(
        ask("alliances-of-two-states-in-year"), "tie", "since", "until"
    )


def test_p35_what_registers_say_of_one_agreement_stands_side_by_side(ask: Ask) -> None:
    both, one = "state/BGR, state/ROU", "state/ROU"
    rows = ask("duplicates-in-two-registers")
    assert column(rows, "left", "right", "judgement", "leftDate", "rightDate", "disagreement") == [
        ("agreement/first-1", "agreement/second-1", "accepted", "1951-03", "1951-03-07", "none"),
        ("agreement/first-2", "agreement/second-2", "unreviewed", "1952", "1953-01-02", "date and parties"),
        ("agreement/first-3", "agreement/second-3", "unreviewed", "UNKNOWN: no date", "1951", "none"),
    ]
    assert column(rows, "leftParties", "rightParties")[:2] == [(both, both), (both, one)]


def test_p35_a_register_that_names_nobody_disagrees_with_nobody(ask: Ask) -> None:
    row = ask("duplicates-in-two-registers")[2]
    assert str(row["leftParties"]).startswith("UNKNOWN") and row["disagreement"] == "none"


def test_p35_a_rejected_pair_is_none(ask: Ask) -> None:
    pairs = column(ask("duplicates-in-two-registers"), "left", "right")
    assert ("agreement/first-1", "agreement/second-3") not in pairs


def test_p35_the_other_way_round_gives_the_same_pairs(ask: Ask) -> None:
    turned = ask("duplicates-in-two-registers", one="document/second-list-1", other="document/first-list-1")
    assert column(turned, "right", "left", "disagreement") == column(
        ask("duplicates-in-two-registers"), "left", "right", "disagreement"
    )
