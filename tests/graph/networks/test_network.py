"""Network: immutable, to networkx and back."""

from __future__ import annotations

import pickle
from decimal import Decimal
from fractions import Fraction
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from communique.graph.errors import NetworkError
from communique.graph.networks import Network, measure

ENDS = st.tuples(st.sampled_from("abcde"), st.sampled_from("abcde")).filter(lambda ends: ends[0] < ends[1])
WEIGHTS = st.one_of(st.integers(1, 9), st.fractions(Fraction(1, 9), 9, max_denominator=9))


@given(edges=st.dictionaries(ENDS, WEIGHTS), directed=st.booleans())
def test_networkx_and_back_gives_the_same_network(edges: Any, directed: bool) -> None:
    graph: Any = nx.DiGraph() if directed else nx.Graph()
    graph.add_nodes_from("abcdef")
    graph.add_weighted_edges_from((u, v, weight) for (u, v), weight in edges.items())
    network = Network.from_networkx(graph)
    copy = network.to_networkx()
    assert (nx.is_frozen(copy), copy.is_directed(), set(copy)) == (True, directed, set("abcdef"))
    assert {(u, v): data["weight"] for u, v, data in copy.edges(data=True)} == {
        ends: float(weight) for ends, weight in edges.items()
    }
    for _, _, data in copy.edges(data=True):
        assert data["distance"] * network.distances.unit == pytest.approx(1 / data["weight"])


def test_arrays_cannot_be_written_to() -> None:
    network = Network.from_networkx(nx.path_graph(3))
    with pytest.raises(ValueError, match="read-only"):
        network.weight[0] = 2


def test_a_measured_network_can_be_handed_to_another_process() -> None:
    table = measure(Network.from_networkx(nx.path_graph(4)), "betweenness")
    copy = pickle.loads(pickle.dumps(table))
    assert copy.rows == table.rows
    assert copy.network.nodes == table.network.nodes


def test_a_network_handed_in_says_so() -> None:
    graph = nx.relabel_nodes(nx.path_graph(3), "n{}".format)
    nx.set_node_attributes(graph, {"n0": "first"}, "label")
    network = Network.from_networkx(graph, data_version="mine")
    assert [node.label for node in network.nodes] == ["first", "n1", "n2"]
    assert (network.provenance.layer, network.provenance.data_version) == ("external", "mine")
    assert network.documents == ((), ())
    assert not network.planned.any()


def test_nodes_that_are_written_alike_stay_apart() -> None:
    graph = nx.DiGraph([(1, "1"), ("1", "'1'"), ("'1'", 1)])
    network = Network.from_networkx(graph)
    assert [node.iri for node in network.nodes] == ["'1'", "'1'-2", "1"]
    assert {len(set(row)) for row in (network.src.tolist(), network.dst.tolist())} == {3}
    assert len(measure(network, "betweenness").rows) == 3


def test_numbers_of_every_kind_are_weights() -> None:
    weights = [2, 0.5, Fraction(1, 3), Decimal("0.25"), np.float32(1.5), np.int64(4)]
    graph = nx.Graph([("hub", f"n{at}", {"weight": weight}) for at, weight in enumerate(weights)])
    assert Network.from_networkx(graph).weight.tolist() == [float(weight) for weight in weights]


def test_a_part_of_a_network_keeps_its_weights() -> None:
    graph: Any = nx.Graph()
    graph.add_weighted_edges_from([("a", "b", 1), ("b", "c", 2), ("c", "d", 3), ("a", "d", 4)])
    part = Network.from_networkx(graph).restrict([1, 2, 3])
    assert [node.iri for node in part.nodes] == ["b", "c", "d"]
    assert list(zip(part.src.tolist(), part.dst.tolist(), part.weight.tolist(), strict=True)) == [(0, 1, 2), (1, 2, 3)]
    assert part.exact is not None
    assert part.exact.units == (2, 3)


@pytest.mark.parametrize(
    ("graph", "message"),
    [
        (nx.MultiGraph([("a", "b"), ("a", "b")]), "a multigraph has no single weight"),
        (nx.Graph([("a", "a")]), "a is tied to itself"),
        (nx.Graph([("a", "b", {"weight": 0})]), "the edge a - b weighs 0; expected: a positive, finite number"),
        (nx.Graph([("a", "b", {"weight": float("inf")})]), "weighs inf"),
        (nx.Graph([("a", "b", {"weight": float("nan")})]), "weighs nan"),
        *(
            (
                nx.Graph([("a", "c"), ("b", "a", {"weight": weight})]),
                rf"the edge a - b weighs .*{shown}.*expected: a pos",
            )
            for weight, shown in [
                ("3", "'3'"),
                (None, "None"),
                ([1], r"\[1\]"),
                (1j, "1j"),
                (-2, "-2"),
                (10**400, "1000"),
                (Fraction(1, 10**400), "Fraction"),
                (Decimal("NaN"), "NaN"),
                (Decimal("Infinity"), "Infinity"),
            ]
        ),
    ],
)
def test_graphs_that_no_measure_could_read_are_refused(graph: Any, message: str) -> None:
    with pytest.raises(NetworkError, match=message):
        Network.from_networkx(graph)
