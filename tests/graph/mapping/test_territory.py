"""Libraries → states and territories: complete, coded, named in seven languages, each graph with its source."""

from __future__ import annotations

import csv
from collections import Counter
from importlib.metadata import version
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from communique.graph import sources
from communique.graph.linking.territories import releases
from communique.graph.mapping import background
from communique.graph.mapping.territory import CODES, LANGUAGES, NAMES, map_territories, territories
from communique.graph.terms import identifiers
from communique.graph.terms.identifiers import entity
from communique.graph.terms.namespaces import ID, term

NOT_STATES = background.described(sources.read_yaml(sources.background()))
# The rule of article 81 of the Vienna Convention adds these to the members of the United Nations.
BESIDE_MEMBERS = {"COK", "NIU", "PSE", "VAT", "XKX"}


@pytest.fixture(scope="module")
def quads() -> list[Quad]:
    return map_territories(NOT_STATES)


def codes_of(quads: list[Quad], kind: str) -> set[str]:
    nodes = {quad.subject for quad in quads if quad.predicate == term("rdf:type") and quad.object == term(kind)}
    return {node.value[-3:] for node in nodes if isinstance(node, NamedNode)}


def test_states_are_the_members_of_the_united_nations_and_five_more(quads: list[Quad], shared: Path) -> None:
    with (shared / "data/countries/country_converter_country_data.tsv").open(encoding="utf-8-sig", newline="") as file:
        members = {row["ISO3"] for row in csv.DictReader(file, delimiter="\t") if row["UNmember"]}
    assert len(members) == 193
    assert codes_of(quads, "com:State") == members | BESIDE_MEMBERS


def test_every_entry_is_a_territory_and_every_state_has_one(quads: list[Quad]) -> None:
    places = codes_of(quads, "com:Territory")
    assert len(places) == 250
    held = {(quad.subject, quad.object) for quad in quads if quad.predicate == term("com:hasTerritory")}
    assert held == {(entity(f"state/{code}"), entity(f"place/{code}")) for code in codes_of(quads, "com:State")}


def test_a_node_has_one_code_of_each_kind(quads: list[Quad]) -> None:
    korea = {quad.predicate: quad.object for quad in quads if quad.subject == entity("state/KOR")}
    assert korea[term("skos:notation")] == Literal("KOR")
    assert korea[term("com:alpha2")] == Literal("KR")
    assert korea[term("com:m49Code")] == Literal("410")
    counts = Counter((quad.subject, quad.predicate) for quad in quads if quad.graph_name == CODES)
    assert set(counts.values()) == {1}


def test_kosovo_has_no_number_of_the_standard(quads: list[Quad]) -> None:
    kosovo = {quad.predicate for quad in quads if quad.subject == entity("state/XKX")}
    assert term("com:alpha2") in kosovo and term("com:m49Code") not in kosovo


def test_every_node_has_one_preferred_label_in_each_language(quads: list[Quad]) -> None:
    labels = [quad for quad in quads if quad.predicate == term("skos:prefLabel")]
    nodes = {quad.subject for quad in quads if quad.graph_name == CODES}
    counts = Counter((quad.subject, quad.object.language) for quad in labels if isinstance(quad.object, Literal))
    assert counts == {(node, language): 1 for node in nodes for language in LANGUAGES}
    assert {quad.graph_name for quad in labels} == {NAMES}


def test_a_second_label_differs_from_the_preferred_one(quads: list[Quad]) -> None:
    preferred = {(quad.subject, quad.object) for quad in quads if quad.predicate == term("skos:prefLabel")}
    others = {(quad.subject, quad.object) for quad in quads if quad.predicate == term("skos:altLabel")}
    assert (entity("state/KOR"), Literal("Korea, Republic of", language="en")) in others
    assert not preferred & others


def test_each_graph_names_the_release_it_was_read_from(quads: list[Quad]) -> None:
    origins = {quad.subject: quad.object for quad in quads if quad.predicate == term("prov:wasDerivedFrom")}
    assert origins == {
        CODES: NamedNode(f"pkg:pypi/iso3166@{version('iso3166')}"),
        NAMES: NamedNode(f"pkg:pypi/babel@{releases()['babel']}"),
    }
    licensed = {quad.subject for quad in quads if quad.predicate == term("dct:license")}
    assert licensed == {*origins, *origins.values()}
    assert {quad.graph_name for quad in quads if quad.subject in licensed} == {identifiers.META}


def test_the_names_of_nodes_are_known_without_their_labels(quads: list[Quad]) -> None:
    nodes = {quad.subject.value.removeprefix(ID) for quad in quads if quad.graph_name == CODES}  # type: ignore[union-attr]
    assert territories(NOT_STATES) == nodes
