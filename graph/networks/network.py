"""A network as immutable arrays, with everything needed to judge and repeat it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from numbers import Real
from typing import Any

import networkx as nx
import numpy as np
import numpy.typing as npt

from communique.graph.errors import NetworkError
from communique.graph.networks.distances import Distances, ExactWeights, derive
from communique.graph.networks.records import (
    Completeness,
    NetworkNode,
    NetworkSource,
    Occasion,
    OccasionMember,
    Provenance,
)
from communique.graph.networks.texts import identify
from communique.graph.networks.ties import Floats, Integers, Ties


@dataclass(frozen=True, eq=False)
class Network:
    """Actors and the weighted edges between them.

    Attributes
    ----------
    nodes : ordered by IRI; an actor without an edge is there too
    directed : whether an edge runs from ``src`` to ``dst``; if not, ``src < dst``
    src, dst : positions in ``nodes``, one entry per edge, ordered, no loops, no repeats
    weight : > 0, no unit; larger = closer
    exact : the same weights as whole numbers over one denominator; None when they are not rational
    events, planned_events : number of distinct occasions behind each edge, and of those only planned
    provenance, completeness, sources : see their classes
    occasions, members, ties : what the edges were made from; empty for a network handed in
    """

    nodes: tuple[NetworkNode, ...]
    directed: bool
    src: Integers
    dst: Integers
    weight: Floats
    exact: ExactWeights | None
    events: Integers
    planned_events: Integers
    provenance: Provenance
    completeness: Completeness = field(default_factory=Completeness)
    sources: tuple[NetworkSource, ...] = ()
    occasions: tuple[Occasion, ...] = ()
    members: tuple[OccasionMember, ...] = ()
    ties: Ties | None = None

    def __post_init__(self) -> None:
        for array in (self.src, self.dst, self.weight, self.events, self.planned_events):
            array.flags.writeable = False

    @property
    def is_descriptive_only(self) -> bool:
        """True below 30 nodes: centralities then describe these few actors and support no general claim."""
        return len(self.nodes) < 30

    @cached_property
    def planned(self) -> npt.NDArray[np.bool_]:
        """Whether everything behind an edge is only planned, by edge."""
        only_planned: npt.NDArray[np.bool_] = (self.events > 0) & (self.planned_events == self.events)
        return only_planned

    @cached_property
    def distances(self) -> Distances:
        """The lengths of edges for path measures."""
        return derive(self.weight, self.exact, nodes=len(self.nodes))

    @cached_property
    def documents(self) -> tuple[tuple[str, ...], ...]:
        """For each edge the documents that state the membership of either end in a shared occasion."""
        found: list[set[str]] = [set() for _ in self.src]
        if self.ties is not None:
            for edge, *ends in zip(
                self.ties.edge.tolist(), self.ties.source.tolist(), self.ties.target.tolist(), strict=True
            ):
                found[edge].update(*(self.members[end].documents for end in ends))
        return tuple(tuple(sorted(each)) for each in found)

    def without_weights(self) -> Network:
        """Copy with the weight 1 on every edge."""
        ones = ExactWeights((1,) * len(self.src), 1)
        return replace(self, weight=ones.as_floats(), exact=ones)

    def restrict(self, positions: Sequence[int]) -> Network:
        """Keep the nodes at these positions, in ascending order, and the edges among them."""
        place = {old: new for new, old in enumerate(positions)}
        kept = [
            at
            for at, (u, v) in enumerate(zip(self.src.tolist(), self.dst.tolist(), strict=True))
            if {u, v} <= place.keys()
        ]
        return replace(
            self,
            nodes=tuple(self.nodes[at] for at in positions),
            src=np.array([place[u] for u in self.src[kept].tolist()], np.int64),
            dst=np.array([place[v] for v in self.dst[kept].tolist()], np.int64),
            weight=self.weight[kept],
            exact=self.exact and ExactWeights(tuple(self.exact.units[at] for at in kept), self.exact.denominator),
            events=self.events[kept],
            planned_events=self.planned_events[kept],
            members=(),
            ties=None,
        )

    def to_networkx(self) -> Any:
        """Copy into a frozen networkx Graph or DiGraph.

        Nodes are IRIs with ``label``; edges carry ``weight``, ``distance`` (exact whole numbers where they fit, the
        attribute to hand to path measures), ``events``, ``planned`` and ``documents``; graph attributes say the rest.
        """
        graph: Any = nx.DiGraph() if self.directed else nx.Graph()
        graph.graph.update(layer=self.provenance.layer, data_version=self.provenance.data_version)
        graph.graph.update(distance_rule=self.distances.rule, **self.provenance.parameters)
        graph.add_nodes_from((node.iri, {"label": node.label}) for node in self.nodes)
        lengths = self.distances.as_numbers()
        for at, (u, v) in enumerate(zip(self.src.tolist(), self.dst.tolist(), strict=True)):
            graph.add_edge(
                self.nodes[u].iri,
                self.nodes[v].iri,
                distance=lengths[at],
                weight=float(self.weight[at]),
                events=int(self.events[at]),
                planned=bool(self.planned[at]),
                documents=list(self.documents[at]),
            )
        return nx.freeze(graph)

    @classmethod
    def from_networkx(cls, graph: Any, *, weight: str = "weight", data_version: str = "unknown") -> Network:
        """Accept a networkx Graph or DiGraph; a missing weight is 1.

        A node is its own IRI and, where it has no attribute ``label``, its label. Nodes that are written alike, such as
        ``1`` and ``"1"``, stay apart and get IRIs that distinguish them; control characters are percent-encoded.

        NetworkError for a multigraph, and with the name of the edge for loops and for weights that are not positive,
        finite numbers, also when they are too large or too small for a double.
        """
        if graph.is_multigraph():
            raise NetworkError("a multigraph has no single weight per edge", hint="add parallel edges up first")
        iris = identify(graph)
        names = sorted(graph, key=iris.__getitem__)
        index = {name: at for at, name in enumerate(names)}
        edges = []
        for u, v, data in graph.edges(data=True):
            ends = index[u], index[v]
            edges.append((*(ends if graph.is_directed() else sorted(ends)), data.get(weight, 1)))
        edges.sort(key=lambda edge: edge[:2])
        for u, v, value in edges:
            _check(iris[names[u]], iris[names[v]], value)
        exact = ExactWeights.of([value for *_, value in edges])
        return cls(
            nodes=tuple(NetworkNode(iris[name], str(graph.nodes[name].get("label", iris[name]))) for name in names),
            directed=graph.is_directed(),
            src=np.array([u for u, _, _ in edges], np.int64),
            dst=np.array([v for _, v, _ in edges], np.int64),
            weight=np.array([float(value) for *_, value in edges], np.float64),
            exact=exact,
            events=np.zeros(len(edges), np.int64),
            planned_events=np.zeros(len(edges), np.int64),
            provenance=Provenance("external", {"weight": weight}, f"edge attribute {weight}", data_version),
        )


def _check(source: str, target: str, weight: Any) -> None:
    """Raise NetworkError for an edge that no measure can read."""
    if source == target:
        raise NetworkError(f"{source} is tied to itself", hint="remove loops: no actor cooperates with itself")
    try:
        is_weight = isinstance(weight, Real | Decimal) and 0 < float(weight) < float("inf")
    except (OverflowError, ValueError):
        is_weight = False
    if not is_weight:
        raise NetworkError(f"the edge {source} - {target} weighs {weight!r}", expected="a positive, finite number")
