"""Anybody's data against anybody's shapes."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from pyoxigraph import NamedNode

from communique.graph.errors import ShapesError, SourceError
from communique.graph.sources import collect
from communique.graph.terms.namespaces import SH
from communique.graph.validation import engines
from communique.graph.validation.foreign_shapes import ForeignShapes, find_iri, read_data, read_shapes, validate

EX = "http://example.org/"
HEAD = f"@prefix ex: <{EX}> .\n@prefix sh: <{SH}> .\n"
DATA = 'ex:a a ex:Person ; ex:name "A" ; ex:age 3 . ex:b a ex:Person ; ex:age 4 . _:x a ex:Person ; ex:knows ex:a .\n'
PERSON = "ex:PersonShape a sh:NodeShape ; {} sh:property [ sh:path ex:name ; sh:minCount 1 ] .\n"
TARGET = "sh:targetClass ex:Person ;"
QUERY = "sh:target [ sh:select 'SELECT ?this { ?this <http://example.org/age> ?any }' ] ;"

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def put(name: str, text: str) -> Path:
        path = tmp_path / name
        content = (HEAD + text).encode()
        path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
        return path

    return put


def shapes_of(path: Path, **targets: str) -> ForeignShapes:
    return read_shapes(collect([path]), targets)


def test_blank_nodes_compression_and_named_graphs_are_read(write: Write) -> None:
    data = read_data(collect([write("a.ttl.gz", DATA), write("b.trig", f"ex:g {{ {DATA} }}"), write("c.ttl", DATA)]))
    assert len(data.store) == 7 + 7 + 2  # the blank nodes of each file are its own
    assert data.read == 3 * 7


def test_the_union_or_the_default_graph_is_judged(write: Write) -> None:
    store = read_data(collect([write("a.trig", 'ex:a a ex:Person . ex:g { ex:a ex:name "A" . ex:b a ex:Person }')]))
    shapes = shapes_of(write("s.ttl", PERSON.format(TARGET)))
    assert {result.focus for result in validate(store, shapes).results} == {NamedNode(EX + "b")}
    assert {result.focus for result in validate(store, shapes, is_union=False).results} == {NamedNode(EX + "a")}


def test_an_authored_document_is_no_data_for_shapes(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("document: '900'")
    with pytest.raises(SourceError, match=r"an authored document.*leave --shapes out"):
        read_data(collect([tmp_path / "a.yaml"]))
    with pytest.raises(SourceError, match=r"unknown suffix '.csv'.*--input-format"):
        read_data(collect([tmp_path / "a.csv"]))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ex:a ex:p .", r"s\.ttl:3:\d+"),
        (PERSON.format(TARGET) + "ex:PersonShape sh:minCuont 1 .", "sh:minCuont.*did you mean sh:minCount"),
        (PERSON.format(TARGET) + "ex:PersonShape sh:nodeKind ex:Wrong .", "sh:nodeKind"),
        (PERSON.format(TARGET) + "ex:graph sh:shapesGraph 'x' .", "ill-formed shapes, 1 findings"),
        (PERSON.format(""), "no shape has a target.*--target ex:PersonShape=ex:Person"),
    ],
)
def test_wrong_shapes_are_an_error_of_the_input(write: Write, text: str, words: str) -> None:
    data = write("d.ttl", DATA)
    with pytest.raises(SourceError, match=words):
        validate(read_data(collect([data])), shapes_of(write("s.ttl", text)))


@pytest.mark.parametrize("name", ["ex:PersonShape", EX + "PersonShape", "PersonShape"])
@pytest.mark.parametrize("old", ["", TARGET.replace("Person", "Dog"), QUERY], ids=["none", "class", "query"])
def test_a_target_can_be_given(write: Write, name: str, old: str) -> None:
    store = read_data(collect([write("d.ttl", DATA)]))
    report = validate(store, shapes_of(write("s.ttl", PERSON.format(old)), **{name: "ex:Person"}))
    assert report.focus_counts == {NamedNode(EX + "PersonShape"): 3}
    assert (len(report.results), set(report.engines.values())) == (2, {"sparql"})


@pytest.mark.parametrize(("name", "cls"), [("ex:Nobody", "ex:Person"), ("ex:PersonShape", "Person")])
def test_a_target_that_means_nothing_is_refused(write: Write, name: str, cls: str) -> None:
    with pytest.raises(SourceError, match=r"Nobody|'Person' is no class"):
        shapes_of(write("s.ttl", PERSON.format("")), **{name: cls})


@pytest.mark.parametrize(
    ("shape", "cls"),
    [
        ("ex:S a sh:NodeShape ; sh:property [ sh:path <{rdf}type> ; sh:hasValue ex:Person ] .", "ex:Person"),
        ("ex:person a sh:NodeShape ; sh:nodeKind sh:IRI .", "ex:Person"),
        ("ex:S a sh:NodeShape ; sh:property [ sh:path ex:name ] , [ sh:path ex:age ] .", "ex:Person"),
        ("ex:S a sh:NodeShape ; sh:property [ sh:path ex:name ] , [ sh:path ex:weight ] .", None),
        ("ex:S a sh:NodeShape ; sh:property [ sh:path ex:name ] .", None),
    ],
)
def test_a_class_is_suggested_by_type_name_or_properties(write: Write, shape: str, cls: str | None) -> None:
    used = "ex:T a sh:NodeShape ; sh:targetClass ex:Person ; sh:nodeKind sh:IRI .\n"
    text = used + shape.format(rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#")
    report = validate(read_data(collect([write("d.ttl", DATA)])), shapes_of(write("s.ttl", text)))
    assert [note.rpartition("=")[2] for note in report.notes] == ([cls] if cls else [])


def test_data_too_large_to_hand_on_are_refused_with_a_way_out(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "TURBO_QUADS", 3)
    advanced = PERSON.format(QUERY + " sh:expression [ sh:path ex:ok ] ;")
    store, shapes = read_data(collect([write("d.ttl", DATA)])), shapes_of(write("s.ttl", advanced))
    with pytest.raises(ShapesError, match=r"7 quads.*at most 3 quads.*--target ex:PersonShape=ex:Person"):
        validate(store, shapes)


def test_names_must_be_unique() -> None:
    known = [NamedNode(EX + "a/S"), NamedNode(EX + "b/S")]
    assert find_iri(EX + "b/S", known, {}) == known[1]
    with pytest.raises(SourceError, match="2 IRIs are called 'S'"):
        find_iri("S", known, {})
