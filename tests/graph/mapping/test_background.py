"""Authored background → quads: sources, reasons for none, agreement with independent lists."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from communique.graph import sources
from communique.graph.errors import MappingError
from communique.graph.mapping.background import described, map_background
from communique.graph.terms import identifiers
from communique.graph.terms.identifiers import entity
from communique.graph.terms.namespaces import term


@pytest.fixture(scope="module")
def quads() -> list[Quad]:
    return map_background(sources.read_yaml(sources.background()))


def value(quad: Quad) -> str:
    """Give the text of an object."""
    assert isinstance(quad.object, NamedNode | Literal)
    return quad.object.value


def test_a_block_gives_its_source_to_each_node() -> None:
    text = "background:\n  - source: https://example.org/list\n    facts: {state/KOR: {formerCode: XXA}}\n"
    quads = map_background(sources.parse_yaml(text, "some.yaml"))
    about = {quad.predicate: quad.object for quad in quads if quad.subject == entity("state/KOR")}
    assert about == {
        term("com:formerCode"): Literal("XXA"),
        term("dct:source"): NamedNode("https://example.org/list"),
    }
    assert {quad.graph_name for quad in quads} == {identifiers.BACKGROUND, identifiers.META}


def test_a_block_without_source_gives_its_reason() -> None:
    text = "background:\n  - unsourced: Nobody wrote it down.\n    facts: {state/KOR: {formerCode: XXA}}\n"
    quads = map_background(sources.parse_yaml(text, "some.yaml"))
    assert Literal("Nobody wrote it down.", language="en") in {quad.object for quad in quads}


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("background:\n  - facts: {}\n", 2, "not one of 'source' and 'unsourced'"),
        ("background:\n  - {facts: {}, source: 'https://example.org/', unsourced: x}\n", 2, "not one of"),
        ("background:\n  - {facts: {}, sauce: x}\n", 2, "did you mean 'source'?"),
        ("background:\n  - {source: somewhere, facts: {state/KOR: {alpha2: KR}}}\n", 2, "kind/key"),
        ("background:\n  - source: https://example.org/\n", 2, "no 'facts'"),
        ("facts: {}\n", 1, "not a key of the background"),
    ],
)
def test_a_faulty_block_is_refused_at_its_place(text: str, line: int, told: str) -> None:
    with pytest.raises(MappingError) as caught:
        map_background(sources.parse_yaml(text, "some.yaml"))
    assert caught.value.line == line
    assert told in str(caught.value)


def test_every_node_of_the_package_names_source_or_reason(quads: list[Quad]) -> None:
    known = {quad.subject for quad in quads if quad.predicate in {term("dct:source"), term("com:unsourcedReason")}}
    assert {quad.subject for quad in quads if quad.graph_name == identifiers.BACKGROUND} <= known


def test_former_states_agree_with_iso_3166_3(quads: list[Quad], shared: Path) -> None:
    rows = json.loads((shared / "data/countries/pycountry_iso3166-3_formerly_used.json").read_text())["3166-3"]
    listed = {row["alpha_3"]: row for row in rows}
    own = {quad.subject: value(quad) for quad in quads if quad.predicate == term("com:alpha4")}
    assert len(own) == 7
    for node, alpha4 in own.items():
        facts = {quad.predicate: value(quad) for quad in quads if quad.subject == node}
        row = listed[facts[term("skos:notation")]]
        assert alpha4 == row["alpha_4"]
        day = row["withdrawal_date"]
        first, last = (day, day) if len(day) == 10 else (f"{day}-01-01", f"{day}-12-31")
        assert facts[term("com:codeWithdrawnEarliest")] == first
        assert facts[term("com:codeWithdrawnLatest")] == last
        assert facts.get(term("com:validTo"), first) <= last


def test_former_codes_lead_to_the_state_that_the_standard_names(quads: list[Quad], shared: Path) -> None:
    rows = json.loads((shared / "data/countries/pycountry_iso3166-3_formerly_used.json").read_text())["3166-3"]
    current = json.loads((shared / "data/countries/pycountry_iso3166-1.json").read_text())["3166-1"]
    alpha3 = {row["alpha_2"]: row["alpha_3"] for row in current}
    former = {value(quad): quad.subject for quad in quads if quad.predicate == term("com:formerCode")}
    listed = {row["alpha_3"]: alpha3.get(row["alpha_4"][2:], alpha3.get(row["alpha_2"])) for row in rows}
    for code in former.keys() - {"ROM", "XKK", "UNK", "KSV"}:
        assert former[code] == entity(f"state/{listed[code]}")


def test_dependencies_agree_with_an_independent_list(quads: list[Quad], shared: Path) -> None:
    with (shared / "data/countries/datasets_country-codes.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["ISO3166-1-Alpha-3"]: row for row in csv.DictReader(file)}
    alpha3 = {row["ISO3166-1-Alpha-2"]: code for code, row in rows.items()}
    ended = {quad.subject for quad in quads if quad.predicate == term("com:validTo")}
    links = (quad for quad in quads if quad.predicate == term("com:dependencyOf"))
    own = {quad.subject: quad.object for quad in links if quad.subject not in ended}
    listed = {
        entity(f"place/{code}"): entity(f"state/{alpha3[row['is_independent'][-2:]]}")
        for code, row in rows.items()
        if row["is_independent"][-2:] in alpha3 and not row["is_independent"].startswith("Associated")
    }
    assert own == listed


def test_a_territory_that_is_no_more_agrees_with_iso_3166_3(quads: list[Quad], shared: Path) -> None:
    rows = json.loads((shared / "data/countries/pycountry_iso3166-3_formerly_used.json").read_text())["3166-3"]
    (listed,) = [row for row in rows if row["alpha_3"] == "ANT"]
    own = [quad for quad in quads if quad.subject == entity("place/ANT")]
    facts = {quad.predicate: value(quad) for quad in own}
    assert (facts[term("skos:prefLabel")], facts[term("com:m49Code")]) == (listed["name"], listed["numeric"])
    assert facts[term("com:validTo")] < listed["withdrawal_date"]
    heirs = {quad.object for quad in own if quad.predicate == term("dct:isReplacedBy")}
    assert heirs == {entity(f"place/{code}") for code in ("BES", "CUW", "SXM")}


def test_what_is_no_state_is_named_for_the_libraries() -> None:
    names = described(sources.read_yaml(sources.background()))
    assert {"place/HKG", "place/ATA", "place/TWN", "state/SUN"} <= names
    assert not {"place/KOR", "place/COK", "place/PSE", "place/VAT"} & names
