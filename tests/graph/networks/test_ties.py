"""Ties: the figure of the paper, and a plain sum of fractions as oracle."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from fractions import Fraction
from itertools import combinations, product
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from communique.graph.networks.records import OccasionMember
from communique.graph.networks.ties import tie, weigh
from communique.graph.networks.times import OPEN, Bounds

DAYS = st.one_of(st.none(), st.integers(0, 5).map(lambda day: date(2020, 1, 1 + day)))


def worlds(directed: bool) -> st.SearchStrategy[Any]:
    """Draw whether ties are directed, and occasions: a divisor and members by node and side."""
    sides = ["source", "target"] if directed else ["both"]
    keys = st.tuples(st.integers(0, 5), st.sampled_from(sides))
    spans = st.lists(st.tuples(DAYS, DAYS), min_size=1, max_size=3).map(tuple)
    parts = st.dictionaries(keys, st.tuples(spans, st.booleans()), max_size=6)
    return st.tuples(st.just(directed), st.lists(st.tuples(st.integers(1, 6), parts), max_size=5))


def member(
    node: int,
    occasion: int,
    side: str = "both",
    spans: tuple[Bounds, ...] = (OPEN,),
    planned: bool = False,
) -> OccasionMember:
    return OccasionMember(node, occasion, side, spans, planned, ())


def test_three_papers_with_four_two_and_three_authors() -> None:
    """Newman 2001, doi:10.1103/PhysRevE.64.016132, figure 6: 1/3 + 1 + 1/2 = 11/6."""
    authors = [[0, 1, 2, 3], [0, 1], [0, 1, 4]]
    members = [member(node, paper) for paper, nodes in enumerate(authors) for node in nodes]
    edges = tie(members, [3, 1, 2], nodes=5, directed=False)
    assert edges.exact is not None
    assert (edges.src[0], edges.dst[0], edges.events[0]) == (0, 1, 3)
    assert Fraction(edges.exact.units[0], edges.exact.denominator) == Fraction(11, 6)


@settings(max_examples=40)
@given(world=st.booleans().flatmap(worlds))
def test_edges_are_the_sums_of_shares_of_members_that_meet(world: Any) -> None:
    directed, occasions = world
    members: list[OccasionMember] = []
    expected: dict[tuple[int, int], Fraction] = defaultdict(Fraction)
    planned: dict[tuple[int, int], int] = defaultdict(int)
    for at, (divisor, parts) in enumerate(occasions):
        here = [member(node, at, side, *rest) for (node, side), rest in sorted(parts.items(), key=lambda item: item[0])]
        members += here
        for one, other in pairs(here, directed):
            expected[one.node, other.node] += Fraction(1, divisor)
            planned[one.node, other.node] += one.planned or other.planned
    edges = tie(members, [divisor for divisor, _ in occasions], nodes=6, directed=directed)
    assert edges.exact is not None
    ends = list(zip(edges.src.tolist(), edges.dst.tolist(), strict=True))
    exact = [Fraction(units, edges.exact.denominator) for units in edges.exact.units]
    assert dict(zip(ends, exact, strict=True)) == expected
    assert ends == sorted(ends)
    assert dict(zip(ends, edges.planned_events.tolist(), strict=True)) == planned
    assert edges.weight.tolist() == [float(weight) for weight in exact]


def pairs(members: list[OccasionMember], directed: bool) -> list[tuple[OccasionMember, OccasionMember]]:
    if directed:
        sources, targets = ([each for each in members if each.side == side] for side in ("source", "target"))
        every = list(product(sources, targets))
    else:
        every = list(combinations(members, 2))
    return [(one, other) for one, other in every if one.node != other.node and meet(one, other)]


def meet(one: OccasionMember, other: OccasionMember) -> bool:
    for both in product(one.spans, other.spans):
        begins, ends = ([day for day in days if day] for days in zip(*both, strict=True))
        if all(begin <= end for begin in begins for end in ends):
            return True
    return False


def test_shares_without_a_useful_common_denominator_are_added_as_doubles() -> None:
    divisors = np.array([each for each in range(2, 1500) if all(each % prime for prime in range(2, each))])
    weight, exact = weigh(np.zeros(len(divisors), np.int64), divisors, 1)
    assert exact is None
    assert weight.tolist() == [sum(1 / divisors)]
