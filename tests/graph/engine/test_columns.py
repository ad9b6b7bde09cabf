"""``SELECT *`` gives its columns in the order in which the query names them, and the same rows."""

from __future__ import annotations

import pytest
from pyoxigraph import Literal, NamedNode, Quad, QuerySolutions, Store

from communique.graph.engine.columns import in_order

DATA = [Quad(NamedNode(f"x:{s}"), NamedNode(f"x:{p}"), Literal(o)) for s, p, o in ("apz", "bqy", "arx")]


@pytest.fixture(scope="module")
def store() -> Store:
    store = Store()
    store.extend(DATA)
    return store


def solve(store: Store, text: str) -> tuple[list[str], list[tuple[str, ...]]]:
    found = store.query(text)
    assert isinstance(found, QuerySolutions)
    names = [variable.value for variable in found.variables]
    return names, sorted(tuple(f"{name}={row[name]}" for name in sorted(names)) for row in found)


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("SELECT * { ?s ?p ?o }", "s p o"),
        ("select*{?s ?p ?o}", "s p o"),
        ("SELECT DISTINCT * WHERE { ?s ?p ?o } ORDER BY ?o", "s p o"),
        ("SELECT REDUCED * WHERE { ?z ?p $a }", "z p a"),
        ("PREFIX select: <x:*> SELECT # * ?b\n* { ?s ?p ?o }", "s p o"),
        ("SELECT * { ?s ?p ?o BIND(STR(?o) AS ?a) VALUES ?k { 1 2 } }", "s p o a k"),
        ("SELECT * { { SELECT ?p (COUNT(*) AS ?a) { ?s ?p ?o } GROUP BY ?p } }", "p a"),
        ("SELECT * { ?s ?p ?o MINUS { ?x ?y 'z' } FILTER NOT EXISTS { ?f ?p 'nothing' } }", "s p o"),
        ("SELECT * { ?s <x:p>*/<x:p> ?o . ?s ?p ?o2 }", "s o p o2"),
        ("SELECT * { SELECT ?p ?o { ?s ?p ?o } }", "p o"),
        ("SELECT * { { ?s ?p ?o } UNION { ?s ?p ?b } }", "s p o b"),
        ("SELECT * { ?z ?a ?o } ORDER BY ?o VALUES ?z { <x:a> <x:b> }", "z a o"),
        # read leniently, a comparison looks like an IRI; the variables are there nevertheless
        ("SELECT * { ?s ?p ?o FILTER(1<2&&?o>'a') }", "s p o"),
        # what is no column stays out of them
        ("SELECT ?o ?s { { SELECT * { ?s ?p ?o } } }", "o s"),
        ("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "n"),
    ],
)
def test_columns_are_in_order_of_appearance(store: Store, text: str, columns: str) -> None:
    names, rows = solve(store, in_order(text))
    assert names == columns.split()
    assert rows == solve(store, text)[1]
    assert rows


@pytest.mark.parametrize(
    "text",
    [
        "",
        "SELECT * {",
        "SELECT * { ?s ?p }",
        "ASK { ?s <x:p>* ?o }",
        "DESCRIBE *",
        "SELECT * {}",
        "SELECT",
        "SELECT DISTINCT",
    ],
)
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert in_order(text) == text
