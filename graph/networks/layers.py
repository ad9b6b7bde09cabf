"""The layers: which statements tie two actors, in which direction, with which weights.

Each layer is one relation of cooperation and stays apart from the others; nothing here adds two of them up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType

from communique.graph.networks.options import pick


@dataclass(frozen=True, slots=True)
class Weight:
    """How much one occasion adds to an edge.

    Attributes
    ----------
    name : the word used in options
    summary : the formula in words
    divisor : n → the whole number d of the share 1/d that one occasion of ``n`` members adds
    """

    name: str
    summary: str
    divisor: Callable[[int], int]


@dataclass(frozen=True, slots=True)
class Layer:
    """One relation that makes edges.

    Attributes
    ----------
    name : the word used in options and the stem of the query
    summary : what an edge says
    directed : True when an edge runs from a source to a target
    weights : names of the weights offered; the first is the default
    unstated : the status of an occasion and of a part in it where no document states one
    """

    name: str
    summary: str
    directed: bool
    weights: tuple[str, ...]
    unstated: str = "unknown"

    def query(self) -> str:
        """Read the SPARQL text that lists who belongs to which occasion; it needs no parameters."""
        return read_query(self.name)

    def weight(self, name: str | None) -> Weight:
        """Choose a weight this layer offers, its default for None; NetworkError for any other name."""
        return pick(f"weight of {self.name}", name or self.weights[0], {each: WEIGHTS[each] for each in self.weights})


WEIGHTS: Mapping[str, Weight] = MappingProxyType(
    {
        each.name: each
        for each in (
            Weight("count", "1 per occasion", lambda n: 1),
            Weight("newman", "1/(n-1) per occasion of n members", lambda n: max(n - 1, 1)),
            Weight("share", "1/n per occasion of n recipients", lambda n: max(n, 1)),
        )
    }
)

LAYERS: Mapping[str, Layer] = MappingProxyType(
    {
        each.name: each
        for each in (
            Layer("co-participation", "Both took part in the same event.", False, ("newman", "count")),
            Layer("co-party", "Both are party to the same agreement.", False, ("newman", "count")),
            Layer("training", "The source trained officials of the target.", True, ("count",)),
            Layer("visit", "A delegation of the source visited the target.", True, ("count",)),
            Layer("hosting", "The source hosted an event the target took part in.", True, ("share", "count")),
            Layer(
                "co-membership",
                "Both were members of the same body at one time.",
                False,
                ("newman", "count"),
                "ongoing",
            ),
        )
    }
)


def layers() -> tuple[Layer, ...]:
    """List all layers."""
    return tuple(LAYERS.values())


def find_layer(name: str) -> Layer:
    """Look a layer up; NetworkError with the known names when there is none."""
    return pick("network layer", name, LAYERS)


def read_query(stem: str) -> str:
    """Read the text of ``queries/networks/<stem>.rq``."""
    return files("communique").joinpath("queries", "networks", f"{stem}.rq").read_text(encoding="utf-8")
