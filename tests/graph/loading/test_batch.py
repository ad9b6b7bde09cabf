"""A batch replaces the graphs of its documents, and in common graphs what is about these or rests on these alone."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from communique.graph.loading.batch import Batch, InputReading, by_document, document_name
from communique.graph.loading.releases import Release, RowReport, packaged_source
from communique.graph.sources import Input
from communique.graph.sources.rows import Rejected
from communique.graph.store.changes import Change
from communique.graph.terms.identifiers import CANDIDATES, JUDGEMENTS, META, document, entity, inferred, stated
from communique.graph.terms.namespaces import ID, term

ONE, TWO = "001", "002"
DOUBT = entity("candidate/org-a--org-b")
REASON = Quad(DOUBT, term("com:matchReason"), Literal("alike"), CANDIDATES)
PART = NamedNode(f"{ID}document/{ONE}/paragraph/3")


def fact(number: str, text: str = "before") -> Quad:
    return Quad(entity("org/a"), term("rdfs:label"), Literal(text), stated(number))


def rests_on(number: str, graph: NamedNode = CANDIDATES) -> Quad:
    return Quad(DOUBT, term("dct:source"), document(number), graph)


def store_of(quads: Iterable[Quad]) -> Store:
    store = Store()
    store.extend(quads)
    return store


def replaced(ground: Iterable[Quad], batch: Iterable[Quad]) -> set[Quad]:
    """Carry a replacement out, in the order in which staging does."""
    store, change = store_of(ground), Batch(store_of(batch), ()).replacement(store_of(ground))
    for quad in change.removed:
        store.remove(quad)
    store.extend(change.added)
    return set(store)


def test_a_statement_that_rests_on_the_replaced_document_alone_goes_with_all_that_is_said_of_its_subject() -> None:
    ground = [fact(ONE), REASON, rests_on(ONE)]
    assert replaced(ground, [fact(ONE, "after")]) == {fact(ONE, "after")}


def test_a_statement_that_rests_on_another_document_too_loses_only_its_pointer_to_the_replaced_one() -> None:
    ground = [fact(ONE), fact(TWO), REASON, rests_on(ONE), rests_on(TWO)]
    assert replaced(ground, [fact(ONE, "after")]) == {fact(ONE, "after"), fact(TWO), REASON, rests_on(TWO)}


def test_a_statement_that_rests_on_two_replaced_documents_goes() -> None:
    ground = [fact(ONE), fact(TWO), REASON, rests_on(ONE), rests_on(TWO)]
    assert replaced(ground, [fact(ONE, "after"), fact(TWO, "after")]) == {fact(ONE, "after"), fact(TWO, "after")}


def test_a_statement_that_rests_on_evidence_of_the_replaced_document_goes() -> None:
    evidence = entity(f"evidence/{ONE}/3")
    ground = [
        Quad(evidence, term("com:locator"), Literal(3), stated(ONE)),
        Quad(DOUBT, term("com:evidence"), evidence, CANDIDATES),
        REASON,
    ]
    assert replaced(ground, [fact(ONE)]) == {fact(ONE)}


def test_a_statement_that_comes_again_stays_once() -> None:
    ground = [fact(ONE), REASON, rests_on(ONE)]
    change = Batch(store_of([fact(ONE, "after"), rests_on(ONE)]), ()).replacement(store_of(ground))
    assert set(change.removed) == {fact(ONE), REASON}
    assert set(change.kept) == {rests_on(ONE)}
    assert set(change.added) == {fact(ONE, "after")}


def test_what_is_told_of_the_graphs_the_document_and_its_parts_goes() -> None:
    about = [
        Quad(node, term("dct:title"), Literal("before"), META)
        for node in (stated(ONE), inferred(ONE), document(ONE), PART)
    ]
    part = Quad(document(ONE), term("dct:hasPart"), PART, META)
    other_part, thing = entity(f"document/{TWO}/paragraph/3"), entity("org/a")
    elsewhere = [
        Quad(document(TWO), term("dct:title"), Literal("other"), META),
        Quad(document(TWO), term("dct:hasPart"), other_part, META),
        Quad(other_part, term("dct:title"), Literal("other"), META),
        # What another document says of this one, and what META says of a thing that is no part by its own account.
        Quad(document(ONE), term("dct:hasPart"), thing, stated(TWO)),
        Quad(thing, term("dct:title"), Literal("thing"), META),
    ]
    after = fact(ONE, "after")
    assert replaced([fact(ONE), *about, part, *elsewhere], [after]) == {after, *elsewhere}


def test_what_rests_on_nothing_or_is_said_elsewhere_stays() -> None:
    other, busy = entity("candidate/c--d"), entity("candidate/e--f")
    stays = [
        fact(TWO),
        Quad(other, term("com:matchReason"), Literal("alike"), CANDIDATES),
        # Another document may speak of the doubt, and point to the replaced document itself.
        Quad(DOUBT, term("rdfs:comment"), Literal("doubtful"), stated(TWO)),
        Quad(busy, term("dct:source"), document(ONE), stated(TWO)),
        Quad(busy, term("com:matchReason"), Literal("alike"), CANDIDATES),
    ]
    after = fact(ONE, "after")
    assert replaced([fact(ONE), REASON, rests_on(ONE), *stays], [after]) == {after, *stays}


def test_a_graph_that_names_the_replaced_one_goes_with_what_is_said_of_it() -> None:
    series = entity("series/a")
    ground = [
        fact(ONE),
        Quad(series, term("dct:hasPart"), stated(ONE), META),
        Quad(series, term("dct:title"), Literal("series"), META),
    ]
    assert replaced(ground, [fact(ONE, "after")]) == {fact(ONE, "after")}


def test_both_graphs_of_a_document_are_replaced_whichever_comes() -> None:
    follows = Quad(entity("org/a"), term("com:actsFor"), entity("state/KOR"), inferred(ONE))
    assert replaced([fact(ONE), follows], [fact(ONE, "after")]) == {fact(ONE, "after")}
    assert replaced([fact(ONE), follows, fact(TWO)], [follows]) == {follows, fact(TWO)}


def test_a_graph_without_a_number_is_replaced_by_one_of_its_name() -> None:
    mine, other = NamedNode("https://example.org/mine"), NamedNode("https://example.org/other")
    old, new = (Quad(entity("org/a"), term("rdfs:label"), Literal(text), mine) for text in ("before", "after"))
    beside = Quad(entity("org/a"), term("rdfs:label"), Literal("before"), other)
    assert replaced([old, beside], [new]) == {new, beside}


@pytest.mark.parametrize("graph", [CANDIDATES, META, JUDGEMENTS])
def test_a_common_graph_alone_replaces_nothing(graph: NamedNode) -> None:
    ground = [fact(ONE), Quad(DOUBT, term("rdfs:label"), Literal("before"), graph)]
    come = Quad(DOUBT, term("rdfs:label"), Literal("after"), graph)
    assert replaced(ground, [come]) == {*ground, come}


def test_judgements_stay_whatever_becomes_of_what_they_rest_on() -> None:
    judgement = rests_on(ONE, JUDGEMENTS)
    assert replaced([fact(ONE), judgement], [fact(ONE, "after")]) == {fact(ONE, "after"), judgement}


def test_statements_of_common_graphs_belong_to_the_document_that_their_subject_rests_on() -> None:
    title = Quad(stated(TWO), term("dct:title"), Literal("x"), META)
    foreign = NamedNode("https://example.org/graph")
    told = Quad(foreign, term("dct:title"), Literal("x"), META)
    alone = Quad(entity("candidate/c--d"), term("com:matchReason"), Literal("alike"), CANDIDATES)
    quads = [REASON, rests_on(TWO), rests_on(ONE), title, told, alone]
    graphs = {stated(TWO), foreign}
    assert {quad: name for name, quad in by_document(quads, graphs)} == {
        REASON: ONE,
        rests_on(TWO): ONE,
        rests_on(ONE): ONE,
        title: TWO,
        told: foreign.value,
        alone: CANDIDATES.value,
    }
    assert document_name(inferred(ONE)) == ONE


def test_documents_that_are_withdrawn_can_be_told_when_the_store_has_lost_them() -> None:
    store = store_of([fact(ONE), fact(TWO), REASON, rests_on(ONE)])
    batch = Batch(store, ())
    assert batch.size == 4
    assert {name: set(batch.quads_of(name)) for name in batch.documents} == {
        ONE: {fact(ONE), REASON, rests_on(ONE)},
        TWO: {fact(TWO)},
    }
    batch.withdraw(ONE, Change())
    store.clear()
    assert set(batch.quads_of(ONE)) == {fact(ONE), REASON, rests_on(ONE)}
    assert not set(batch.quads_of(TWO))


@pytest.mark.parametrize("iri", ["https://example.org/mine", "urn:example:mine"])
def test_a_graph_that_is_no_documents_has_no_number(iri: str) -> None:
    quads = [fact(ONE), Quad(entity("org/a"), term("rdfs:label"), Literal("x"), NamedNode(iri)), REASON, rests_on(TWO)]
    assert Batch(store_of(quads), ()).numbers == [ONE, TWO]
    assert replaced(quads, [quads[1]]) == set(quads)


def test_a_list_is_written_for_each_source_of_rows_that_has_rejects(tmp_path: Path) -> None:
    source = packaged_source("icegov")
    (edition,) = source.editions[:1]
    with_rejects, without = RowReport(), RowReport()
    with_rejects.rejects.add(Rejected("data.csv", 7, "year", "x", "not a year", "correct the cell"))
    release = Release(tmp_path, "icegov", "", source, edition, (), None)
    plain = Input(tmp_path, "a.nq", ".nq")
    for readings, written in (
        ([InputReading(release, report=with_rejects), InputReading(plain)], [f"{edition.key}.csv"]),
        ([InputReading(release, report=without), InputReading(release)], []),
    ):
        folder = tmp_path / "rejects" / str(len(written))
        Batch(Store(), tuple(readings)).write_rejects(folder)
        assert [path.name for path in folder.glob("*")] == written
        assert all("data.csv,7,year,x,not a year" in path.read_text() for path in folder.glob("*"))
