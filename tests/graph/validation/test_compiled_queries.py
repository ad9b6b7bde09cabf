"""Queries of shapes: what pre-binding becomes in a set-based query, what is refused, how messages are filled."""

from __future__ import annotations

import pytest
from pyoxigraph import NamedNode, QuerySolutions, RdfFormat, Store, parse

from communique.graph.errors import ShapesError
from communique.graph.validation.compiled import compile_shapes
from communique.graph.validation.compiled.query_text import direct, groups, tokenize, write
from communique.graph.validation.results import ValidationReport

EX = "http://example.org/"
PREFIXES = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <http://example.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
ex: sh:declare [ sh:prefix "ex" ; sh:namespace "http://example.org/"^^xsd:anyURI ] .
"""
DATA = "ex:a a ex:C ; ex:p 1 , 2 ; ex:q ex:b . ex:b a ex:C ; ex:p 3 . ex:c ex:p 9 ."


def ex(name: str) -> NamedNode:
    return NamedNode(EX + name)


def validate(shapes: str, data: str = DATA) -> ValidationReport:
    store = Store()
    store.load((PREFIXES + data).encode(), format=RdfFormat.TURTLE)

    def run(query: str) -> QuerySolutions:
        return store.query(query)

    return compile_shapes(parse((PREFIXES + shapes).encode(), format=RdfFormat.TURTLE)).validate(run)


def by_query(body: str, more: str = "") -> ValidationReport:
    constraint = f'[ sh:prefixes ex: ; sh:select """{body}""" {more} ]'
    return validate(f"ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:sparql {constraint} .")


REFUSED = {
    "MINUS": "SELECT $this WHERE { $this ex:p ?x MINUS { $this ex:q ?y } }",
    "VALUES": "SELECT $this WHERE { $this ex:p ?x VALUES ?x { 1 } }",
    "SERVICE": "SELECT $this WHERE { SERVICE <http://example.org/> { $this ex:p ?x } }",
    "LIMIT": "SELECT $this WHERE { $this ex:p ?x } LIMIT 1",
    "OFFSET": "SELECT $this WHERE { { SELECT $this ?x WHERE { $this ex:p ?x } OFFSET 1 } }",
    "does not project $this by name": "SELECT $this WHERE { { SELECT * WHERE { $this ex:p ?x } } }",
    "does not project $this": "SELECT ?x WHERE { $this ex:p ?x }",
    "pre-bound": "SELECT $this WHERE { BIND (1 AS $this) }",
    "unknown prefix": "SELECT $this WHERE { $this foaf:name ?x }",
    "not SPARQL": "SELECT $this WHERE { $this ex:p }",
    "closing brace": "SELECT $this WHERE { $this ex:p ?x",
    "GROUP BY": "SELECT $this (COUNT(?x) AS ?n) WHERE { $this ex:p ?x }",
    "SELECT or ASK": "CONSTRUCT WHERE { $this ex:p ?x }",
    "GRAPH": "SELECT $this WHERE { GRAPH ?g { ?x ex:p ?y FILTER (?y = $this) } }",
    "PATH": "SELECT $this WHERE { $this $PATH ?x }",
    "shapesGraph": "SELECT $this WHERE { GRAPH $shapesGraph { $currentShape ex:p ?x } }",
    "nested brackets": "SELECT $this WHERE { " + "{" * 200 + "$this ex:p ?x" + "}" * 200 + " }",
    "FROM": "SELECT $this FROM ex:g WHERE { $this ex:p ?x }",
}


@pytest.mark.parametrize("problem", REFUSED)
def test_a_query_that_cannot_be_asked_for_all_at_once_is_refused(problem: str) -> None:
    with pytest.raises(ShapesError) as error:
        by_query(REFUSED[problem])
    assert problem in str(error.value)
    assert EX + "S" in str(error.value)
    assert error.value.hint


def test_an_aggregate_is_taken_per_focus_node() -> None:
    report = by_query("SELECT $this (SUM(?x) AS ?value) WHERE { $this ex:p ?x } GROUP BY $this")
    assert {(result.focus, str(result.value)[1]) for result in report.results} == {(ex("a"), "3"), (ex("b"), "3")}


def test_a_group_that_only_filters_sees_the_focus_node() -> None:
    body = "SELECT $this WHERE { { FILTER (false) } UNION { FILTER ($this = ex:b) } }"
    assert [result.focus for result in by_query(body).results] == [ex("b")]


def test_equal_solutions_count_once() -> None:
    assert len(by_query("SELECT $this WHERE { $this ex:p ?x }").results) == 2


def test_a_value_of_a_node_shape_is_the_focus_node_unless_projected() -> None:
    pattern = "WHERE { $this ex:q ?x }"
    assert {result.value for result in by_query(f"SELECT $this {pattern}").results} == {ex("a")}
    assert {result.value for result in by_query("SELECT $this (ex:b AS ?value) WHERE { $this ex:q ?x }").results} == {
        ex("b")
    }


def test_messages_name_values() -> None:
    more = '; sh:message "{$this} has {?x}, not {?y}"'
    messages = [result.message for result in by_query("SELECT $this ?x WHERE { $this ex:q ?x }", more).results]
    assert messages == [f"{EX}a has {EX}b, not {{?y}}"]


def test_a_message_of_the_shape_is_no_template() -> None:
    report = validate('ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:message "{$this}!" ; sh:in () .')
    assert {result.message for result in report.results} == {"{$this}!"}


def test_a_failure_of_a_query_is_no_violation() -> None:
    with pytest.raises(ShapesError, match="failure"):
        by_query("SELECT $this (true AS ?failure) WHERE { $this ex:q ?x }")


def test_a_constraint_inside_another_shape_decides_conformance() -> None:
    report = validate(
        """ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:not ex:T .
        ex:T sh:sparql [ sh:prefixes ex: ; sh:select "SELECT $this WHERE { FILTER NOT EXISTS { $this ex:q ?x } }" ] ."""
    )
    assert [(result.focus, result.component.value.rsplit("#")[1]) for result in report.results] == [
        (ex("a"), "NotConstraintComponent")
    ]


def test_each_way_to_a_value_node_counts_for_a_query_inside_a_property() -> None:
    report = validate(
        """ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:property [ sh:path ex:q ; sh:property ex:T ] .
        ex:T sh:path ex:p ;
          sh:sparql [ sh:prefixes ex: ; sh:select "SELECT $this ?value WHERE { $this $PATH ?value }" ] .""",
        "ex:a a ex:C ; ex:q ex:x . ex:b a ex:C ; ex:q ex:x . ex:x ex:p 5 .",
    )
    assert [(result.focus, result.path) for result in report.results] == [(ex("x"), f"<{EX}p>")] * 2


COMPONENT = """
ex:Least a sh:ConstraintComponent ; sh:parameter [ sh:path ex:least ] , [ sh:path ex:but ; sh:optional true ] ;
  sh:validator [ sh:message "{?value} is less than {$least}" ;
    sh:ask "ASK { { FILTER ($value >= $least) } UNION { FILTER (BOUND($but) && $value = $but) } }" ] .
