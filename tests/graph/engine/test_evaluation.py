"""One query on a store: datasets, formats, errors; and the facts about pyoxigraph that this rests on."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pyoxigraph import NamedNode, Quad, RdfFormat, Store, parse

from communique.graph.engine.evaluation import evaluate
from communique.graph.engine.protocol import Request
from communique.graph.errors import InvalidParameter, QueryAborted, QueryRefused, QuerySyntaxError, UnacceptableFormat
from communique.graph.queries.media import GRAPHS, SOLUTIONS
from communique.graph.store.merged import MOST_NAMED, MergedDataset
from communique.graph.terms.namespaces import ID

ALL = "SELECT ?s { ?s ?p ?o }"
NAMED = "SELECT ?s { GRAPH ?g { ?s ?p ?o } }"


@pytest.fixture
def store() -> Store:
    """Hold one quad in each of three graphs, each named after its graph, and one in the default graph."""
    store = Store()
    for name in ("x:a", "x:b", "x:c"):
        store.add(Quad(*[NamedNode(name)] * 4))
    store.add(Quad(*[NamedNode("x:default")] * 3))
    return store


def subjects(store: Store, text: str, **parts: Any) -> set[str]:
    body = evaluate(MergedDataset(store), Request(text, **parts)).read()
    return {row["s"]["value"] for row in json.loads(body)["results"]["bindings"]}


@pytest.mark.parametrize(
    ("text", "default", "named", "expected"),
    [
        (ALL, None, None, "abc+"),
        (NAMED, None, None, "abc"),
        ("SELECT ?s FROM <x:c> { ?s ?p ?o }", None, None, "c"),
        ("SELECT ?s FROM NAMED <x:c> { GRAPH ?g { ?s ?p ?o } }", None, None, "c"),
        ("SELECT ?s FROM NAMED <x:c> { ?s ?p ?o }", None, None, ""),
        (ALL, ["x:a"], None, "a"),
        (NAMED, ["x:a"], None, ""),
        (ALL, None, ["x:b"], ""),
        (NAMED, None, ["x:b"], "b"),
        ("SELECT ?s FROM <x:c> { ?s ?p ?o }", ["x:a", "x:b"], None, "ab"),
        (ALL, ["x:unknown"], None, ""),
    ],
)
def test_the_dataset(
    store: Store, text: str, default: list[str] | None, named: list[str] | None, expected: str
) -> None:
    wanted = {f"x:{letter}" if letter != "+" else "x:default" for letter in expected}
    assert subjects(store, text, default_graphs=default, named_graphs=named) == wanted


def test_the_dataset_is_limited(store: Store) -> None:
    with pytest.raises(QueryRefused, match="lists 21 named graphs"):
        subjects(store, ALL, named_graphs=[f"x:{n}" for n in range(MOST_NAMED + 1)])
    assert subjects(store, ALL, default_graphs=["x:a", *(f"x:{n}" for n in range(MOST_NAMED + 1))]) == {"x:a"}
    with pytest.raises(InvalidParameter, match="not a graph IRI"):
        subjects(store, ALL, named_graphs=["no iri"])


@pytest.mark.parametrize("media_type", SOLUTIONS)
@pytest.mark.parametrize(("text", "word"), [(ALL, b"x:default"), ("ASK {}", b"true")])
def test_solutions_in_every_format(store: Store, media_type: str, text: str, word: bytes) -> None:
    written = evaluate(MergedDataset(store), Request(text, solutions=media_type))
    found, body = written.media_type, written.body
    assert found == media_type
    assert word in body


@pytest.mark.parametrize("media_type", GRAPHS)
@pytest.mark.parametrize("text", ["CONSTRUCT WHERE { ?s ?p ?o }", "DESCRIBE <x:a> <x:b> <x:c> <x:default>"])
def test_graphs_in_every_format(store: Store, media_type: str, text: str) -> None:
    written = evaluate(MergedDataset(store), Request(text, graph=media_type))
    found, body = written.media_type, written.body
    assert found == media_type
    triples = {quad.subject.value for quad in parse(body, format=RdfFormat.from_media_type(media_type))}
    assert triples == {"x:a", "x:b", "x:c", "x:default"}


@pytest.mark.parametrize(
    ("text", "parts", "offered"),
    [
        (ALL, {"solutions": None}, "text/csv"),
        ("ASK {}", {"solutions": "text/turtle"}, "text/csv"),
        ("DESCRIBE <x:a>", {"graph": None}, "text/turtle"),
    ],
)
def test_a_format_that_does_not_fit(store: Store, text: str, parts: dict[str, Any], offered: str) -> None:
    with pytest.raises(UnacceptableFormat) as caught:
        evaluate(MergedDataset(store), Request(text, **parts))
    assert caught.value.expected
    assert offered in caught.value.expected


def test_relative_iris_are_those_of_data(store: Store) -> None:
    assert subjects(store, "SELECT (<state/KOR> AS ?s) {}") == {ID + "state/KOR"}


@pytest.mark.parametrize(
    ("text", "line", "column"), [("SELECT", 1, 7), ("SELECT * {\n  ?s ?p\n}", 3, 1), ("ASK {} ASK {}", 1, 8)]
)
def test_a_syntax_error_knows_its_place(store: Store, text: str, line: int, column: int) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        evaluate(MergedDataset(store), Request(text))
    assert (caught.value.line, caught.value.column) == (line, column)
    assert "\n" not in caught.value.message
    assert len(caught.value.message) <= 300


def test_an_evaluation_that_fails_is_an_error_not_an_empty_answer(store: Store) -> None:
    with pytest.raises(QueryAborted, match="evaluation failed"):
        evaluate(MergedDataset(store), Request("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"))


def test_facts_about_pyoxigraph(store: Store) -> None:
    """Each of these would let something here become simpler, or wrong, when it changes."""

    def values(text: str, **choices: Any) -> set[str]:
        return {row["s"].value for row in store.query(text, **choices)}  # type: ignore[union-attr]

    union: dict[str, Any] = {"use_default_graph_as_union": True}
    assert values("SELECT ?s FROM <x:c> { ?s ?p ?o }", **union) == values(ALL, **union), "the union overrides FROM"
    assert values("SELECT ?s FROM <x:c> { ?s ?p ?o }") == {"x:c"}
    with pytest.raises(ValueError, match="should not be set at the same time"):
        store.query(ALL, default_graph=[NamedNode("x:a")], **union)
    assert values(ALL, named_graphs=[NamedNode("x:b")]) == {"x:default"}, "only an empty list empties the default graph"
    with pytest.raises(SyntaxError):
        store.query("INSERT DATA { <x:a> <x:a> 1 }")
    with pytest.raises(SyntaxError):
        store.query("SELECT * { \\u0053ERVICE <http://127.0.0.1:9/> {} }")
    list(store.query("SELECT * { SERVICE SILENT <http://127.0.0.1:9/> {} }"))  # type: ignore[arg-type]
