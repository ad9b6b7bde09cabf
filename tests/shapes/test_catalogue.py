"""The shapes themselves: well-formed, named, curing, and written in terms that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Store, Triple

from communique.graph.errors import ShapesError
from communique.graph.terms.namespaces import COM, SHAPES, VOCAB, shorten, term
from communique.graph.terms.vocabulary import ontology_quads
from communique.graph.validation import catalogue
from communique.graph.validation.catalogue import DOCUMENT, UNION, numbers, rules, shapes, shapes_for
from communique.graph.validation.engines import pyshacl as oracle
from communique.graph.validation.inventory import node_shapes
from communique.graph.validation.rules import set_rules

Node = NamedNode | BlankNode | Triple
SEVERITIES = {term("sh:Violation"), term("sh:Warning"), term("sh:Info")}


def subjects(kind: str) -> list[Node]:
    return [quad.subject for quad in shapes().quads_for_pattern(None, term("rdf:type"), term(kind))]


def objects(shape: Node, name: str) -> list[Node | Literal]:
    return [quad.object for quad in shapes().quads_for_pattern(shape, term(name), None)]


@pytest.mark.slow
def test_the_shapes_keep_the_rules_of_shacl() -> None:
    assert oracle.check_shapes(shapes()).results == ()


def test_a_broken_shape_is_found() -> None:
    broken = Store()
    broken.add(Quad(NamedNode(SHAPES + "Broken"), term("rdf:type"), term("sh:NodeShape")))
    broken.add(Quad(NamedNode(SHAPES + "Broken"), term("sh:nodeKind"), Literal("IRI")))
    assert not oracle.check_shapes(broken).conforms


def test_each_shape_has_an_iri_and_a_name() -> None:
    for shape in subjects("sh:NodeShape") + subjects("sh:PropertyShape"):
        assert isinstance(shape, NamedNode), shape
        assert shape.value.startswith(SHAPES)
        assert len(objects(shape, "sh:name")) == 1, shape


def test_each_check_has_severity_rule_and_a_message_that_cures() -> None:
    for shape in {*subjects("sh:PropertyShape"), *numbers()}:
        assert set(objects(shape, "sh:severity")) <= SEVERITIES
        assert len(objects(shape, "sh:severity")) == 1, shape
        (message,) = objects(shape, "sh:message")
        assert isinstance(message, Literal)
        assert message.language == "en"
        assert message.value.endswith("."), message
        assert isinstance(shape, NamedNode)
        assert numbers()[shape] in rules()


def test_each_property_shape_is_used() -> None:
    used = {quad.object for quad in shapes() if quad.predicate != term("rdf:type")}
    assert [shape for shape in subjects("sh:PropertyShape") if shape not in used] == []


def test_shapes_stand_in_the_file_of_their_stem(root: Path) -> None:
    stems = {path.stem for path in (root / "shapes").glob("*.ttl")}
    ontology = {path.stem for path in (root / "ontology").glob("*.ttl")}
    assert stems <= ontology | {"graph", "rules", "ontology"}


def test_all_terms_exist_in_the_ontology() -> None:
    defined = {quad.subject for quad in ontology_quads() if quad.predicate == term("rdf:type")}
    mentioned = {part for quad in shapes() for part in (quad.predicate, quad.object) if isinstance(part, NamedNode)}
    own = {part for part in mentioned if part.value.startswith((COM, VOCAB))}
    assert own - defined == set()


def test_terms_in_queries_exist_in_the_ontology() -> None:
    defined = {shorten(quad.subject.value) for quad in ontology_quads() if isinstance(quad.subject, NamedNode)}
    pattern = re.compile(r"\b(?:com|real|role|stage|enumeration|nameStatus|certainty):[A-Za-z-]+")
    for rule in set_rules():
        body = "\n".join(line for line in rule.query.splitlines() if not line.startswith(("#+", "PREFIX")))
        assert set(pattern.findall(body)) - defined == set(), rule.stem


def test_each_rule_has_a_check_or_says_how_it_is_checked() -> None:
    checked = set(numbers().values()) | {rule.number for rule in set_rules()}
    assert {number for number, rule in rules().items() if not rule.note} == checked


def test_each_node_shape_belongs_to_one_scope() -> None:
    document, union = (node_shapes(shapes_for(scope)) for scope in (DOCUMENT, UNION))
    assert set(document).isdisjoint(union)
    assert sorted(document + union, key=str) == node_shapes(shapes())


def test_a_scope_holds_all_that_its_shapes_refer_to() -> None:
    for scope in (DOCUMENT, UNION):
        kept = shapes_for(scope)
        subjects_kept = {quad.subject for quad in kept}
        dangling = {quad.object for quad in kept if quad.predicate != term("rdf:type")} - subjects_kept
        assert not {node for node in dangling if isinstance(node, BlankNode)}
        assert not {node for node in dangling if isinstance(node, NamedNode) and node.value.startswith(SHAPES)}


def test_classes_checked_by_shapes_are_left_out_of_the_query_of_ranges() -> None:
    (rule,) = (rule for rule in set_rules() if rule.stem == "value-of-other-class")
    listed = set(re.findall(r"com:[a-zA-Z]+(?=[,\s]*[,)\n])", rule.query.partition("NOT IN")[2].partition(")")[0]))
    checked = {quad.subject for quad in shapes().quads_for_pattern(None, term("sh:class"), None)}
    paths = {shorten(str(path).strip("<>")) for shape in checked for path in objects(shape, "sh:path")}
    assert listed == paths


def test_the_three_rules_of_counts_agree_on_who_is_a_member() -> None:
    stems = ("more-named-than-counted", "enumeration-contradicts-names", "invented-members")
    bodies = {rule.stem: re.sub(r"\s+", " ", rule.query) for rule in set_rules()}
    start, end = "SELECT DISTINCT ?this ?member", "org:member ?member ."
    blocks = {bodies[stem][bodies[stem].index(start) : bodies[stem].index(end)] for stem in stems}
    assert len(blocks) == 1


def test_a_file_that_is_not_turtle_is_named() -> None:
    with pytest.raises(ShapesError, match=r"shapes/odd\.ttl is not Turtle"):
        list(catalogue._parse("odd.ttl", b"comsh:Odd a"))
