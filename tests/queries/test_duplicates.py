"""A triple that several graphs state counts once: the queries that serve the rooms, where the union keeps duplicates.

The default graph of SPARQL is a set (RDF 1.1 Concepts, section 3). An engine that reads the union of graphs quad by
quad gives each triple as often as graphs state it, and a pattern of several such triples more often still. Each query
must answer the same on either: as many rows, the same sums, the same words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

import pytest
from pyoxigraph import DefaultGraph, NamedNode, Quad, QuerySolutions, QueryTriples, RdfFormat, Store, parse

from communique.graph.terms.namespaces import GRAPH
from communique.graph.terms.vocabulary import ontology_quads
from communique.graph.validation.derivation import derive
from communique.graph.validation.rules import FUNCTIONS, set_rules

Answer = Counter[tuple[str, ...]]

SHELF = files("communique.queries")
COPY = NamedNode(GRAPH + "doc/copy")


def stems(folder: str) -> list[str]:
    return sorted(item.name.removesuffix(".rq") for item in SHELF.joinpath(folder).iterdir())


QUERIES = [f"{folder}/{name}" for folder in ("derived", "networks", "qc") for name in stems(folder)]

# Queries for which a second graph that states the same is a second answer, and why.
NAMES_GRAPHS = "a row says which graph holds it; tests/graph/networks shows that no tie is counted twice"
FINDS_GRAPHS = "the finding is that this graph holds it, and the copy is one more that must not"
ABOUT_GRAPHS = {
    **{f"networks/{layer}": NAMES_GRAPHS for layer in stems("networks") if layer != "sources"},
    "qc/asserted-shortcut": FINDS_GRAPHS,
    "qc/candidate-outside-its-graph": FINDS_GRAPHS,
    "qc/foreign-evidence": FINDS_GRAPHS,
    "qc/judgement-out-of-place": FINDS_GRAPHS,
    "qc/no-evidence": FINDS_GRAPHS,
    "qc/unknown-term": FINDS_GRAPHS,
    "qc/unreviewed-exact-match": FINDS_GRAPHS,
    "qc/visit-told-twice": "visits of one document are compared, and the copy is one more document",
}


def fixtures(root: Path, name: str) -> Iterator[Path]:
    """Name the files in which a query finds something."""
    folder, _, stem = name.partition("/")
    if folder != "qc":
        yield from (root / "tests/fixtures").glob("*.trig")
        yield root / "tests/queries/joined.trig"
        return
    (shape,) = (f"comsh:{rule.number}-{stem}" for rule in set_rules() if rule.stem == stem)
    yield root / "tests/shapes/world.trig"
    for file in (root / "tests/shapes").glob("*/*-fail*.trig"):
        heads = (line for line in file.read_text(encoding="utf-8").splitlines() if line.startswith("# finds:"))
        if any(shape in head.split() for head in heads):
            yield file


@lru_cache(1)
def worlds(published: frozenset[Quad], files: tuple[Path, ...]) -> tuple[Store, Store]:
    """Read all that a query looks at, the derived statements among it: once as a set, once with a graph twice."""
    store = Store()
    store.bulk_extend(published)
    for file in files:
        store.bulk_extend(parse(file.read_bytes(), format=RdfFormat.TRIG))
    derive(store)
    return with_copy(store, DefaultGraph()), with_copy(store, COPY)


def answer(store: Store, query: str, **dataset: object) -> Answer:
    """Count the rows of a SELECT; the triples of a CONSTRUCT are a set (SPARQL 1.1, section 16.2)."""
    found = store.query(query, custom_functions=dict(FUNCTIONS), **dataset)  # type: ignore[arg-type]
    if isinstance(found, QueryTriples):
        return Counter({(str(triple),) for triple in found})
    assert isinstance(found, QuerySolutions)
    return Counter(tuple(str(term) for term in solution) for solution in found)


def with_copy(quads: Iterable[Quad], graph: NamedNode | DefaultGraph) -> Store:
    """Make a store in which one more graph states everything."""
    store = Store()
    store.bulk_extend(quads)
    store.bulk_extend(Quad(*quad.triple, graph) for quad in list(store))
    return store


# Looks for an official name on every day, in each graph that states it; and of the rules, each of which has a world of
# its own to be read, two out of three.
LONG = {"derived/official-name-at", *(f"qc/{name}" for number, name in enumerate(stems("qc")) if number % 3)}


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] if name in LONG else []) for name in QUERIES]
)
def test_duplicates_of_the_union_change_no_answer(root: Path, quads: frozenset[Quad], name: str) -> None:
    query = SHELF.joinpath(f"{name}.rq").read_text(encoding="utf-8")
    known = frozenset(ontology_quads()) if name.startswith("qc/") else quads
    merged, store = worlds(known, tuple(sorted(fixtures(root, name))))
    expected = answer(merged, query)
    assert expected, "nothing is found, so that nothing is compared"
    graphs = list(store.named_graphs())
    stated = [graph for graph in graphs if graph != COPY]
    # Duplicates that documents make themselves; then such of each triple, out of the reach of GRAPH.
    assert answer(store, query, default_graph=stated, named_graphs=stated) == expected
    assert answer(store, query, default_graph=graphs, named_graphs=stated) == expected
    # A second graph that states the same.
    assert (answer(store, query, use_default_graph_as_union=True) == expected) != (name in ABOUT_GRAPHS)
