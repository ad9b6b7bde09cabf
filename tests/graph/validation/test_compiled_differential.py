"""The compiled queries against pySHACL: the same results, as multisets, on random graphs and shapes.

Data and shapes reach rdflib through one parser, as N-Triples. The same plan must also find the same on the union of
two graphs that both hold the data, and when all focus nodes are named instead of found.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from pathlib import Path

import pytest
import worlds
from hypothesis import HealthCheck, given, settings
from pyoxigraph import NamedNode, Quad, RdfFormat, Store, Triple, parse, serialize
from rdflib import Graph

from communique.graph.terms.vocabulary import ontology_quads
from communique.graph.validation.catalogue import shapes as our_shapes
from communique.graph.validation.compiled import Plan, compile_shapes
from communique.graph.validation.compiled.focus import as_stored
from communique.graph.validation.engines import pyshacl as oracle
from communique.graph.validation.results import ValidationReport
from communique.graph.validation.view import View

pytestmark = pytest.mark.slow

DEFAULT = NamedNode("urn:default")
COPIES = (NamedNode("urn:one"), NamedNode("urn:other"))
some = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
# Names of blank nodes differ between engines, and rdflib puts in order what is no day.
_APART = re.compile("blank|not-days|not-a-date")
Multiset = Counter[tuple[str, ...]]


def multiset(report: ValidationReport) -> Multiset:
    return Counter(
        (str(item.focus), str(item.path), str(item.value), item.component.value, str(item.shape), item.severity.value)
        for item in report.results
    )


def by_pyshacl(data: list[Triple], shapes: list[Triple]) -> Multiset:
    graphs = (Graph().parse(data=serialize(part, format=RdfFormat.N_TRIPLES), format="nt") for part in (data, shapes))
    return multiset(ValidationReport(tuple(oracle.read_results(oracle.run(*graphs)))))


def by_queries(data: list[Triple], plan: Plan, focus: set[object] | None = None) -> Multiset:
    store = Store()
    store.extend(Quad(*triple, DEFAULT) for triple in data)
    return multiset(plan.validate(View(store, (DEFAULT,)).select, focus=focus))


def by_queries_on_union(data: list[Triple], plan: Plan) -> Multiset:
    store = Store()
    store.extend(Quad(triple.subject, triple.predicate, triple.object, name) for triple in data for name in COPIES)
    return multiset(plan.validate(View(store).select))


def compare(data: list[Triple], shapes: list[Triple]) -> None:
    plan = compile_shapes(shapes)
    found = by_queries(data, plan)
    assert found == by_pyshacl(data, shapes)
    assert found == by_queries_on_union(data, plan)
    everything = {part for triple in data for part in (triple.subject, triple.object)} | set(worlds.TERMS)
    assert found == by_queries(data, plan, everything)


@some
@given(worlds.graphs(), worlds.shapes())
def test_core_agrees_with_pyshacl(data: list[Triple], shapes: list[Triple]) -> None:
    compare(data, shapes)


@some
@given(worlds.graphs(worlds.numbers), worlds.shapes(is_ordered=True))
def test_comparisons_agree_with_pyshacl(data: list[Triple], shapes: list[Triple]) -> None:
    compare(data, shapes)


@settings(some, max_examples=40)
@given(worlds.graphs(), worlds.queries())
def test_sparql_agrees_with_pyshacl(data: list[Triple], shapes: list[Triple]) -> None:
    compare(data, shapes)


@pytest.fixture(scope="module")
def world(root: Path) -> list[Triple]:
    """The ontology and all fixtures of the shapes, good and bad, in one graph, without blank nodes."""
    files = [path for path in sorted((root / "tests/shapes").rglob("*.trig")) if not _APART.search(path.stem)]
    quads = [quad for path in files for quad in parse(path.read_bytes(), format=RdfFormat.TRIG)]
    return [quad.triple for quad in as_stored([*ontology_quads(), *quads])]


@pytest.mark.parametrize("seed", range(2))
def test_our_shapes_agree_with_pyshacl_on_a_world_with_holes(world: list[Triple], seed: int) -> None:
    data = random.Random(seed).sample(world, k=len(world) * (10 - seed) // 10)
    shapes = [quad.triple for quad in our_shapes()]
    plan = compile_shapes(shapes)
    found = by_queries(data, plan)
    assert sum(found.values()) > 100
    assert found == by_pyshacl(data, shapes)
    assert found == by_queries_on_union(data, plan)
