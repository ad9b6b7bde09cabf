"""Property pair components: sh:equals, sh:disjoint, sh:lessThan, sh:lessThanOrEquals (SHACL 1.0, section 4.5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from pyoxigraph import NamedNode

from communique.graph.validation.compiled.paths import Path, PredicatePath, join
from communique.graph.validation.compiled.shapes import (
    Constraint,
    RowConstraint,
    ShapeReading,
    ValueConstraint,
    ValueNodes,
    Violations,
)
from communique.graph.validation.compiled.shapes_graph import sh
from communique.graph.validation.compiled.sparql import every, exists, negated, no, sure, union


@dataclass(frozen=True, slots=True)
class _Pair(Constraint):
    """The value nodes are compared with the objects of another predicate of the focus node."""

    other: NamedNode

    @classmethod
    def read(cls, reading: ShapeReading) -> Iterator[Constraint]:
        """Read one constraint per value."""
        return map(cls, reading.at.iris(cls.parameters[0]))

    def reads(self, focus: Path | None, value: Path | None) -> Iterator[Path]:
        yield join(focus, PredicatePath(self.other))


class Equals(_Pair, RowConstraint):
    """Section 4.5.1: both sets are the same; one result per node that is in one set only."""

    __slots__ = ()
    component, parameters = sh("EqualsConstraintComponent"), ("equals",)

    def violations(self, nodes: ValueNodes) -> Violations:
        value = nodes.names.fresh("value")
        ours = f"{nodes.scope} {nodes.values(value)}"
        theirs = f"{nodes.scope} {nodes.focus} {self.other} {value} ."
        # Set against set: asking for each pair would start at the far end of a path, where hubs are.
        return Violations(union([f"{ours} MINUS {{ {theirs} }}", f"{theirs} MINUS {{ {ours} }}"]), value)

    def holds(self, nodes: ValueNodes) -> str:
        our, their = nodes.names.fresh("our"), nodes.names.fresh("their")
        only_ours = nodes.meets(our, no(f"{nodes.focus} {self.other} {our}"))
        only_theirs = exists(f"{nodes.focus} {self.other} {their} . FILTER({negated(nodes.reaches(their))})")
        return every([negated(only_ours), negated(only_theirs)])


class Disjoint(_Pair, ValueConstraint):
    """Section 4.5.2: no value node is in the other set."""

    __slots__ = ()
    component, parameters = sh("DisjointConstraintComponent"), ("disjoint",)

    def holds(self, nodes: ValueNodes) -> str:
        return no(f"{nodes.focus} {self.other} {nodes.value}")


class _Order(_Pair, RowConstraint):
    """Each value node compares with each object as the operator says; one result per pair that does not."""

    __slots__ = ()
    operator: ClassVar[str]

    @classmethod
    def read(cls, reading: ShapeReading) -> Iterator[Constraint]:
        """Read one constraint per value; only property shapes may have it."""
        found = reading.at.iris(cls.parameters[0])
        if found:
            reading.only_for_property_shapes(cls.parameters[0])
        return map(cls, found)

    def violations(self, nodes: ValueNodes) -> Violations:
        value, other = nodes.names.fresh("value"), nodes.names.fresh("other")
        pairs = f"{nodes.scope} {nodes.values(value)} {nodes.focus} {self.other} {other} ."
        return Violations(f"{pairs} FILTER({self._disorder(value, other)})", value, distinct_by=(other,))

    def holds(self, nodes: ValueNodes) -> str:
        value, other = nodes.names.fresh("value"), nodes.names.fresh("other")
        found = exists(f"{nodes.focus} {self.other} {other} . FILTER({self._disorder(value, other)})")
        return negated(nodes.meets(value, found))

    def _disorder(self, value: str, other: str) -> str:
        """Write the expression that a value does not compare as it should; so do values that cannot be compared."""
        return f"!{sure(f'{value} {self.operator} {other}')}"


class LessThan(_Order):
    """Section 4.5.3: each value node is less than each object."""

    __slots__ = ()
    component, parameters, operator = sh("LessThanConstraintComponent"), ("lessThan",), "<"


class LessThanOrEquals(_Order):
    """Section 4.5.4: each value node is less than or equal to each object."""

    __slots__ = ()
    component, parameters, operator = sh("LessThanOrEqualsConstraintComponent"), ("lessThanOrEquals",), "<="
