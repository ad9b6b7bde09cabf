"""Targets that are queries: as pySHACL finds them, at any size, with what they read; wrong ones are refused."""

from __future__ import annotations

from collections import Counter

import pytest
import worlds
from hypothesis import HealthCheck, given, settings
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Store, Triple, parse, serialize
from rdflib import Graph

from communique.graph.errors import ShapesError
from communique.graph.validation.compiled import Plan, compile_shapes
from communique.graph.validation.engines import pyshacl as oracle
from communique.graph.validation.results import ValidationReport
from communique.graph.validation.view import View

EX = worlds.EX
PREFIXES = f"""@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <{EX}> . @prefix xsd: <{worlds.XSD}> .
@prefix rdfs: <{worlds.RDFS}> . ex: sh:declare [ sh:prefix "ex" ; sh:namespace "{EX}"^^xsd:anyURI ] .
"""
DATA = "ex:a a ex:C ; ex:p 1 , 2 ; ex:q ex:b . ex:b a ex:C ; ex:p 3 . ex:c ex:p 9 . _:d ex:p ex:a ."
some = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def turtle(text: str) -> list[Triple]:
    return [quad.triple for quad in parse((PREFIXES + text).encode(), format=RdfFormat.TURTLE)]


def view_of(triples: list[Triple]) -> View:
    store = Store()
    store.extend(Quad(*triple) for triple in triples)
    return View(store)


def plan_of(target: str, more: str = "") -> Plan:
    return compile_shapes(turtle(f"ex:S a sh:NodeShape ; sh:target {target} ; sh:nodeKind sh:Literal . {more}"))


def focus_of(target: str, more: str = "", data: str = DATA) -> set[str]:
    report = plan_of(target, more).validate(view_of(turtle(data)).select)
    found = {str(result.focus).strip("<>").removeprefix(EX) for result in report.results}
    assert report.focus_counts == {NamedNode(EX + "S"): len(found)}
    return {"blank" if name.startswith("_:") else name for name in found}


def select(query: str, more: str = "") -> str:
    return f'[ a sh:SPARQLTarget ; sh:prefixes ex: ; sh:select """{query}""" {more} ]'


def multiset(report: ValidationReport) -> Counter[tuple[str, ...]]:
    return Counter(
        (str(each.focus), str(each.path), str(each.value), each.component.value, str(each.shape))
        for each in report.results
    )


def by_pyshacl(data: list[Triple], shapes: list[Triple]) -> Counter[tuple[str, ...]]:
    graphs = (Graph().parse(data=serialize(part, format=RdfFormat.N_TRIPLES), format="nt") for part in (data, shapes))
    return multiset(ValidationReport(tuple(oracle.read_results(oracle.run(*graphs, is_advanced=True)))))


@pytest.mark.slow
@some
@given(worlds.graphs(), worlds.query_targets())
def test_query_targets_agree_with_pyshacl(data: list[Triple], shapes: list[Triple]) -> None:
    plan, run = compile_shapes(shapes), view_of(data).select
    found = multiset(plan.validate(run))
    assert found == by_pyshacl(data, shapes)
    everything = {part for triple in data for part in (triple.subject, triple.object)} | set(worlds.TERMS)
    assert found == multiset(plan.validate(run, focus=everything))
    assert plan.validate(run).focus_counts == plan.validate(run, focus=everything).focus_counts


@pytest.mark.parametrize("query", worlds.LOCAL_TARGETS + worlds.OTHER_TARGETS)
def test_a_check_is_local_where_it_is_known_what_its_target_reads(query: str) -> None:
    (check,) = plan_of(select(query)).checks
    assert check.is_local is (query in worlds.LOCAL_TARGETS)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT ?this { ?this ex:p ?x }", {"a", "b", "c", "blank"}),
        ("SELECT ?this { { SELECT * { ?this a ex:C } } }", {"a", "b"}),
        ("SELECT ?this { SELECT ?this { ?this a ex:C } }", {"a", "b"}),
        ("SELECT ?this { ?this a ex:C } ORDER BY DESC(?this) LIMIT 1", {"b"}),
        ("SELECT ?this { OPTIONAL { ?this a ex:None } }", set()),
        ("SELECT ?this { ?this a ?type } VALUES ?type { ex:C }", {"a", "b"}),
        ("SELECT * { { ?this a ex:C ; ex:q _:x } UNION { _:x ex:q ?this } }", {"a", "b"}),
        ("PREFIX e: <http://example.org/> SELECT ?this { e:a e:q ?this }", {"b"}),
    ],
)
def test_a_query_selects_the_focus_nodes(query: str, expected: set[str]) -> None:
    assert focus_of(select(query)) == expected


