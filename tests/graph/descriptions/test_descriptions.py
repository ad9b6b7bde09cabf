"""What describes a snapshot: made of the packaged data, counted by hand where it is small."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, QuerySolutions

from communique.graph.descriptions import add_descriptions, describe
from communique.graph.queries import library
from communique.graph.store.merged import MergedDataset
from communique.graph.store.workspace import Workspace
from communique.graph.terms.identifiers import DESCRIPTION, EXAMPLES, ONTOLOGY
from communique.graph.terms.namespaces import ID, RDF, SKOS, VOID

TYPE, CLASS = NamedNode(RDF + "type"), NamedNode("http://example.org/Class")
DATASET = NamedNode("https://w3id.org/communique/dataset")
Publish = Callable[[Path, Iterable[Quad]], str]


def described(home: Path) -> list[Quad]:
    snapshot = Workspace(home).current()
    return list(describe(MergedDataset(snapshot.load()), snapshot))


def values(quads: Iterable[Quad], subject: NamedNode, name: str) -> set[str]:
    wanted = (subject, NamedNode(VOID + name))
    return {quad.object.value for quad in quads if (quad.subject, quad.predicate) == wanted}  # type: ignore[union-attr]


def test_equal_snapshots_are_described_equally(packaged_home: Path) -> None:
    first = described(packaged_home)
    assert first == described(packaged_home)
    assert {quad.graph_name for quad in first} == {DESCRIPTION, EXAMPLES}
    assert not any(isinstance(node, BlankNode) for quad in first for node in quad.triple)


def test_no_statement_says_two_things_of_one_count(packaged_home: Path) -> None:
    """Two parts of one name would have two counts."""
    counts = Counter((quad.subject, quad.predicate) for quad in described(packaged_home) if _is_count(quad))
    assert counts and set(counts.values()) == {1}


def test_every_link_to_another_dataset_is_counted(packaged_home: Path) -> None:
    snapshot = Workspace(packaged_home).current()
    store = snapshot.load()
    links: Counter[tuple[str, str]] = Counter()
    match = {SKOS + name for name in ("exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch")}
    for subject, predicate, value in {(quad.subject, quad.predicate, quad.object) for quad in store}:
        del subject
        if predicate.value in match and not value.value.startswith("https://w3id.org/communique/"):  # type: ignore[union-attr]
            space = value.value[: max(value.value.rfind("/"), value.value.rfind("#")) + 1]  # type: ignore[union-attr]
            links[predicate.value, space] += 1
    quads = described(packaged_home)
    found = {}
    for node in {quad.subject for quad in quads if quad.object == NamedNode(VOID + "Linkset")}:
        assert isinstance(node, NamedNode)
        (target,) = values(quads, node, "target") - {DATASET.value}
        (link,), (space,) = values(quads, node, "linkPredicate"), values(quads, NamedNode(target), "uriSpace")
        (found[link, space],) = map(int, values(quads, node, "triples"))
    assert found == links
    assert (SKOS + "exactMatch", "http://www.wikidata.org/entity/") in found


def test_ready_questions_have_the_same_answers(packaged_home: Path) -> None:
    snapshot = Workspace(packaged_home).current()
    bare, dataset = MergedDataset(snapshot.load()), MergedDataset(snapshot.load())
    add_descriptions(dataset, snapshot)
    for question in library().values():
        assert _rows(dataset, question.text) == _rows(bare, question.text), question.name


def test_a_class_that_is_none_breaks_nothing(tmp_path: Path, publish: Publish) -> None:
    node, odd = NamedNode(ID + "event/a"), NamedNode("http://example.org/a b".replace(" ", "%20"))
    given = [
        Quad(node, TYPE, Literal("Event"), ONTOLOGY),
        Quad(node, TYPE, CLASS, ONTOLOGY),
        Quad(node, odd, Literal("x", language="en"), ONTOLOGY),
        Quad(node, odd, node, ONTOLOGY),
        Quad(node, odd, node, NamedNode("http://example.org/g")),
    ]
    publish(tmp_path, given)
    quads = described(tmp_path)
    assert values(quads, DATASET, "triples") == {"4"}
    assert values(quads, DATASET, "classes") == values(quads, DATASET, "entities") == {"1"}
    ((_, part),) = (
        (q.subject, q.object)
        for q in quads
        if q.predicate == NamedNode(VOID + "classPartition") and q.subject == DATASET
    )
    assert values(quads, part, "triples") == {"4"}  # type: ignore[arg-type]
    assert values(quads, part, "class") == {CLASS.value}  # type: ignore[arg-type]


@pytest.mark.parametrize("graph", [ONTOLOGY, NamedNode("http://example.org/g")])
def test_only_a_store_with_the_ontology_is_described(tmp_path: Path, publish: Publish, graph: NamedNode) -> None:
    stray = Quad(CLASS, TYPE, CLASS, DESCRIPTION)
    publish(tmp_path, [Quad(CLASS, TYPE, CLASS, graph), stray])
    snapshot = Workspace(tmp_path).current()
    dataset = MergedDataset(snapshot.load())
    add_descriptions(dataset, snapshot)
    found = _rows(dataset, f"SELECT * {{ GRAPH {DESCRIPTION} {{ ?s ?p ?o }} }}")
    mine = [(str(CLASS), str(TYPE), str(CLASS))]
    assert (found == mine) == (graph != ONTOLOGY)
    assert (mine[0] in found) == (graph != ONTOLOGY)


def _is_count(quad: Quad) -> bool:
    return isinstance(quad.object, Literal) and quad.object.datatype.value.endswith("#integer")


def _rows(dataset: MergedDataset, text: str) -> list[tuple[str, ...]]:
    found = dataset.query(text)
    assert isinstance(found, QuerySolutions)
    return sorted(tuple(map(str, row)) for row in found)
