"""Plans: what they say of themselves, what they report, and the engine's ways that they allow for."""

from __future__ import annotations

import doctest
from collections import Counter

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, QuerySolutions, RdfFormat, Store, parse

from communique.graph.errors import ShapesError
from communique.graph.terms.namespaces import SH, XSD
from communique.graph.validation import compiled
from communique.graph.validation.compiled import Plan, compile_shapes
from communique.graph.validation.compiled.explain import layout
from communique.graph.validation.compiled.focus import CHUNK
from communique.graph.validation.compiled.paths import (
    INSTANCE,
    AlternativePath,
    InversePath,
    PredicatePath,
    RepeatedPath,
    SequencePath,
    Step,
)
from communique.graph.validation.results import WARNING, ValidationReport

EX = "http://example.org/"
PREFIXES = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <http://example.org/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix com: <https://w3id.org/communique/ns#> .
"""


def ex(name: str) -> NamedNode:
    return NamedNode(EX + name)


def build(text: str) -> Plan:
    return compile_shapes(parse((PREFIXES + text).encode(), format=RdfFormat.TURTLE))


def store(text: str) -> Store:
    found = Store()
    found.load((PREFIXES + text).encode(), format=RdfFormat.TURTLE)
    return found


def validate(shapes: str, data: str, **options: object) -> ValidationReport:
    return build(shapes).validate(store(data).query, **options)


def test_the_example_of_the_package_runs() -> None:
    found = doctest.testmod(compiled)
    assert (found.attempted > 5, found.failed) == (True, 0)


PERSON = """
ex:S a sh:NodeShape ; sh:targetClass ex:Person ; sh:property ex:S-name , ex:S-age .
ex:S-name sh:path ex:name ; sh:minCount 1 ; sh:maxCount 1 ; sh:severity sh:Warning ; sh:message "One name, please."@en .
ex:S-age sh:path ex:age ; sh:datatype xsd:integer ; sh:minInclusive 0 .
"""
PEOPLE = """
ex:a a ex:Person ; ex:name "A" , "B" ; ex:age 5 . ex:b a ex:Person ; ex:age -1 , "x" .
ex:Child rdfs:subClassOf ex:Person . ex:c a ex:Child ; ex:name "C" .
"""


def test_each_result_says_what_the_specification_asks_for() -> None:
    report = validate(PERSON, PEOPLE)
    summary = Counter(
        (item.focus, item.component.value.removeprefix(SH), item.severity, item.message) for item in report.results
    )
    assert summary == {
        (ex("a"), "MaxCountConstraintComponent", WARNING, "One name, please."): 1,
        (ex("b"), "MinCountConstraintComponent", WARNING, "One name, please."): 1,
        (ex("b"), "DatatypeConstraintComponent", NamedNode(SH + "Violation"), ""): 1,
        (ex("b"), "MinInclusiveConstraintComponent", NamedNode(SH + "Violation"), ""): 2,
    }
    assert report.focus_counts == {ex("S"): 3}
    assert {item.shape for item in report.results} == {ex("S-name"), ex("S-age")}


def test_constraints_on_the_same_rows_share_a_query() -> None:
    assert [len(check.findings) for check in build(PERSON).checks] == [2, 2]


def test_a_shape_without_focus_nodes_is_counted_and_asked_nothing() -> None:
    asked: list[str] = []
    data = store("ex:x ex:name 5 .")

    def run(query: str) -> QuerySolutions:
        asked.append(query)
        return data.query(query)

    assert build(PERSON).validate(run).focus_counts == {ex("S"): 0}
    assert len(asked) == 1


def test_focus_restricts_the_outermost_focus_nodes() -> None:
    report = validate(PERSON, PEOPLE, focus=[ex("a"), ex("c"), ex("nobody")])
    assert {item.focus for item in report.results} == {ex("a")}
    assert report.focus_counts == {ex("S"): 2}


def test_a_blank_node_can_be_a_focus_node() -> None:
    data = store(PEOPLE + "[] a ex:Person .")
    blank = next(quad.subject for quad in data if isinstance(quad.subject, BlankNode))
    report = build(PERSON).validate(data.query, focus=[blank, ex("a")])
    assert {item.focus for item in report.results} == {blank, ex("a")}


@pytest.mark.parametrize("wanted", [1, CHUNK, CHUNK + 1, 9 * CHUNK])
def test_some_of_many_focus_nodes_are_named_or_picked_out_of_all(wanted: int) -> None:
    data = store(" ".join(f"ex:n{number} a ex:Person ." for number in range(10 * CHUNK)))
    nodes = [ex(f"n{number}") for number in range(wanted)]
    report = build(PERSON).validate(data.query, focus=nodes)
    assert [result.focus for result in report.results] == sorted(nodes, key=str)
    assert report.focus_counts == {ex("S"): wanted}


def test_explain_shows_what_is_asked_about_a_shape() -> None:
    text = build(PERSON.replace("ex:name", "com:nameText")).explain(EX + "S-name")
    assert "PREFIX com: <https://w3id.org/communique/ns#>" in text
    assert f"# sh:MinCount on com:nameText, sh:Warning of {EX}S-name where ?violates1" in text
    assert "# reads com:nameText" in text
    assert "?this com:nameText ?one" in text
    assert "ex:age" not in text


def test_what_explain_shows_can_be_run() -> None:
    text = build(PERSON).explain(ex("S"))
    queries = [part for part in text.split("\n\n") if "SELECT" in part]
    prologue = text.partition("\n\n")[0]
    assert len(queries) == 3
    assert [len(list(store(PEOPLE).query(f"{prologue}\n{query}"))) for query in queries] == [3, 2, 2]


def test_explain_refuses_a_shape_of_another_plan() -> None:
    with pytest.raises(ShapesError, match="not in this plan"):
        build(PERSON).explain(ex("T"))


def test_layout_changes_nothing_but_spaces_and_names() -> None:
    query = f'SELECT ?x WHERE {{ ?x a <{XSD}date> ; <{EX}p> "a  {{ b" . FILTER (?x != 3 || (?y < 5 && ?z)) }}'
    assert layout(query).split() == query.replace(f"<{XSD}date>", "xsd:date").split()


P, Q, R = (PredicatePath(ex(name)) for name in "pqr")


def test_paths_are_written_as_in_sparql() -> None:
    path = SequencePath((P, InversePath(Q), AlternativePath((P, RepeatedPath(R, "+")))))
    assert str(path).replace(EX, "") == "<p>/(^<q>)/(<p>|(<r>+))"
    assert str(path.inverted()).replace(EX, "") == "((^<p>)|((^<r>)+))/<q>/(^<p>)"
    assert path.inverted().inverted() == path


def test_a_path_knows_the_triples_it_reads() -> None:
    assert list(SequencePath((P, InversePath(Q))).steps()) == [Step(None, P.iri), Step(P, Q.iri, is_inverse=True)]
    assert list(InversePath(SequencePath((P, Q))).steps()) == [
        Step(None, Q.iri, is_inverse=True),
        Step(InversePath(Q), P.iri, is_inverse=True),
    ]
    types, classes = INSTANCE.steps()
    assert (types.prefix, str(classes.prefix)) == (None, str(INSTANCE))


# What the plans allow for in pyoxigraph 0.5.13; where one of these fails, the engine has changed and code can go.


def ask(query: str, text: str = "ex:a ex:p 1 .") -> list[QuerySolutions]:
    return list(store(text).query(f"PREFIX ex: <{EX}> {query}"))


def test_the_engine_reaches_no_node_outside_the_data_by_a_path_of_no_steps() -> None:
    assert ask("SELECT * WHERE { VALUES ?x { ex:absent } ?x ex:p* ?y }") == []
    report = validate(
        "ex:S sh:targetNode ex:absent ; sh:path [ sh:zeroOrMorePath ex:p ] ; sh:nodeKind sh:Literal .", ""
    )
    assert [item.value for item in report.results] == [ex("absent")]


def test_the_engine_repeats_a_triple_of_several_graphs_in_their_union() -> None:
    quads = b"<urn:a> <urn:p> <urn:b> <urn:g1> .\n<urn:a> <urn:p> <urn:b> <urn:g2> ."
    data = Store()
    data.load(quads, format=RdfFormat.N_QUADS)
    assert len(list(data.query("SELECT * WHERE { ?s ?p ?o }", use_default_graph_as_union=True))) == 2


def test_the_engine_sees_outer_values_inside_a_grouped_subquery() -> None:
    counted = "SELECT ?x WHERE { ?x ex:p ?y } GROUP BY ?x HAVING (COUNT(DISTINCT ?y) > 1)"
    found = ask(f"SELECT ?x WHERE {{ VALUES ?x {{ ex:a ex:b }} FILTER EXISTS {{ {counted} }} }}", "ex:a ex:p 1 , 2 .")
    assert [row["x"] for row in found] == [ex("a")]


def test_the_engine_rebinds_inside_exists_what_is_bound_outside() -> None:
    assert len(ask("SELECT * WHERE { VALUES (?x ?y) { (1 2) } FILTER EXISTS { BIND (?x AS ?y) } }")) == 1
    shapes = "ex:S sh:targetNode ex:a ; sh:not [ sh:equals ex:p ] ."
    assert validate(shapes, "ex:a ex:p ex:a , ex:b .").conforms
    assert not validate(shapes, "ex:a ex:p ex:a .").conforms


def test_the_engine_takes_no_space_before_the_arguments_of_some_functions() -> None:
    with pytest.raises(SyntaxError):
        ask("ASK { FILTER (CONCAT (?a, ?b) = ?c) }")


def test_the_engine_keeps_the_lexical_form_of_ill_typed_literals_only() -> None:
    values = {
        str(row["o"].value)
        for row in ask("SELECT ?o WHERE { ?s ?p ?o }", 'ex:a ex:p "01"^^xsd:integer , "x"^^xsd:integer .')
    }
    assert values == {"1", "x"}


def test_a_value_in_a_list_is_met_whatever_its_form() -> None:
    assert validate('ex:S sh:targetNode ex:a ; sh:path ex:p ; sh:in ( "01"^^xsd:integer ) .', "ex:a ex:p 1 .").conforms


def test_an_equal_number_is_another_term() -> None:
    report = validate("ex:S sh:targetNode ex:a ; sh:path ex:p ; sh:in ( 1 ) .", "ex:a ex:p 1 , 1.0 .")
    assert [item.value for item in report.results] == [Literal("1", datatype=NamedNode(XSD + "decimal"))]
