"""Cardinality components: sh:minCount, sh:maxCount (SHACL 1.0, section 4.2)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from communique.graph.validation.compiled.paths import is_one_step
from communique.graph.validation.compiled.shapes import Constraint, FocusConstraint, ShapeReading, ValueNodes
from communique.graph.validation.compiled.shapes_graph import sh
from communique.graph.validation.compiled.sparql import every, exists, negated, select

Condition = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class MinCount(FocusConstraint):
    """Section 4.2.1: there are this many value nodes or more."""

    component = sh("MinCountConstraintComponent")
    parameters = ("minCount",)
    least: int

    @classmethod
    def read(cls, reading: ShapeReading) -> Iterator[Constraint]:
        """Read one constraint at most; only property shapes may have it."""
        least = reading.at.integer("minCount")
        if least is not None:
            reading.only_for_property_shapes("minCount")
            yield cls(least)

    def holds(self, nodes: ValueNodes) -> str:
        return at_least(self.least, nodes)


@dataclass(frozen=True, slots=True)
class MaxCount(FocusConstraint):
    """Section 4.2.2: there are this many value nodes or fewer."""

    component = sh("MaxCountConstraintComponent")
    parameters = ("maxCount",)
    most: int

    @classmethod
    def read(cls, reading: ShapeReading) -> Iterator[Constraint]:
        """Read one constraint at most; only property shapes may have it."""
        most = reading.at.integer("maxCount")
        if most is not None:
            reading.only_for_property_shapes("maxCount")
            yield cls(most)

    def holds(self, nodes: ValueNodes) -> str:
        return at_most(self.most, nodes)


def at_least(least: int, nodes: ValueNodes, condition: Condition | None = None) -> str:
    """Write the expression that at least so many value nodes meet a condition, given as a function of a variable."""
    if least <= 0:
        return "true"
    if least > 1 and nodes.path is not None and is_one_step(nodes.path):
        return exists(_counted(nodes, condition, f">= {least}"))
    return _distinct(least, nodes, condition, ())


def at_most(most: int, nodes: ValueNodes, condition: Condition | None = None) -> str:
    """Write the expression that at most so many value nodes meet a condition, given as a function of a variable."""
    return negated(at_least(most + 1, nodes, condition))


def between(least: int, most: int, nodes: ValueNodes) -> str:
    """Write the expression that there are so many value nodes, if possible looking at them once."""
    if least < 1 or nodes.path is None or not is_one_step(nodes.path):
        return every([at_least(least, nodes), at_most(most, nodes)])
    return exists(_counted(nodes, None, *([f"= {most}"] if least == most else [f">= {least}", f"<= {most}"])))


def _distinct(missing: int, nodes: ValueNodes, condition: Condition | None, seen: tuple[str, ...]) -> str:
    """Write the expression that so many further value nodes, none of those seen, meet a condition.

    For paths of several steps: grouping inside EXISTS would join the steps from the wrong end.
    """
    value = nodes.names.fresh("one")
    apart = [f"!SAMETERM({value}, {other})" for other in seen]
    own = [condition(value)] if condition is not None else []
    more = [_distinct(missing - 1, nodes, condition, (*seen, value))] if missing > 1 else []
    return nodes.meets(value, every([*apart, *own, *more]))


def _counted(nodes: ValueNodes, condition: Condition | None, *bounds: str) -> str:
    """Write a query with the focus node when the number of its value nodes that meet a condition is in bounds."""
    value = nodes.names.fresh("one")
    met = "" if condition is None else f" FILTER({condition(value)})"
    tail = f" GROUP BY {nodes.focus} HAVING({every(f'COUNT(DISTINCT {value}) {bound}' for bound in bounds)})"
    return select([nodes.focus], nodes.values(value) + met, tail=tail)
