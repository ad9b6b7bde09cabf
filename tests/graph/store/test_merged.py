"""The default graph as a set: what a bag would count wrongly, by hand and against rdflib, whatever lists the graphs."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Store

from communique.graph.engine.evaluation import evaluate
from communique.graph.engine.protocol import Request
from communique.graph.errors import QueryRefused, QuerySyntaxError
from communique.graph.store import merged
from communique.graph.store.merged import MOST_NAMED, MergedDataset, query_union

A, B, C = (f"http://g/{name}" for name in "abc")

# One rank is told by all three graphs, a second one by two of them, a third by one; so are the steps of a chain.
TRIG = """
PREFIX : <x:>
<http://g/a> { :KOR :rank 1 , 67 ; :in :g20 . :g20 :in :un . :un :label "UN" . }
<http://g/b> { :KOR :rank 1 , 67 ; :in :g20 . :g20 :in :un . :un :label "UN" . }
<http://g/c> { :KOR :rank 1 , 40 ; :in :g20 . :FRA :rank 40 . }
"""

# What a reader expects of the merge of all three, and of <http://g/a> and <http://g/b> alone.
ANSWERS = {
    "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }": ("7", "5"),
    "SELECT (COUNT(?o) AS ?n) { :KOR ?p ?o }": ("4", "3"),
    "SELECT (SUM(?o) AS ?n) { :KOR :rank ?o }": ("108", "68"),
    "SELECT (AVG(?o) AS ?n) { :KOR :rank ?o }": ("36", "34"),
    "SELECT (STRLEN(GROUP_CONCAT(STR(?o))) AS ?n) { :KOR :rank ?o }": (str(len("1 40 67")), str(len("1 67"))),
    "SELECT (COUNT(*) AS ?n) { :KOR :in/:in ?o }": ("1", "1"),
    "SELECT (COUNT(*) AS ?n) { :KOR (:in|:rank) ?o }": ("4", "3"),
    "SELECT (COUNT(*) AS ?n) { ?s :in+ :un }": ("2", "2"),
    "SELECT (COUNT(*) AS ?n) { ?s :in* :un }": ("3", "3"),
    "SELECT (COUNT(*) AS ?n) { :un ^:in ?o }": ("1", "1"),
    "SELECT (COUNT(*) AS ?n) { ?s :in ?g OPTIONAL { ?g :label ?l } }": ("2", "2"),
    "SELECT (COUNT(*) AS ?n) { ?s :rank ?o MINUS { ?s :in :g20 ; :rank ?o } }": ("1", "0"),
    "SELECT (COUNT(*) AS ?n) { ?s :rank ?o FILTER EXISTS { ?s :in :g20 } }": ("3", "2"),
    "SELECT (COUNT(*) AS ?n) { ?s :rank ?o { SELECT ?s { ?s :in :g20 } } }": ("3", "2"),
    "SELECT (SUM(?k) AS ?n) { SELECT ?s (COUNT(*) AS ?k) { ?s :rank ?o } GROUP BY ?s }": ("4", "2"),
    "SELECT (COUNT(*) AS ?n) { ?a :rank ?o . ?b :rank ?o }": ("6", "2"),
    "SELECT (COUNT(*) AS ?n) { { ?s :rank 1 } UNION { ?s :rank 67 } }": ("2", "2"),
    "SELECT (COUNT(*) AS ?n) { VALUES ?s { :KOR :KOR } ?s :rank 1 }": ("2", "2"),
}

BOTH = f"FROM <{A}> FROM <{B}>"


def dataset() -> MergedDataset:
    store = Store()
    store.load(TRIG.encode(), format=RdfFormat.TRIG)
    return MergedDataset(store, is_served=True)


def value(text: str, **parts: Any) -> str:
    body = evaluate(dataset(), Request(f"PREFIX : <x:> {text}", **parts)).read()
    (row,) = json.loads(body)["results"]["bindings"]
    return str(row["n"]["value"])


def from_clause(text: str, clause: str) -> str:
    head, brace, rest = text.partition("{")
    return f"{head}{clause} {brace}{rest}"


@pytest.mark.parametrize(("text", "expected"), [(text, whole) for text, (whole, _) in ANSWERS.items()])
def test_a_triple_of_several_graphs_counts_once(text: str, expected: str) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(("text", "expected"), [(text, two) for text, (_, two) in ANSWERS.items()])
def test_so_it_does_when_the_query_lists_the_graphs(text: str, expected: str) -> None:
    assert value(from_clause(text, BOTH)) == expected
    assert value(from_clause(text, f"{BOTH} FROM <{B}> FROM NAMED <{C}>")) == expected


@pytest.mark.parametrize(("text", "expected"), [(text, two) for text, (_, two) in ANSWERS.items()])
def test_so_it_does_when_the_request_lists_the_graphs(text: str, expected: str) -> None:
    assert value(text, default_graphs=(A, B)) == expected
    assert value(from_clause(text, f"FROM <{C}>"), default_graphs=(A, B, A), named_graphs=(C,)) == expected


@pytest.mark.parametrize("graphs", [None, (A, B)])
def test_a_construct_gives_each_triple_once(graphs: tuple[str, ...] | None) -> None:
    request = Request("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }", graph="application/n-triples", default_graphs=graphs)
    body = evaluate(dataset(), request).read()
    lines = body.decode().splitlines()
    assert len(lines) == len(set(lines)) == (7 if graphs is None else 5)


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        ("", 14),
        (f"FROM NAMED <{A}>", 5),
        (f"FROM NAMED <{A}> FROM NAMED <{A}>", 5),
        (f"FROM NAMED <{A}> FROM NAMED <{C}>", 9),
        (f"FROM <{A}> FROM NAMED <{C}>", 4),
        (f"{BOTH} FROM NAMED <{C}>", 4),
        (BOTH, 0),
    ],
)
def test_named_graphs_are_those_listed(clause: str, expected: int) -> None:
    assert value(f"SELECT (COUNT(*) AS ?n) {clause} {{ GRAPH ?g {{ ?s ?p ?o }} }}") == str(expected)


def test_the_merge_is_no_graph_that_a_query_can_name() -> None:
    one = dataset()
    evaluate(one, Request(f"ASK {BOTH} {{ ?s ?p ?o }}"))
    body = evaluate(
        one, Request("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g", solutions="text/csv")
    ).read()
    assert body.decode().split() == ["g", A, B, C]


def test_lists_may_follow_each_other() -> None:
    one, counts = dataset(), []
    for graphs in ((A, B), (A, C), (A, B), (B, A), (A,), ()):
        text = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
        body = evaluate(one, Request(text, solutions="text/csv", default_graphs=graphs)).read()
        counts.append(int(body.split()[1]))
    assert counts == [5, 7, 5, 5, 5, 0]


def test_a_merge_is_made_once_for_as_long_as_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    one, made = dataset(), []
    merge = MergedDataset._merge
    monkeypatch.setattr(MergedDataset, "_merge", lambda *parts: made.append(parts[1]) or merge(*parts))
    for graphs in ((A, B), (A, B), (A, C), (A, C), (A, B)):
        evaluate(one, Request("ASK { ?s ?p ?o }", default_graphs=graphs))
    assert len(made) == 3


def test_graphs_too_large_to_merge_are_refused_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merged, "MOST_MERGED", 9)
    with pytest.raises(QueryRefused, match="10 statements") as caught:
        value(f"SELECT (COUNT(*) AS ?n) {BOTH} {{ ?s ?p ?o }}")
    assert caught.value.expected == "at most 9"
    assert "GRAPH ?g" in str(caught.value.hint)
    assert value(f"SELECT (COUNT(*) AS ?n) FROM <{A}> FROM <{C}> {{ ?s ?p ?o }}") == "7"


def test_named_graphs_are_limited_in_number() -> None:
    clauses = " ".join(f"FROM NAMED <x:{number}>" for number in range(MOST_NAMED + 1))
    with pytest.raises(QueryRefused, match=f"lists {MOST_NAMED + 1} named graphs"):
        value(f"SELECT (COUNT(*) AS ?n) {clauses} {{ }}")


@pytest.mark.parametrize(
    "text",
    [
        f"BASE <http://g/> SELECT (COUNT(*) AS ?n) FROM <a> # FROM <{C}>\n FROM<b>WHERE {{ ?s ?p ?o }}",
        f"PREFIX from: <http://g/> SELECT (COUNT(*) AS ?n) FROM from:a FROM from:b {{ ?s ?p ?o }} # FROM <{C}>",
        f"SELECT (COUNT(*) AS ?n) FROM <{A}> {{ ?s ?p ?o FILTER(?o != 'FROM <{C}> FROM <{C}>') }}",
        "PREFIX g: <http://g/> SELECT (COUNT(*) AS ?n) (EXISTS { ?k ?l ?m } AS ?e) FROM g:a FROM g:b { ?s ?p ?o }",
        f"SELECT (COUNT(*) AS ?n) FROM <{A}> FROM <{B}> {{ {{ SELECT ?s ?p ?o {{ ?s ?p ?o }} }} }}",
    ],
)
def test_clauses_are_read_wherever_they_may_stand(text: str) -> None:
    assert value(text) == "5"


def test_a_query_whose_clauses_cannot_be_read_is_refused_and_not_answered_from_a_bag() -> None:
    lateral = "{ ?s ?p ?o LATERAL { SELECT * { ?s :in ?g } LIMIT 1 } }"
    with pytest.raises(QueryRefused, match="cannot be read") as caught:
        value(f'VERSION "1.2" SELECT (COUNT(*) AS ?n) {BOTH} {lateral}')
    assert "default-graph-uri" in str(caught.value.hint)
    assert value(f"SELECT (COUNT(*) AS ?n) {lateral}", default_graphs=(A, B)) == "4"
    assert value(f"SELECT (COUNT(*) AS ?n) {BOTH} {lateral}") == "4", "what stands behind the clauses is not read"
    assert value(f"SELECT (COUNT(*) AS ?n) FROM <{A}> {lateral}") == "4"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }", "14"),
        ("SELECT (COUNT(*) AS ?n) { { ?s ?p ?o } UNION { gRaPh ?g { ?s ?p ?o } } }", "21"),
        (f"SELECT (COUNT(*) AS ?n) {{ ?s :in :g20 FILTER EXISTS {{ GRAPH<{C}>{{ ?s :rank 40 }} }} }}", "1"),
        (f"SELECT (COUNT(*) AS ?n) from<{C}> {{ ?s ?p ?o }}", "4"),
        (f"SELECT (COUNT(*) AS ?n) From NAMED <{C}> {{ ?s ?p ?o }}", "0"),
        ("SELECT (COUNT(*) AS ?n) { ?s ?p ?o FILTER('graph' = 'graph') }", "7"),
        ("SELECT (COUNT(*) AS ?n) { ?s ?p ?o # from\n }", "7"),
    ],
)
def test_a_question_that_names_graphs_finds_them(text: str, expected: str) -> None:
    assert value(text) == expected


@pytest.mark.parametrize("word", ["G\\u0052APH ?g", "\\u0047RAPH ?g"])
def test_the_engine_knows_no_other_spelling_of_the_keyword(word: str) -> None:
    with pytest.raises(QuerySyntaxError):
        value(f"SELECT (COUNT(*) AS ?n) {{ {word} {{ ?s ?p ?o }} }}")


def test_a_text_that_is_no_query_is_told_by_the_engine() -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        value(f"SELECT * {BOTH} {{ ?s ?p }}")
    assert caught.value.line == 1


NODES = st.sampled_from([NamedNode(f"x:{name}") for name in "abc"])
VALUES = st.one_of(NODES, st.integers(0, 3).map(Literal))
GRAPHS = st.sampled_from([NamedNode(A), NamedNode(B), NamedNode(C)])
QUADS = st.lists(st.builds(Quad, NODES, NODES, VALUES, GRAPHS), max_size=20)
QUERIES = (
    "SELECT ?s ?p ?o { ?s ?p ?o }",
    "SELECT ?s (COUNT(*) AS ?n) (COUNT(?o) AS ?m) { ?s ?p ?o } GROUP BY ?s",
    "SELECT ?p (SUM(?o) AS ?n) { ?s ?p ?o FILTER(ISLITERAL(?o)) } GROUP BY ?p",
    "SELECT ?s ?o { ?s <x:a>/<x:b> ?o }",
    "SELECT ?s ?o { ?s <x:a>+ ?o }",
    "SELECT ?s ?t { ?s ?p ?o OPTIONAL { ?o ?q ?t } }",
    "SELECT ?s ?o { ?s <x:a> ?o MINUS { ?s <x:b> ?o } }",
    "SELECT ?s ?o { ?s ?p ?o FILTER NOT EXISTS { ?o ?p ?s } }",
    "SELECT ?s ?n { { SELECT ?s (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?s } ?s <x:a> ?o }",
)


@settings(max_examples=50, deadline=None)
@given(QUADS, st.sampled_from(QUERIES), st.sets(GRAPHS, min_size=2), st.booleans())
def test_any_graph_is_asked_as_rdflib_asks_the_merge(
    quads: list[Quad], text: str, graphs: set[NamedNode], is_served: bool
) -> None:
    store = Store()
    store.extend(quads)
    whole = MergedDataset(store, is_served=is_served)
    assert rows(whole.query(text)) == rdflib_rows(quads, text)
    chosen = [quad for quad in quads if quad.graph_name in graphs]
    assert rows(whole.query_graphs(text, sorted(graphs, key=str), ())) == rdflib_rows(chosen, text)


def rows(found: Any) -> Counter[tuple[str, ...]]:
    return Counter(tuple(str(term.value) if term else "" for term in row) for row in found)


def rdflib_rows(quads: list[Quad], text: str) -> Counter[tuple[str, ...]]:
    graph = rdflib.Graph()
    graph.parse(data="".join(f"{quad.triple} .\n" for quad in quads), format="nt")
    found: Any = graph.query(text)
    # rdflib gives one row without a value where nothing was grouped (SPARQL errata: none).
    return Counter(tuple("" if term is None else str(term) for term in row) for row in found if any(row))


def test_the_engine_still_needs_the_merge() -> None:
    """When this fails, the engine's union has become a set: ``MergedDataset`` may keep no copy any more."""
    store = Store()
    store.load(TRIG.encode(), format=RdfFormat.TRIG)
    text = "SELECT ?s { ?s ?p ?o }"
    assert len(list(query_union(store, text))) == 14  # type: ignore[arg-type]
    assert len(list(query_union(store, text, (NamedNode(A), NamedNode(B))))) == 10  # type: ignore[arg-type]
    assert len(list(store.query(f"SELECT ?s {BOTH} {{ ?s ?p ?o }}"))) == 10  # type: ignore[arg-type]


