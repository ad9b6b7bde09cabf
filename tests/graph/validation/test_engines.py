"""Which engine judges which shape: never in silence, never a shape passed over."""

from __future__ import annotations

import pytest
from pyoxigraph import NamedNode, Quad, RdfFormat, Store, parse

from communique.graph.errors import ShapesError, SourceError
from communique.graph.terms.namespaces import RDFS, SH, XSD
from communique.graph.validation import engines
from communique.graph.validation.catalogue import UNION, shapes_for
from communique.graph.validation.compiled import NO_TARGET
from communique.graph.validation.engines import COMPILED, PYSHACL, TURBO, Assignment, assign, turbo
from communique.graph.validation.results import ValidationReport
from communique.graph.validation.view import View

EX = "http://example.org/"
PREFIXES = f"@prefix ex: <{EX}> . @prefix sh: <{SH}> . @prefix xsd: <{XSD}> . @prefix rdfs: <{RDFS}> .\n"
# The plain shape beside which stands, in each test, one that the compiler does not know.
PLAIN = "ex:T a sh:NodeShape ; sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:minCount 1 ] .\n"
QUERY = 'sh:target [ sh:select "SELECT ?this { ?this <http://example.org/p> ?any }" ]'
ONE = "sh:property [ sh:path ex:p ; sh:maxCount 1 ]"
EXPRESSION = "sh:expression [ sh:path ex:ok ]"


def statements(turtle: str) -> list[Quad]:
    return list(parse((PREFIXES + turtle).encode(), format=RdfFormat.TURTLE))


@pytest.fixture
def view() -> View:
    store = Store()
    store.extend(statements("ex:x a ex:C ; ex:p 1 , 2 . ex:y a ex:C ; ex:q 1 . _:b a ex:C ; ex:p 3 ."))
    return View(store)


def assigned(turtle: str) -> Assignment:
    return assign(statements(turtle))


def found(report: ValidationReport) -> set[tuple[str, str]]:
    return {(str(each.focus), each.component.value.removeprefix(SH)) for each in report.results}


def by_engine(report: ValidationReport) -> dict[str, str]:
    return {str(shape)[1:-1].removeprefix(EX): engine for shape, engine in report.engines.items()}


BOTH = {(f"<{EX}y>", "MinCountConstraintComponent"), (f"<{EX}x>", "MaxCountConstraintComponent")}


def test_what_compiles_is_judged_by_the_compiled_engine(view: View) -> None:
    report = assigned(PLAIN + f"ex:S a sh:NodeShape ; sh:targetClass ex:C ; {ONE} .").validate(view)
    assert found(report) == BOTH
    assert by_engine(report) == {"S": COMPILED, "T": COMPILED}
    assert report.notes == ()


EXPRESSED = {(f"<{EX}{name}>", "ExpressionConstraintComponent") for name in "x"} | {
    ("_:b", "ExpressionConstraintComponent")
}


def test_a_target_with_a_query_stays_with_the_compiled_engine(view: View) -> None:
    report = assigned(PLAIN + f"ex:S a sh:NodeShape ; {QUERY} ; {ONE} .").validate(view)
    assert found(report) == BOTH
    assert by_engine(report) == {"S": COMPILED, "T": COMPILED}
    assert report.focus_counts == {NamedNode(EX + "T"): 3, NamedNode(EX + "S"): 2}
    assert report.notes == ()


def test_a_shape_for_another_engine_keeps_its_target(view: View) -> None:
    report = assigned(PLAIN + f"ex:S a sh:NodeShape ; {QUERY} ; {ONE} ; {EXPRESSION} .").validate(view)
    assert found(report) == BOTH | EXPRESSED
    assert by_engine(report) == {"S": TURBO, "T": COMPILED}
    assert report.focus_counts == {NamedNode(EX + "T"): 3, NamedNode(EX + "S"): 2}
    (note,) = report.notes
    assert "S was judged by pyshacl-turbo, because it uses sh:expression" in note


