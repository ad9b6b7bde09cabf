"""Target declarations: which nodes a shape is about (SHACL 1.0, section 2.1.3)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import NamedNode

from communique.graph.namespaces import RDFS
from communique.graph.validation.compiled.paths import INSTANCE, SUBCLASSES, TYPE, Inverse, Path, Predicate
from communique.graph.validation.compiled.shapes_graph import Statements, Term, sh
from communique.graph.validation.compiled.sparql import exists, text

TARGETS = ("targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf")
_CLASS = NamedNode(RDFS + "Class")


class Target(ABC):
    """One declaration of focus nodes."""

    __slots__ = ()

    @abstractmethod
    def pattern(self, node: str) -> str:
        """Write the pattern that finds the nodes; it may find a node several times."""

    def test(self, node: str) -> str:
        """Write the expression that a node is one of them."""
        return exists(self.pattern(node))

    def reads(self) -> Iterator[Path]:
        """Give the paths whose triples decide whether the node at their start is a focus node."""
        return iter(())


@dataclass(frozen=True, slots=True)
class TargetNode(Target):
    """Section 2.1.3.1: the node itself, whether or not it is in the data."""

    term: Term

    def pattern(self, node: str) -> str:
        return f"VALUES {node} {{ {text(self.term)} }}"

    def test(self, node: str) -> str:
        return f"SAMETERM({node}, {text(self.term)})"


@dataclass(frozen=True, slots=True)
class TargetClass(Target):
    """Sections 2.1.3.2 and 2.1.3.3: the instances of the class and of its subclasses."""

    cls: NamedNode

    def pattern(self, node: str) -> str:
        return f"?type {SUBCLASSES} {self.cls} . {node} {TYPE} ?type ."

    def reads(self) -> Iterator[Path]:
        yield INSTANCE


@dataclass(frozen=True, slots=True)
class SubjectsOf(Target):
    """Section 2.1.3.4: whatever has the predicate."""

    predicate: NamedNode

    def pattern(self, node: str) -> str:
        return f"{node} {self.predicate} ?any ."

    def reads(self) -> Iterator[Path]:
        yield Predicate(self.predicate)


@dataclass(frozen=True, slots=True)
class ObjectsOf(Target):
    """Section 2.1.3.5: whatever the predicate leads to, literals included."""

    predicate: NamedNode

    def pattern(self, node: str) -> str:
        return f"?any {self.predicate} {node} ."

    def reads(self) -> Iterator[Path]:
        yield Inverse(Predicate(self.predicate))


def has_targets(at: Statements) -> bool:
    """Tell whether a shape declares a target, well-formed or not."""
    return _is_class(at) or any(at.all(name) for name in TARGETS)


def read_targets(at: Statements) -> tuple[Target, ...]:
    """Read the declarations of a shape; ShapesError where one is ill-formed."""
    found: list[Target] = [TargetNode(at.comparable("targetNode", value)) for value in at.all("targetNode")]
    found += map(TargetClass, [*at.iris("targetClass"), *([at.named] if _is_class(at) else [])])
    found += map(SubjectsOf, at.iris("targetSubjectsOf"))
    found += map(ObjectsOf, at.iris("targetObjectsOf"))
    return tuple(dict.fromkeys(found))


def _is_class(at: Statements) -> bool:
    """Tell whether a shape is also a class, which makes it its own target."""
    is_shape = any(at.graph.is_instance(at.node, sh(kind)) for kind in ("NodeShape", "PropertyShape"))
    return is_shape and at.graph.is_instance(at.node, _CLASS)
