"""pySHACL behind its door: terms keep their kind, paths can be read, and a failure is never a finding."""

from __future__ import annotations

import logging

import pyshacl
import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, Store
from pyshacl.errors import ValidationFailure
from rdflib import Graph

from communique.graph.errors import ShapesError
from communique.graph.terms.namespaces import SH, XSD
from communique.graph.validation.engines import pyshacl as oracle
from communique.graph.validation.results import ValidationReport
from communique.graph.validation.view import View

PREFIXES = f"@prefix ex: <http://example.org/> . @prefix sh: <{SH}> . @prefix xsd: <{XSD}> .\n"
EX = "http://example.org/"


def store_of(turtle: str) -> Store:
    store = Store()
    store.load((PREFIXES + turtle).encode(), format=RdfFormat.TURTLE)
    return store


def validate(data: str, shapes: str) -> ValidationReport:
    return oracle.validate_view(View(store_of(data)), store_of(shapes))


def test_plain_and_typed_strings_are_one() -> None:
    shapes = 'ex:S a sh:NodeShape ; sh:targetObjectsOf ex:p ; sh:in ( "a" "b"^^xsd:string ) .'
    assert validate('ex:x ex:p "a"^^xsd:string . ex:y ex:p "b" .', shapes).conforms


def test_terms_come_back_as_they_went() -> None:
    shapes = 'ex:S a sh:NodeShape ; sh:targetObjectsOf ex:p ; sh:nodeKind sh:BlankNode ; sh:message "No."@en .'
    report = validate('ex:x ex:p "a" , "a"@en , 1 , "2016"^^xsd:gYear , "nonsense"^^xsd:date , ex:z .', shapes)
    assert {result.focus for result in report.results} == {
        Literal("a"),
        Literal("a", language="en"),
        Literal(1),
        Literal("2016", datatype=NamedNode(XSD + "gYear")),
        Literal("nonsense", datatype=NamedNode(XSD + "date")),
        NamedNode(EX + "z"),
    }
    assert {result.message for result in report.results} == {"No."}
    assert report.focus_counts == {NamedNode(EX + "S"): 6}


@pytest.mark.parametrize(
    ("path", "written"),
    [
        ("ex:p", f"<{EX}p>"),
        ("[ sh:inversePath ex:p ]", f"^<{EX}p>"),
        ("( [ sh:inversePath ex:p ] ex:q )", f"(^<{EX}p>)/<{EX}q>"),
        ("[ sh:alternativePath ( ex:p ex:q ) ]", f"<{EX}p>|<{EX}q>"),
        ("[ sh:zeroOrMorePath ( ex:p ex:q ) ]", f"(<{EX}p>/<{EX}q>)*"),
        ("[ sh:oneOrMorePath ex:p ]", f"<{EX}p>+"),
        ("[ sh:zeroOrOnePath ex:p ]", f"<{EX}p>?"),
    ],
)
def test_paths_are_written_as_sparql(path: str, written: str) -> None:
    shapes = f"ex:S a sh:NodeShape ; sh:targetNode ex:x ; sh:property [ sh:path {path} ; sh:minCount 3 ] ."
    (result,) = validate("ex:x ex:p ex:y .", shapes).results
    assert result.path == written
    store_of("ex:x ex:p ex:y .").query(f"SELECT * WHERE {{ ?s {written} ?o }}")


def test_what_explains_a_result_is_not_a_result() -> None:
    shapes = """ex:S a sh:NodeShape ; sh:targetNode ex:x ; sh:node ex:T .
    ex:T a sh:NodeShape ; sh:property [ sh:path ex:p ; sh:minCount 1 ] ."""
    (result,) = validate("ex:x ex:q ex:y .", shapes).results
    assert result.component.value == SH + "NodeConstraintComponent"


def test_nodes_behind_sh_node_are_checked() -> None:
    shapes = """ex:S a sh:NodeShape ; sh:targetNode ex:x ; sh:property [ sh:path ex:p ; sh:node ex:T ] .
    ex:T a sh:NodeShape ; sh:property [ sh:path ex:q ; sh:minCount 1 ] ."""
    (result,) = validate("ex:x ex:p ex:y .", shapes).results
    assert result.value == NamedNode(EX + "y")


def test_data_is_left_as_it_was() -> None:
    shapes = "ex:S a sh:NodeShape ; sh:targetNode ex:x ; sh:property [ sh:path ex:p ; sh:minCount 1 ] ."
    assert not validate("ex:x ex:q ex:y , ex:z .", shapes).conforms
    assert validate("ex:x ex:p ex:y .", shapes).conforms
    assert not validate("ex:x ex:q ex:y , ex:z .", shapes).conforms


@pytest.mark.parametrize(
    "shapes", ["sh:path ex:p , ex:q ; sh:minCount 1", "sh:minCount 1", "sh:path ex:p ; sh:minCount 1 , 2"]
)
def test_broken_shapes_are_no_finding(shapes: str) -> None:
    broken = f"ex:S a sh:NodeShape ; sh:targetNode ex:x ; sh:property ex:P . ex:P a sh:PropertyShape ; {shapes} ."
    with pytest.raises(ShapesError, match="pySHACL") as caught:
        validate("ex:x ex:p ex:y .", broken)
    assert caught.value.__cause__ is not None


def test_a_failure_in_the_place_of_a_report_is_no_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    cause = ValidationFailure("out of memory")  # type: ignore[no-untyped-call]
    failure = (False, cause, "Validation Failure - out of memory")
    monkeypatch.setattr(pyshacl, "validate", lambda *_, **__: failure)
    with pytest.raises(ShapesError, match="out of memory"):
        oracle.run(Graph(), Graph())


def test_a_report_that_contradicts_itself_is_no_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pyshacl, "validate", lambda *_, **__: (False, Graph(), ""))
    with pytest.raises(ShapesError, match="contradicts itself"):
        oracle.run(Graph(), Graph())


def test_ill_typed_literals_are_found_quietly(caplog: pytest.LogCaptureFixture) -> None:
    shapes = "ex:S a sh:NodeShape ; sh:targetNode ex:x ; sh:property [ sh:path ex:p ; sh:datatype xsd:date ] ."
    level = logging.getLogger("rdflib.term").level
    assert len(validate('ex:x ex:p "2017-02-30"^^xsd:date .', shapes).results) == 1
    assert caplog.records == []
    assert logging.getLogger("rdflib.term").level == level


def test_shapes_without_targets_are_listed_as_not_exercised() -> None:
    shapes = "ex:S a sh:NodeShape ; sh:property [ sh:path ex:p ; sh:minCount 1 ] ."
    report = validate("ex:x ex:p ex:y .", shapes)
    assert report.conforms
    assert report.focus_counts == {NamedNode(EX + "S"): 0}
