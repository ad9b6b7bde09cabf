"""What a change is: triples that came to and went from the union, documents to set apart, nodes that are new."""

from __future__ import annotations

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Store

from communique.graph.terms.identifiers import CANDIDATES, DERIVED, META, ONTOLOGY, entity, inferred, stated
from communique.graph.terms.namespaces import term
from communique.graph.validation import GraphChange
from communique.graph.validation.compiled.query_text import parse_path
from communique.graph.validation.view import View

ONE, TWO, THREE = stated("001"), stated("002"), stated("003")
A, B, HUB = entity("org/a"), entity("org/b"), entity("org/hub")
LABEL, PART, TYPE = term("rdfs:label"), term("org:unitOf"), term("rdf:type")
BODY = term("com:PublicBody")


def label(node: NamedNode, graph: NamedNode, text: str = "x") -> Quad:
    return Quad(node, LABEL, Literal(text), graph)


def change(before: list[Quad], added: list[Quad], removed: list[Quad]) -> GraphChange:
    """Make a change of a graph; what is removed is in the graph before."""
    store = Store()
    store.extend({*before, *added} - {*removed})
    return GraphChange(store, added, removed)


@pytest.mark.parametrize(
    ("before", "added", "removed", "triples"),
    [
        ([], [label(A, ONE)], [], [label(A, ONE)]),
        ([label(A, TWO)], [label(A, ONE)], [], []),
        ([], [label(A, ONE), label(A, TWO)], [], [label(A, ONE), label(A, TWO)]),
        ([label(A, ONE)], [], [label(A, ONE)], [label(A, ONE)]),
        ([label(A, ONE), label(A, TWO)], [], [label(A, ONE)], []),
        ([label(A, ONE), label(A, TWO)], [], [label(A, ONE), label(A, TWO)], [label(A, ONE), label(A, TWO)]),
        ([label(A, ONE)], [label(A, TWO)], [label(A, ONE)], [label(A, TWO)]),
        ([label(A, TWO, "y"), label(B, TWO)], [label(A, ONE)], [], [label(A, ONE)]),
        ([Quad(A, PART, Literal("x"), TWO)], [label(A, ONE)], [], [label(A, ONE)]),
    ],
    ids=[
        "a new triple",
        "one that another document states",
        "one that two documents bring",
        "one that is gone",
        "one that another document still states",
        "one that two documents took away",
        "one that moved: it may have come, which is looked at",
        "another value, another subject",
        "another property",
    ],
)
def test_a_triple_that_another_graph_holds_too_is_no_change_of_the_union(
    before: list[Quad], added: list[Quad], removed: list[Quad], triples: list[Quad]
) -> None:
    assert list(change(before, added, removed).triples) == triples


def test_the_changed_documents_are_set_apart_and_no_graph_that_is_none() -> None:
    added = [label(A, inferred("001")), *(label(A, graph) for graph in (CANDIDATES, META, DERIVED))]
    assert change([label(B, THREE)], added, [label(B, TWO)]).sources() == [ONE, TWO]


@pytest.mark.parametrize("is_added", [True, False])
def test_documents_that_mention_a_node_whose_class_changed_are_set_apart_too(is_added: bool) -> None:
    typed, mention = Quad(A, TYPE, BODY, ONE), Quad(B, PART, A, TWO)
    of_b = Quad(B, TYPE, BODY, THREE)
    come, gone = ([typed], []) if is_added else ([], [typed])
    assert change([mention, of_b], come, gone).sources() == [ONE, TWO]
    assert change([mention, of_b], [label(A, ONE)], []).sources() == [ONE]


def test_a_change_of_the_ontology_and_of_nodes_without_a_name_is_told() -> None:
    plain = change([], [label(A, ONE)], [label(B, ONE)])
    assert not plain.is_of_terms and not plain.has_blanks
    assert change([], [label(A, ONTOLOGY)], []).is_of_terms
    assert change([], [label(A, ONE)], [label(A, ONTOLOGY)]).is_of_terms
    for blank in (Quad(BlankNode(), LABEL, Literal("x"), ONE), Quad(A, PART, BlankNode(), ONE)):
        assert change([], [blank], []).has_blanks
        assert change([], [], [blank]).has_blanks


def test_a_node_is_of_a_class_when_it_is_said_to_be_after_the_change() -> None:
    made = change([Quad(A, TYPE, BODY, TWO)], [], [Quad(B, TYPE, BODY, ONE)])
    assert made.is_a(A, BODY)
    assert not made.is_a(A, term("com:Forum"))
    assert not change([Quad(A, term("dct:subject"), BODY, TWO)], [], []).is_a(A, BODY)
    assert not made.is_a(B, BODY)
    assert not made.is_a(Literal("x"), BODY)


@pytest.mark.parametrize(
    ("before", "is_new"),
    [
        ([], True),
        ([label(A, TWO, "old")], False),
        ([Quad(B, PART, A, TWO)], False),
        ([label(B, TWO), Quad(A, PART, B, ONE)], False),
        ([label(B, TWO)], True),
    ],
    ids=["unknown", "described before", "pointed to before", "pointing before", "others known before"],
)
def test_a_node_is_new_when_nothing_else_describes_it_or_points_to_it(before: list[Quad], is_new: bool) -> None:
    added = [label(A, ONE), Quad(B, PART, A, ONE)]
    assert (A in change(before, added, []).new_nodes) == is_new
    assert HUB not in change(before, added, []).new_nodes


def test_only_parts_of_quads_with_the_read_property_are_asked_for_and_each_once() -> None:
    added = [label(A, ONE), label(A, TWO), Quad(A, PART, B, ONE)]
    made = change([label(B, THREE), Quad(A, PART, HUB, THREE)], [*added, label(B, ONE)], [])
    view, path = View(made.store), parse_path("rdfs:label")
    assert list(made.rows("this value", path, view)) == [(A, Literal("x"))], "what THREE says too is no change"
    assert set(made.rows("this graph", path, view)) == {(A, ONE), (A, TWO), (B, ONE)}, "but it is one of a document"
    assert set(made.rows("value graph", path, view)) == {(Literal("x"), ONE), (Literal("x"), TWO)}
    assert set(made.rows("this value", parse_path("org:unitOf"), view)) == {(A, B)}
    assert made.rows("this value", path, view) is made.rows("this value", path, view)
    assert set(made.rows("this", path, view)) == {(A,)} == set(made.rows("value", path, view))


def test_nodes_from_which_a_changed_triple_is_read_over_a_longer_path_are_asked_for() -> None:
    made = change([Quad(HUB, PART, A, TWO), Quad(B, PART, HUB, TWO)], [label(A, ONE)], [])
    view = View(made.store)
    assert set(made.rows("this", parse_path("org:unitOf/rdfs:label"), view)) == {(HUB,)}
    assert set(made.rows("this", parse_path("org:unitOf/org:unitOf/rdfs:label"), view)) == {(B,)}


def test_a_subject_that_says_nothing_else_stands_for_all_it_says() -> None:
    made = change([], [label(A, ONE), label(A, ONE, "y")], [])
    view, path = View(made.store), parse_path("rdfs:label")
    assert list(made.rows("this value", path, view)) == [(A,)]
    assert set(made.rows("this value graph", path, view)) == {(A,)}
    assert set(made.rows("this graph", path, view)) == {(A, ONE)}
    assert set(made.rows("value graph", path, view)) == {(Literal("x"), ONE), (Literal("y"), ONE)}
