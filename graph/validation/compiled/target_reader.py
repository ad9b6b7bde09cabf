"""Shapes graph → targets: reads what a shape says of its focus nodes."""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import NamedNode

from communique.graph.errors import ShapesError
from communique.graph.terms.namespaces import RDFS
from communique.graph.validation.compiled.components.custom import read_parameters
from communique.graph.validation.compiled.components.queries import read_prefixes
from communique.graph.validation.compiled.shapes_graph import TYPE, Statements, Term, sh
from communique.graph.validation.compiled.target_queries import read_query_target
from communique.graph.validation.compiled.targets import (
    ObjectsOf,
    QueryTarget,
    SubjectsOf,
    Target,
    TargetClass,
    TargetNode,
)

TARGETS = ("targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf", "target")
_CLASS = NamedNode(RDFS + "Class")


def has_targets(at: Statements) -> bool:
    """Tell whether a shape declares a target, well-formed or not."""
    return _is_class(at) or any(at.all(name) for name in TARGETS)


def read_targets(at: Statements) -> tuple[Target, ...]:
    """Read the declarations of a shape; ShapesError where one is ill-formed."""
    found: list[Target] = [TargetNode(at.comparable("targetNode", value)) for value in at.all("targetNode")]
    found += map(TargetClass, [*at.iris("targetClass"), *([at.named] if _is_class(at) else [])])
    found += map(SubjectsOf, at.iris("targetSubjectsOf"))
    found += map(ObjectsOf, at.iris("targetObjectsOf"))
    found += (read_advanced(at, value) for value in at.all("target"))
    return tuple(dict.fromkeys(found))


def read_advanced(shape: Statements, value: Term) -> QueryTarget:
    """Read a value of ``sh:target``: a query, or a target type that has one with values for its parameters."""
    at = shape.graph.at(value)
    owner = at if at.all("select") else _target_type(shape, at)
    query = owner.literal("select")
    values = () if owner is at or query is None else tuple(_values(owner, at))
    try:
        return read_query_target("" if query is None else query.value, read_prefixes(owner), values)
    except ShapesError as error:
        expected = error.expected or "a SELECT query with a variable ?this"
        found = f"{error.message}, in sh:select of {owner}"
        raise shape.ill_formed("target", found, expected, error.hint or "correct the query") from error


def _target_type(shape: Statements, at: Statements) -> Statements:
    """Find the type of a target that selects its nodes (SHACL-AF, section 3.2)."""
    types = [shape.graph.at(node) for node in at.all(TYPE)]
    for each in types:
        if each.all("select") and shape.graph.is_instance(each.node, sh("SPARQLTargetType")):
            return each
    raise shape.ill_formed(
        "target",
        f"{at.node} has no sh:select, and no engine here knows other targets",
        "a query, an instance of a sh:SPARQLTargetType, sh:targetClass, …",
        "declare the target in SHACL Core or as a query",
    )


def _values(owner: Statements, at: Statements) -> Iterator[tuple[str, Term]]:
    """Give the values of the parameters of a target type, by the names of their variables."""
    for parameter in read_parameters(owner):
        value = at.one(parameter.predicate)
        if value is not None:
            yield parameter.name, at.comparable("target", value)
        elif not parameter.is_optional:
            raise at.ill_formed(parameter.predicate, "missing", f"a value for {owner}", "add it to the target")


def _is_class(at: Statements) -> bool:
    """Tell whether a shape is also a class, which makes it its own target."""
    is_shape = any(at.graph.is_instance(at.node, sh(kind)) for kind in ("NodeShape", "PropertyShape"))
    return is_shape and at.graph.is_instance(at.node, _CLASS)
