"""networkit: path measures of larger networks. Imported only when it is used: loading it takes a second."""

from __future__ import annotations

from typing import Any

import numpy as np

from communique.graph.networks.network import Network
from communique.graph.networks.ties import Floats


def betweenness(network: Network) -> Floats:
    """Brandes' algorithm on lengths as doubles: recognises ties where these are whole numbers."""
    return _run(network, "Betweenness", normalized=True)


def closeness(network: Network) -> Floats:
    """Wasserman and Faust's closeness; networkit reads outgoing distances, so it is given the ties turned round."""
    variant = _networkit().centrality.ClosenessVariant.GENERALIZED
    return _run(network, "Closeness", False, variant, turned=True) / network.distances.unit


def harmonic(network: Network) -> Floats:
    """Add 1/d over the nodes that reach v, on the ties turned round."""
    return _run(network, "HarmonicCloseness", False, turned=True) / network.distances.unit


def _run(network: Network, algorithm: str, *arguments: Any, turned: bool = False, **options: Any) -> Floats:
    """Run one of networkit's centralities."""
    task = getattr(_networkit().centrality, algorithm)(_graph(network, turned=turned), *arguments, **options)
    task.run()
    return np.array(task.scores(), np.float64)


def _graph(network: Network, *, turned: bool) -> Any:
    """Build networkit's graph from the arrays, its weights being our lengths."""
    ends = (network.dst, network.src) if turned else (network.src, network.dst)
    entries = (network.distances.lengths, tuple(end.astype(np.uint64) for end in ends))
    return _networkit().GraphFromCoo(entries, n=len(network.nodes), weighted=True, directed=network.directed)


def _networkit() -> Any:
    """Load networkit, on one thread: its sums then come out alike each time."""
    import networkit

    networkit.setNumberOfThreads(1)
    return networkit
