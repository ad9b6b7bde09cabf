"""The index of some kinds: it holds what the whole one holds of them and of contexts, and answers alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import astuple
from typing import Any

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from communique.graph import sources
from communique.graph.linking import Index, resolve
from communique.graph.linking.index import CONTEXTS
from communique.graph.loading.inputs import base_quads
from communique.graph.mapping.document import map_document
from communique.graph.terms.identifiers import entity, stated
from communique.graph.terms.namespaces import term

Ask = Callable[[str], Iterable[Any]]


@pytest.fixture(scope="module")
def ask() -> Ask:
    store = Store()
    store.extend(base_quads())
    for file in sources.documents():
        store.extend(map_document(sources.read_yaml(file)))
    return lambda query: store.query(query, use_default_graph_as_union=True)  # type: ignore[arg-type,return-value]


@pytest.fixture(scope="module")
def whole(ask: Ask) -> Index:
    return Index.of(ask)


@pytest.mark.parametrize("kinds", [("Organization",), ("PublicBody",), ("Person", "City"), ("Actor",), ("Agreement",)])
def test_an_index_of_some_kinds_holds_all_of_them_and_the_contexts(
    kinds: tuple[str, ...], ask: Ask, whole: Index
) -> None:
    wanted = {*kinds, *CONTEXTS}
    expected = [astuple(each) for each in whole.entities if not each.kinds.isdisjoint(wanted)]
    assert [astuple(each) for each in Index.of(ask, kinds).entities] == expected
    assert 0 < len(expected) < len(whole.entities)
    assert any(each.kinds & {*kinds} for each in whole.entities)


@pytest.mark.parametrize("kind", ["Organization", "Person", "City", "Agreement", "Event"])
@pytest.mark.parametrize("context", [None, "Republic of Korea", "Ministry of the Interior"])
def test_an_index_of_one_kind_answers_as_the_whole_one(kind: str, context: str | None, ask: Ask, whole: Index) -> None:
    part = Index.of(ask, (kind,))
    texts = {name.text for each in whole.entities if kind in each.kinds for name in each.names}
    assert texts
    for text in sorted(texts)[:40]:
        expected = resolve(text, kind, context=context, index=whole)
        assert resolve(text, kind, context=context, index=part) == expected


def test_a_node_of_two_classes_keeps_both_and_one_without_a_name_is_none() -> None:
    graph, kinds = stated("900"), ("com:City", "com:Person")
    quads = [Quad(entity("place/x"), term("rdf:type"), term(kind), graph) for kind in kinds]
    quads += [Quad(entity("place/y"), term("rdf:type"), term("com:City"), graph)]
    quads += [Quad(entity("place/x"), term("skos:prefLabel"), Literal("Port X", language="en"), graph)]
    quads += [Quad(NamedNode("https://example.org/z"), quad.predicate, quad.object, graph) for quad in quads]
    store = Store()
    store.extend(quads)
    (found,) = Index.of(lambda query: store.query(query, use_default_graph_as_union=True), ("City",)).entities  # type: ignore[arg-type,return-value]
    assert (found.node, found.kinds, found.label) == (entity("place/x"), {"City", "Person"}, "Port X")


def test_a_name_without_a_language_is_read_as_english() -> None:
    graph, node = stated("900"), entity("place/x")
    names = (Literal("A Port X", language="pt"), Literal("Port X"), Literal("Zport X", language="et"))
    quads = [Quad(node, term("skos:prefLabel"), name, graph) for name in names]
    store = Store()
    store.extend([Quad(node, term("rdf:type"), term("com:City"), graph), *quads])
    (found,) = Index.of(lambda query: store.query(query, use_default_graph_as_union=True), ("City",)).entities  # type: ignore[arg-type,return-value]
    assert [name.text for name in found.names] == ["Port X", "A Port X", "Zport X"]


def test_a_person_is_of_the_states_it_represented_and_of_those_of_its_organizations() -> None:
    graph, person, body = stated("900"), entity("person/x"), entity("org/x")
    part, membership = entity("participation/x"), entity("membership/x")
    rows = [
        (person, "rdf:type", term("com:Person")),
        (person, "skos:prefLabel", Literal("X")),
        (part, "com:participant", person),
        (part, "com:representing", entity("state/FRA")),
        (membership, "org:member", person),
        (membership, "org:organization", body),
        (body, "com:actsFor", entity("state/KOR")),
    ]
    store = Store()
    store.extend(Quad(node, term(name), value, graph) for node, name, value in rows)
    (found,) = Index.of(lambda query: store.query(query, use_default_graph_as_union=True), ("Person",)).entities  # type: ignore[arg-type,return-value]
    assert found.countries == {entity("state/FRA"), entity("state/KOR")}
