"""Other components: sh:closed, sh:hasValue, sh:in (SHACL 1.0, section 4.8)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import NamedNode

from communique.graph.validation.compiled.paths import AnyPredicatePath, Path, PredicatePath, join
from communique.graph.validation.compiled.shapes import (
    Constraint,
    FocusConstraint,
    RowConstraint,
    ShapeReading,
    ValueConstraint,
    ValueNodes,
    Violations,
)
from communique.graph.validation.compiled.shapes_graph import STRING, TRUE, Term, sh
from communique.graph.validation.compiled.sparql import exists, negated, some, sure, text


@dataclass(frozen=True, slots=True)
class Closed(RowConstraint):
    """Section 4.8.1: each value node has only the listed predicates; one result per further triple."""

    component = sh("ClosedConstraintComponent")
    parameters = ("closed", "ignoredProperties")
    allowed: tuple[NamedNode, ...]

    @classmethod
    def read(cls, reading: ShapeReading) -> Iterator[Constraint]:
        """Read one constraint at most: it allows the predicates of the shape's property shapes and the ignored ones."""
        flag, ignored = reading.at.flag("closed"), reading.at.members("ignoredProperties") or ()
        for predicate in ignored:
            if not isinstance(predicate, NamedNode):
                raise reading.at.ill_formed(
                    "ignoredProperties", str(predicate), "IRIs", "list predicates by their IRIs"
                )
        if flag == TRUE:
            paths = map(reading.path_of, reading.at.all("property"))
            own = [path.iri for path in paths if isinstance(path, PredicatePath)]
            yield cls(tuple(dict.fromkeys([*own, *(item for item in ignored if isinstance(item, NamedNode))])))
        elif ignored:
            reading.warn("sh:ignoredProperties without sh:closed true has no effect")

    def violations(self, nodes: ValueNodes) -> Violations:
        path, value = nodes.names.fresh("path"), nodes.names.fresh("value")
        reached = "" if nodes.path is None else nodes.values()
        return Violations(f"{nodes.scope} {reached} {self._other(nodes.value, path, value)}", value, path)

    def holds(self, nodes: ValueNodes) -> str:
        node = nodes.value if nodes.path is None else nodes.names.fresh("node")
        other = exists(self._other(node, nodes.names.fresh("path"), nodes.names.fresh("value")))
        return negated(other if nodes.path is None else nodes.meets(node, other))

    def _other(self, node: str, path: str, value: str) -> str:
        """Write the pattern of triples of a node that are not allowed."""
        known = f" FILTER({path} NOT IN ({', '.join(map(str, self.allowed))}))" if self.allowed else ""
        return f"{node} {path} {value} .{known}"

    def reads(self, focus: Path | None, value: Path | None) -> Iterator[Path]:
        yield join(value, AnyPredicatePath())


@dataclass(frozen=True, slots=True)
class HasValue(FocusConstraint):
    """Section 4.8.2: one of the value nodes is the term."""

    component = sh("HasValueConstraintComponent")
    parameters = ("hasValue",)
    term: Term

    @classmethod
    def read(cls, reading: ShapeReading) -> Iterator[Constraint]:
        """Read one constraint per value."""
        return (cls(reading.at.comparable("hasValue", value)) for value in reading.at.all("hasValue"))

    def holds(self, nodes: ValueNodes) -> str:
        return nodes.reaches(text(self.term))


@dataclass(frozen=True, slots=True)
class In(ValueConstraint):
    """Section 4.8.3: each value node is a member of the list, as the same term and not only the same number."""

    component = sh("InConstraintComponent")
    parameters = ("in",)
    members: tuple[Term, ...]

    @classmethod
    def read(cls, reading: ShapeReading) -> Iterator[Constraint]:
        """Read one constraint at most."""
        members = reading.at.members("in")
        if members is not None:
            yield cls(tuple(reading.at.comparable("in", member) for member in members))

    def holds(self, nodes: ValueNodes) -> str:
        plain = [text(term) for term in self.members if _equals_only_itself(term)]
        listed = [sure(f"{nodes.value} IN ({', '.join(plain)})")] if plain else []
        others = (text(term) for term in self.members if not _equals_only_itself(term))
        return some([*listed, *(f"SAMETERM({nodes.value}, {term})" for term in others)])


def _equals_only_itself(term: Term) -> bool:
    """Say whether ``=`` of SPARQL means the same term: not for numbers, dates and other values with many forms."""
    return isinstance(term, NamedNode) or getattr(term, "datatype", None) == STRING
