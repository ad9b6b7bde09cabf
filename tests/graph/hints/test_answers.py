"""Why an answer is empty, or smaller than was meant; and silence where nothing is wrong."""

from __future__ import annotations

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from communique.graph.engine.evaluation import WrittenAnswer, evaluate
from communique.graph.engine.protocol import JSON_RESULTS, Request
from communique.graph.errors import QueryTimeout
from communique.graph.hints.answers import explain, has_no_rows
from communique.graph.hints.hint import Hint
from communique.graph.queries import library
from communique.graph.queries.answers import Run
from communique.graph.queries.media import GRAPHS, SOLUTIONS
from communique.graph.store.merged import MergedDataset
from communique.graph.terms.namespaces import GRAPH, prologue


def says_nothing(written: WrittenAnswer) -> bool:
    assert isinstance(written.body, bytes)
    return has_no_rows(written.media_type, written.body)


def hints(run: Run, pattern: str) -> list[Hint]:
    """Answer a query, then explain it."""
    text = pattern if "SELECT" in pattern or "ASK" in pattern else f"{prologue()}SELECT * {{ {pattern} }}"
    return explain(run, text, is_empty=has_no_rows(JSON_RESULTS, run(text)))


# The pattern, the kind of its first hint, words of what was found, words of the cure.
EMPTY = [
    ("?x com:particpant ?y", "term", "com:particpant is used by no graph", "did you mean com:participant?"),
    ("?x a com:MOU", "term", "com:MOU is used by no graph", "com:MemorandumOfUnderstanding"),
    ("?x com:label ?y", "term", "com:label", "skos:prefLabel"),
    ("?x com:isTitleCut ?y", "term", "com:isTitleCut is deprecated", "write com:isTitleTruncated in its place"),
    ("?x a <http://w3id.org/communique/ns#Meeting>", "term", "used by no graph", "did you mean com:Meeting?"),
    ("<http://w3id.org/communique/id/state/KOR> ?p ?o", "term", "used by no graph", "<state/KOR>"),
    ("?x com:role role:traine", "term", "role:traine", "did you mean role:trainee?"),
    ("?x com:participant <state/KRO>", "node", "<state/KRO> is in no graph", "did you mean <state/KOR>?"),
    ("<states/KOR> ?p ?o", "node", "<states/KOR> is in no graph", "<state/>"),
    ("VALUES ?x { <event/jeju> } ?x ?p ?o", "node", "<event/jeju> is in no graph", "<event/jeju-training-2016>"),
    ("?x a com:Agreement", "class", "no node is directly a com:Agreement", "a/rdfs:subClassOf* com:Agreement"),
    ("?x a com:Event", "class", "com:TrainingEvent", "a/rdfs:subClassOf* com:Event"),
    ("?x a com:Treaty", "class", "no node is a com:Treaty", "terms"),
    ("?x com:inFamily ?y", "term", "no statement has the property com:inFamily", "terms"),
    ('?x com:role "trainee"', "value", "com:role leads to nodes, not to texts", "write role:trainee"),
    ('?x com:role "Trainee"@en', "value", "com:role leads to nodes, not to texts", "write role:trainee"),
    ('?x com:beginEarliest "2016-05-24"', "value", "are xsd:date", 'write "2016-05-24"^^xsd:date'),
    ('?x com:beginEarliest "May 2016"', "value", "are xsd:date", 'write one like "2016-05-24"^^xsd:date'),
    ('?x com:beginEarliest "x"^^xsd:date', "value", '"x" is no xsd:date', '"2013-10-23"^^xsd:date'),
    ('?x com:beginEarliest ?d FILTER(?d > "2016")', "value", "are xsd:date", "write one like"),
    ('?x com:beginEarliest ?d FILTER("2016-02-30"^^xsd:date < ?d)', "value", "is no xsd:date", "write it like"),
    ('?x com:rank "1"', "value", "are xsd:integer", "write 1"),
    ("?x com:rank 1.0", "value", "are xsd:integer", "one like 1"),
    ("?x com:beginEarliest <state/KOR>", "value", "texts or numbers, not nodes", '"2016-05-24"^^xsd:date'),
    ('?x skos:prefLabel "Seoul meeting"', "value", "have a language (@en", 'write "Seoul meeting"@en'),
    ('?x skos:prefLabel ?l FILTER(?l = "Greece")', "value", "have a language", "compare STR(?l)"),
    ('?x skos:prefLabel "Seol meeting"@en', "value", 'no skos:prefLabel is "Seol meeting"@en', '"Seoul meeting"@en'),
    ("?x com:realization role:trainee", "value", "com:realization takes those of realization", "real:occurred"),
    ("<state/KOR> com:participant ?x", "pattern", "nothing is stated as", "?x com:participant <state/KOR>"),
    ("?x com:inEvent/com:role ?y", "pattern", "?x com:inEvent/com:role ?y", ""),
    (
        "?x a com:TrainingEvent ; com:participant ?y",
        "pattern",
        "no com:TrainingEvent has com:participant",
        "Participation",
    ),
    ("GRAPH <https://w3id.org/communique/graph/doc/90> { ?s ?p ?o }", "graph", "no graph is called", "graph/doc/900>"),
    ("SELECT * FROM <https://w3id.org/communique/graph/doc/90> { ?s ?p ?o }", "graph", "no graph", "doc/900>"),
    (
        f"SELECT * FROM <{GRAPH}doc/900> {{ ?s <http://www.w3.org/2000/01/rdf-schema#subClassOf> ?o }}",
        "graph",
        "leaves out",
        "",
    ),
    ("PREFIX com: <http://a.example/> SELECT * { ?x com:role ?y }", "prefix", "com: stands for", "PREFIX com: <https"),
    (f"{prologue()}SELECT (COUNT(*) AS ?n) {{ ?x a com:Agreement }}", "class", "com:MemorandumOfUnderstanding", ""),
    (f"{prologue()}ASK {{ ?x com:particpant ?y }}", "term", "com:particpant", "com:participant"),
]


