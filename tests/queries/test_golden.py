"""Every answer, byte for byte; ``test_as_a_set`` asks a second engine.

``golden/<name>.tsv`` holds the answer of a question over the published graph in SPARQL 1.1 TSV. After a change of
the facts or of a question, write the files anew with ``GOLDEN=write pytest tests/queries`` and read the difference.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from asking import evaluate, select
from pyoxigraph import NamedNode, QueryResultsFormat, QuerySolutions, QueryTriples, RdfFormat, Store
from rdflib import XSD, Dataset, URIRef

from communique.graph.queries import find, library, queries_in

# rdflib 7.6 warns of its own calls while it parses a data set.
pytestmark = pytest.mark.filterwarnings("ignore:Dataset:DeprecationWarning")

GOLDEN = Path(__file__).parent / "golden"
QUESTIONS = sorted(library())

Value = tuple[str, str | None, str | None] | None
DatasetOf = Callable[[Store], Dataset]


@pytest.fixture(scope="session")
def dataset_of() -> DatasetOf:
    """Give a graph to rdflib, from the very N-Quads that pyoxigraph writes."""

    @cache
    def convert(store: Store) -> Dataset:
        data = store.dump(format=RdfFormat.N_QUADS)
        assert data is not None
        dataset = Dataset(default_union=True)
        dataset.parse(data=data, format="nquads")
        return dataset

    return convert


def answer(store: Store, name: str) -> bytes:
    solutions = select(store, find(name).text)
    return solutions.serialize(format=QueryResultsFormat.TSV) or b""


def read_oxigraph(value: Any) -> Value:
    """Reduce a term of pyoxigraph to what is compared: text, datatype, language."""
    if value is None:
        return None
    if isinstance(value, NamedNode):
        return value.value, "iri", None
    return value.value, value.datatype.value, value.language


def read_rdflib(value: Any) -> Value:
    """Reduce a term of rdflib to the same; what RDF 1.1 leaves unwritten is written out."""
    if value is None:
        return None
    if isinstance(value, URIRef):
        return str(value), "iri", None
    implied = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString" if value.language else XSD.string
    return str(value), str(value.datatype or implied), value.language


def count(rows: Iterable[Any], read: Callable[[Any], Value]) -> Counter[tuple[Value, ...]]:
    """Count equal rows: an answer is a multiset."""
    return Counter(tuple(read(value) for value in row) for row in rows)


def ask_oxigraph(graph: Store, text: str) -> Counter[tuple[Value, ...]]:
    """Count the rows of a SELECT, or the triples of a CONSTRUCT, each once.

    An answer of the engine must end in the thread that asked. A test must not hold one while rdflib answers: the
    exceptions that rdflib leaves behind hold the frames of their callers until the garbage collector finds them.
    """
    found = evaluate(graph, text)
    if isinstance(found, QueryTriples):
        return count({(triple.subject, triple.predicate, triple.object) for triple in found}, read_oxigraph)
    assert isinstance(found, QuerySolutions)
    return count(found, read_oxigraph)


@pytest.mark.parametrize("name", QUESTIONS)
def test_answer_is_the_golden_one(name: str, graph: Store) -> None:
    path = GOLDEN / f"{name}.tsv"
    if os.environ.get("GOLDEN") == "write":
        path.write_bytes(answer(graph, name))
    assert answer(graph, name) == path.read_bytes()


def test_each_golden_file_belongs_to_a_question() -> None:
    assert {path.stem for path in GOLDEN.glob("*.tsv")} == set(QUESTIONS)


@pytest.mark.parametrize("name", QUESTIONS)
def test_order_leaves_nothing_to_chance(name: str, graph: Store) -> None:
    solutions = select(graph, find(name).text)
    keys = re.findall(r"\?(\w+)", find(name).text.rpartition("ORDER BY")[2])
    ranks = Counter(tuple(read_oxigraph(solution[key]) for key in keys) for solution in solutions)
    assert max(ranks.values()) == 1


@pytest.mark.sampled(3)
@pytest.mark.parametrize("name", sorted(queries_in("derived")))
def test_engines_agree_on_shortcuts(name: str, graph: Store, dataset_of: DatasetOf) -> None:
    text = queries_in("derived")[name].text
    assert count(dataset_of(graph).query(text), read_rdflib) == ask_oxigraph(graph, text)
