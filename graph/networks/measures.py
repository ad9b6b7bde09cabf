"""Measure a network: one value per node or the reason why there is none, with ranks that show ties."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from communique.graph.errors import NetworkError
from communique.graph.networks.definitions import MEASURES, Definition
from communique.graph.networks.network import Network
from communique.graph.networks.options import pick

_EQUAL = 1e-9  # share of the largest value below which two values are one


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
    name, formula, engine : what was computed, how it is defined, by which engine
    weighted : False when every edge was given the weight 1
    distance_rule : see ``Distances.rule``; None for measures that do not read distances
    ties : of a measure that counts shortest paths: ``exact``, or ``float`` where equally long ones may have been
        missed; None for the others
    rows : by rank, then IRI; undefined values last
    network : what it was computed on
    """

    name: str
    formula: str
    engine: str
    weighted: bool
    distance_rule: str | None
    ties: str | None
    rows: tuple[Measure, ...]
    network: Network

    @property
    def is_descriptive_only(self) -> bool:
        """True for networks so small that the values support no general claim."""
        return self.network.is_descriptive_only

    @property
    def values(self) -> dict[str, float | str]:
        """Value of each node, or the reason for which it has none, by IRI."""
        return {row.iri: row.value if row.value is not None else str(row.reason) for row in self.rows}


def find_measure(name: str, *, directed: bool) -> Definition:
    """Look a measure up; NetworkError for an unknown one, and for in- and out-measures without directions."""
    definition = pick("measure", name, MEASURES)
    if definition.directed_only and not directed:
        raise NetworkError(f"{name} needs directed ties", hint=f"ask for {name.partition('-')[2]}")
    return definition


def measure(
    network: Network,
    name: str,
    *,
    engine: str | None = None,
    weighted: bool = True,
    values: Mapping[str, float | str] | None = None,
) -> MeasureTable:
    """Compute a measure for all nodes.

    ``engine`` is chosen by size and by the lengths of edges unless named; ``weighted=False`` gives every edge the
    weight 1; ``values`` are those of a table that was made of the same network before, and spare computing them.
    NetworkError for an unknown engine, and as ``find_measure``.
    """
    definition = find_measure(name, directed=network.directed)
    measured = network if weighted else network.without_weights()
    engine = engine or definition.choose(measured)
    outcome = _compute(definition, measured, engine) if values is None else [values[it.iri] for it in network.nodes]
    return MeasureTable(
        name=name,
        formula=definition.formula,
        engine=engine,
        weighted=weighted,
        distance_rule=measured.distances.rule if definition.reads in {"distances", "paths"} else None,
        ties=_ties(measured, engine) if definition.reads == "paths" else None,
        rows=_rank(measured, outcome),
        network=network,
    )


def _compute(definition: Definition, network: Network, engine: str) -> list[float | str]:
    """Compute the value of each node, or the reason for which it has none."""
    compute = pick(f"engine of {definition.name}", engine, definition.engines)
    reasons = definition.undefined(network)
    defined = [at for at, reason in enumerate(reasons) if reason is None]
    outcome: list[float | str] = [reason or 0.0 for reason in reasons]
    if not defined:
        return outcome
    if definition.on_defined:
        values = dict(zip(defined, compute(network.restrict(defined)).tolist(), strict=True))
    else:
        values = dict(enumerate(compute(network).tolist()))
    return [values[at] if reason is None else reason for at, reason in enumerate(reasons)]


def _ties(network: Network, engine: str) -> str:
    """Say whether this engine recognised equally long paths: only networkx adds whole numbers of any size."""
    whole = network.distances.rule == "integer" or engine == "networkx"
    return network.distances.ties if whole else "float"


def _rank(network: Network, outcome: Sequence[float | str]) -> tuple[Measure, ...]:
    """Order by value and give equal values the rank of the first of them."""
    pairs = list(zip(network.nodes, outcome, strict=True))
    known = sorted(((value, node) for node, value in pairs if not isinstance(value, str)), key=lambda it: -it[0])
    margin = _EQUAL * max((abs(value) for value, _ in known), default=0.0)
    first = 0
    ranks: list[int] = []
    for at, (value, _) in enumerate(known):
        first = first if known[first][0] - value <= margin else at
        ranks.append(first + 1)
    sharing = Counter(ranks)
    ranked = sorted(zip(ranks, known, strict=True), key=lambda it: (it[0], it[1][1].iri))
    rows = (Measure(node.iri, node.label, value, None, rank, sharing[rank] > 1) for rank, (value, node) in ranked)
    return (*rows, *(Measure(node.iri, node.label, None, reason) for node, reason in pairs if isinstance(reason, str)))
