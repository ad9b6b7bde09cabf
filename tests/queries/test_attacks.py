"""Worlds in which somebody has tampered with the facts: a question does not fall for it, or the gate refuses it.

Every lie is told in the graph of the document that it abuses, with the evidence of a true fact beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from communique.graph.terms import identifiers
from communique.graph.terms.identifiers import entity
from communique.graph.terms.namespaces import XSD, concept, shorten, term
from communique.graph.validation import ValidationReport, validate
from communique.graph.validation.derivation import derive
from communique.graph.validation.results import VIOLATION, WARNING

Row = dict[str, str | None]
Ask = Callable[..., list[Row]]
World = Callable[..., Store]
Facts = dict[str, NamedNode | Literal | int]

ROMANIAN = entity("agreement/mou-kor-rou-egov")
HOTEL_GUEST = entity("participation/e-governance-forum-2011-12/lotte-hotel-seoul/attendee")
INVENTED = entity("party/seoul-communique/KOR")
DISPUTED = entity("rank/un-epi/2018/KOR")
MISDATED = entity("name/kor-interior-ministry/004/ministry-of-the-interior-and-safety")


def state(document: str, subject: NamedNode, paragraph: int, facts: Facts) -> list[Quad]:
    """Let a paragraph of a document state facts of a node, by the keys of the ontology; ``type`` is the class."""
    graph = identifiers.stated(document)
    named = {"type": "rdf:type"}
    quads = [Quad(subject, term("com:evidence"), entity(f"evidence/{document}/{paragraph}"), graph)]
    for key, value in facts.items():
        item = Literal(value) if isinstance(value, int) else value
        quads.append(Quad(subject, term(named.get(key, f"com:{key}")), item, graph))
    return quads


def happened(status: str) -> NamedNode:
    return concept("realization", status)


def standing(document: str, subject: NamedNode, status: str) -> Quad:
    return Quad(subject, term("com:realization"), happened(status), identifiers.stated(document))


def day(text: str) -> Literal:
    return Literal(text, datatype=NamedNode(XSD + "date"))


def concluded() -> dict[str, list[Quad]]:
    """Tell that the memorandum with Romania, which a delegation is to conclude, has been concluded."""
    return {"without": [standing("004", ROMANIAN, "planned")], "with_": [standing("004", ROMANIAN, "occurred")]}


def invented() -> dict[str, list[Quad]]:
    """Make a party of one of the seventeen adopters that nobody names."""
    facts: Facts = {
        "type": term("com:AgreementParty"),
        "party": entity("state/KOR"),
        "ofAgreement": entity("agreement/seoul-communique"),
        "stage": concept("stage", "adopted"),
        "realization": happened("occurred"),
        "asOf": day("2013-10-23"),
    }
    return {"with_": state("000", INVENTED, 23, facts)}


def guest() -> dict[str, list[Quad]]:
    """Let the hotel attend the forum that was held in it."""
    facts: Facts = {
        "type": term("com:Participation"),
        "participant": entity("place/lotte-hotel-seoul"),
        "inEvent": entity("event/e-governance-forum-2011-12"),
        "role": concept("role", "attendee"),
        "realization": happened("occurred"),
        "asOf": day("2011-12-12"),
    }
    return {"with_": state("001", HOTEL_GUEST, 7, facts)}


def disputed() -> dict[str, list[Quad]]:
    """Let a second document give another rank for the same year."""
    facts: Facts = {
        "type": term("com:RankObservation"),
        "observedState": entity("state/KOR"),
        "indicator": entity("indicator/un-epi"),
        "refYear": Literal("2018", datatype=NamedNode(XSD + "gYear")),
        "rank": 2,
    }
    return {"with_": state("002", DISPUTED, 19, facts)}


def misdated() -> dict[str, list[Quad]]:
    """Move the name of 2018 to the day of the forum of 2013, so that it would answer for that day."""
    moved = (MISDATED, term("com:attestedOn"))
    return {
        "without": [Quad(*moved, day("2018-10-02"), identifiers.inferred("004"))],
        "with_": [Quad(*moved, day("2013-10-23"), identifiers.inferred("004"))],
    }


CONTRADICTION = "comsh:R27-contradicting-ranks"

LIES = (concluded, invented, guest, disputed, misdated)


@pytest.fixture(scope="module")
def report(world: World) -> ValidationReport:
    """Judge a world in which all the lies are told at once."""
    told = [lie() for lie in LIES]
    store = world(
        without=[quad for lie in told for quad in lie.get("without", [])],
        with_=[quad for lie in told for quad in lie.get("with_", [])],
    )
    return validate(store)


def refusals(report: ValidationReport, focus: NamedNode) -> set[str]:
    """Name the shapes and rules by which a node is refused."""
    violations = (result for result in report.results if result.severity == VIOLATION and result.focus == focus)
    return {shorten(str(getattr(result.shape, "value", ""))).removeprefix("comsh:") for result in violations}


def partners(rows: Collection[Row]) -> set[str | None]:
    return {row["partner"] for row in rows}


def test_concluded_memorandum_needs_parties_that_concluded_it(world: World, ask: Ask) -> None:
    store = world(**concluded())
    assert partners(ask("concluded-memoranda-of-state", store)) == {"state/GRC"}
    assert not list(store.quads_for_pattern(None, term("com:partyTo"), ROMANIAN))


def test_second_standing_beside_the_plan_does_not_conclude_it(world: World, ask: Ask) -> None:
    store = world(with_=concluded()["with_"])
    assert partners(ask("concluded-memoranda-of-state", store)) == {"state/GRC"}


def test_candidate_partner_is_no_partner(world: World, ask: Ask) -> None:
    match = entity("candidate/romania")
    quads = [
        Quad(match, term("com:candidateLeft"), entity("state/ROU"), identifiers.CANDIDATES),
        Quad(match, term("com:candidateRight"), entity("state/GRC"), identifiers.CANDIDATES),
    ]
    assert partners(ask("concluded-memoranda-of-state", world(with_=quads))) == {"state/GRC"}


def test_second_document_that_differs_is_told(world: World, ask: Ask) -> None:
    rows = ask("sources-of-rank", world(**disputed()))
    assert {(row["document"], row["rank"]) for row in rows} == {("document/004", "1"), ("document/002", "2")}
    assert {row["answer"] for row in rows} == {"the documents disagree"}


def test_second_document_that_agrees_is_told(world: World, ask: Ask) -> None:
    same = [*disputed()["with_"][:-1], Quad(DISPUTED, term("com:rank"), Literal(1), identifiers.stated("002"))]
    rows = ask("sources-of-rank", world(with_=same))
    assert {row["answer"] for row in rows} == {"the documents agree"}
    assert {row["documents"] for row in rows} == {"2"}


def test_name_of_a_later_year_does_not_answer_for_an_earlier_one(world: World, ask: Ask) -> None:
    naming = entity("name/kor-interior-ministry/901/later")
    text = Literal("Ministry of Tomorrow", language="en")
    facts: Facts = {"type": term("com:Name"), "nameText": text, "attestedOn": day("2030-01-01")}
    later = [
        Quad(entity("org/kor-interior-ministry"), term("com:hasName"), naming, identifiers.stated("004")),
        *state("004", naming, 1, facts),
    ]
    store = world(with_=later)
    assert ask("name-on-day", store) == ask("name-on-day")
    assert [row["name"] for row in ask("name-on-day", store, day="2031-01-01")] == ["Ministry of Tomorrow"]


def test_named_participant_more_changes_what_is_complete(world: World, ask: Ask) -> None:
    part = entity("participation/jeju-training-2016/FJI/trainee")
    facts: Facts = {
        "type": term("com:Participation"),
        "participant": entity("state/FJI"),
        "inEvent": entity("event/jeju-training-2016"),
        "role": concept("role", "trainee"),
        "realization": happened("occurred"),
    }
    rows = ask("states-at-event", world(with_=state("003", part, 11, facts)))
    assert {row["completeness"] for row in rows} == {"11 of 24 named"}


def test_shortcut_by_hand_is_swept_away(world: World) -> None:
    by_hand = Quad(entity("state/ROU"), term("com:partyTo"), ROMANIAN, identifiers.DERIVED)
    store = world()
    store.add(by_hand)
    derive(store)
    assert by_hand not in store


@pytest.mark.parametrize(
    ("focus", "rule"),
    [
        (entity("party/mou-kor-rou-egov/KOR"), "R14-party-realization-differs"),
        (entity("party/mou-kor-rou-egov/ROU"), "R14-party-realization-differs"),
        (entity("count/seoul-communique/states"), "R18-invented-members"),
        (MISDATED, "R48-attested-on-other-day"),
        (HOTEL_GUEST, "Participation-actor"),
    ],
)
def test_gate_refuses_the_lie(report: ValidationReport, focus: NamedNode, rule: str) -> None:
    assert rule in refusals(report, focus)
    assert not report.is_admissible


def test_gate_reports_the_disputed_rank_and_keeps_both(report: ValidationReport) -> None:
    (found,) = (result for result in report.results if shorten(str(result.shape)[1:-1]) == CONTRADICTION)
    assert (found.focus, found.severity) == (DISPUTED, WARNING)
