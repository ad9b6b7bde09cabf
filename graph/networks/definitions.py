"""What each measure means, where it is undefined, and which engines compute it.

Path measures read distances (1/weight), the others weights. In a directed network closeness, harmonic, eigenvector
and PageRank look at ties that arrive.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from scipy.sparse.csgraph import connected_components

from communique.graph.networks.engines import networkit as compiled
from communique.graph.networks.engines import networkx as reference
from communique.graph.networks.engines import scipy as sparse
from communique.graph.networks.network import Network
from communique.graph.networks.ties import Floats

Compute = Callable[[Network], Floats]
Reasons = list[str | None]

_QUICK = 200_000  # nodes times edges up to which networkx needs less time than networkit to load
_MOST_WHOLE = 2_000  # nodes up to which betweenness on whole numbers of any size ends in a minute or so


def _always(network: Network) -> Reasons:
    """Define the value for every node."""
    return [None] * len(network.nodes)


def _reached(network: Network) -> Reasons:
    """Leave the value undefined where no other node has a path to this one."""
    ends = np.bincount(network.dst, minlength=len(network.nodes))
    if not network.directed:
        ends = ends + np.bincount(network.src, minlength=len(network.nodes))
    reason = "no other node reaches it" if network.directed else "isolated node"
    return [None if number else reason for number in ends.tolist()]


def _three(network: Network) -> Reasons:
    """Leave the value undefined where there is nothing to stand between."""
    few = len(network.nodes) < 3
    return ["fewer than three nodes"] * len(network.nodes) if few else _always(network)


def _connected(network: Network) -> Reasons:
    """Leave the value undefined outside the one largest component: elsewhere the leading vector says nothing."""
    number, component = connected_components(sparse.adjacency(network), directed=True, connection="strong")
    sizes = np.bincount(component, minlength=number)
    kind = "strongly connected component" if network.directed else "component"
    if not sizes.size or sizes.max() == 1:
        return [f"no {kind} of two nodes or more"] * len(network.nodes)
    if (sizes == sizes.max()).sum() > 1:
        return [f"no largest {kind}: several have {sizes.max()} nodes"] * len(network.nodes)
    inside = (component == sizes.argmax()).tolist()
    return [None if here else f"outside the largest {kind}" for here in inside]


def _scipy(network: Network) -> str:
    """Choose scipy, whatever the network."""
    return "scipy"


def _between(network: Network) -> str:
    """Choose where ties of paths are recognised, and then what is quicker."""
    n, rule = len(network.nodes), network.distances.rule
    if n * len(network.src) <= _QUICK or (rule == "big integer" and n <= _MOST_WHOLE):
        return "networkx"
    return "networkit"


@dataclass(frozen=True, slots=True)
class Definition:
    """One measure.

    Attributes
    ----------
    name, formula : the word used to ask for it; what is computed
    reads : ``ties``, ``weights``, ``distances`` or ``paths``: the last recognises equally long ones
    engines : name → function
    choose : returns the name of the engine for a network
    undefined : returns per node the reason for which it has no value, or None
    directed_only : makes no sense without directions
    on_defined : computed on the network of the defined nodes alone
    """

    name: str
    formula: str
    reads: str
    engines: Mapping[str, Compute]
    choose: Callable[[Network], str] = field(default=_scipy)
    undefined: Callable[[Network], Reasons] = field(default=_always)
    directed_only: bool = False
    on_defined: bool = False


MEASURES: Mapping[str, Definition] = MappingProxyType(
    {
        each.name: each
        for each in (
            Definition(
                "degree",
                "number of ties; of either direction, where they have one",
                "ties",
                {"scipy": sparse.degree, "networkx": reference.degree},
            ),
            Definition(
                "in-degree",
                "number of ties that arrive",
                "ties",
                {"scipy": sparse.in_degree, "networkx": reference.in_degree},
                directed_only=True,
            ),
            Definition(
                "out-degree",
                "number of ties that leave",
                "ties",
                {"scipy": sparse.out_degree, "networkx": reference.out_degree},
                directed_only=True,
            ),
            Definition(
                "strength",
                "sum of the weights of ties; of either direction, where they have one",
                "weights",
                {"scipy": sparse.strength, "networkx": reference.strength},
            ),
            Definition(
                "in-strength",
                "sum of the weights of ties that arrive",
                "weights",
                {"scipy": sparse.in_strength, "networkx": reference.in_strength},
                directed_only=True,
            ),
            Definition(
                "out-strength",
                "sum of the weights of ties that leave",
                "weights",
                {"scipy": sparse.out_strength, "networkx": reference.out_strength},
                directed_only=True,
            ),
            Definition(
                "closeness",
                "(r-1)/D · (r-1)/(n-1): r nodes, itself included, reach it over distances that sum to D "
                "(Wasserman and Faust 1994)",
                "distances",
                {"scipy": sparse.closeness, "networkit": compiled.closeness, "networkx": reference.closeness},
                undefined=_reached,
            ),
            Definition(
                "harmonic",
                "sum of 1/d over the nodes that reach it at distance d",
                "distances",
                {"scipy": sparse.harmonic, "networkit": compiled.harmonic, "networkx": reference.harmonic},
            ),
            Definition(
                "betweenness",
                "share of shortest paths between two others that lead over it, summed over pairs and divided by the "
                "number of pairs: (n-1)(n-2), half of it without directions (Freeman 1977, Brandes 2001)",
                "paths",
                {"networkit": compiled.betweenness, "networkx": reference.betweenness},
                choose=_between,
                undefined=_three,
            ),
            Definition(
                "eigenvector",
                "leading vector of the weights of arriving ties on the largest (strong) component, Euclidean length 1 "
                "(Bonacich 1972)",
                "weights",
                {"scipy": sparse.eigenvector, "networkx": reference.eigenvector},
                undefined=_connected,
                on_defined=True,
            ),
            Definition(
                "pagerank",
                "random walk by weight, damping 0.85, uniform jumps also from nodes without a way out, sum 1 "
                "(Brin and Page 1998)",
                "weights",
                {"scipy": sparse.pagerank, "networkx": reference.pagerank},
            ),
        )
    }
)
