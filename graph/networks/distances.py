"""Weight → distance: the length of an edge is 1/weight, kept in whole numbers so that equal paths stay equal.

Sums of floating 1/w make 1/3 + 1/3 + 1/3 differ from 1/1, and path measures then miss ties. Multiplying all
lengths by one constant changes no shortest path, so the lengths are scaled to the smallest whole numbers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from numbers import Rational

import numpy as np
import numpy.typing as npt

_EXACT_IN_FLOAT = 2**53  # whole numbers below it are exact in a double
LARGEST_BITS = 1024  # beyond it weights have so many numerators that ties hardly occur


@dataclass(frozen=True, slots=True)
class ExactWeights:
    """Rational weights: edge i weighs ``units[i] / denominator``."""

    units: tuple[int, ...]
    denominator: int

    def as_floats(self) -> npt.NDArray[np.float64]:
        """Return the weights as the nearest doubles."""
        return np.array([unit / self.denominator for unit in self.units], np.float64)

    @classmethod
    def of(cls, weights: Sequence[Rational | float]) -> ExactWeights | None:
        """Bring weights to one denominator; None when one of them is neither whole nor a fraction."""
        if not all(isinstance(weight, Rational) or float(weight).is_integer() for weight in weights):
            return None
        exact = [Fraction(weight) for weight in weights]
        denominator = math.lcm(*(weight.denominator for weight in exact))
        return cls(tuple(int(weight * denominator) for weight in exact), denominator)


@dataclass(frozen=True, slots=True)
class Distances:
    """Lengths of edges.

    Attributes
    ----------
    lengths : per edge, as doubles: exact whole numbers by the rule ``integer``, else 1/weight
    unit : 1/weight = length · unit
    rule : ``integer``: whole numbers that doubles hold exactly, with every path; ``big integer``: whole numbers of
        any size, in ``whole``; ``float``: 1/weight in floating point
    whole : the whole numbers, where the weights are rational and not too many
    """

    lengths: npt.NDArray[np.float64]
    unit: float
    rule: str
    whole: tuple[int, ...] | None = None

    @property
    def ties(self) -> str:
        """Whether equally long paths are recognised: ``exact``, or ``float`` when rounding may separate them."""
        return "float" if self.whole is None else "exact"

    def as_numbers(self) -> list[int] | list[float]:
        """Return the lengths as Python numbers, whole where possible."""
        return list(self.whole) if self.whole is not None else self.lengths.tolist()


def derive(weight: npt.NDArray[np.float64], exact: ExactWeights | None, *, nodes: int) -> Distances:
    """Turn weights (> 0) into lengths by the best rule that fits a network of ``nodes`` nodes.

    The whole numbers are lcm(u)/u for weights u in units of their common denominator, with gcd(u) = 1: the smallest
    that keep all proportions. They fit when the longest simple path, (nodes - 1) · the largest, is below 2**53.
    """
    whole = _whole(exact) if exact is not None and exact.units else None
    if exact is None or whole is None:
        return Distances(1 / weight, 1.0, "float")
    unit = Fraction(exact.denominator, exact.units[0] * whole[0])
    if max(nodes - 1, 1) * max(whole) < _EXACT_IN_FLOAT:
        return Distances(np.array(whole, np.float64), float(unit), "integer", whole)
    return Distances(1 / weight, 1.0, "big integer", whole)


def _whole(exact: ExactWeights) -> tuple[int, ...] | None:
    """Compute lcm(u)/u over the reduced units u; None once the lcm grows beyond all usefulness."""
    common = math.gcd(*exact.units)
    multiple = 1
    for unit in sorted({unit // common for unit in exact.units}):
        multiple = math.lcm(multiple, unit)
        if multiple.bit_length() > LARGEST_BITS:
            return None
    return tuple(multiple // (unit // common) for unit in exact.units)
