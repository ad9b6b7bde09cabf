"""Logical components: sh:not, sh:and, sh:or, sh:xone (SHACL 1.0, section 4.6)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from communique.graph.validation.compiled.shapes import Constraint, Shape, ShapeReading, ValueConstraint, ValueNodes
from communique.graph.validation.compiled.shapes_graph import sh
from communique.graph.validation.compiled.sparql import every, negated, some


@dataclass(frozen=True, slots=True)
class _Combination(ValueConstraint):
    """What a value node must be, said by how it conforms to other shapes."""

    shapes: tuple[Shape, ...]

    @classmethod
    def read(cls, reading: ShapeReading) -> Iterator[Constraint]:
        """Read one constraint per list of shapes."""
        name = cls.parameters[0]
        for head in reading.at.all(name):
            yield cls(tuple(map(reading.shape, reading.at.listed(name, head))))

    @property
    def inner(self) -> tuple[Shape, ...]:
        return self.shapes

    def _conformance(self, nodes: ValueNodes) -> Iterator[str]:
        return (shape.conforms(nodes.value, nodes.names) for shape in self.shapes)


class Not(_Combination):
    """Section 4.6.1: no value node conforms to the shape."""

    __slots__ = ()
    component, parameters = sh("NotConstraintComponent"), ("not",)

    @classmethod
    def read(cls, reading: ShapeReading) -> Iterator[Constraint]:
        """Read one constraint per value."""
        return (cls((reading.shape(value),)) for value in reading.at.all("not"))

    def holds(self, nodes: ValueNodes) -> str:
        return negated(every(self._conformance(nodes)))


class And(_Combination):
    """Section 4.6.2: each value node conforms to every shape."""

    __slots__ = ()
    component, parameters = sh("AndConstraintComponent"), ("and",)

    def holds(self, nodes: ValueNodes) -> str:
        return every(self._conformance(nodes))


class Or(_Combination):
    """Section 4.6.3: each value node conforms to one shape or more."""

    __slots__ = ()
    component, parameters = sh("OrConstraintComponent"), ("or",)

    def holds(self, nodes: ValueNodes) -> str:
        return some(self._conformance(nodes))


class Xone(_Combination):
    """Section 4.6.4: each value node conforms to exactly one shape; a shape that is listed twice counts twice."""

    __slots__ = ()
    component, parameters = sh("XoneConstraintComponent"), ("xone",)

    def holds(self, nodes: ValueNodes) -> str:
        ones = [f"IF({conforms}, 1, 0)" for conforms in self._conformance(nodes)]
        return f"({' + '.join(ones) or '0'}) = 1"
