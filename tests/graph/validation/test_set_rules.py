"""Set queries as rules: headers, messages, and results in the form of SHACL."""

from __future__ import annotations

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from communique.graph.errors import ShapesError
from communique.graph.terms.namespaces import ID, SH, SHAPES, term
from communique.graph.validation.catalogue import rules
from communique.graph.validation.rules import COMPONENT, FUNCTIONS, SetRule, findings, read_rule, set_rules
from communique.graph.validation.view import View

HEADER = """#+ summary: Bodies with a label.
#+ rule: R31
#+ severity: Info
#+ scope: union
#+ path: skos:prefLabel
#+ reads: {this graph: "skos:prefLabel"}
#+ message: "{?this} is labelled {?value}, {?nothing}."
"""
QUERY = f"SELECT ?this ?value ?nothing ?graph WHERE {{ GRAPH ?graph {{ ?this {term('skos:prefLabel')} ?value }} }}"


def rule_with(header: str, query: str = QUERY) -> SetRule:
    return read_rule("labelled", header + query)


def test_a_row_is_a_result() -> None:
    body, graph = NamedNode(ID + "org/oecd"), NamedNode("https://w3id.org/communique/graph/doc/003/inferred")
    store = Store()
    store.add(Quad(body, term("skos:prefLabel"), Literal("OECD", language="en"), graph))
    (result,) = findings(rule_with(HEADER), View(store))
    assert result.focus == body
    assert result.value == Literal("OECD", language="en")
    assert result.path == str(term("skos:prefLabel"))
    assert result.message == "org/oecd is labelled OECD, nothing."
    assert result.severity == NamedNode(SH + "Info")
    assert result.component == COMPONENT
    assert result.shape == NamedNode(SHAPES + "R31-labelled")
    assert result.document == "003"


@pytest.mark.parametrize(
    ("broken", "named"),
    [
        (HEADER.replace("#+ rule: R31\n", ""), "header has summary"),
        (HEADER + "#+ colour: red\n", "colour"),
        (HEADER.replace("Info", "Grave"), "severity is 'Grave'.*Info or Violation or Warning"),
        (HEADER.replace("union", "world"), "scope is 'world'"),
        ("#+ - a list\n", "no keys"),
        ("#+ summary: [\n", "not YAML"),
    ],
)
def test_a_broken_header_names_the_file_and_the_fault(broken: str, named: str) -> None:
    with pytest.raises(ShapesError, match=rf"queries/qc/labelled\.rq.*{named}"):
        rule_with(broken)


def test_a_query_that_cannot_be_run_is_no_finding() -> None:
    with pytest.raises(ShapesError, match=r"queries/qc/labelled\.rq cannot be run"):
        list(findings(rule_with(HEADER, "SELECT ?this WHERE { ?this }"), View(Store())))
    with pytest.raises(ShapesError, match=r"queries/qc/labelled\.rq: not SPARQL: a closing brace is missing"):
        rule_with(HEADER, "SELECT ?this WHERE { ?this")
    with pytest.raises(ShapesError, match="not a SELECT"):
        list(findings(rule_with(HEADER, "ASK { ?this ?p ?o }"), View(Store())))


def test_each_rule_names_a_number_of_the_catalogue() -> None:
    assert {rule.number for rule in set_rules()} <= set(rules())
    assert len({rule.shape for rule in set_rules()}) == len(set_rules())


def test_each_rule_selects_what_its_message_shows() -> None:
    store = View(Store())
    for rule in set_rules():
        names = {variable.value for variable in store.select(rule.query, FUNCTIONS).variables}
        shown = {part.partition("}")[0] for part in rule.message.split("{?")[1:]}
        assert shown <= names, rule.stem
        assert "this" in names, rule.stem
        assert "path" in names or rule.path, rule.stem


def test_each_rule_has_a_summary_and_a_cure() -> None:
    for rule in set_rules():
        assert rule.summary.endswith("."), rule.stem
        assert rule.message.endswith((".", "}")), rule.stem
        assert ":" in rule.message or rule.stem == "same-as-or-blank", f"{rule.stem} does not say what to do"
