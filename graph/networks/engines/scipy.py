"""scipy and numpy: degrees, shortest paths from blocks of sources, leading vectors."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from scipy.sparse.linalg import eigs

from communique.graph.networks.network import Network
from communique.graph.networks.ties import Floats, Integers

_BLOCK = 256  # sources per call of dijkstra: bounds its n x block matrix of distances
_DENSE = 400  # nodes up to which all eigenvectors cost less than an iteration
_DAMPING = 0.85
_ENOUGH = 1e-14  # L1 change at which PageRank stands still
_MOST_STEPS = 10_000


def in_degree(network: Network) -> Floats:
    """Count ties that arrive."""
    return _sum(network, network.dst, np.ones(len(network.src)))


def out_degree(network: Network) -> Floats:
    """Count ties that leave."""
    return _sum(network, network.src, np.ones(len(network.src)))


def degree(network: Network) -> Floats:
    """Count ties, of either direction."""
    return in_degree(network) + out_degree(network)


def in_strength(network: Network) -> Floats:
    """Add weights of ties that arrive."""
    return _sum(network, network.dst, network.weight)


def out_strength(network: Network) -> Floats:
    """Add weights of ties that leave."""
    return _sum(network, network.src, network.weight)


def strength(network: Network) -> Floats:
    """Add weights of ties, of either direction."""
    return in_strength(network) + out_strength(network)


def closeness(network: Network) -> Floats:
    """Divide the number of nodes that reach v by their mean distance, scaled by their share: Wasserman and Faust."""

    def score(lengths: Floats) -> Floats:
        reaching = np.isfinite(lengths).sum(axis=1) - 1.0
        total = np.where(np.isfinite(lengths), lengths, 0).sum(axis=1) * network.distances.unit
        return np.asarray(reaching**2 / np.where(total == 0, 1, total) / max(len(network.nodes) - 1, 1))

    return _by_blocks(network, score)


def harmonic(network: Network) -> Floats:
    """Add 1/d over the nodes that reach v."""

    def score(lengths: Floats) -> Floats:
        with np.errstate(divide="ignore"):
            return np.asarray(np.where(lengths == 0, 0, 1 / lengths).sum(axis=1) / network.distances.unit)

    return _by_blocks(network, score)


def eigenvector(network: Network) -> Floats:
    """Find the leading vector of the transposed weights, non-negative and of length 1."""
    weights = adjacency(network).T / network.weight.max()
    if len(network.nodes) <= _DENSE:
        values, vectors = np.linalg.eig(weights.toarray())
        leading = vectors[:, np.argmax(values.real)]
    else:
        _, vectors = eigs(weights, k=1, which="LR", v0=np.ones(len(network.nodes)))
        leading = vectors[:, 0]
    size = np.abs(leading)
    return np.asarray(size / np.linalg.norm(size))


def pagerank(network: Network) -> Floats:
    """Iterate the random walk with damping 0.85; a node without a way out jumps to any node alike."""
    weights, n = adjacency(network), len(network.nodes)
    leaving = weights.sum(axis=1)
    stuck = leaving == 0
    step = (weights.T / np.where(stuck, 1, leaving)).tocsr()
    ranks = np.full(n, 1 / n)
    for _ in range(_MOST_STEPS):
        moved = _DAMPING * (step @ ranks + ranks[stuck].sum() / n) + (1 - _DAMPING) / n
        if np.abs(moved - ranks).sum() < _ENOUGH:
            break
        ranks = moved
    return np.asarray(moved / moved.sum())


def adjacency(network: Network) -> csr_array:
    """Build the matrix of weights, row = source; symmetric for an undirected network."""
    return _matrix(network, network.weight)


def _matrix(network: Network, values: Floats) -> csr_array:
    """Build a square matrix with one value per edge."""
    n = len(network.nodes)
    matrix = csr_array((values, (network.src, network.dst)), shape=(n, n))
    return matrix if network.directed else csr_array(matrix + matrix.T)


def _by_blocks(network: Network, score: Callable[[Floats], Floats]) -> Floats:
    """Score nodes by their distances from all others, one block of rows at a time: incoming, in units of length."""
    incoming = csr_array(_matrix(network, network.distances.lengths).T)
    n = len(network.nodes)
    blocks = (np.arange(start, min(start + _BLOCK, n)) for start in range(0, n, _BLOCK))
    return np.concatenate([score(dijkstra(incoming, directed=True, indices=block)) for block in blocks])


def _sum(network: Network, ends: Integers, values: Floats) -> Floats:
    """Add values up at one end of the edges."""
    return np.bincount(ends, values, len(network.nodes)).astype(np.float64)