def test_a_target_needs_no_type_and_its_query_may_have_a_language() -> None:
    assert focus_of(f'[ sh:select "SELECT ?this {{ ?this <{EX}q> ?any }}"@en ]') == {"a"}


KIND = """ex:K a sh:SPARQLTargetType ; rdfs:subClassOf sh:Target ; sh:prefixes ex: ;
  sh:parameter [ sh:path ex:cls ] , [ sh:path ex:more ; sh:optional true ] ;
  sh:select "SELECT ?this { ?this a $cls FILTER (BOUND($more)) MINUS { ?this ex:q ?x . ?x a $cls } }" ."""


def test_a_target_type_takes_parameters() -> None:
    assert focus_of("[ a ex:K ; ex:cls ex:C ; ex:more 1 ]", KIND) == {"b"}
    assert focus_of("[ a ex:K ; ex:cls ex:Other ; ex:more 1 ]", KIND) == set()
    assert focus_of("[ a ex:K ; ex:cls ex:C ]", KIND) == set()


REFUSED = {
    r"does not select \?this": select("SELECT ?that { ?that ex:p ?x }"),
    "SELECT or ASK": select("CONSTRUCT WHERE { ?this ex:p ?x }"),
    "name the focus node": select("ASK { ?this ex:p ?x }"),
    "not SPARQL 1.1": select("SELECT ?this { ?this ex:p }"),
    "not SPARQL: a closing brace": select("SELECT ?this { ?this ex:p ?x"),
    "closing brace too many": select("SELECT ?this } {"),
    "unknown prefix": select("SELECT ?this { ?this foaf:name ?x }"),
    "SERVICE": select("SELECT ?this { SERVICE <http://example.org/> { ?this ex:p ?x } }"),
    "FROM": select("SELECT ?this FROM ex:g { ?this ex:p ?x }"),
    "cannot be run: .*function": select("SELECT ?this { ?this ex:p ?x FILTER (ex:f(?x)) }"),
    "nested brackets": select("SELECT ?this " + "{" * 200 + "?this ex:p ?x" + "}" * 200),
    "2 values": select("SELECT ?this { ?this ex:p ?x }", '; sh:select "SELECT ?this { ?this ?p ?x }"'),
    "has no sh:select": "[ a sh:SPARQLTarget ]",
    "no engine here knows": '[ a sh:JSTarget ; sh:jsFunctionName "f" ]',
    "sh:select: .* a literal": "[ sh:select ex:query ]",
    "ex.*cls.*: missing": "[ a ex:K ]",
    "cls: 2 values": "[ a ex:K ; ex:cls ex:A , ex:B ]",
    "blank node": "[ a ex:K ; ex:cls [] ]",
}


@pytest.mark.parametrize("words", REFUSED)
def test_a_target_that_cannot_be_asked_is_refused(words: str) -> None:
    with pytest.raises(ShapesError, match=words) as caught:
        plan_of(REFUSED[words], KIND)
    assert caught.value.hint


def test_the_union_of_large_graphs_is_judged_too() -> None:
    query = select("SELECT ?this { ?this ex:p ?x } GROUP BY ?this HAVING (COUNT(?x) > 1)")
    nodes = [NamedNode(f"{EX}n{number}") for number in range(3000)]
    data = [Triple(node, NamedNode(EX + "p"), Literal(value)) for node in nodes for value in (1, 2)]
    report = plan_of(query).validate(view_of(data).select)
    assert len(report.results) == 3000


def test_nodes_that_a_limit_would_choose_are_counted_rightly() -> None:
    plan = plan_of(select("SELECT ?this { ?this a ex:C } ORDER BY ?this LIMIT 1"))
    run = view_of(turtle(DATA)).select
    assert plan.validate(run, focus=[NamedNode(EX + "b"), Literal(1)]).focus_counts == {NamedNode(EX + "S"): 0}
    assert plan.validate(run, focus=[NamedNode(EX + "a"), BlankNode("x")]).focus_counts == {NamedNode(EX + "S"): 1}


def test_the_focus_nodes_are_explained() -> None:
    text = plan_of(select("SELECT ?this { ?this ex:p ?x VALUES ?x { 1 2 } }")).explain(EX + "S")
    assert "VALUES ?x { 1 2 }" in text
    assert "not local" in plan_of(select("SELECT ?this { ?this ex:p ?x } LIMIT 1")).explain(EX + "S")