def test_classes_that_are_shapes_stay_with_their_engine(view: View) -> None:
    implicit = "ex:C a rdfs:Class , sh:NodeShape ; sh:property [ sh:path ex:p ; sh:minCount 1 ] .\n"
    report = assigned(implicit + f"ex:S a sh:NodeShape ; {QUERY} ; {EXPRESSION} ; {ONE} .").validate(view)
    assert found(report) == BOTH | EXPRESSED
    assert by_engine(report) == {"C": COMPILED, "S": TURBO}
    mixed = implicit.replace("sh:property", f"{QUERY} ; {EXPRESSION} ; sh:property")
    report = assigned(mixed).validate(view)
    missing = (f"<{EX}y>", "ExpressionConstraintComponent")
    assert found(report) == EXPRESSED | {missing, (f"<{EX}y>", "MinCountConstraintComponent")}
    assert by_engine(report) == {"C": TURBO}
    assert report.focus_counts == {NamedNode(EX + "C"): 3}


def test_an_expression_goes_to_another_engine(view: View) -> None:
    report = assigned(PLAIN + "ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:expression [ sh:path ex:ok ] .").validate(
        view
    )
    assert by_engine(report) == {"S": TURBO, "T": COMPILED}
    assert {focus for focus, kind in found(report) if kind.startswith("Expression")} == {f"<{EX}x>", f"<{EX}y>", "_:b"}


def test_the_target_of_a_shape_that_another_refers_to_does_not_matter_there(view: View) -> None:
    inner = f"ex:S a sh:NodeShape ; {QUERY} ; sh:property [ sh:path ex:p ; sh:minCount 1 ] .\n"
    report = assigned(inner + "ex:U a sh:NodeShape ; sh:targetClass ex:C ; sh:node ex:S .").validate(view)
    assert found(report) == {(f"<{EX}y>", "NodeConstraintComponent")}
    assert by_engine(report) == {"U": COMPILED, "S": COMPILED}


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ('ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:js [ sh:jsFunctionName "f" ] .', "sh:js.*known to no engine"),
        ("ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:minCuont 1 .", "sh:minCuont.*known to no engine"),
        (f'ex:S a sh:NodeShape ; sh:target [ a sh:JSTarget ; sh:jsFunctionName "f" ] ; {ONE} .', "has no sh:select"),
        (f"ex:S a sh:NodeShape ; {QUERY} ; sh:nodeKind ex:Wrong .", "sh:nodeKind"),
        (
            "ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:sparql [ sh:select"
            ' "SELECT $this WHERE { $this ?p ?v FILTER(<http://example.org/f>(?v)) }" ] .',
            "cannot be run: .*function",
        ),
    ],
)
def test_what_no_engine_can_judge_is_refused(shape: str, words: str) -> None:
    with pytest.raises(ShapesError, match=words) as caught:
        assigned(PLAIN + shape)
    assert caught.value.hint


@pytest.mark.parametrize(
    "shape",
    [
        "ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:expression [ ex:nonsense ex:ok ] .",
        "ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:expression [ sh:path ( ex:p ) ] .",
    ],
)
def test_a_failure_of_pyshacl_is_no_finding(view: View, shape: str) -> None:
    with pytest.raises(ShapesError, match=r"pySHACL stopped: .+"):
        assigned(PLAIN + shape).validate(view)


def test_large_data_are_not_handed_to_another_engine(view: View, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "TURBO_QUADS", 6)
    routed = assigned(PLAIN + f'ex:S a sh:NodeShape ; sh:name "One p" ; {QUERY} ; {ONE} ; {EXPRESSION} .')
    with pytest.raises(ShapesError, match=r"One p uses sh:expression .*7 quads are too many.*at most 6 quads.*next: "):
        routed.validate(view)
    assert not assigned(PLAIN).validate(view).conforms
    monkeypatch.setattr(engines, "TURBO_QUADS", 7)
    assert found(routed.validate(view)) == BOTH | EXPRESSED


RECURSIVE = (
    "ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:property [ sh:path ex:q ; sh:nodeKind sh:IRI ; sh:node ex:S ]"
)


def test_recursive_shapes_go_to_another_engine(view: View) -> None:
    report = assigned(PLAIN + RECURSIVE + " .").validate(view)
    assert found(report) == {
        (f"<{EX}y>", name) for name in ("MinCountConstraintComponent", "NodeKindConstraintComponent")
    }
    assert by_engine(report) == {"S": TURBO, "T": COMPILED}
    assert any("S was judged by pyshacl-turbo, because it uses recursion (" in note for note in report.notes)


