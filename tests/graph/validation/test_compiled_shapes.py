"""What the compiler refuses, and what it warns of: never is a shape skipped silently."""

from __future__ import annotations

import pytest
from pyoxigraph import NamedNode, RdfFormat, Store, parse

from communique.graph.errors import NotCompiled, ShapesError
from communique.graph.terms.namespaces import SH
from communique.graph.validation.compiled import Plan, compile_shapes

EX = "http://example.org/"
PREFIXES = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix ex: <http://example.org/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix dash: <http://datashapes.org/dash#> .
"""


def build(text: str, **options: object) -> Plan:
    return compile_shapes(parse((PREFIXES + text).encode(), format=RdfFormat.TURTLE), **options)


def ex(name: str) -> NamedNode:
    return NamedNode(EX + name)


NODE = "ex:S a sh:NodeShape ; sh:targetClass ex:C ; "
PROPERTY = "ex:S a sh:PropertyShape ; sh:targetClass ex:C ; sh:path ex:p ; "

ILL_FORMED = {
    "sh:minCount": PROPERTY + "sh:minCount 1 , 2 .",
    "sh:maxCount": PROPERTY + "sh:maxCount 1.5 .",
    "sh:in": NODE + "sh:in ex:a .",
    "sh:languageIn": NODE + "sh:languageIn ( ex:en ) .",
    "sh:ignoredProperties": NODE + 'sh:closed true ; sh:ignoredProperties ( "p" ) .',
    "sh:class": NODE + 'sh:class "C" .',
    "sh:datatype": NODE + "sh:datatype xsd:date , xsd:integer .",
    "sh:nodeKind": NODE + "sh:nodeKind sh:Iri .",
    "sh:minInclusive": NODE + "sh:minInclusive ex:five .",
    "sh:pattern": NODE + 'sh:pattern "(?=a)b" .',
    "sh:uniqueLang": PROPERTY + 'sh:uniqueLang "yes" .',
    "sh:lessThan": NODE + "sh:lessThan ex:p .",
    "sh:hasValue": NODE + "sh:hasValue [] .",
    "sh:targetNode": "ex:S a sh:NodeShape ; sh:targetNode [] .",
    "sh:targetClass": 'ex:S a sh:NodeShape ; sh:targetClass "C" .',
    "sh:severity": NODE + 'sh:severity "high" .',
    "sh:deactivated": NODE + "sh:deactivated 1 .",
    "sh:message": NODE + "sh:message ex:text .",
    "sh:node": NODE + "sh:node ex:T . ex:T sh:path ex:p .",
    "sh:property": NODE + "sh:property ex:T . ex:T sh:nodeKind sh:IRI .",
    "sh:qualifiedValueShape": NODE + "sh:qualifiedValueShape [ sh:class ex:D ] ; sh:qualifiedMinCount 1 .",
    "sh:path": "ex:S a sh:PropertyShape ; sh:targetClass ex:C .",
    "sh:or": NODE + "sh:or [ sh:class ex:D ] .",
    "sh:flags": PROPERTY + 'sh:pattern "a" ; sh:flags 7 .',
}
PATHS = {
    "a list of 1": "ex:S sh:targetClass ex:C ; sh:path ( ex:p ) .",
    "a list of 0": "ex:S sh:targetClass ex:C ; sh:path [ sh:alternativePath () ] .",
    "contains itself": "ex:S sh:targetClass ex:C ; sh:path _:p . _:p sh:inversePath _:p .",
    "is no path": "ex:S sh:targetClass ex:C ; sh:path [ rdfs:label ex:p ] .",
    "is no list": "ex:S sh:targetClass ex:C ; sh:path [ sh:alternativePath ex:p ] .",
    "in a node shape": "ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:path ex:p .",
}
UNKNOWN = {
    "sh:minCounts": PROPERTY + "sh:minCounts 1 .",
    "sh:rule": NODE + "sh:rule [ a sh:TripleRule ] .",
    "sh:js": NODE + "sh:js [] .",
    "sh:resultPath": PROPERTY + "sh:resultPath ex:p .",
}
RECURSIVE = [
    NODE + "sh:property [ sh:path ex:p ; sh:node ex:S ] .",
    NODE + "sh:not ex:T . ex:T sh:or ( [ sh:node ex:S ] ) .",
    PROPERTY + "sh:qualifiedValueShape ex:T ; sh:qualifiedMinCount 1 . ex:T sh:property ex:S .",
]


@pytest.mark.parametrize("construct", ILL_FORMED)
def test_an_ill_formed_shape_is_refused_by_name(construct: str) -> None:
    with pytest.raises(ShapesError) as error:
        build(ILL_FORMED[construct])
    assert construct in str(error.value)
    assert EX + "S" in str(error.value)
    assert error.value.expected
    assert error.value.hint


@pytest.mark.parametrize("problem", PATHS)
def test_an_ill_formed_path_is_refused(problem: str) -> None:
    with pytest.raises(ShapesError, match=problem) as error:
        build(PATHS[problem])
    assert "sh:path" in str(error.value)


@pytest.mark.parametrize("construct", UNKNOWN)
def test_what_the_compiler_does_not_know_is_refused(construct: str) -> None:
    with pytest.raises(ShapesError, match=r"known to (?:no engine here|this compiler)") as error:
        build(UNKNOWN[construct])
    assert construct in str(error.value)
    assert error.value.hint


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [("minCuont", "minCount"), ("mincount", "minCount"), ("propety", "property"), ("targetClas", "targetClass")],
)
def test_a_mistyped_term_is_refused_with_the_one_that_is_meant(wrong: str, meant: str) -> None:
    with pytest.raises(ShapesError, match=f"sh:{wrong}") as error:
        build(PROPERTY + f"sh:{wrong} 1 .")
    assert error.value.hint == f"did you mean sh:{meant}?"


def test_a_term_that_nobody_defines_constrains_nothing_and_is_listed() -> None:
    used = "sh:shape ex:T ; sh:singleLine true ; sh:nodeKind sh:IRI ."
    plan = build(NODE + used + "ex:T a sh:NodeShape ; sh:targetClass ex:D ; " + used)
    assert plan.unknown == (NamedNode(SH + "shape"), NamedNode(SH + "singleLine"))
    assert len(plan.checks) == 2
    assert any(
        "sh:shape is no term of SHACL" in str(note) and str(note).endswith("/S and 1 more") for note in plan.warnings
    )


@pytest.mark.parametrize("text", RECURSIVE)
def test_recursion_is_refused_with_its_way(text: str) -> None:
    with pytest.raises(NotCompiled, match="recursive") as error:
        build(text)
    assert str(error.value).count(EX + "S") == 2
    assert "recursion" in error.value.reason


def test_what_stands_behind_a_recursion_is_read_all_the_same() -> None:
    with pytest.raises(ShapesError, match="sh:minCount"):
        build(NODE + "sh:node ex:S ; sh:property [ sh:path ex:p ; sh:minCount 1 , 2 ] .", is_lenient=True)


@pytest.mark.parametrize(
    ("opening", "closing", "words"),
    [
        ("sh:not [ ", " ]", "more than 50 deep"),
        ("sh:and ( [ ", " ] )", "more than 50 deep"),
        ("sh:property [ sh:path ex:p ; ", " ]", "more than 50 deep"),
    ],
)
def test_shapes_nested_beyond_measure_are_refused(opening: str, closing: str, words: str) -> None:
    with pytest.raises(ShapesError, match=words):
        build(NODE + opening * 3000 + "sh:nodeKind sh:IRI" + closing * 3000 + " .")


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("[ sh:inversePath " * 3000 + "ex:p" + " ]" * 3000, "paths inside one another"),
        (f"( {'ex:p ' * 3000} )", "a sequence of 3,000 paths"),
    ],
)
def test_paths_beyond_measure_are_refused(path: str, words: str) -> None:
    with pytest.raises(ShapesError, match=words):
        build(NODE + f"sh:property [ sh:path {path} ; sh:minCount 1 ] .")


def test_entailment_is_refused() -> None:
    with pytest.raises(ShapesError, match="entailment"):
        build("ex: sh:entailment <http://www.w3.org/ns/entailment/RDFS> . " + NODE + "sh:nodeKind sh:IRI .")


def test_shapes_that_grow_beyond_an_engine_are_refused() -> None:
    doubled = "".join(f"ex:S{n} sh:and ( ex:S{n + 1} ex:S{n + 1} ) ." for n in range(20))
    with pytest.raises(ShapesError, match="shapes inside one another"):
        build(f"ex:S0 a sh:NodeShape ; sh:targetClass ex:C . {doubled} ex:S20 sh:nodeKind sh:IRI .")


def test_lenient_compilation_keeps_what_it_can_and_names_the_rest() -> None:
    beyond = "ex:T a sh:NodeShape ; sh:targetClass ex:C ; sh:expression [ sh:path ex:ok ] ."
    plan = build(NODE + "sh:nodeKind sh:IRI . " + beyond, is_lenient=True)
    assert [shape.node for shape in plan.shapes] == [ex("S")]
    assert set(plan.unsupported) == {ex("T")}
    assert any("not checked" in str(warning) and EX + "T" in str(warning) for warning in plan.warnings)


def test_shapes_without_target_are_warned_of_and_counted_with_zero() -> None:
    plan = build("ex:S a sh:NodeShape ; sh:nodeKind sh:IRI .")
    assert any("no shape has a target" in str(warning) for warning in plan.warnings)
    assert any(EX + "S" in str(warning) for warning in plan.warnings)
    assert plan.validate(Store().query).focus_counts == {ex("S"): 0}


def test_a_shape_with_neither_type_nor_target_is_warned_of_too() -> None:
    plan = build(NODE + "sh:nodeKind sh:IRI ; sh:property [ sh:path ex:p ] . ex:T sh:property [ sh:path ex:q ] .")
    assert plan.unused == (ex("T"),)
    assert any(EX + "T" in str(warning) for warning in plan.warnings)
    with pytest.raises(ShapesError, match="sh:nodeKind"):
        build("ex:T sh:nodeKind ex:Wrong .")


def test_a_name_of_which_no_shape_says_anything_is_warned_of() -> None:
    assert any(EX + "Mistyped" in str(warning) for warning in build(NODE + "sh:node ex:Mistyped .").warnings)
    assert build(NODE + "sh:node ex:T . ex:T a sh:NodeShape .").warnings == ()


def test_an_unused_shape_is_read_all_the_same() -> None:
    with pytest.raises(ShapesError, match="sh:minCount"):
        build(NODE + "sh:nodeKind sh:IRI . ex:T a sh:PropertyShape ; sh:path ex:p ; sh:minCount 1 , 2 .")


@pytest.mark.parametrize(
    ("text", "part"),
    [
        (PROPERTY + 'sh:uniqueLang "1"^^xsd:boolean .', "uniqueLang"),
        (PROPERTY + 'sh:flags "i" .', "sh:flags"),
        (NODE + "sh:ignoredProperties ( ex:p ) .", "sh:ignoredProperties"),
        (NODE + "dash:closedByTypes true .", "dash:closedByTypes"),
    ],
)
def test_what_has_no_effect_is_warned_of(text: str, part: str) -> None:
    assert any(part in str(warning) for warning in build(text).warnings)


def test_a_shape_used_inside_another_is_not_called_unused() -> None:
    plan = build(NODE + "sh:property ex:T . ex:T a sh:PropertyShape ; sh:path ex:p ; sh:minCount 1 .")
    assert plan.warnings == ()
    assert plan.unused == ()


def test_annotations_and_terms_of_others_are_let_be() -> None:
    plan = build(PROPERTY + 'sh:name "p" ; sh:order 1 ; sh:group ex:g ; rdfs:comment "x" ; ex:note 5 ; sh:minCount 1 .')
    assert plan.warnings == ()
    assert len(plan.checks) == 1
