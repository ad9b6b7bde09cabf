"""Tie the members of each occasion in pairs and add the ties up to weighted edges, all in arrays."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from communique.graph.networks.distances import LARGEST_BITS, ExactWeights
from communique.graph.networks.records import OccasionMember

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Pairs = tuple[Integers, Integers]


@dataclass(frozen=True, slots=True)
class Ties:
    """One row for each pair of members whom an occasion ties: positions of the edge and of both members."""

    edge: Integers
    source: Integers
    target: Integers


@dataclass(frozen=True, slots=True)
class Edges:
    """Edges and what they were added up from; attributes as in ``Network``."""

    src: Integers
    dst: Integers
    weight: Floats
    exact: ExactWeights | None
    events: Integers
    planned_events: Integers
    ties: Ties


def tie(members: Sequence[OccasionMember], divisors: Iterable[int], *, nodes: int, directed: bool) -> Edges:
    """Draw the edges of members that are ordered by occasion and node.

    ``divisors`` holds one whole number d >= 1 per occasion: each tie it makes weighs 1/d. A directed tie runs from
    each source to each target, an undirected one joins each two, once however often they meet. A node is not tied to
    itself; members none of whose spans meet are not tied.
    """
    source, target = _meeting(members, directed=directed)
    node = to_array(member.node for member in members)
    pairs, edge = np.unique(node[source] * nodes + node[target], return_inverse=True)
    occasion = to_array(member.occasion for member in members)
    weight, exact = weigh(edge, to_array(divisors)[occasion[source]], len(pairs))
    planned = np.array([member.planned for member in members], np.bool_)
    only_planned = planned[source] | planned[target]
    return Edges(
        src=pairs // max(nodes, 1),
        dst=pairs % max(nodes, 1),
        weight=weight,
        exact=exact,
        events=np.bincount(edge, minlength=len(pairs)),
        planned_events=np.bincount(edge[only_planned], minlength=len(pairs)),
        ties=Ties(edge, source, target),
    )


def weigh(edge: Integers, divisors: Integers, edges: int) -> tuple[Floats, ExactWeights | None]:
    """Add 1/divisor up over the ties of each edge, exactly where the common denominator is not beyond all use."""
    distinct = np.unique(divisors).tolist()
    denominator = math.lcm(*distinct)
    if denominator.bit_length() > LARGEST_BITS:
        return np.bincount(edge, 1 / divisors, edges).astype(np.float64), None
    units = np.zeros(edges, object)
    for divisor in distinct:
        touched, times = np.unique(edge[divisors == divisor], return_counts=True)
        units[touched] += times.astype(object) * (denominator // divisor)
    exact = ExactWeights(tuple(units.tolist()), denominator)
    return exact.as_floats(), exact


def to_array(values: Iterable[int]) -> Integers:
    """Put whole numbers into an array."""
    return np.fromiter(values, np.int64)


def _meeting(members: Sequence[OccasionMember], *, directed: bool) -> Pairs:
    """Pair the positions of the members that an occasion ties."""
    bearer = np.repeat(np.arange(len(members)), to_array(len(member.spans) for member in members))
    source, target = _pair_all([members[at] for at in bearer.tolist()], directed=directed)
    node = to_array(members[at].node for at in bearer.tolist())
    begin = to_array((begin or date.min).toordinal() for member in members for begin, _ in member.spans)
    end = to_array((end or date.max).toordinal() for member in members for _, end in member.spans)
    first, last = np.maximum(begin[source], begin[target]), np.minimum(end[source], end[target])
    meeting = (node[source] != node[target]) & (first <= last)
    pairs = np.column_stack([bearer[source[meeting]], bearer[target[meeting]]])
    once = pairs if len(bearer) == len(members) else np.unique(pairs, axis=0)
    return once[:, 0], once[:, 1]


def _pair_all(members: Sequence[OccasionMember], *, directed: bool) -> Pairs:
    """Pair positions within each occasion, whatever the nodes and spans."""
    occasion = to_array(member.occasion for member in members)
    side = np.array([member.side for member in members], "U6")
    borders = [0, *(np.flatnonzero(np.diff(occasion)) + 1).tolist(), len(members)]
    pairs = [_pair(np.arange(start, stop), side[start:stop], directed=directed) for start, stop in pairwise(borders)]
    return np.concatenate([one for one, _ in pairs]), np.concatenate([other for _, other in pairs])


def _pair(here: Integers, side: npt.NDArray[np.str_], *, directed: bool) -> Pairs:
    """Pair the members of one occasion, given their positions and sides."""
    if not directed:
        one, other = np.triu_indices(len(here), 1)
        return here[one], here[other]
    sources, targets = here[side == "source"], here[side == "target"]
    return np.repeat(sources, len(targets)), np.tile(targets, len(sources))
