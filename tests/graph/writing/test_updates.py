"""The change that an update or a body comes to, and which graphs it may touch."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Store

from communique.graph.errors import NotPermitted, QueryRefused, QuerySyntaxError, SourceError
from communique.graph.jobs.job import UPDATE, Order
from communique.graph.terms.identifiers import META
from communique.graph.terms.namespaces import GRAPH, ID, SKOLEM, term
from communique.graph.writing import graphs, protection, updates
from communique.graph.writing.skolemization import skolemize

G, H = NamedNode("x:g"), NamedNode("x:h")
S, P = NamedNode("x:s"), NamedNode("x:p")
ORDER = Order(UPDATE, "tester", ("*",))


def store(*quads: Quad) -> Store:
    found = Store()
    found.extend(quads or [Quad(S, P, Literal(1), G), Quad(S, P, Literal(2), H)])
    return found


def compute(text: str, order: Order = ORDER, *, is_guarded: bool = True) -> tuple[set[Quad], set[Quad]]:
    change = updates.compute(store(), f"BASE <x:> {text}", order, is_guarded)
    return set(change.removed), set(change.added)


def test_a_pattern_without_a_graph_reads_the_merge() -> None:
    removed, added = compute("INSERT { GRAPH <k> { <n> <p> ?o } } WHERE { ?s <p> ?o }")
    assert not removed
    assert added == {Quad(NamedNode("x:n"), P, Literal(value), NamedNode("x:k")) for value in (1, 2)}


def test_a_later_operation_reads_what_an_earlier_one_wrote() -> None:
    text = "INSERT DATA { GRAPH <k> { <s> <q> 3 } }; INSERT { GRAPH <l> { <n> <p> ?o } } WHERE { ?s <q> ?o }"
    _, added = compute(text)
    assert Quad(NamedNode("x:n"), P, Literal(3), NamedNode("x:l")) in added


def test_an_update_of_a_plain_dataset_reads_and_writes_its_default_graph() -> None:
    removed, added = compute("INSERT { <n> <p> ?o } WHERE { ?s <p> ?o }", is_guarded=False)
    assert (removed, added) == (set(), set())
    removed, added = compute("INSERT DATA { <n> <p> 1 }; CLEAR GRAPH <g>", is_guarded=False)
    assert added == {Quad(NamedNode("x:n"), P, Literal(1), DefaultGraph())}
    assert removed == {Quad(S, P, Literal(1), G)}


def test_what_comes_and_goes_again_is_no_change() -> None:
    assert compute("INSERT DATA { GRAPH <k> { <s> <p> 1 } }; CLEAR GRAPH <k>") == (set(), set())
    assert compute("DELETE { GRAPH ?g { ?s ?p ?o } } WHERE { GRAPH ?g { ?s ?p ?o FILTER(?o = 9) } }") == (set(), set())


@pytest.mark.parametrize("text", ["INSERT DATA { <a> <b> <c> }", "DELETE WHERE { ?s ?p ?o }", "CLEAR DEFAULT"])
def test_nobody_writes_to_the_merge(text: str) -> None:
    with pytest.raises(NotPermitted, match="default graph"):
        compute(text)


def test_a_fault_has_its_place_in_the_whole_text() -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        compute("CLEAR ALL;\nCLEAR XYZ")
    assert caught.value.line == 2


def test_what_the_engine_cannot_do_is_refused_with_its_reason() -> None:
    with pytest.raises(QueryRefused, match="CLEAR failed"):
        compute("CLEAR GRAPH <unknown>")


def test_a_patch_sees_its_graph_alone() -> None:
    change = updates.compute_in_graph(store(), "INSERT { ?s <x:q> ?o } WHERE { ?s <x:p> ?o }", G)
    assert set(change.added) == {Quad(S, NamedNode("x:q"), Literal(1), G)}
    with pytest.raises(QueryRefused, match="another graph"):
        updates.compute_in_graph(store(), "INSERT DATA { GRAPH <x:h> { <x:s> <x:p> 3 } }", G)


def test_put_replaces_and_post_adds() -> None:
    quads = [Quad(S, P, Literal(1), G), Quad(S, P, Literal(5), G)]
    replaced, added = graphs.replacement(store(), G, quads[1:]), graphs.addition(store(), G, quads)
    assert (set(replaced.removed), set(replaced.added)) == ({quads[0]}, {quads[1]})
    assert (set(added.removed), set(added.added)) == (set(), {quads[1]})


def test_a_literal_in_another_spelling_is_no_change() -> None:
    again = Quad(S, P, Literal("01", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#integer")), G)
    change = graphs.replacement(store(), G, [again])
    assert (list(change.removed), list(change.added)) == ([], [])


def test_a_body_states_one_graph(tmp_path: Path) -> None:
    body = tmp_path / "body0"
    body.write_text('<s> <x:p> _:b . _:b <x:p> "x" .', encoding="utf-8")
    quads = graphs.read_bodies([body], ("text/turtle",), NamedNode("http://example.org/g/"))
    assert NamedNode("http://example.org/g/s") in {quad.subject for quad in quads}
    assert {quad.graph_name for quad in quads} == {NamedNode("http://example.org/g/")}
    body.write_text("GRAPH <x:h> { <x:s> <x:p> <x:o> }", encoding="utf-8")
    with pytest.raises(SourceError, match="in the graph"):
        graphs.read_bodies([body], ("application/trig",), G)


def test_blank_nodes_have_the_same_names_each_time() -> None:
    def name(label: str, graph: NamedNode) -> set[Quad]:
        node = BlankNode(label)
        return set(skolemize([Quad(S, P, node, graph), Quad(node, P, Literal("x"), graph), Quad(S, P, S, graph)]))

    assert name("a", G) == name("b", G)
    assert all(SKOLEM in str(quad) for quad in name("a", G) if quad.object != S)
    objects = [{quad.object for quad in name("a", graph)} - {S, Literal("x")} for graph in (G, H)]
    assert objects[0].isdisjoint(objects[1]), "nodes of two graphs are never taken for one"


@pytest.mark.parametrize(
    "name", ["ontology", "background", "background/iso3166", "meta", "derived", "judgements", "candidates/duplicates"]
)
def test_what_is_made_from_elsewhere_is_protected_from_everybody(name: str) -> None:
    with pytest.raises(NotPermitted, match="cannot be written"):
        protection.check([NamedNode(GRAPH + name)], ("*",), store())


@pytest.mark.parametrize("name", ["doc/001", "doc/004/inferred"])
def test_documents_of_the_package_are_protected(name: str) -> None:
    with pytest.raises(NotPermitted, match="communique build"):
        protection.check([NamedNode(GRAPH + name)], ("*",), store())


def test_a_token_writes_the_graphs_that_it_reaches() -> None:
    named = [NamedNode(GRAPH + name) for name in ("doc/900", "background-of-mine")]
    protection.check(named, ("doc/9*", "back*"), store())
    with pytest.raises(NotPermitted, match="does not reach x:g"):
        protection.check([G], ("doc/9*",), store())
    with pytest.raises(NotPermitted, match="merge"):
        protection.check([DefaultGraph()], ("*",), store())


def test_a_table_keeps_to_its_account() -> None:
    counted = Quad(NamedNode(ID + "document/gptad-2024"), term("com:rowsRead"), Literal(3), META)
    with pytest.raises(NotPermitted, match="account of rows"):
        protection.check([NamedNode(GRAPH + "doc/gptad-2024/inferred")], ("*",), store(counted))
    protection.check([NamedNode(GRAPH + "doc/gptad-2025")], ("*",), store(counted))


def test_a_change_is_told_quad_by_quad_whatever_stands_in_a_literal() -> None:
    """Line ends, quotation marks and blank nodes in what comes and in what goes."""
    odd = Quad(S, P, Literal('a\n"b"\\ _:c \r <x:g> .'), G)
    change = updates.compute(store(odd), "CLEAR GRAPH <x:g>", ORDER, is_guarded=True)
    assert (change.removed, change.added) == ([odd], [])
    text = 'INSERT DATA { GRAPH <x:g> { <x:s> <x:p> "\\n\\"", _:b . _:b <x:p> 1 } }'
    change = updates.compute(store(odd), text, ORDER, is_guarded=True)
    assert change.removed == []
    assert len(change.added) == 3
    assert SKOLEM in str(change.added)