"""


@pytest.mark.parametrize(("more", "expected"), [("", {"1", "2", "9"}), ("; ex:but 2", {"1", "9"})])
def test_a_declared_component_sees_its_parameters_in_every_group(more: str, expected: set[str]) -> None:
    shape = f"ex:S sh:targetSubjectsOf ex:p ; sh:path ex:p ; ex:least 10 {more} . {COMPONENT}"
    report = validate(shape, DATA.replace("ex:p 3", "ex:p 11"))
    assert {result.message[0] for result in report.results} == expected
    assert {result.component for result in report.results} == {ex("Least")}
    assert all(result.message.endswith("is less than 10") for result in report.results)


def test_two_uses_of_a_component_keep_their_parameters_apart() -> None:
    shape = "ex:S sh:targetSubjectsOf ex:p ; sh:path ex:p ; sh:or ( [ ex:least 9 ] [ sh:not [ ex:least 2 ] ] ) ."
    assert {str(result.value)[1] for result in validate(shape + COMPONENT).results} == {"2", "3"}


def test_several_values_of_several_parameters_are_ill_formed() -> None:
    with pytest.raises(ShapesError, match="least"):
        validate("ex:S sh:targetSubjectsOf ex:p ; ex:least 1 , 2 ." + COMPONENT)


def test_an_ask_query_ends_with_its_pattern() -> None:
    with pytest.raises(ShapesError, match="behind its pattern"):
        validate("ex:S sh:targetSubjectsOf ex:p ; ex:least 1 ." + COMPONENT.replace('} }" ]', '} } HAVING (1 = 1)" ]'))


def test_a_component_without_validator_for_the_kind_of_shape_is_refused() -> None:
    with pytest.raises(ShapesError, match="no validator"):
        validate(
            """ex:S sh:targetSubjectsOf ex:p ; ex:least 1 .
            ex:Least a sh:ConstraintComponent ; sh:parameter [ sh:path ex:least ] ;
              sh:propertyValidator [ sh:select "SELECT $this WHERE { $this $PATH $least }" ] ."""
        )


TEXT = """# { a comment
SELECT $this (COUNT(?x) AS ?n) WHERE { $this ex:p/ex:q* ?x ; ex:r.a "a{b}\\"}"@en-GB , '''c}''' , 12.5e3 .
  FILTER(?a<?b && ?c>3 || ?x < -5) OPTIONAL { ?x <http://a#b> _:b1 . }
  FILTER NOT EXISTS { { SELECT ?this { ?s ?p ?o } } } }"""


def test_text_survives_tokenizing() -> None:
    assert write(tokenize(TEXT)) == " ".join(TEXT.partition("\n")[2].split())


def test_groups_know_what_introduces_them() -> None:
    tokens = tokenize(TEXT)
    found = groups(tokens)
    assert [group.role for group in found] == ["WHERE", "OPTIONAL", "EXISTS", "SELECT", "WHERE"]
    assert [token.text for token, _ in direct(tokens, found[-1])] == ["?s", "?p", "?o"]
