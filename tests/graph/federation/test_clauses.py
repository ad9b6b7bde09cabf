"""SERVICE clauses are found where the parser finds them; solutions become values that mean the same."""

from __future__ import annotations

import json

import pytest
from pyoxigraph import Literal, NamedNode, QuerySolutions, Store

from communique.graph.engine import guard
from communique.graph.errors import QueryRefused, ServiceFailed
from communique.graph.federation.clauses import ServiceClause, find_clauses, has_clauses, replace_clauses
from communique.graph.federation.solutions import write_block

HERE = ("http://127.0.0.1:1/sparql",)
CLAUSE = ServiceClause(0, 0, HERE[0], " ?s ?p ?o ")


@pytest.mark.parametrize(
    ("text", "patterns"),
    [
        ("SELECT * { SERVICE <http://127.0.0.1:1/sparql> { ?s ?p ?o } }", [" ?s ?p ?o "]),
        ("SELECT * { service<http://127.0.0.1:1/sparql>{?s ?p '}'}}", ["?s ?p '}'"]),
        ("SELECT * { SERVICE # }\n <http://127.0.0.1:1/sparql> { { ?s ?p ?o } UNION { } } ?a ?b ?c }", None),
        ("SELECT * { ?s ?service 'SERVICE <x> {}' . ?s <x:service> ex:SERVICE }", []),
        ("SELECT * { SERVICE <http://127.0.0.1:1/sparql> {} SERVICE <http://127.0.0.1:1/sparql> {?a ?b ?c} }", None),
    ],
)
def test_clauses_are_found(text: str, patterns: list[str] | None) -> None:
    found = find_clauses(text, HERE)
    if patterns is not None:
        assert [clause.pattern for clause in found] == patterns
    assert has_clauses(text) is bool(found)
    assert not has_clauses(replace_clauses(text, found, ["VALUES () { () }"] * len(found)))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("SELECT * { SERVICE <http://127.0.0.1:2/sparql> { ?s ?p ?o } }", "not asked"),
        ("SELECT * { SERVICE <http://127.0.0.1:1/sparql/> { ?s ?p ?o } }", "not asked"),
        ("SELECT * { SERVICE <HTTP://127.0.0.1:1/sparql> { ?s ?p ?o } }", "not asked"),
        ("SELECT * { SERVICE <http://127.0.0.1:1/\\u0073parql> { ?s ?p ?o } }", "in full"),
        ("SELECT * { SERVICE SILENT <http://127.0.0.1:1/sparql> { ?s ?p ?o } }", "SILENT"),
        ("SELECT * { SERVICE ?service { ?s ?p ?o } }", "in full"),
        ("PREFIX x: <http://127.0.0.1:1/> SELECT * { SERVICE x:sparql { ?s ?p ?o } }", "in full"),
        ("SELECT * { SERVICE <http://127.0.0.1:1/sparql> { SERVICE <http://127.0.0.1:1/sparql> {} } }", "another one"),
        ("SELECT * { SERVICE <http://127.0.0.1:1/sparql> { ?s ?p ?o ", "braces"),
        ("SELECT * { SERVICE <http://127.0.0.1:1/sparql>", "braces"),
        ("SELECT * { SERVICE", "in full"),
    ],
)
def test_a_clause_is_refused(text: str, told: str) -> None:
    with pytest.raises(QueryRefused, match=told):
        find_clauses(text, HERE)


def answer(*rows: dict[str, dict[str, str]]) -> bytes:
    return json.dumps({"head": {"vars": ["a", "b"]}, "results": {"bindings": list(rows)}}).encode()


def test_values_stand_for_the_solutions() -> None:
    """Also what is unbound, comes twice, or looks like a clause to whoever searches the text."""
    odd = 'quote " \\ line\nend } service <http://127.0.0.1:1/sparql> {'
    rows = [
        {"a": {"type": "uri", "value": "http://example.org/service:x"}, "b": {"type": "literal", "value": odd}},
        {"a": {"type": "uri", "value": "http://example.org/service:x"}, "b": {"type": "literal", "value": odd}},
        {"b": {"type": "literal", "value": "x", "xml:lang": "en"}},
        {"a": {"type": "literal", "value": "1", "datatype": "http://www.w3.org/2001/XMLSchema#integer"}},
    ]
    text = f"SELECT ?a ?b {{ {write_block(CLAUSE, answer(*rows))} }}"
    guard.check(text, 10_000)
    found = Store().query(text)
    assert isinstance(found, QuerySolutions)
    named = NamedNode("http://example.org/service:x")
    expected = [(named, Literal(odd)), (named, Literal(odd)), (None, Literal("x", language="en")), (Literal(1), None)]
    assert [(row["a"], row["b"]) for row in found] == expected


def test_a_blank_node_is_the_same_within_a_clause_alone() -> None:
    rows = ({"a": {"type": "bnode", "value": "b0"}, "b": {"type": "bnode", "value": "b0"}},)
    blocks = [write_block(clause, answer(*rows)) for clause in (CLAUSE, ServiceClause(0, 0, HERE[0], "other"))]
    pairs = [(row["a"], row["b"]) for block in blocks for row in Store().query(f"SELECT * {{ {block} }}")]
    assert pairs[0][0] == pairs[0][1]
    assert pairs[0][0] != pairs[1][0]


def test_no_solution_is_no_solution() -> None:
    assert not list(Store().query(f"SELECT * {{ {write_block(CLAUSE, answer())} }}"))
    one = json.dumps({"head": {"vars": []}, "results": {"bindings": [{}]}}).encode()
    assert len(list(Store().query(f"SELECT * {{ {write_block(CLAUSE, one)} }}"))) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b'{"head": {}, "boolean": true}',
        b'{"head": {"vars": ["a) } SELECT"]}, "results": {"bindings": []}}',
        answer({"a": {"type": "uri", "value": "not an IRI"}}),
        answer({"a": {"type": "uri", "value": "x:> } SELECT"}}),
        answer({"a": {"type": "triple", "value": "x"}}),
        answer({"a": {"type": "literal", "value": "x", "xml:lang": "no tag"}}),
    ],
)
def test_what_is_no_solution_is_refused(body: bytes) -> None:
    with pytest.raises(ServiceFailed, match=r"127.0.0.1:1/sparql answered no solutions"):
        write_block(CLAUSE, body)