def test_where_recursion_was_left_is_told() -> None:
    store = Store()
    chain = "".join(f"ex:n{place} ex:q ex:n{place + 1} . " for place in range(30))
    store.extend(statements(f"ex:n0 a ex:C . {chain} ex:n30 ex:q 1 ."))
    report = assigned(RECURSIVE + " .").validate(View(store))
    assert any("recursion was followed for 12 steps and no further" in note for note in report.notes)


def test_a_typo_in_a_recursive_shape_is_refused() -> None:
    with pytest.raises(ShapesError, match=r"sh:minCuont.*did you mean sh:minCount"):
        assigned(RECURSIVE.replace("sh:nodeKind sh:IRI", "sh:minCuont 1") + " .")


def test_a_query_about_the_shapes_graph_goes_to_another_engine(view: View) -> None:
    query = 'sh:sparql [ sh:select "SELECT $this ?value WHERE { GRAPH $shapesGraph { $currentShape ?value ?any } }" ]'
    report = assigned(PLAIN + f"ex:S a sh:NodeShape ; sh:targetNode ex:x ; {query} .").validate(view)
    assert by_engine(report) == {"S": TURBO, "T": COMPILED}
    values = {str(each.value)[1:-1].rpartition("#")[2] for each in report.results if each.shape == NamedNode(EX + "S")}
    assert values == {"type", "targetNode", "sparql"}


def test_terms_that_nobody_defines_reach_no_other_engine(view: View) -> None:
    report = assigned(RECURSIVE + " ; sh:shape ex:T .").validate(view)
    assert by_engine(report) == {"S": TURBO}
    assert any("not understood: sh:shape" in note for note in report.notes)


def test_pyshacl_stands_in_where_the_other_engine_stops(view: View, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise ShapesError("pyshacl-turbo stopped: a panic")

    monkeypatch.setattr(turbo, "report_on", stop)
    routed = assigned(f"ex:S a sh:NodeShape ; {QUERY} ; {ONE} ; {EXPRESSION} .")
    report = routed.validate(view)
    assert by_engine(report) == {"S": PYSHACL}
    assert any("pyshacl-turbo stopped: a panic" in note for note in report.notes)
    monkeypatch.setattr(engines, "PYSHACL_QUADS", 6)
    with pytest.raises(ShapesError, match="a panic"):
        routed.validate(view)


@pytest.mark.parametrize("value", ['"a"@en--ltr', "<<( ex:a ex:p 1 )>>"])
def test_rdf_1_2_is_not_handed_to_another_engine(value: str) -> None:
    store = Store()
    store.extend(statements(f"ex:x a ex:C ; ex:q {value} ."))
    with pytest.raises(SourceError, match=r"RDF 1\.2"):
        assigned(RECURSIVE + " .").validate(View(store))


def test_shapes_without_target_are_noted() -> None:
    report = assigned("ex:S a sh:NodeShape ; sh:nodeKind sh:IRI .").validate(View(Store()))
    assert (report.conforms, report.notes) == (True, (NO_TARGET,))
    assert report.focus_counts == {NamedNode(EX + "S"): 0}


def test_the_shapes_of_the_project_need_no_other_engine() -> None:
    assignment = assign(shapes_for(UNION))
    assert (assignment.routed, assignment.plan.unsupported) == ({}, {})


def test_shapes_are_called_by_label_by_short_iri_or_by_place() -> None:
    turtle = """ex:S a sh:NodeShape ; sh:name "Namen"@de , "Names"@en ; sh:property _:p .
    _:p sh:path ex:p ; sh:not [ sh:nodeKind sh:IRI ] . ex:T a sh:NodeShape ; sh:property [ sh:path ( ex:p ex:q ) ] ."""
    names = assign(statements(turtle), {"ex": EX}).names
    assert set(names.values()) == {"Names", "Names: ex:p", "Names: shape", "ex:T", "ex:T: ex:p/ex:q"}
