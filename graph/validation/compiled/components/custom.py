"""SPARQL-based constraint components: components that a shapes graph declares itself (SHACL 1.0, section 6)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from pyoxigraph import NamedNode

from communique.graph.validation.compiled.components.sparql import PREBOUND, ShapeQuery, read_query
from communique.graph.validation.compiled.paths import Path
from communique.graph.validation.compiled.shapes import (
    Constraint,
    ConstraintSource,
    RowConstraint,
    ShapeReading,
    ValueConstraint,
    ValueNodes,
    Violations,
)
from communique.graph.validation.compiled.shapes_graph import TRUE, NodeStatements, ShapesGraph, Term, sh
from communique.graph.validation.compiled.sparql import exists


@dataclass(frozen=True, slots=True)
class ComponentParameter:
    """Section 6.2.1: a predicate of shapes whose value a validator sees as a variable."""

    predicate: NamedNode
    name: str
    is_optional: bool


@dataclass(frozen=True, slots=True)
class Component:
    """A declared component; each shape with values for all its mandatory parameters has a constraint."""

    at: NodeStatements
    parameters: tuple[ComponentParameter, ...]

    def read(self, reading: ShapeReading) -> Iterator[Constraint]:
        """Read one constraint per value of a single parameter, one in all where there are several parameters."""
        values = {parameter.name: reading.at.all(parameter.predicate) for parameter in self.parameters}
        if not all(values[parameter.name] for parameter in self.parameters if not parameter.is_optional):
            return
        if len(self.parameters) > 1:
            for parameter in self.parameters:
                reading.at.one(parameter.predicate)
        for choice in product(*([(name, value) for value in found] for name, found in values.items() if found)):
            yield self._constraint(reading, choice)

    def _constraint(self, reading: ShapeReading, values: tuple[tuple[str, Term], ...]) -> Constraint:
        validator = self._validator(reading)
        is_ask = bool(validator.all("ask"))
        names = [parameter.name for parameter in self.parameters]
        prebound = (*PREBOUND, *names, *(["value"] if is_ask else []))
        constants = tuple((name, reading.at.comparable(name, value)) for name, value in values)
        origin = ConstraintSource(None, " ".join(validator.messages()), constants)
        query = read_query(reading, validator, "ask" if is_ask else "select", prebound, origin)
        return (Asked if is_ask else Selected)(self.at.named, query)

    def _validator(self, reading: ShapeReading) -> NodeStatements:
        """Choose the validator (section 6.3)."""
        own = "nodeValidator" if reading.path is None else "propertyValidator"
        found = [*self.at.all(own), *self.at.all("validator")]
        if found:
            return self.at.graph.at(found[0])
        expected = f"sh:{own} or sh:validator"
        hint = "add one to the component, or use the component elsewhere"
        raise reading.at.ill_formed(self.at.named, "the component has no validator for this shape", expected, hint)


@dataclass(frozen=True, slots=True)
class _Custom(Constraint):
    """A constraint of a declared component: its validator with the values of its parameters."""

    component: NamedNode
    query: ShapeQuery

    @property
    def origin(self) -> ConstraintSource:
        return self.query.origin

    @property
    def is_local(self) -> bool:
        return self.query.is_local

    def reads(self, focus: Path | None, value: Path | None) -> Iterator[Path]:
        return self.query.reads(focus, value)


class Asked(_Custom, ValueConstraint):
    """Section 6.2.3.2: the ASK query is true for each value node."""

    __slots__ = ()

    def holds(self, nodes: ValueNodes) -> str:
        return exists(self.query.condition(nodes))


class Selected(_Custom, RowConstraint):
    """Section 6.2.3.1: the SELECT query has no solution; one result per solution, equal ones counted once."""

    __slots__ = ()

    def violations(self, nodes: ValueNodes) -> Violations:
        return self.query.violations(nodes)

    def holds(self, nodes: ValueNodes) -> str:
        return self.query.holds(nodes)


def read_components(graph: ShapesGraph) -> tuple[Component, ...]:
    """Read the components that a shapes graph declares."""
    return tuple(
        Component(graph.at(node), tuple(read_parameters(graph.at(node))))
        for node in graph.subjects(sh("parameter"))
        if graph.is_instance(node, sh("ConstraintComponent"))
    )


def read_parameters(at: NodeStatements) -> Iterator[ComponentParameter]:
    """Read the parameters that a component or a target type declares."""
    for node in at.all("parameter"):
        declared = at.graph.at(node)
        predicate = declared.iri("path")
        if predicate is None:
            raise at.ill_formed("parameter", f"{node} has no sh:path", "an IRI as sh:path", "name the predicate")
        iri = predicate.value
        # The local name is that of the variable.
        local = iri[max(iri.rfind("#"), iri.rfind("/"), iri.rfind(":")) + 1 :]
        yield ComponentParameter(predicate, local, declared.flag("optional") == TRUE)
