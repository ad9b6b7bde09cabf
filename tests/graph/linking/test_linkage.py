"""Mentions → results and mapping sets: each question once, days that have to agree, SSSOM that others can read."""

from __future__ import annotations

from datetime import date
from urllib.parse import unquote

import pytest

from communique.graph.linking.linkage import MAPPING_COLUMNS, ColumnSource, Linkage, Mention, write_mappings
from communique.graph.linking.scoring import Feature, LinkCandidate, Result
from communique.graph.linking.states import label
from communique.graph.terms import sssom
from communique.graph.terms.identifiers import entity

YEAR_1990 = (date(1990, 1, 1), date(1990, 12, 31))
ORIGIN = ColumnSource("my data.csv", "Country name", date(2024, 5, 1), "1.2.3")
# Slots of a mapping set and of a mapping in version 1.0 of the standard.
SET_SLOTS = {"mapping_set_id", "mapping_set_title", "license", "mapping_date", "mapping_tool", "mapping_tool_version"}


@pytest.fixture
def linkage() -> Linkage:
    linkage = Linkage("State")
    for name in ("Zaire", "Zaire", "Congo", "Atlantis", "  "):
        linkage.link(Mention(name))
    linkage.link(Mention("Yemen", "1990"), YEAR_1990)
    linkage.link(Mention("Congo", "1985"), (date(1985, 1, 1), date(1985, 12, 31)))
    return linkage


def test_every_row_is_counted_and_each_question_asked_once(linkage: Linkage) -> None:
    assert linkage.rows == {"match": 3, "candidates": 2, "none": 1, "empty": 1}
    assert list(linkage.results) == [
        Mention("Zaire"),
        Mention("Congo"),
        Mention("Atlantis"),
        Mention("Yemen", "1990"),
        Mention("Congo", "1985"),
    ]
    assert list(linkage.undecided()) == [Mention("Congo"), Mention("Atlantis"), Mention("Yemen", "1990")]


def test_first_and_last_day_have_to_agree(linkage: Linkage) -> None:
    result = linkage.results[Mention("Yemen", "1990")]
    assert result.match is None
    assert {each.node for each in result.candidates} == {entity("state/YEM"), entity("state/COW678")}
    assert {each.score for each in result.candidates} == {0.5}
    doubt = "; days: not the same on the first and the last day (0.50)"
    assert all(each.explanation.endswith(doubt) for each in result.candidates)


def test_a_mapping_set_is_sssom(linkage: Linkage) -> None:
    text = "".join(write_mappings(linkage.results, ORIGIN))
    head = [line[1:].partition(":")[0] for line in text.splitlines() if line.startswith("#") and line[1] != " "]
    assert set(head) == SET_SLOTS | {"curie_map"}
    rows = list(sssom.read(text, "some.tsv"))
    assert set(MAPPING_COLUMNS) >= {"subject_id", "predicate_id", "object_id", "mapping_justification", "confidence"}
    assert {row.text("subject_label") for row in rows} == {"Zaire", "Congo", "Yemen"}
    for row in rows:
        assert row.text("predicate_id") in {"skos:exactMatch", "skos:closeMatch"}
        assert row.text("mapping_justification").startswith("semapv:")
        assert 0 < float(row.text("confidence")) <= 1
        assert row.text("mapping_date") == "2024-05-01"
        assert row.text("comment")
        row.node("object_id")


def test_a_match_is_exact_and_candidates_are_close(linkage: Linkage) -> None:
    rows = list(sssom.read("".join(write_mappings(linkage.results, ORIGIN)), "some.tsv"))
    assert {row.text("subject_label") for row in rows if row.text("predicate_id") == "skos:exactMatch"} == {
        "Zaire",
        "Congo",
    }
    close = [row for row in rows if row.text("predicate_id") == "skos:closeMatch"]
    assert {row.text("object_id") for row in close} == {
        "id:state/COD",
        "id:state/COG",
        "id:state/YEM",
        "id:state/COW678",
    }


def test_what_was_asked_can_be_read_from_the_subject() -> None:
    linkage = Linkage("State")
    linkage.link(Mention("Korea, Rep.", "1990-05", "Côte d’Ivoire/x"), YEAR_1990)
    row = next(sssom.read("".join(write_mappings(linkage.results, ORIGIN)), "some.tsv"))
    subject = row.node("subject_id").value
    assert subject.endswith("@1990-05@C%C3%B4te%20d%E2%80%99Ivoire%2Fx")
    assert subject.startswith("https://w3id.org/communique/names/my-data-csv/country-name/")
    assert [unquote(part) for part in subject.rpartition("/")[2].split("@")] == [
        "Korea, Rep.",
        "1990-05",
        "Côte d’Ivoire/x",
    ]


