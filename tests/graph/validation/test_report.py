"""Reports in four forms, and results explained."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Store

from communique.graph import validation
from communique.graph.terms.namespaces import ID, SH, SHAPES, term
from communique.graph.terms.vocabulary import ontology_quads
from communique.graph.validation import report as reports
from communique.graph.validation.explanation import Passage, explain
from communique.graph.validation.results import ValidationReport, ValidationResult
from communique.graph.validation.view import View

Judge = Callable[..., tuple[ValidationReport, Store]]


@pytest.fixture(scope="module")
def judge(request: pytest.FixtureRequest) -> Judge:
    """Give a function that judges the world of the shape fixtures with some fixtures."""
    folder = Path(request.config.rootpath) / "tests/shapes"

    def run(*names: str) -> tuple[ValidationReport, Store]:
        store = Store()
        store.extend(ontology_quads())
        for path in (folder / "world.trig", *(folder / f"{name}.trig" for name in names)):
            store.load(path.read_bytes(), format=RdfFormat.TRIG)
        return validation.validate(store, engine="sparql"), store

    return run


def test_a_result_is_explained_by_rule_node_passage_and_cure(judge: Judge) -> None:
    report, store = judge("event/R05-fail-hotel")
    explained = explain(report.results[0], store)
    assert (explained.rule.number, explained.rule.name) == ("R05", "Participants are actors")
    assert explained.severity == "Violation"
    assert explained.node == ID + "participation/training/hotel/host"
    assert explained.label == "participation/training/hotel/host"
    assert explained.passages == (Passage("900", 1),)
    assert str(explained.passages[0]) == "900 ¶1"
    assert (explained.path, explained.value) == ("com:participant", "place/hotel")
    assert explained.cure.startswith("The participant is not an actor")


def test_a_labelled_node_is_called_by_its_english_label(judge: Judge) -> None:
    report, store = judge("place/R06-fail-organizations")
    assert {explain(result, store).label for result in report.results} == {"Training"}


def test_without_evidence_the_describing_document_is_named(judge: Judge) -> None:
    report, store = judge("graph/R38-fail-no-evidence")
    explained = explain(report.results[0], store)
    assert explained.passages == (Passage("900"),)
    assert str(explained.passages[0]) == "900"


def test_two_documents_that_contradict_each_other_are_both_named(judge: Judge) -> None:
    report, store = judge("measure/R27-fail-contradiction")
    assert [str(passage) for passage in explain(report.results[0], store).passages] == ["900 ¶1", "901 ¶1"]


def test_in_one_document_only_its_passages_are_named(judge: Judge) -> None:
    report, store = judge("graph/R01-pass", "graph/R01-fail-two-realizations")
    explained = explain(report.results[0], store)
    assert (explained.result.document, [str(passage) for passage in explained.passages]) == ("900", ["900 ¶1"])


def test_odd_results_are_explained_too() -> None:
    shape, component = NamedNode("http://example.org/S"), NamedNode(SH + "MinCountConstraintComponent")
    for focus, label in ((Literal("text"), "text"), (BlankNode("b"), "_:b"), (NamedNode(ID + "org/x"), "org/x")):
        explained = explain(ValidationResult(focus, "<http://a>/<http://b>", None, component, shape), Store())
        assert (explained.label, explained.rule.number, explained.passages) == (label, "", ())
        assert explained.path == "<http://a>/<http://b>"


def test_rows_are_grouped_by_rule_with_count_cure_and_examples(judge: Judge) -> None:
    report, store = judge("graph/R02-fail-broken-evidence", "event/R20-fail-unknown-edition")
    rows = reports.summarize(report, store, examples=2)
    assert [(row.number, row.severity, row.count, len(row.examples)) for row in rows] == [
        ("R02", "Violation", 3, 2),
        ("R20", "Warning", 1, 1),
    ]
    assert rows[0].cure == rows[0].examples[0].cure


def test_json_holds_results_and_counts(judge: Judge) -> None:
    report, store = judge("event/R20-fail-unknown-edition")
    content = json.loads(reports.to_json(report, store))
    assert (content["conforms"], content["admissible"]) == (False, True)
    (row,) = content["results"]
    assert tuple(row) == reports.COLUMNS
    assert (row["rule"], row["document"], row["paragraph"], row["label"]) == ("R20", "900", "1", "Forum 1")
    assert content["focusCounts"]["comsh:Edition"] == 1


def test_csv_has_a_line_per_result(judge: Judge) -> None:
    report, store = judge("graph/R02-fail-broken-evidence")
    rows = list(csv.DictReader(io.StringIO(reports.to_csv(report, store))))
    assert tuple(rows[0]) == reports.COLUMNS
    assert {row["path"] for row in rows} == {"com:inDocument", "com:locator", "com:passageDigest"}
    assert reports.to_csv(ValidationReport(), store) == ",".join(reports.COLUMNS) + "\n"


def test_turtle_is_a_results_graph_of_shacl(judge: Judge) -> None:
    report, _ = judge("agreement/R15-fail-one-party", "graph/R30-fail-blank", "event/R20-fail-unknown-edition")
    text = reports.to_turtle(report)
    graph = Store()
    graph.load(text.encode(), format=RdfFormat.TURTLE)
    results = {quad.object for quad in graph.quads_for_pattern(None, term("sh:result"), None)}
    assert len(results) == len(report.results) >= 3
    (conforms,) = graph.quads_for_pattern(None, term("sh:conforms"), None)
    assert conforms.object == Literal(False)
    for predicate in ("sh:focusNode", "sh:resultSeverity", "sh:sourceShape", "sh:sourceConstraintComponent"):
        assert {quad.subject for quad in graph.quads_for_pattern(None, term(predicate), None)} >= results
    counts = graph.quads_for_pattern(None, NamedNode(SHAPES + "focusCount"), None)
    assert len(list(counts)) == len(report.focus_counts)


def test_turtle_spells_long_paths_as_the_shape_does(judge: Judge) -> None:
    report, _ = judge("agreement/R15-fail-one-party")
    graph = Store()
    graph.load(reports.to_turtle(report).encode(), format=RdfFormat.TURTLE)
    query = f"PREFIX sh: <{SH}> PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> "
    query += "SELECT * WHERE { ?r sh:resultPath ?p . ?p rdf:first/sh:inversePath ?a ; rdf:rest/rdf:first ?b }"
    (row,) = View(graph).select(query)
    assert (row["a"], row["b"]) == (term("com:ofAgreement"), term("com:party"))


def test_equal_reports_are_equal_texts(judge: Judge) -> None:
    first, second = (reports.to_turtle(judge("agreement/R15-fail-one-party")[0]) for _ in range(2))
    assert first == second


def test_a_sound_graph_has_an_empty_report(judge: Judge) -> None:
    report, store = judge("event/R04-pass")
    assert reports.summarize(report, store) == ()
    assert '"conforms": true' in reports.to_json(report, store)
    assert "sh:conforms true" in reports.to_turtle(report)


def test_shapes_without_focus_nodes_are_named(judge: Judge) -> None:
    report, _ = judge("event/R04-pass")
    assert "comsh:Quoting" in reports.unexercised(report)
    assert "comsh:Participation" not in reports.unexercised(report)
