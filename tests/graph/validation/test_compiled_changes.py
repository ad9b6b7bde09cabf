"""What a change may have changed: looking only there finds what looking everywhere finds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

import pytest
import worlds
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, QuerySolutions, RdfFormat, Store, Triple, parse

from communique.graph.terms.namespaces import XSD
from communique.graph.validation.compiled import Plan, compile_shapes
from communique.graph.validation.compiled.checks import Found

pytestmark = pytest.mark.slow

many = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
Run = Callable[[str], QuerySolutions]
PREFIXES = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <http://example.org/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""


def runner(triples: Iterable[Triple]) -> Run:
    store = Store()
    store.extend(Quad(*triple) for triple in triples)
    return store.query


def turtle(text: str) -> list[Triple]:
    return [quad.triple for quad in parse((PREFIXES + text).encode(), format=RdfFormat.TURTLE)]


def ex(name: str) -> NamedNode:
    return NamedNode(worlds.EX + name)


def counted(found: Iterable[Found]) -> Counter[object]:
    return Counter((item.root, item.result) for item in found)


def check_refresh(draw: st.DataObject, data: list[Triple], added: list[Triple], shapes: list[Triple]) -> None:
    removed = draw.draw(st.lists(st.sampled_from(data), max_size=4, unique=True))
    old, new = set(data), set(data) - set(removed) | set(added)
    plan, before, after = compile_shapes(shapes), runner(old), runner(new)
    for run in (before, after):  # either state of the data tells which focus nodes are concerned
        focus = plan.affected(new - old, old - new, run)
        refreshed = plan.refresh(plan.find(before), after, focus=focus)
        assert counted(refreshed) == counted(plan.find(after))


@many
@given(st.data(), worlds.graphs(), worlds.graphs(size=(0, 4)), worlds.shapes())
def test_refreshed_findings_are_those_of_a_full_run(
    draw: st.DataObject, data: list[Triple], added: list[Triple], shapes: list[Triple]
) -> None:
    check_refresh(draw, data, added, shapes)


@many
@given(st.data(), worlds.graphs(), worlds.graphs(size=(0, 4)), worlds.queries())
def test_refreshed_findings_of_queries_are_those_of_a_full_run(
    draw: st.DataObject, data: list[Triple], added: list[Triple], shapes: list[Triple]
) -> None:
    check_refresh(draw, data, added, shapes)


@many
@given(st.data(), worlds.graphs(), worlds.graphs(size=(0, 4)), worlds.query_targets())
def test_refreshed_findings_behind_query_targets_are_those_of_a_full_run(
    draw: st.DataObject, data: list[Triple], added: list[Triple], shapes: list[Triple]
) -> None:
    check_refresh(draw, data, added, shapes)


CHAIN = """
ex:S a sh:NodeShape ; sh:targetClass ex:Event ;
  sh:property [ sh:path [ sh:inversePath ex:inEvent ] ; sh:node [ sh:property [ sh:path ex:role ; sh:minCount 1 ] ] ] .
"""
EVENTS = """ex:e a ex:Event . ex:x ex:inEvent ex:e ; ex:role ex:chair .
ex:f a ex:Event . ex:y ex:inEvent ex:f ; ex:role ex:host ."""


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("ex:x ex:role ex:other .", {"e"}),
        ("ex:z ex:inEvent ex:f .", {"f"}),
        ("ex:g a ex:Event .", {"g"}),
        ("ex:Forum rdfs:subClassOf ex:Event .", set()),
        ("ex:Event rdfs:subClassOf ex:Thing .", {"e", "f"}),
        ("ex:x ex:unread ex:e .", set()),
    ],
)
def test_only_focus_nodes_that_read_the_change_are_affected(change: str, expected: set[str]) -> None:
    changed = turtle(change)
    plan, run = compile_shapes(turtle(CHAIN)), runner([*turtle(EVENTS), *changed])
    assert plan.affected(changed, [], run) == set(map(ex, expected))


def test_a_removed_step_leads_to_those_who_went_over_it() -> None:
    gone = turtle("ex:x ex:inEvent ex:e ; ex:role ex:chair .")
    left = [triple for triple in turtle(EVENTS) if triple not in gone]
    # Nothing leads from e to x any more, but the triple that did is part of the change.
    assert ex("e") in compile_shapes(turtle(CHAIN)).affected([], gone, runner(left))


def test_a_change_is_read_as_the_store_holds_it() -> None:
    plan = compile_shapes(turtle("ex:S a sh:NodeShape ; sh:targetObjectsOf ex:p ; sh:minInclusive 5 ."))
    one = Literal("01", datatype=NamedNode(XSD + "integer"))
    added = [Triple(ex("a"), ex("p"), one)]
    assert plan.affected(added, [], runner(added)) == {Literal("1", datatype=one.datatype)}


def test_blank_nodes_are_found_though_no_query_can_name_them() -> None:
    blank, other = BlankNode("b1"), BlankNode("b2")
    data = [Triple(blank, ex("p"), other), Triple(other, ex("role"), ex("x")), Triple(ex("a"), ex("p"), ex("b"))]
    shapes = turtle(
        "ex:S a sh:NodeShape ; sh:targetSubjectsOf ex:p ; sh:property [ sh:path (ex:p ex:role) ; sh:minCount 2 ] ."
    )
    plan, run = compile_shapes(shapes), runner(data)
    focus = plan.affected(data[1:2], [], run)
    assert focus == {blank}
    assert [found.root for found in plan.find(run, focus=focus)] == [blank]


OPAQUE = """
ex:S a sh:NodeShape ; sh:targetClass ex:Event ; sh:sparql [ sh:select
  "PREFIX ex: <http://example.org/> SELECT $this WHERE { ?any ex:chosen ?name . FILTER (STR($this) = ?name) }" ] .
