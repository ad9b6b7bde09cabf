"""The table of measures: one definition each, whichever engine computes it."""

from __future__ import annotations

from dataclasses import dataclass

from communique.graph.networks.network import Network


@dataclass(frozen=True, slots=True)
class Measure:
    """One value for one node.

    Attributes
    ----------
    iri, label : the node
    value : None where the measure is not defined; ``reason`` then says why
    rank : 1 = largest; equal values share the smaller rank; None where the value is
    is_tied : another node has the same value
    """

    iri: str
    label: str
    value: float | None
    reason: str | None = None
    rank: int | None = None
    is_tied: bool = False


@dataclass(frozen=True, slots=True)
class MeasureTable:
    """A measure over all nodes of a network.

    Attributes
    ----------
    name, definition, engine : what was computed, by which formula, by which engine
    distance_rule : see ``Distances.rule``; None for measures that do not use paths
    ties : ``exact`` or ``float``: whether equally long paths were recognised
    rows : by rank, then IRI; undefined values last
    network : what it was computed on
    """

    name: str
    definition: str
    engine: str
    distance_rule: str | None
    ties: str
    rows: tuple[Measure, ...]
    network: Network


def measure(network: Network, name: str, *, engine: str | None = None) -> MeasureTable:
    """Compute a measure for all nodes; NetworkError for an unknown measure or engine."""
    raise NotImplementedError