@pytest.mark.parametrize(("pattern", "kind", "found", "cure"), EMPTY, ids=[each[0][-60:] for each in EMPTY])
def test_an_empty_answer_is_explained(run: Run, pattern: str, kind: str, found: str, cure: str) -> None:
    first, *_ = hints(run, pattern)
    assert first.kind == kind
    assert found in first.message
    assert cure in (first.hint or "")


@pytest.mark.parametrize(
    "pattern",
    [
        "?x com:participant ?y",
        "?x a/rdfs:subClassOf* com:Event",
        "?x com:rank ?n FILTER(?n < 2.5)",
        '?x com:beginEarliest ?d FILTER(?d > "2016-01-01"^^xsd:date)',
        "?x com:role role:trainee",
        "<state/KOR> a com:State",
    ],
)
def test_an_answer_with_rows_and_right_terms_has_no_hints(run: Run, pattern: str) -> None:
    assert hints(run, pattern) == []


@pytest.mark.parametrize(
    "pattern",
    [
        '?x com:beginEarliest ?d FILTER(?d > "2099-01-01"^^xsd:date)',  # nothing is so late
        "?x com:rank 1 FILTER(false)",
        "?x a com:State MINUS { ?x a com:State }",
    ],
)
def test_an_empty_answer_to_a_right_query_has_no_hints(run: Run, pattern: str) -> None:
    assert hints(run, pattern) == []


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("?x com:role ?r OPTIONAL { ?x com:particpant ?p }", "com:particpant"),
        ("?x com:role ?r FILTER NOT EXISTS { ?x a com:Partcipation }", "com:Partcipation"),
        ("?x a com:Organization", "not all nodes of this kind are directly a com:Organization"),
    ],
)
def test_an_answer_with_rows_may_be_smaller_than_was_meant(run: Run, pattern: str, words: str) -> None:
    (hint,) = hints(run, pattern)
    assert words in hint.message