def test_an_alternative_path_gives_a_pair_once_and_a_union_each_way() -> None:
    """The engine's own choice (oxigraph pull 351), against SPARQL 1.1, 18.4; the documentation says so."""
    store = Store()
    store.extend(Quad(NamedNode("x:a"), NamedNode(f"x:{name}"), Literal(1)) for name in "pq")
    one = MergedDataset(store)
    assert len(list(one.query("SELECT * { ?s <x:p>|<x:q> ?o }"))) == 1  # type: ignore[arg-type]
    assert len(list(one.query("SELECT * { { ?s <x:p> ?o } UNION { ?s <x:q> ?o } }"))) == 2  # type: ignore[arg-type]


def test_statements_outside_any_graph_belong_to_the_merge() -> None:
    store = Store()
    store.add(Quad(BlankNode("b"), NamedNode("x:p"), Literal("o"), DefaultGraph()))
    store.add(Quad(BlankNode("b"), NamedNode("x:p"), Literal("o"), NamedNode(A)))
    assert len(list(MergedDataset(store).query("SELECT * { ?s ?p ?o }"))) == 1  # type: ignore[arg-type]


def test_one_module_chooses_the_graphs_of_a_query(root: Path) -> None:
    naming = {
        path.relative_to(root).as_posix()
        for folder in ("api", "graph", "src/communique/cli")
        for path in (root / folder).rglob("*.py")
        if "default_graph_as_union" in path.read_text(encoding="utf-8")
    }
    assert naming == {"graph/store/merged.py"}
