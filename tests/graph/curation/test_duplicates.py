"""Duplicates across sources: what is proposed, what is not, and why; on invented registers of agreements and events."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import RdfFormat, Store

from communique.graph import validation
from communique.graph.curation.comparison import WINDOW_DAYS, compare, pair_up
from communique.graph.curation.duplicates import proposal_quads, search
from communique.graph.curation.records import SourceRecord, read_records
from communique.graph.terms.identifiers import DUPLICATES, entity
from communique.graph.terms.namespaces import ID, shorten, term
from communique.graph.terms.vocabulary import ontology_quads
from communique.graph.validation.results import ValidationReport

Ask = Callable[[str], Iterable[Any]]

HEAD = """
@base <https://w3id.org/communique/id/> .
@prefix com: <https://w3id.org/communique/ns#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


def register(key: str, *rows: tuple[str, str, str, str]) -> str:
    """Write a register: rows of name, title, year and the codes of the parties."""
    lines = [f"<document/{key}> a com:SourceDocument ; skos:prefLabel 'Register {key}'@en ."]
    for name, title, year, parties in rows:
        node = f"agreement/{key}-{name}"
        lines.append(f"<{node}> a com:Agreement ; skos:prefLabel '{title}'@en .")
        if year:
            lines.append(f"<{node}> com:concludedEarliest '{year}-01-01'^^xsd:date .")
            lines.append(f"<{node}> com:concludedLatest '{year}-12-31'^^xsd:date .")
        for code in parties.split():
            tie = f"party/{key}-{name}/{code}"
            lines.append(f"<{tie}> a com:AgreementParty ; com:ofAgreement <{node}> ; com:party <state/{code}> .")
    return f"<../graph/doc/{key}> {{ {' '.join(lines)} }}\n"


def graph(*registers: str) -> Store:
    store = Store()
    store.extend(ontology_quads())
    store.load((HEAD + "".join(registers)).encode(), format=RdfFormat.TRIG)
    return store


def asking(store: Store) -> Ask:
    return lambda query: store.query(query, use_default_graph_as_union=True)  # type: ignore[return-value]


def found(store: Store, minimum: float = 0.8) -> dict[tuple[str, str], float]:
    proposals = search(asking(store), set(), minimum=minimum).proposals
    pairs = ((each.left.node, each.right.node, each.comparison.score) for each in proposals)
    return {(left.value.removeprefix(ID), right.value.removeprefix(ID)): score for left, right, score in pairs}


ONE = register(
    "one",
    ("1", "Algeria Jordan", "1997", "DZA JOR"),
    ("2", "Caribbean Community Protocol II on Services", "1998", "BRB JAM TTO"),
    ("3", "Mexico Uruguay Free Trade Agreement", "2003", "MEX URY"),
    ("4", "Treaty on the Sea of Sand", "1999", "KEN UGA TZA"),
    ("5", "Chile Peru", "1998", "CHL PER"),
)


@pytest.mark.parametrize(
    ("row", "pair"),
    [
        (("a", "Jordan - Algeria Free Trade Agreement", "1997", "JOR DZA"), ("1", "a")),
        (("a", "Algeria Jordan", "1997", ""), ("1", "a")),
        (("a", "Free trade agreement of Uruguay and Mexico", "2004", "MEX URY"), ("3", "a")),
        (("a", "Sea of Sand Treaty", "", "KEN TZA UGA"), ("4", "a")),
        (("a", "Caribbean Community Protocol 2 on Services", "1998", "BRB JAM TTO"), ("2", "a")),
    ],
    ids=str,
)
def test_the_same_agreement_in_two_registers_is_proposed(row: tuple[str, str, str, str], pair: tuple[str, str]) -> None:
    assert list(found(graph(ONE, register("two", row)))) == [(f"agreement/one-{pair[0]}", f"agreement/two-{pair[1]}")]


@pytest.mark.parametrize(
    "row",
    [
        ("a", "Algeria Jordan", "2007", "DZA JOR"),
        ("a", "Algeria Egypt", "1997", "DZA EGY"),
        ("a", "Algeria Egypt", "1997", ""),
        ("a", "Caribbean Community Protocol III on Services", "1998", "BRB JAM TTO CUB"),
        ("a", "Chile Peru Amending Protocol", "1999", ""),
        ("a", "Chile Bolivia", "1998", ""),
        ("a", "An agreement of which nothing else is known", "", ""),
    ],
    ids=str,
)
def test_what_only_looks_alike_is_not(row: tuple[str, str, str, str]) -> None:
    assert found(graph(ONE, register("two", row))) == {}


def test_a_register_is_not_compared_with_itself() -> None:
    twice = register("one", ("1", "Algeria Jordan", "1997", "DZA JOR"), ("2", "Algeria Jordan", "1997", "DZA JOR"))
    assert found(graph(twice)) == {}