def test_what_goes_wrong_meanwhile_leaves_the_hints_out() -> None:
    def fail(text: str) -> bytes:
        raise QueryTimeout("no time")

    assert explain(fail, "SELECT * { ?s ?p ?o }", is_empty=True) == []


def test_hints_found_before_something_goes_wrong_are_given(run: Run) -> None:
    left = [1]

    def once(text: str) -> bytes:
        if not left:
            raise QueryTimeout("no time")
        left.pop()
        return run(text)

    (hint,) = explain(once, f"{prologue()}SELECT * {{ ?x com:particpant ?y }}", is_empty=True)
    assert "com:particpant" in hint.message


def test_a_path_of_any_length_is_not_looked_for_alone(run: Run) -> None:
    asked: list[str] = []

    def note(text: str) -> bytes:
        asked.append(text)
        return run(text)

    explain(note, f"{prologue()}SELECT * {{ ?x com:topic+ ?y . ?y a com:State . ?x com:rank 1 }}", is_empty=True)
    assert not any("topic>+" in text for text in asked)


def test_the_work_is_bounded(run: Run) -> None:
    """A query of a hundred wrong terms and statements is explained by a few queries, in a few hints."""
    asked: list[str] = []

    def count(text: str) -> bytes:
        asked.append(text)
        return run(text)

    text = prologue() + "SELECT * { " + " ".join(f"?x{n} com:none{n} 'a'@fr ." for n in range(100)) + " }"
    assert 1 <= len(explain(count, text, is_empty=True)) <= 5
    assert len(asked) < 60
    asked.clear()
    assert explain(count, text + " " * 200_000, is_empty=False) == []
    assert asked == []


def test_what_rdflib_does_not_read_is_explained_by_its_terms(run: Run) -> None:
    """Triple terms are beyond SPARQL 1.1, and pyoxigraph answers them."""
    hint, *_ = hints(run, f"{prologue()}SELECT * {{ ?s ?p <<( ?a com:particpant ?b )>> }}")
    assert "com:particpant" in hint.message


@pytest.mark.parametrize("media_type", SOLUTIONS)
@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("SELECT * { ?s ?p ?o }", True),
        ("SELECT ?none { ?s ?p 'none' }", False),
        ("ASK { ?s ?p ?o }", True),
        ("ASK { ?s ?p 'none' }", False),
        ("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", True),
        ("SELECT (COUNT(*) AS ?n) (MAX(?o) AS ?most) { ?s ?p 'none' }", False),
        ("SELECT ('' AS ?a) ('x y' AS ?b) {}", True),
    ],
)
def test_an_answer_without_rows_is_known_in_every_format(media_type: str, query: str, rows: bool) -> None:
    store = Store()
    store.add(Quad(NamedNode("x:s"), NamedNode("x:p"), Literal("0")))
    answered = evaluate(MergedDataset(store), Request(query, solutions=media_type))
    assert says_nothing(answered) is not rows


@pytest.mark.parametrize("media_type", GRAPHS)
def test_a_graph_without_statements_is_known_in_every_format(media_type: str) -> None:
    store = Store()
    store.add(Quad(NamedNode("x:s"), NamedNode("x:p"), NamedNode("x:o")))
    dataset = MergedDataset(store)
    assert not says_nothing(evaluate(dataset, Request("DESCRIBE <x:s>", graph=media_type)))
    assert says_nothing(evaluate(dataset, Request("DESCRIBE <x:none>", graph=media_type)))


def test_the_ready_questions_name_no_unknown_term(run: Run) -> None:
    for question in library().values():
        told = explain(run, question.text, is_empty=False)
        assert [hint for hint in told if hint.kind not in {"class", "node"}] == [], question.name


def test_a_prefix_that_stands_for_no_iri_breaks_nothing() -> None:
    store = Store()

    def run(text: str) -> bytes:
        return evaluate(MergedDataset(store), Request(text)).read()

    explain(run, "PREFIX com: <httw3id.org/ns#> SELECT * { ?a a com:State ; ?p ?o }", is_empty=True)
