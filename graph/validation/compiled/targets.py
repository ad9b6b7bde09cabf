"""Targets: which nodes a shape is about (SHACL 1.0, section 2.1.3, and SHACL-AF, section 3)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import NamedNode

from communique.graph.validation.compiled.paths import INSTANCE, SUBCLASSES, TYPE, Inverse, Path, Predicate
from communique.graph.validation.compiled.shapes_graph import Term
from communique.graph.validation.compiled.sparql import GIVEN, THIS, exists, text


class Target(ABC):
    """One declaration of focus nodes."""

    __slots__ = ()

    @abstractmethod
    def pattern(self, node: str) -> str:
        """Write the pattern that finds the nodes; it may find a node several times."""

    def among(self, node: str, values: str) -> str:
        """Write the pattern that picks the nodes out of those that ``values`` binds."""
        return f"{values} FILTER({exists(self.pattern(node))})"

    @property
    def is_local(self) -> bool:
        """False when ``reads`` cannot tell which triples matter, so that any change may make any node a focus node."""
        return True

    def reads(self) -> Iterator[Path]:
        """Give the paths whose triples decide whether the node at their start is a focus node."""
        return iter(())


@dataclass(frozen=True, slots=True)
class TargetNode(Target):
    """Section 2.1.3.1: the node itself, whether or not it is in the data."""

    term: Term

    def pattern(self, node: str) -> str:
        return f"VALUES {node} {{ {text(self.term)} }}"

    def among(self, node: str, values: str) -> str:
        return f"{values} FILTER(SAMETERM({node}, {text(self.term)}))"


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


@dataclass(frozen=True, slots=True)
class QueryTarget(Target):
    """SHACL-AF, sections 3.1 and 3.2: whatever a query selects as ``?this``.

    Attributes
    ----------
    query : SPARQL that selects one variable, marked ``THIS``; the values of parameters stand in it. ``GIVEN`` marks
        where it could be told to look at some nodes only, if that would not change what it says of them
    found : paths from a focus node to what makes it one; None when that cannot be told
    """

    query: str
    found: tuple[Path, ...] | None

    def pattern(self, node: str) -> str:
        return self._asked(node, "")

    def among(self, node: str, values: str) -> str:
        # Not by EXISTS: there a LIMIT or an OPTIONAL would see one node at a time.
        return self._asked(node, values) if GIVEN in self.query else f"{values} {self._asked(node, '')}"

    @property
    def is_local(self) -> bool:
        return self.found is not None

    def reads(self) -> Iterator[Path]:
        return iter(self.found or ())

    def _asked(self, node: str, values: str) -> str:
        """Write the query as a pattern of its own: a row without a value would join with any node."""
        query = self.query.replace(THIS, node).replace(GIVEN, values)
        return f"{{ {{ {query} }} FILTER(BOUND({node})) }}"
