"""Turtle in one settled layout."""

from __future__ import annotations

import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Triple

from communique.graph.errors import MappingError
from communique.graph.terms.namespaces import COM, XSD, term
from communique.graph.terms.turtle import write

TYPE = term("rdf:type")
LABEL = term("rdfs:label")
EVENT = Triple(term("com:Event"), TYPE, term("owl:Class"))

iris = st.sampled_from([COM + "Event", COM + "a b", "https://example.org/a/b", "urn:x:y", COM + "1", COM]).map(
    lambda text: NamedNode(text.replace(" ", "_"))
)
literals = st.one_of(
    st.text().map(Literal),
    st.text().map(lambda text: Literal(text, language="en")),
    st.sampled_from(["1", "+1", "01", "x", ""]).map(lambda text: Literal(text, datatype=NamedNode(XSD + "integer"))),
    st.booleans().map(Literal),
)
triples = st.builds(Triple, iris, iris, st.one_of(iris, literals))


def parse(text: str) -> set[Triple]:
    """Read Turtle back."""
    return {Triple(one.subject, one.predicate, one.object) for one in pyoxigraph.parse(text, format=RdfFormat.TURTLE)}


@given(st.lists(triples, max_size=8))
def test_what_is_written_reads_back_as_it_was(statements: list[Triple]) -> None:
    assert parse(write(statements)) == set(statements)


@given(st.lists(triples, max_size=8))
def test_laying_out_twice_changes_nothing(statements: list[Triple]) -> None:
    once = write(statements)
    again = [Triple(one.subject, one.predicate, one.object) for one in pyoxigraph.parse(once, format=RdfFormat.TURTLE)]
    assert write(again) == once


def test_the_predicates_of_a_term_keep_their_order() -> None:
    home = Triple(term("com:Event"), term("rdfs:isDefinedBy"), term("owl:Thing"))
    definition = Triple(term("com:Event"), term("skos:definition"), Literal("It happens.", language="en"))
    text = write([home, definition, Triple(term("com:Event"), LABEL, Literal("event", language="en")), EVENT])
    places = [text.index(part) for part in (" a owl:Class", "rdfs:label", "skos:definition", "rdfs:isDefinedBy")]
    assert places == sorted(places)


def test_kinds_come_under_their_headings_and_only_used_prefixes_are_declared() -> None:
    text = write([Triple(term("com:venue"), TYPE, term("owl:ObjectProperty")), EVENT])
    assert text.index("# Classes") < text.index("com:Event") < text.index("# Properties") < text.index("com:venue")
    assert "@prefix com:" in text and "@prefix skos:" not in text


def test_many_iris_are_wrapped() -> None:
    many = [Triple(term("com:Event"), term("owl:disjointWith"), NamedNode(f"{COM}Class{n}")) for n in range(20)]
    assert max(map(len, write(many).splitlines())) < 125


LISTED = """
@prefix com: <https://w3id.org/communique/ns#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
[] a owl:AllDisjointClasses ; owl:members ( com:Event com:Place com:Actor ) .
[] a owl:AllDisjointClasses ; owl:members () .
"""


def test_lists_of_disjoint_classes_are_written_as_lists() -> None:
    statements = list(pyoxigraph.parse(LISTED, format=RdfFormat.TURTLE))
    text = write(statements)
    assert "owl:members ( com:Event com:Place com:Actor ) ." in text and "owl:members rdf:nil" in text
    again = pyoxigraph.Dataset(pyoxigraph.parse(text, format=RdfFormat.TURTLE))
    before = pyoxigraph.Dataset(Quad(one.subject, one.predicate, one.object) for one in statements)
    for dataset in (before, again):
        dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.UNSTABLE)
    assert before == again


def test_a_list_that_does_not_end_is_refused() -> None:
    cell = BlankNode("cell")
    axiom = [Triple(BlankNode("x"), TYPE, term("owl:AllDisjointClasses"))]
    axiom += [Triple(BlankNode("x"), term("owl:members"), cell), Triple(cell, term("rdf:first"), term("com:Event"))]
    with pytest.raises(MappingError, match="no IRI"):
        write(axiom)


def test_a_blank_node_is_refused() -> None:
    with pytest.raises(MappingError, match="no IRI"):
        write([Triple(BlankNode("x"), TYPE, term("owl:Class"))])
