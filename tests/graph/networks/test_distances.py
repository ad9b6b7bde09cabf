"""Distances: whole numbers that keep every proportion, and what happens where they do not fit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from communique.graph.networks import Network, measure
from communique.graph.networks.distances import Distances, ExactWeights, derive

POSITIVE = st.fractions(min_value=Fraction(1, 20), max_value=20, max_denominator=20)


def distances(weights: Sequence[Any], nodes: int = 10) -> Distances:
    exact = ExactWeights.of(weights)
    return derive(np.array([float(weight) for weight in weights]), exact, nodes=nodes)


def test_counts_become_lcm_over_weight() -> None:
    found = distances([1, 2, 3, 4])
    assert (found.rule, found.whole, found.unit, found.ties) == ("integer", (12, 6, 4, 3), 1 / 12, "exact")


def test_newman_weights_become_lcm_of_numerators_times_the_inverse() -> None:
    assert distances([Fraction(1, 2), Fraction(11, 6), Fraction(3)]).whole == (66, 18, 11)


def test_a_common_factor_is_taken_out() -> None:
    assert distances([10, 20]).whole == (2, 1)
    assert distances([Fraction(1, 6), Fraction(1, 3)]).whole == (2, 1)


@given(weights=st.lists(POSITIVE, min_size=1, max_size=8))
def test_lengths_times_unit_are_inverse_weights(weights: Sequence[Any]) -> None:
    found = distances(weights)
    inverse = [float(1 / weight) for weight in weights]
    assert found.lengths * found.unit == pytest.approx(inverse)
    if found.rule == "integer" and found.whole is not None:
        assert all(
            length * weight == found.whole[0] * weights[0] for length, weight in zip(found.whole, weights, strict=True)
        )
        assert math.gcd(*found.whole) == 1, "the smallest whole numbers"


def test_weights_up_to_forty_fit_and_up_to_fifty_need_larger_numbers() -> None:
    assert distances(range(1, 40), nodes=2).rule == "integer"
    found = distances(range(1, 51), nodes=300)
    assert (found.rule, found.ties) == ("big integer", "exact")
    assert found.whole is not None
    assert found.whole[0] == math.lcm(*range(1, 51))
    assert found.lengths.tolist() == [1 / weight for weight in range(1, 51)]


def test_the_longest_path_must_fit_too() -> None:
    weights = range(1, 37)
    assert distances(weights, nodes=2).rule == "integer"
    assert distances(weights, nodes=10_000).rule == "big integer"


def test_too_many_numerators_are_left_to_floating_point() -> None:
    weights = [Fraction(number, number + 1) for number in range(1, 1500)]
    found = distances(weights)
    assert (found.rule, found.whole, found.ties) == ("float", None, "float")


def test_weights_that_are_not_rational_are_left_to_floating_point() -> None:
    assert ExactWeights.of([0.5, 2]) is None, "0.5 may be rounded from anything"
    assert distances([0.3, 1.7]).rule == "float"
    assert distances([2.0, 3.0]).whole == (3, 2), "whole numbers are what they seem"


def test_a_network_without_edges_has_no_lengths() -> None:
    assert distances([]).lengths.size == 0


# Two ways lead from a to b, both of length 3/10; as doubles 0.1 + 0.1 + 0.1 > 0.25 + 0.05, and one of them is lost.
TWO_WAYS = [("a", "p", 10), ("p", "q", 10), ("q", "b", 10), ("a", "r", 4), ("r", "b", 20)]
# Per node: pairs of others that it lies between. a-b goes half over p and q, half over r; a-q over p; p-b over q;
# p-r over q and b; q-r over b.
BETWEEN = {"a": 0, "b": 2, "p": 1.5, "q": 2.5, "r": 0.5}


@pytest.mark.parametrize("engine", ["networkx", "networkit"])
def test_equally_long_ways_are_both_counted(engine: str) -> None:
    graph: Any = nx.Graph()
    graph.add_weighted_edges_from(TWO_WAYS)
    table = measure(Network.from_networkx(graph), "betweenness", engine=engine)
    assert {row.iri: row.value for row in table.rows} == pytest.approx(
        {node: pairs / 6 for node, pairs in BETWEEN.items()}
    )
    assert (table.distance_rule, table.ties) == ("integer", "exact")


def test_ways_are_told_apart_by_networkx_alone_where_numbers_grow_large() -> None:
    graph = nx.path_graph(60)
    graph.add_weighted_edges_from((u, u + 1, u + 1) for u in range(59))
    network = Network.from_networkx(graph)
    for engine, ties in (("networkx", "exact"), ("networkit", "float")):
        table = measure(network, "betweenness", engine=engine)
        assert (table.distance_rule, table.ties) == ("big integer", ties)