def test_korea_in_a_title_may_be_either() -> None:
    two = register("two", ("a", "Korea Chile", "2003", ""))
    for code, count in (("KOR", 1), ("PRK", 1), ("PER", 0)):
        one = register("one", ("1", "Chile Korea", "2003", f"CHL {code}"))
        assert len(found(graph(one, two), minimum=0.9)) == count, code


def test_what_is_decided_is_left_out_and_counted() -> None:
    store = graph(ONE, register("two", ("a", "Algeria Jordan", "1997", "DZA JOR")))
    pair = (entity("agreement/one-1"), entity("agreement/two-a"))
    told = search(asking(store), {pair})
    assert (told.proposals, told.decided, told.records) == ((), 1, 6)


def test_candidates_keep_the_rules_and_a_second_run_writes_the_same() -> None:
    store = graph(ONE, register("two", ("a", "Algeria Jordan", "1997", "DZA JOR")))
    quads = proposal_quads(search(asking(store), set()).proposals)
    assert {quad.graph_name for quad in quads} == {DUPLICATES}
    before = concerning(validation.validate(store))
    store.extend(quads)
    assert concerning(validation.validate(store)) == before
    assert proposal_quads(search(asking(store), set()).proposals) == quads
    score = next(quad.object for quad in quads if quad.predicate == term("com:matchScore"))
    assert 0.9 < float(score.value) <= 1  # type: ignore[union-attr]
    reason = next(quad.object for quad in quads if quad.predicate == term("com:matchReason"))
    assert reason.value == "2 of 2 parties in common; no day apart; titles 100% alike; one kind."  # type: ignore[union-attr]


def concerning(report: ValidationReport) -> set[str]:
    return {f"{result.shape} {result.focus}" for result in report.results}


def test_without_proposals_the_graph_says_what_it_is_for() -> None:
    said = {(shorten(quad.predicate.value), quad.subject, quad.graph_name) for quad in proposal_quads([])}
    assert said == {("dct:description", DUPLICATES, DUPLICATES), ("com:certainty", DUPLICATES, DUPLICATES)}


def test_nodes_with_one_entry_elsewhere_are_proposed_with_all_they_share() -> None:
    def body(key: str, label: str, *entries: str) -> str:
        claims = "".join(f"<org/{key}> com:claimedMatch <{entry}> . " for entry in entries)
        document = f"<document/{key}> a com:SourceDocument ; skos:prefLabel 'Register {key}'@en ."
        company = f"<org/{key}> a com:Company ; skos:prefLabel '{label}'@en ."
        return f"<../graph/doc/{key}> {{ {document} {company} {claims} }}\n"

    one, two = "http://www.wikidata.org/entity/Q1", "https://ror.org/01swzsf04"
    store = graph(
        body("a", "Harbour Works", one, two), body("b", "The Harbour Works", two, one), body("c", "Bank", one)
    )
    proposals = search(asking(store), set(), minimum=1.0).proposals
    told = {(each.left.node.value[-5:], each.right.node.value[-5:]): each.comparison for each in proposals}
    assert set(told) == {("org/a", "org/b"), ("org/a", "org/c"), ("org/b", "org/c")}
    assert told["org/a", "org/b"].score == 1.0 and f"{one} and {two}" in told["org/a", "org/b"].reason
    assert told["org/a", "org/c"].score < 0.8
    before = concerning(validation.validate(store))
    store.extend(proposal_quads(proposals))
    assert concerning(validation.validate(store)) == before


def test_a_pair_that_is_alike_and_of_one_entry_is_proposed_once_with_all_that_speaks_for_it() -> None:
    claims = "".join(
        f"<../graph/doc/{key}> {{ <agreement/{key}-{name}> com:claimedMatch <https://example.org/7> }}\n"
        for key, name in (("one", "3"), ("two", "a"))
    )
    row = ("a", "Free trade agreement of Uruguay and Mexico", "2004", "MEX URY")
    (proposal,) = search(asking(graph(ONE, register("two", row), claims)), set()).proposals
    comparison = proposal.comparison
    assert comparison.features.keys() == {"entryScore", "partyScore", "dateScore", "titleScore", "kindScore"}
    alone = found(graph(ONE, register("two", row)))
    assert comparison.score >= alone["agreement/one-3", "agreement/two-a"]
    assert "2 of 2 parties in common" in comparison.reason and "https://example.org/7" in comparison.reason
    scores = [quad for quad in proposal_quads([proposal]) if quad.predicate == term("com:matchScore")]
    assert len(scores) == 1


def test_an_entry_that_many_claim_is_hardly_one() -> None:
    claims = "".join(
        f"<org/x{n:02}> a com:Company ; skos:prefLabel 'Body {n}'@en ; com:claimedMatch <https://example.org/none> . "
        for n in range(40)
    )
    found = search(asking(graph(f"<../graph/doc/x> {{ {claims} }}")), set()).proposals
    assert len(found) == 39