"""


def test_a_query_that_reads_anywhere_runs_everywhere() -> None:
    plan = compile_shapes(turtle(OPAQUE))
    added = [Triple(ex("list"), ex("chosen"), Literal(worlds.EX + "e"))]
    run = runner([*turtle("ex:e a ex:Event . ex:f a ex:Event ."), *added])
    assert [check.is_local for check in plan.checks] == [False]
    assert "not local" in plan.explain(ex("S"))
    assert plan.affected(added, [], run) == set()
    assert [result.focus for result in plan.validate(run, focus=set()).results] == [ex("e")]


LOCAL = {
    "$this ex:p ?x . ?x ex:q/ex:r* ?y": ["<p>", "<p>/<q>/(<r>*)"],
    "?x ex:p $this ; ex:q [ ex:r 5 ] , ?y": ["^<p>", "(^<p>)/<q>", "(^<p>)/<q>/<r>"],
    "$this ?any ?x . ?x a ex:A": ["<p>|!<p>", "(<p>|!<p>)/<p>"],
    "{ $this ex:p ?x } UNION { $this ex:q ?x } FILTER NOT EXISTS { ?y ex:r $this }": ["<p>", "<q>", "^<r>"],
    "$this ex:p ?x OPTIONAL { ?x ex:q ?y . ?y ex:r ?z }": ["<p>", "<p>/<q>", "<p>/<q>/<r>"],
}
NOT_LOCAL = [
    "$this ex:p ?x . ?y ex:q ?z FILTER (?x = ?z)",
    "{ $this ex:p ?x } UNION { ?x ex:q ?y }",
    "OPTIONAL { $this ex:p ?x } FILTER NOT EXISTS { ?x ex:q ?y }",
    "{ SELECT $this WHERE { $this ex:p ?x } } ?x ex:q ?y",
    "BIND ($this AS ?that) ?that ex:p ?x",
    "GRAPH ?g { $this ex:p ?x }",
    "OPTIONAL { ?x ex:p ?y } $this ex:q ?x FILTER (!BOUND(?y))",
    "$this ex:p ( ?x ) . ",
]


def plan_of(body: str) -> Plan:
    select = f"PREFIX ex: <{worlds.EX}> SELECT $this WHERE {{ {body} }}"
    return compile_shapes(
        turtle(f'ex:S a sh:NodeShape ; sh:targetSubjectsOf ex:p ; sh:sparql [ sh:select "{select}" ] .')
    )


@pytest.mark.parametrize("body", LOCAL)
def test_a_query_is_followed_over_its_triple_patterns(body: str) -> None:
    (check,) = plan_of(body).checks
    short = [str(path).replace(worlds.EX, "").replace(worlds.TYPE.value, "p") for path in check.reads]
    assert check.is_local
    assert sorted(short) == sorted(LOCAL[body])


@pytest.mark.parametrize("body", NOT_LOCAL)
def test_a_query_whose_patterns_hang_apart_is_not_local(body: str) -> None:
    (check,) = plan_of(body).checks
    assert not check.is_local
