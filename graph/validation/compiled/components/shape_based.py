"""Shape-based components: sh:node, sh:property, sh:qualifiedValueShape (SHACL 1.0, section 4.7)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from communique.graph.validation.compiled.components.cardinality import Condition, at_least, at_most
from communique.graph.validation.compiled.shapes import (
    Constraint,
    FocusConstraint,
    PropertyShape,
    Shape,
    ShapeReading,
    ValueConstraint,
    ValueNodes,
)
from communique.graph.validation.compiled.shapes_graph import TRUE, sh
from communique.graph.validation.compiled.sparql import every, negated


@dataclass(frozen=True, slots=True)
class NodeComponent(ValueConstraint):
    """Section 4.7.1: each value node conforms to the node shape."""

    component = sh("NodeConstraintComponent")
    parameters = ("node",)
    shape: Shape

    @classmethod
    def read(cls, reading: ShapeReading) -> Iterator[Constraint]:
        """Read one constraint per value."""
        return (cls(reading.node_shape("node", value)) for value in reading.at.all("node"))

    @property
    def inner(self) -> tuple[Shape, ...]:
        return (self.shape,)

    def holds(self, nodes: ValueNodes) -> str:
        return self.shape.conforms(nodes.value, nodes.names)


@dataclass(frozen=True, slots=True)
class PropertyComponent(ValueConstraint):
    """Section 4.7.2: each value node conforms to the property shape, whose own results are reported instead."""

    component = sh("PropertyShapeComponent")
    parameters = ("property",)
    shape: PropertyShape

    @classmethod
    def read(cls, reading: ShapeReading) -> Iterator[Constraint]:
        """Read one constraint per value."""
        return (cls(reading.property_shape("property", value)) for value in reading.at.all("property"))

    @property
    def inner(self) -> tuple[Shape, ...]:
        return (self.shape,)

    def holds(self, nodes: ValueNodes) -> str:
        return self.shape.conforms(nodes.value, nodes.names)


@dataclass(frozen=True, slots=True)
class _Qualified(FocusConstraint):
    """So many value nodes conform to a shape and to none of its sibling shapes."""

    shape: Shape
    siblings: tuple[Shape, ...]
    count: int

    @classmethod
    def read(cls, reading: ShapeReading) -> Iterator[Constraint]:
        """Read one constraint at most."""
        shape, count = reading.at.one("qualifiedValueShape"), reading.at.integer(cls.parameters[1])
        if shape is None or count is None:
            return
        reading.only_for_property_shapes("qualifiedValueShape")
        disjoint = reading.at.flag("qualifiedValueShapesDisjoint") == TRUE
        siblings = reading.siblings() if disjoint else ()
        yield cls(reading.shape(shape), tuple(map(reading.shape, siblings)), count)

    @property
    def inner(self) -> tuple[Shape, ...]:
        return (self.shape, *self.siblings)

    def _condition(self, nodes: ValueNodes) -> Condition:
        """Return the expression that a value node counts, as a function of its variable."""

        def counts(value: str) -> str:
            others = (negated(shape.conforms(value, nodes.names)) for shape in self.siblings)
            return every([self.shape.conforms(value, nodes.names), *others])

        return counts


class QualifiedMinCount(_Qualified):
    """Section 4.7.3: at least so many value nodes count."""

    __slots__ = ()
    component = sh("QualifiedMinCountConstraintComponent")
    parameters = ("qualifiedValueShape", "qualifiedMinCount", "qualifiedValueShapesDisjoint")

    def holds(self, nodes: ValueNodes) -> str:
        return at_least(self.count, nodes, self._condition(nodes))


class QualifiedMaxCount(_Qualified):
    """Section 4.7.3: at most so many value nodes count."""

    __slots__ = ()
    component = sh("QualifiedMaxCountConstraintComponent")
    parameters = ("qualifiedValueShape", "qualifiedMaxCount", "qualifiedValueShapesDisjoint")

    def holds(self, nodes: ValueNodes) -> str:
        return at_most(self.count, nodes, self._condition(nodes))
