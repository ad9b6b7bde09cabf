"""The W3C's tests of SPARQL 1.1 queries, asked as a client would who names the dataset beside the query.

The suite assumes a default graph that is not made of the named ones. So its data are one graph, which the request names
as default graph, and its named graphs are named. Solutions are compared as multisets, up to names of blank nodes, with
literals in the forms that a store keeps. What fails is listed with its reason: one more that fails is told, and so is
one that passes.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    Literal,
    NamedNode,
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Store,
    Triple,
    parse,
    parse_query_results,
)

from communique.graph.engine.evaluation import evaluate
from communique.graph.engine.protocol import JSON_RESULTS, Request
from communique.graph.errors import QueryAborted, QuerySyntaxError
from communique.graph.store.lexical import stored_forms
from communique.graph.store.merged import MergedDataset

SUITE = Path(__file__).resolve().parents[4] / "shared" / "conformance" / "sparql11"
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
QT = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"
EVALUATED = {MF + "QueryEvaluationTest", MF + "CSVResultFormatTest"}
GOOD, BAD = MF + "PositiveSyntaxTest11", MF + "NegativeSyntaxTest11"
# Federation and entailment are other specifications; updates are asked otherwise.
LEFT_OUT = {"entailment", "service", "protocol", "service-description", "syntax-fed"}
KNOWN = {
    "aggregates/agg-empty-group-count-graph": "GRAPH ?g leaves ?g unbound where its group has no triple pattern",
    "bindings/graph": "GRAPH ?g leaves ?g unbound where its group has no triple pattern",
    "negation/graph-minus": "GRAPH ?g leaves ?g unbound where its group has no triple pattern",
    "property-path/zero_or_more_set_start": "a path of no length begins only at nodes of the data",
    "property-path/zero_or_more_set_end": "a path of no length ends only at nodes of the data",
    "property-path/zero_or_one_set_start": "a path of no length begins only at nodes of the data",
    "property-path/zero_or_one_set_end": "a path of no length ends only at nodes of the data",
    "aggregates/agg-groupconcat-04": "GROUP_CONCAT of texts of one language has none",
    "aggregates/agg-groupconcat-06": "GROUP_CONCAT of texts of one language has none",
    "csv-tsv-res/csv03": "the store writes a number in one form, 1.0 as 1",
    "functions/bnode01": "BNODE of one text is one node in all solutions",
}

RS = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"
MEDIA = {".csv": "text/csv", ".tsv": "text/tab-separated-values"}
FORMATS = {".srx": QueryResultsFormat.XML, ".srj": QueryResultsFormat.JSON, ".tsv": QueryResultsFormat.TSV}

Term = NamedNode | BlankNode | Literal | Triple
Solution = dict[str, Term]


@dataclass(frozen=True)
class Case:
    """An entry of a manifest."""

    name: str
    kind: str
    query: Path
    data: tuple[Path, ...] = ()
    named: tuple[Path, ...] = ()
    result: Path | None = None


def cases() -> Iterator[Case]:
    """Read all manifests of queries."""
    for manifest in sorted(SUITE.glob("*/manifest.ttl")):
        if manifest.parent.name not in LEFT_OUT:
            yield from read(manifest)


def read(manifest: Path) -> Iterator[Case]:
    """Read the entries of one manifest that are about queries."""
    store = Store()
    store.load(path=str(manifest), format=RdfFormat.TURTLE, base_iri=manifest.as_uri())

    def values(node: Term, name: str) -> list[Term]:
        assert isinstance(node, NamedNode | BlankNode)
        return [quad.object for quad in store.quads_for_pattern(node, NamedNode(name), None)]

    def files(node: Term, name: str) -> tuple[Path, ...]:
        return tuple(Path(each.value.removeprefix("file://")) for each in values(node, name))  # type: ignore[union-attr]

    for quad in store.quads_for_pattern(None, NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"), None):
        kind = quad.object.value if isinstance(quad.object, NamedNode) else ""
        if kind not in {*EVALUATED, GOOD, BAD}:
            continue
        assert isinstance(quad.subject, NamedNode)
        (action,) = values(quad.subject, MF + "action")
        name = f"{manifest.parent.name}/{quad.subject.value.rpartition('#')[2].rpartition('/')[2]}"
        if kind in EVALUATED:
            (query,), (result,) = files(action, QT + "query"), files(quad.subject, MF + "result")
            yield Case(name, kind, query, files(action, QT + "data"), files(action, QT + "graphData"), result)
        else:
            yield Case(name, kind, Path(action.value.removeprefix("file://")))  # type: ignore[union-attr]


def of_kind(*kinds: str) -> list[Case]:
    return [case for case in cases() if case.kind in kinds]


@cache
def quads(path: Path, graph: str) -> tuple[Quad, ...]:
    """Read a file into a graph, with its own address as base."""
    format = RdfFormat.RDF_XML if path.suffix == ".rdf" else RdfFormat.TURTLE
    read = parse(path=str(path), format=format, base_iri=path.as_uri())
    return tuple(Quad(quad.subject, quad.predicate, quad.object, NamedNode(graph)) for quad in read)


def ask(case: Case) -> bytes:
    """Ask for the format of the expected result."""
    store, default = Store(), "urn:default"
    for path in case.data:
        store.extend(quads(path, default))
    for path in case.named:
        store.extend(quads(path, path.as_uri()))
    text = case.query.read_text()
    assert case.result
    parts: dict[str, Any] = {"solutions": MEDIA.get(case.result.suffix, JSON_RESULTS), "graph": "application/n-triples"}
    if case.data or "FROM" not in text:
        parts |= {"default_graphs": (default,), "named_graphs": tuple(path.as_uri() for path in case.named)}
    else:  # the files that the query itself names
        for path in case.query.parent.glob("*.ttl"):
            store.extend(quads(path, path.as_uri()))
    request = Request(f"BASE <{case.query.as_uri()}>\n{text}", **parts)
    return evaluate(MergedDataset(store), request).read()


def canonical(statements: Iterable[Quad | Triple]) -> list[str]:
    """Write statements, whatever their graph, so that equal ones are equal up to names of blank nodes."""
    every = list(statements)
    forms = stored_forms(each.object for each in every)
    dataset = Dataset(Quad(each.subject, each.predicate, forms.get(each.object, each.object)) for each in every)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return sorted(map(str, dataset))


def canonical_rows(rows: Iterable[Solution]) -> list[str]:
    """Write solutions, each a blank node with a statement for each variable."""
    statements: list[Quad] = []
    copies: Counter[tuple[str, ...]] = Counter()
    for row in rows:
        node = BlankNode()
        statements.append(Quad(node, NamedNode("urn:row"), Literal("row")))
        statements += [Quad(node, NamedNode(f"urn:variable:{name}"), term) for name, term in row.items()]
        if not any(isinstance(term, BlankNode) for term in row.values()):  # else equal rows are told apart anyway
            key = tuple(f"{name} {term}" for name, term in sorted(row.items()))
            copies[key] += 1
            statements.append(Quad(node, NamedNode("urn:copy"), Literal(copies[key])))
    return canonical(statements)


def solutions(found: QuerySolutions | QueryBoolean) -> list[Solution]:
    """Read solutions; a boolean as one."""
    if isinstance(found, QueryBoolean):
        return [{"boolean": Literal(bool(found))}]
    names = [variable.value for variable in found.variables]
    return [{name: row[name] for name in names if row[name] is not None} for row in found]


def result_set(statements: Iterable[Quad]) -> list[Solution]:
    """Read solutions that are written as RDF."""
    store = Store()
    store.extend(statements)
    bound = "OPTIONAL { ?row rs:binding ?binding . ?binding rs:variable ?variable ; rs:value ?value }"
    text = f"PREFIX rs: <{RS}> SELECT * {{ GRAPH ?g {{ ?set rs:solution ?row {bound} }} }}"
    found: dict[Term, Solution] = {}
    for row in store.query(text):  # type: ignore[union-attr]
        solution = found.setdefault(row["row"], {})
        if row["variable"] is not None:
            solution[row["variable"].value] = row["value"]
    return list(found.values())


def cells(body: str) -> list[tuple[str, ...]]:
    """Read CSV, where blank nodes have any name."""
    rows = csv.reader(io.StringIO(body))
    return sorted(tuple("_:" if cell.startswith("_:") else cell for cell in row) for row in rows)


def agree(case: Case) -> bool:
    """Say whether the answer is the expected one."""
    body, expected = ask(case), case.result
    assert expected
    if expected.suffix == ".csv":
        return cells(body.decode()) == cells(expected.read_text())
    if expected.suffix == ".ttl":
        statements = quads(expected, "urn:expected")
        if any(quad.predicate.value == f"{RS}resultVariable" for quad in statements):
            found = solutions(parse_query_results(body, format=QueryResultsFormat.JSON))
            return canonical_rows(found) == canonical_rows(result_set(statements))
        return canonical(parse(body, format=RdfFormat.N_TRIPLES)) == canonical(statements)
    format = FORMATS[expected.suffix]
    answered = format if expected.suffix == ".tsv" else QueryResultsFormat.JSON
    given, wanted = parse_query_results(body, format=answered), parse_query_results(path=str(expected), format=format)
    return canonical_rows(solutions(given)) == canonical_rows(solutions(wanted))


def is_known(case: Case) -> bool:
    """Say whether the engine takes a text as a query."""
    try:
        evaluate(MergedDataset(Store()), Request(case.query.read_text()))
    except QuerySyntaxError:
        return False
    except QueryAborted:  # a function that nobody knows
        return True
    return True


def test_the_manifests_are_read_whole(shared: Path) -> None:
    assert Counter(case.kind.removeprefix(MF) for case in cases()) == {
        "QueryEvaluationTest": 232,
        "CSVResultFormatTest": 3,
        "PositiveSyntaxTest11": 63,
        "NegativeSyntaxTest11": 48,
    }
    assert {case.name for case in cases()} >= KNOWN.keys()


@pytest.mark.parametrize("case", of_kind(*EVALUATED), ids=lambda case: case.name)
def test_an_answer(case: Case) -> None:
    assert agree(case) is (case.name not in KNOWN), KNOWN.get(case.name, "")


@pytest.mark.parametrize("case", of_kind(GOOD, BAD), ids=lambda case: case.name)
def test_a_text(case: Case) -> None:
    assert is_known(case) is (case.kind == GOOD)
