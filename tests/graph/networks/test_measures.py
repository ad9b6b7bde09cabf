"""Measures: every engine against networkx, figures worked out by hand, undefined values and ties."""

from __future__ import annotations

from fractions import Fraction

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from communique.graph.errors import NetworkError
from communique.graph.networks import Network, measure
from communique.graph.networks.definitions import MEASURES

# Whole-number weights with many equal paths, Newman weights, and a network that falls apart.
WEIGHTS = st.sampled_from([1, 2, 3, 4, 6, Fraction(1, 2), Fraction(1, 3), Fraction(5, 6)])
PAIRS = [(name, engine) for name, each in MEASURES.items() for engine in each.engines if engine != "networkx"]


@st.composite
def graphs(draw, directed=None):
    directed = draw(st.booleans()) if directed is None else directed
    nodes = draw(st.integers(1, 12))
    ends = st.tuples(st.integers(0, nodes - 1), st.integers(0, nodes - 1)).filter(lambda pair: pair[0] != pair[1])
    edges = draw(st.dictionaries(ends, WEIGHTS, max_size=30)) if nodes > 1 else {}
    graph = nx.DiGraph() if directed else nx.Graph()
    graph.add_nodes_from(f"n{at:02}" for at in range(nodes))
    graph.add_weighted_edges_from((f"n{u:02}", f"n{v:02}", weight) for (u, v), weight in edges.items())
    return graph


def values(network, name, **options):
    return {row.iri: row.value for row in measure(network, name, **options).rows}


@pytest.mark.parametrize(("name", "engine"), PAIRS)
@settings(max_examples=60, deadline=None)
@given(graph=graphs())
def test_an_engine_agrees_with_networkx(name, engine, graph):
    network = Network.from_networkx(graph)
    if MEASURES[name].directed_only and not network.directed:
        return
    found, expected = values(network, name, engine=engine), values(network, name, engine="networkx")
    assert found.keys() == expected.keys()
    for iri, value in expected.items():
        assert found[iri] == (None if value is None else pytest.approx(value, rel=1e-9, abs=1e-9)), iri
