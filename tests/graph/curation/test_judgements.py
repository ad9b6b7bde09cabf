"""Judgements as values, as quads and as SSSOM: nothing gets lost on the way, and the latest counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import NamedNode, Quad, QueryResultsFormat, Store

from communique.graph.curation.judgements import (
    ACCEPTED,
    REJECTED,
    UNSURE,
    VERDICTS,
    Judgement,
    judge,
    judgement_quads,
    judgements,
    latest_judgements,
    paired,
    read_table,
    write_table,
)
from communique.graph.errors import LinkingError, SourceError
from communique.graph.queries.answers import Run
from communique.graph.terms.identifiers import DERIVED, JUDGEMENTS, entity
from communique.graph.terms.namespaces import term
from communique.graph.validation.derivation import derive

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
A, B, C = (entity(f"org/{name}") for name in "abc")

ELSEWHERE = NamedNode("https://example.org/x?y=1#z")

nodes = st.sampled_from([A, B, C, entity("event/a"), ELSEWHERE])
words = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=12)
times = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)).map(lambda at: at.replace(microsecond=0, tzinfo=UTC))


@st.composite
def some_judgements(draw: st.DrawFn) -> list[Judgement]:
    pairs = st.tuples(nodes, nodes).filter(lambda pair: pair[0] != pair[1]).map(lambda pair: paired(*pair))
    made = st.builds(Judgement, pairs, st.sampled_from(VERDICTS), words, times, st.just("") | words)
    return draw(st.lists(made, max_size=6, unique_by=lambda each: each.node))


def runner(store: Store) -> Run:
    def run(text: str) -> bytes:
        found = store.query(text, use_default_graph_as_union=True)
        return bytes(found.serialize(format=QueryResultsFormat.JSON) or b"")  # type: ignore[union-attr]

    return run


def holding(found: list[Judgement]) -> Store:
    store = Store()
    store.extend(quad for each in found for quad in judgement_quads(each))
    return store


@given(some_judgements())
def test_what_is_written_to_the_graph_is_read_back(found: list[Judgement]) -> None:
    store = holding(found)
    assert set(judgements(runner(store))) == set(found)
    assert {quad.graph_name for quad in store} <= {JUDGEMENTS}


@given(some_judgements())
def test_what_is_written_as_sssom_is_read_back(found: list[Judgement]) -> None:
    text = "".join(write_table(found, {A: "A\tbody"}))
    assert set(read_table(text, "t", by="nobody", at=NOON)) == set(found)


@given(some_judgements())
def test_the_latest_judgement_on_a_pair_counts(found: list[Judgement]) -> None:
    for pair, judgement in latest_judgements(found).items():
        assert judgement.pair == pair
        assert all(each.at <= judgement.at for each in found if each.pair == pair)


@given(some_judgements())
def test_exact_matches_follow_from_what_counts(found: list[Judgement]) -> None:
    """The query that derives them and the code that reads judgements agree, ties included."""
    store = holding(found)
    store.extend(Quad(node, term("rdf:type"), term("com:Organization"), DERIVED) for node in (A, B, C))
    store.extend(Quad(node, term("rdf:type"), term("com:Organization"), JUDGEMENTS) for node in (A, B, C))
    known = {A, B, C, ELSEWHERE}
    accepted = {
        each.pair
        for each in latest_judgements(found).values()
        if each.verdict == ACCEPTED and known.issuperset(each.pair)
    }
    derived = {(q.subject, q.object) for q in derive(store) if q.predicate == term("skos:exactMatch")}
    both = accepted | {(right, left) for left, right in accepted}
    assert derived == {(one, other) for one, other in both if one != ELSEWHERE}


def test_a_new_judgement_comes_after_what_is_known_whatever_the_clock() -> None:
    pair = paired(B, A)
    ahead = Judgement(pair, ACCEPTED, "Ada", datetime.now(UTC).replace(microsecond=0) + timedelta(days=300))
    anew = judge(pair, REJECTED, {pair: ahead}, by="Bo", reason="  Two   bodies. ")
    assert (anew.pair, anew.at - ahead.at, anew.reason) == ((A, B), timedelta(seconds=1), "Two bodies.")
    assert latest_judgements([anew, ahead]) == {pair: anew}


@pytest.mark.parametrize(("verdict", "by"), [("maybe", "Ada"), (UNSURE, " ")])
def test_no_judgement_without_a_verdict_and_a_name(verdict: str, by: str) -> None:
    with pytest.raises(LinkingError):
        judge(paired(A, B), verdict, {}, by=by)


def test_nothing_is_paired_with_itself() -> None:
    with pytest.raises(LinkingError, match="org/a"):
        paired(A, A)


def test_two_reviewers_whose_names_are_not_ascii_are_told_apart() -> None:
    made = {Judgement(paired(A, B), UNSURE, name, NOON).node for name in ("김민수", "박지영", "Ada Park", "Ada-Park")}
    assert len(made) == 3, "a hyphen in the place of a space makes no other name"


def test_names_of_pairs_of_other_kinds_differ() -> None:
    made = {Judgement(paired(A, entity(other)), UNSURE, "Ada", NOON).node for other in ("org/b", "event/b")}
    assert len(made) == 2


HEAD = "subject_id\tpredicate_modifier\tpredicate_id\tobject_id\tauthor_label\tmapping_date\n"


@pytest.mark.parametrize(
    ("row", "verdict", "by", "at"),
    [
        ("id:org/b\t\tskos:exactMatch\tid:org/a\tAda\t2026-01-02", ACCEPTED, "Ada", datetime(2026, 1, 2, tzinfo=UTC)),
        ("id:org/b\tNot\tskos:exactMatch\tid:org/a\t\t", REJECTED, "Bo", NOON),
        ("id:org/a\t\tskos:mappingRelation\tid:org/b\t\t2026-01-02T03:04:05+02:00", UNSURE, "Bo", None),
    ],
)
def test_tables_of_others_are_read(row: str, verdict: str, by: str, at: datetime | None) -> None:
    (found,) = read_table(HEAD + row + "\n", "t", by="Bo", at=NOON)
    assert (found.pair, found.verdict, found.by) == ((A, B), verdict, by)
    assert found.at == (at or datetime(2026, 1, 2, 1, 4, 5, tzinfo=UTC))


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("id:org/b\t\tskos:closeMatch\tid:org/a\t\t", "skos:closeMatch"),
        ("id:org/b\tInverse\tskos:exactMatch\tid:org/a\t\t", "Inverse"),
        ("id:org/b\tNot\tskos:mappingRelation\tid:org/a\t\t", "Not skos:mappingRelation"),
        ("id:org/a\t\tskos:exactMatch\tid:org/a\t\t", "are one"),
        ("id:org/a\t\tskos:exactMatch\tid:org/b\t\t22.11.2026", "22.11.2026"),
    ],
)
def test_what_is_no_judgement_is_explained(row: str, words: str) -> None:
    with pytest.raises(SourceError, match="t:2: ") as caught:
        list(read_table(HEAD + row + "\n", "t", by="Bo", at=NOON))
    assert words in str(caught.value)