def test_events_are_compared_by_participants() -> None:
    def event(key: str, title: str, *codes: str) -> str:
        ties = "".join(
            f"<participation/{key}/{code}> com:inEvent <event/{key}> ; com:participant <state/{code}> . "
            for code in codes
        )
        day = "com:beginEarliest '2016-05-24'^^xsd:date ; com:beginLatest '2016-05-24'^^xsd:date"
        return (
            f"<../graph/doc/{key}> {{ <event/{key}> a com:Workshop ; skos:prefLabel '{title}'@en ; {day} . {ties} }}\n"
        )

    store = graph(
        event("a", "Workshop on portals, Jeju", "KOR", "KEN"), event("b", "Jeju workshop on portals", "KEN", "KOR")
    )
    assert list(found(store)) == [("event/a", "event/b")]


nodes = st.sampled_from([entity(f"state/{code}") for code in ("KOR", "KEN", "GRC", "ROU", "JOR")])
days = st.none() | st.dates(date(1990, 1, 1), date(1996, 1, 1))
titles = st.sampled_from(
    ["Korea Kenya", "Treaty II of the Sea", "Treaty I of the Sea", "Greece Romania Protocol", "Sea"]
)


@st.composite
def records(draw: st.DrawFn, name: str = "x") -> SourceRecord:
    first, last = sorted([draw(days), draw(days)], key=lambda day: (day is None, day))  # type: ignore[arg-type,return-value]
    parties = frozenset(draw(st.sets(nodes)))
    texts = tuple(draw(st.lists(titles, max_size=2)))
    number = draw(st.integers(0, 999))
    node, document = entity(f"agreement/{name}-{number}"), frozenset([draw(st.sampled_from("abc"))])
    return SourceRecord(node, "Agreement", frozenset(["Agreement"]), texts, parties, first, last, document)


@given(records(), records())
def test_a_comparison_is_the_same_from_both_sides_and_within_bounds(left: SourceRecord, right: SourceRecord) -> None:
    one, other = compare(left, right), compare(right, left)
    assert (one is None) == (other is None)
    if one is not None and other is not None:
        assert one.score == pytest.approx(other.score) and one.features == pytest.approx(other.features)
        assert all(0 <= value <= 1 for value in (one.score, *one.features.values()))


@given(records())
def test_a_record_is_like_itself(record: SourceRecord) -> None:
    compared = compare(record, record)
    if compared is not None and record.titles:
        assert compared.score == pytest.approx(1.0)


@given(st.lists(records(), max_size=8, unique_by=lambda record: record.node))
def test_pairs_are_in_order_and_of_two_documents(found: list[SourceRecord]) -> None:
    for left, right in pair_up(found).pairs:
        assert left < right
        assert found[left].documents.isdisjoint(found[right].documents)


def test_a_block_that_is_too_large_is_skipped_and_told() -> None:
    rows = [(str(n), "Cooperation", "1999", "") for n in range(200)]
    store = graph(register("one", *rows), register("two", ("a", "Cooperation", "1999", "")))
    blocks = pair_up(read_records(asking(store), "Agreement"))
    assert (blocks.pairs, blocks.skipped) == (frozenset(), 1)


def concluded(key: str, first: date, last: date | None = None) -> SourceRecord:
    """Make the one agreement of a document, alike in all but its days."""
    parties = frozenset([entity("state/DZA"), entity("state/JOR")])
    node, kinds = entity(f"agreement/{key}"), frozenset(["Agreement"])
    return SourceRecord(node, "Agreement", kinds, ("Algeria Jordan",), parties, first, last or first, frozenset([key]))


FIRST = date(2001, 3, 31)
LAST = FIRST + timedelta(days=WINDOW_DAYS)


@pytest.mark.parametrize(
    ("other", "share"),
    [(FIRST, 1.0), (FIRST + timedelta(days=73), 0.9), (LAST, 0.0), (LAST + timedelta(days=1), None)],
    ids=str,
)
def test_two_records_can_be_one_up_to_the_last_day_of_the_window(other: date, share: float | None) -> None:
    left, right = concluded("one", FIRST), concluded("two", other)
    for pair in ((left, right), (right, left)):
        compared = compare(*pair)
        assert (compared and compared.features["dateScore"]) == share


def test_the_window_is_counted_from_the_nearest_days() -> None:
    left = concluded("one", FIRST - timedelta(days=400), FIRST)
    for right, share in ((concluded("two", LAST, LAST + timedelta(days=400)), 0.0), (concluded("two", FIRST), 1.0)):
        compared = compare(left, right)
        assert compared and compared.features["dateScore"] == share
    assert compare(left, concluded("two", LAST + timedelta(days=1), LAST + timedelta(days=400))) is None


@pytest.mark.parametrize("day", [FIRST, date(2001, 1, 1), date(2001, 12, 31), date(2000, 2, 29)], ids=str)
def test_what_the_window_allows_is_also_looked_at(day: date) -> None:
    """Two records meet in a block of a year, whatever days of the year they lie on."""
    unlike = [replace(concluded(key, day), titles=()) for key in ("one", "two")]
    last = day + timedelta(days=WINDOW_DAYS)
    assert pair_up([unlike[0], replace(unlike[1], first=last, last=last)]).pairs == {(0, 1)}
