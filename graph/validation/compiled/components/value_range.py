"""Value range components: sh:minExclusive, sh:minInclusive and their upper twins (SHACL 1.0, section 4.3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from pyoxigraph import Literal

from communique.graph.validation.compiled.shapes import Constraint, ShapeReading, ValueConstraint, ValueNodes
from communique.graph.validation.compiled.shapes_graph import sh
from communique.graph.validation.compiled.sparql import sure, text


@dataclass(frozen=True, slots=True)
class _Bound(ValueConstraint):
    """Each value node compares with a literal as the operator says; what cannot be compared violates."""

    operator: ClassVar[str]
    bound: Literal

    @classmethod
    def read(cls, reading: ShapeReading) -> Iterator[Constraint]:
        """Read one constraint at most."""
        bound = reading.at.literal(cls.parameters[0])
        if bound is not None:
            yield cls(bound)

    def holds(self, nodes: ValueNodes) -> str:
        return sure(f"{nodes.value} {self.operator} {text(self.bound)}")


class MinExclusive(_Bound):
    """Section 4.3.1: each value node is greater."""

    __slots__ = ()
    component, parameters, operator = sh("MinExclusiveConstraintComponent"), ("minExclusive",), ">"


class MinInclusive(_Bound):
    """Section 4.3.2: each value node is greater or equal."""

    __slots__ = ()
    component, parameters, operator = sh("MinInclusiveConstraintComponent"), ("minInclusive",), ">="


class MaxExclusive(_Bound):
    """Section 4.3.3: each value node is less."""

    __slots__ = ()
    component, parameters, operator = sh("MaxExclusiveConstraintComponent"), ("maxExclusive",), "<"


class MaxInclusive(_Bound):
    """Section 4.3.4: each value node is less or equal."""

    __slots__ = ()
    component, parameters, operator = sh("MaxInclusiveConstraintComponent"), ("maxInclusive",), "<="