def test_a_question_is_answered_once_and_its_answer_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def answer(text: str, kind: str, **known: object) -> Result:
        asked.append(text)
        return Result()

    monkeypatch.setattr("communique.graph.linking.linkage.resolve", answer)
    linkage = Linkage("State")
    first = linkage.link(Mention("Zaire"), YEAR_1990)
    assert linkage.link(Mention("Zaire"), YEAR_1990) is first
    assert asked == ["Zaire", "Zaire"], "on the first and on the last day"


def test_every_column_of_a_mapping_is_filled(linkage: Linkage) -> None:
    lines = "".join(write_mappings(linkage.results, ORIGIN)).splitlines()
    header, *rows = (line.split("\t") for line in lines if not line.startswith("#"))
    assert tuple(header) == MAPPING_COLUMNS
    for row in rows:
        assert all(row) and len(row) == len(MAPPING_COLUMNS)
        told = dict(zip(header, row, strict=True))
        assert (told["mapping_tool"], told["mapping_tool_version"]) == ("communique link", "1.2.3")


@pytest.mark.parametrize(
    ("scores", "way"),
    [
        ({"name": 1.0}, "LexicalMatching"),
        ({"name": 0.5}, "LexicalMatching"),
        ({"name": 1.0, "country": 0.5, "date": 0.5}, "LexicalMatching"),
        ({"name": 0.9, "country": 0.5}, "LexicalSimilarityThresholdMatching"),
        ({"name": 0.9, "country": 1.0}, "CompositeMatching"),
        ({"name": 1.0, "country": 0.0}, "CompositeMatching"),
        ({"name": 1.0, "country": 0.5, "context": 1.0}, "CompositeMatching"),
    ],
    ids=str,
)
def test_a_mapping_is_justified_by_what_was_compared(scores: dict[str, float], way: str) -> None:
    features = tuple(Feature(name, "told", share) for name, share in scores.items())
    result = Result(None, (LinkCandidate(entity("org/hats"), "Ministry of Hats", 0.7, features),))
    (row,) = sssom.read("".join(write_mappings({Mention("Hats"): result}, ORIGIN)), "some.tsv")
    assert row.text("mapping_justification") == f"semapv:{way}"


def test_of_two_days_the_more_careful_answer_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A match has the lower of its scores; what is meant on one of the days only is doubted, the best first."""
    answers: dict[date, Result] = {}
    monkeypatch.setattr("communique.graph.linking.linkage.resolve", lambda *_, on, **__: answers[on])
    first, last = YEAR_1990

    def candidate(name: str, share: float) -> LinkCandidate:
        return LinkCandidate(entity(f"org/{name}"), name, share, (Feature("name", "same", 1.0),))

    for shares in ((0.9, 0.8), (0.8, 0.9)):
        for day, share in zip(YEAR_1990, shares, strict=True):
            answers[day] = Result(candidate("a", share), (candidate("a", share),))
        assert (
            Linkage("Organization").link(Mention("A"), YEAR_1990) is answers[first if shares[0] < shares[1] else last]
        )
    answers[first] = Result(candidate("a", 0.9), (candidate("a", 0.9), candidate("c", 0.6)))
    answers[last] = Result(candidate("b", 0.8), (candidate("b", 0.8),))
    told = Linkage("Organization").link(Mention("A"), YEAR_1990)
    assert told.match is None
    assert [(each.label, each.score) for each in told.candidates] == [("a", 0.45), ("b", 0.4), ("c", 0.3)]
    answers[first] = answers[last] = Result(None, (candidate("c", 0.6), candidate("b", 0.6)))
    told = Linkage("Organization").link(Mention("A"), YEAR_1990)
    assert [(each.label, each.score) for each in told.candidates] == [("b", 0.6), ("c", 0.6)]


@pytest.mark.parametrize(
    ("node", "text"),
    [
        ("state/KOR", "South Korea"),
        ("place/HKG", "Hong Kong SAR China"),
        ("state/COW678", "Yemen Arab Republic"),
        ("state/CSK", "Czechoslovakia"),
        ("state/ZZZ", "state/ZZZ"),
    ],
)
def test_labels_mean_nothing_else(node: str, text: str) -> None:
    assert label(entity(node)) == text
