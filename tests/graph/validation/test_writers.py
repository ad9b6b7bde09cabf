"""Writers of reports: what is streamed is the report, whatever stands in it; pages lose nothing."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Store, parse

from communique.graph.errors import ShapesError
from communique.graph.terms.namespaces import ID, SH, SHAPES, term
from communique.graph.validation import explanation
from communique.graph.validation import report as reports
from communique.graph.validation.compiled.paths import path_to_rdf, read_path_node
from communique.graph.validation.compiled.query_text import parse_path
from communique.graph.validation.compiled.shapes_graph import ShapesGraph
from communique.graph.validation.explanation import explain
from communique.graph.validation.report.summary import group
from communique.graph.validation.results import INFO, VIOLATION, WARNING, ValidationReport, ValidationResult, merge

EX = "http://example.org/"
texts = st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), max_size=12)
iris = st.builds(NamedNode, st.sampled_from([ID + "event/a", ID + "event/b", EX + "c", EX + "d"]))
terms = st.one_of(iris, st.builds(Literal, texts), st.builds(BlankNode, st.sampled_from("xy")))
shapes = st.sampled_from(
    [NamedNode(SHAPES + "Event-city"), NamedNode(EX + "S"), BlankNode("s"), NamedNode(SHAPES + "Agreement-date")]
)
steps = st.recursive(
    st.sampled_from([f"<{EX}p>", f"<{EX}q>"]),
    lambda inner: st.one_of(
        inner.map(lambda part: f"^({part})"),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: "/".join(f"({part})" for part in parts)),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: "|".join(f"({part})" for part in parts)),
        st.tuples(inner, st.sampled_from("*+?")).map(lambda pair: f"({pair[0]}){pair[1]}"),
    ),
    max_leaves=4,
)
results = st.builds(
    ValidationResult,
    focus=terms,
    path=st.one_of(st.none(), steps),
    value=st.one_of(st.none(), terms),
    component=st.sampled_from([NamedNode(SH + "ClassConstraintComponent"), NamedNode(EX + "Component")]),
    shape=shapes,
    severity=st.sampled_from([VIOLATION, WARNING, INFO, NamedNode(EX + "Fatal")]),
    message=texts,
    constraint=st.one_of(st.none(), iris),
    document=st.sampled_from([None, "001"]),
)
reported = st.builds(
    lambda found, counts: merge([ValidationReport(tuple(found), counts, dict.fromkeys(counts, "sparql"), {}, ("n",))]),
    st.lists(results, max_size=12),
    st.dictionaries(shapes, st.integers(0, 9)),
)


@pytest.fixture(scope="module")
def store() -> Store:
    """Give a store that knows a little of the nodes."""
    filled = Store()
    text = f"""@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix skos: <{term("skos:x").value[:-1]}> .
    <{ID}event/a> skos:prefLabel "Treffen"@de , "Meeting"@en ; rdfs:label "Other"@en . <{EX}c> rdfs:label "See" ."""
    filled.load(text.encode(), format=RdfFormat.TURTLE)
    return filled


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let even short reports go over several batches."""
    monkeypatch.setattr(explanation, "BATCH", 3)
    monkeypatch.setattr(reports.formats, "BATCH", 2)
    monkeypatch.setattr(reports.formats, "_PART", 2)


@settings(max_examples=60, deadline=None)
@given(report=reported)
def test_streamed_rows_are_the_results(store: Store, report: ValidationReport) -> None:
    content = json.loads("".join(reports.stream_json(report, store)))
    alone = [explain(result, store) for result in report.results]
    assert [(row["node"], row["label"], row["cure"]) for row in content["results"]] == [
        (each.node, each.label, each.cure) for each in alone
    ]
    assert (content["conforms"], content["admissible"]) == (report.conforms, report.is_admissible)
    assert len(content["focusCounts"]) == len(content["engines"]) == len(report.focus_counts)
    lines = csv.DictReader(io.StringIO("".join(reports.stream_csv(report, store)), newline=""))
    assert list(lines) == content["results"]


@settings(max_examples=60, deadline=None)
@given(report=reported)
def test_streamed_graphs_hold_every_result(report: ValidationReport) -> None:
    turtle, triples = ("".join(write(report)).encode() for write in (reports.stream_turtle, reports.stream_ntriples))
    one, other = (
        ShapesGraph(parse(turtle, format=RdfFormat.TURTLE)),
        ShapesGraph(parse(triples, format=RdfFormat.N_TRIPLES)),
    )
    for graph in (one, other):
        nodes = [BlankNode(f"result{place}") for place in range(1, len(report.results) + 1)]
        assert set(graph.subjects(term("rdf:type"), term("sh:ValidationResult"))) == set(nodes)
        for node, result in zip(nodes, report.results, strict=True):
            read = {name: next(iter(graph.objects(node, term(f"sh:{name}"))), None) for name in ("focusNode", "value")}
            assert read == {"focusNode": result.focus, "value": result.value}
    assert sorted(triples.split(b"\n")) == sorted(set(triples.split(b"\n")) | {b""})


@settings(max_examples=100, deadline=None)
@given(path=steps)
def test_paths_are_spelt_so_that_they_are_read_as_they_were(path: str) -> None:
    node, triples = path_to_rdf(parse_path(path), "path")
    graph = ShapesGraph(triples)
    written = str(read_path_node(graph.at(node), node))
    again, _ = path_to_rdf(parse_path(written), "path")
    assert (again, ShapesGraph(triples).predicates(node)) == (node, graph.predicates(node))
    assert path_to_rdf(parse_path(written), "path")[1] == triples


@pytest.mark.parametrize("path", ["", "(<http://a>", "<http://a>/", "^"])
def test_what_is_no_path_is_refused(path: str) -> None:
    with pytest.raises(ShapesError, match="is no path"):
        path_to_rdf(parse_path(path), "path")


@settings(max_examples=60, deadline=None)
@given(report=reported)
def test_groups_lose_nothing_and_keep_few_examples(store: Store, report: ValidationReport) -> None:
    places = sorted(place for each in group(report) for place in each.places)
    assert places == list(range(len(report.results)))
    rows = reports.summarize(report, store, examples=2)
    assert sum(row.count for row in rows) == len(report.results)
    assert all(len(row.examples) == min(row.count, 2) for row in rows)
