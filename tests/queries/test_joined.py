"""Questions to several registers at once: what counts, what does not, and what nobody has recorded."""

from __future__ import annotations

from collections.abc import Callable

Row = dict[str, str | None]
Ask = Callable[..., list[Row]]


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
    assert column(rows, "commitment", "bearers") == [("commitment/road", "UNKNOWN: not named")]


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
