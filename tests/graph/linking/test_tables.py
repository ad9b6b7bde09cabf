"""The tables of names and codes: they lead to described nodes only, and agree with the background on days."""

from __future__ import annotations

from collections import Counter
from datetime import date

from communique.graph import sources
from communique.graph.linking.meanings import SCHEMES, Sense, own_names
from communique.graph.linking.tables import read_table
from communique.graph.mapping.background import described, map_background
from communique.graph.mapping.territory import territories
from communique.graph.terms.identifiers import entity
from communique.graph.terms.namespaces import term


def test_every_node_of_the_tables_is_described() -> None:
    background = described(sources.read_yaml(sources.background()))
    known = {entity(name) for name in territories(background) | background}
    nodes = {sense.node for _, sense in own_names() if sense.node}
    codes = {entity(row["entity"]) for row in read_table("codes.tsv") if row["entity"]}
    assert nodes | codes <= known


def test_every_state_before_the_standard_has_its_own_code_and_a_name() -> None:
    background = described(sources.read_yaml(sources.background()))
    old = {entity(name) for name in background if name.startswith("state/COW")}
    assert len(old) == 23
    for table in (
        {entity(row["entity"]) for row in read_table("codes.tsv") if row["scheme"] == "cow" and row["entity"]},
        {sense.node for _, sense in own_names()},
    ):
        assert old <= table


def test_a_code_ends_when_the_state_ends() -> None:
    quads = map_background(sources.read_yaml(sources.background()))
    ends = {quad.subject: quad.object.value for quad in quads if quad.predicate == term("com:validTo")}
    last = {(entity(row["entity"]), row["to"]) for row in read_table("codes.tsv") if row["entity"] and row["to"]}
    cow = {(node, day) for node, day in last if node in ends and not node.value.endswith(("CSK", "SCG", "VDR"))}
    assert cow
    assert {(node, day) for node, day in cow if ends[node] != day} == set()


def test_days_are_in_order_and_schemes_known() -> None:
    for row in read_table("codes.tsv"):
        assert row["scheme"] in SCHEMES
        assert not (row["from"] and row["to"]) or date.fromisoformat(row["from"]) <= date.fromisoformat(row["to"])
    for name, sense in own_names():
        assert name == name.strip() != ""
        assert sense.first is None or sense.last is None or sense.first <= sense.last


def test_no_name_stands_twice_with_one_sense() -> None:
    repeated = {key for key, count in Counter(own_names()).items() if count > 1}
    assert repeated == set[tuple[str, Sense]]()
