"""networkx: the reference for every definition, and exact for lengths of any size."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import networkx as nx
import numpy as np

from communique.graph.networks.network import Network
from communique.graph.networks.ties import Floats

_FEW = 3  # nodes too few for the sparse solver behind networkx's eigenvector


def in_degree(network: Network) -> Floats:
    """Count ties that arrive."""
    return _column(network, dict(network.to_networkx().in_degree()))


def out_degree(network: Network) -> Floats:
    """Count ties that leave."""
    return _column(network, dict(network.to_networkx().out_degree()))


def degree(network: Network) -> Floats:
    """Count ties, of either direction."""
    return _column(network, dict(network.to_networkx().degree()))


def in_strength(network: Network) -> Floats:
    """Add weights of ties that arrive."""
    return _column(network, dict(network.to_networkx().in_degree(weight="weight")))


def out_strength(network: Network) -> Floats:
    """Add weights of ties that leave."""
    return _column(network, dict(network.to_networkx().out_degree(weight="weight")))


def strength(network: Network) -> Floats:
    """Add weights of ties, of either direction."""
    return _column(network, dict(network.to_networkx().degree(weight="weight")))


def betweenness(network: Network) -> Floats:
    """Brandes' algorithm; whole-number lengths are added without rounding, so that ties are recognised."""
    return _column(network, nx.betweenness_centrality(network.to_networkx(), weight="distance", normalized=True))


def closeness(network: Network) -> Floats:
    """Wasserman and Faust's closeness from incoming distances."""
    values = nx.closeness_centrality(_doubles(network), distance="distance", wf_improved=True)
    return _column(network, values) / network.distances.unit


def harmonic(network: Network) -> Floats:
    """Add 1/d over the nodes that reach v."""
    return _column(network, nx.harmonic_centrality(_doubles(network), distance="distance")) / network.distances.unit


def eigenvector(network: Network) -> Floats:
    """Find the leading vector of the transposed weights, non-negative and of length 1."""
    graph = network.to_networkx()
    if len(network.nodes) <= _FEW:
        return _column(network, nx.eigenvector_centrality(graph, weight="weight", max_iter=100_000, tol=1e-15))
    return _column(network, nx.eigenvector_centrality_numpy(graph, weight="weight"))


def pagerank(network: Network) -> Floats:
    """Iterate the random walk with damping 0.85."""
    tolerance = 1e-14 / len(network.nodes)  # networkx stops at a change of nodes times this
    return _column(
        network, nx.pagerank(network.to_networkx(), alpha=0.85, weight="weight", tol=tolerance, max_iter=10_000)
    )


def _doubles(network: Network) -> Any:
    """Copy the network with lengths as doubles: sums of distances need no whole numbers beyond what these hold."""
    graph: Any = nx.DiGraph() if network.directed else nx.Graph()
    graph.add_nodes_from(node.iri for node in network.nodes)
    lengths = zip(network.src.tolist(), network.dst.tolist(), network.distances.lengths.tolist(), strict=True)
    iris = [node.iri for node in network.nodes]
    graph.add_weighted_edges_from(((iris[u], iris[v], length) for u, v, length in lengths), weight="distance")
    return graph


def _column(network: Network, values: Mapping[str, float]) -> Floats:
    """Put a value per IRI into the order of the nodes."""
    return np.array([values[node.iri] for node in network.nodes], np.float64)
