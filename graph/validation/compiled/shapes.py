"""The typed model of shapes: node shapes, property shapes, and what a constraint can say of itself in SPARQL."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from itertools import chain
from typing import TYPE_CHECKING, ClassVar

from pyoxigraph import NamedNode

from communique.graph.validation.compiled.paths import Path, join
from communique.graph.validation.compiled.shapes_graph import Node, Term
from communique.graph.validation.compiled.sparql import SCOPE, Names, every, exists, negated, some, union
from communique.graph.validation.compiled.walks import walk

if TYPE_CHECKING:
    from communique.graph.validation.compiled.targets import Target


@dataclass(frozen=True, slots=True)
class Site:
    """Where a constraint is looked at.

    Attributes
    ----------
    focus : variable of the focus node
    value : variable of the value node; the same as ``focus`` in a node shape
    path : path of the property shape; None in a node shape
    names : source of fresh variables
    is_open : True where the pattern must find the focus nodes by itself; False inside EXISTS, where they are bound
    """

    focus: str
    value: str
    path: Path | None
    names: Names
    is_open: bool = False

    @property
    def scope(self) -> str:
        """Mark where a pattern must find the focus nodes; empty where they are bound."""
        return SCOPE if self.is_open else ""

    def values(self, variable: str | None = None) -> str:
        """Write the pattern that binds the value nodes of the focus node.

        A path of no steps reaches the focus node itself, also when that is not in the data: SPARQL's own
        zero-length paths do not (section 2.3.1 against SPARQL 1.1, section 18.4), hence the second branch.
        """
        variable = variable or self.value
        if self.path is None:
            return f"BIND({self.focus} AS {variable})"
        walked = f"{self.focus} {self.path} {variable} ."
        if not self.path.is_nullable:
            return walked
        return union([f"{self.scope} {walked}", f"{self.scope} BIND({self.focus} AS {variable})"])

    def meets(self, value: str, condition: str = "true") -> str:
        """Write the expression that a value node meets a condition; ``value`` is a new variable for it."""
        itself = [exists(f"BIND({self.focus} AS {value}) FILTER({condition})")] if self._has_itself else []
        walked = [walk(self.path, self.focus, value, self.names, condition)] if self.path is not None else []
        return some([*itself, *walked])

    def reaches(self, term: str) -> str:
        """Write the expression that a term, or the value of a variable that is bound, is one of the value nodes."""
        itself = [f"SAMETERM({self.focus}, {term})"] if self._has_itself else []
        walked = [walk(self.path, self.focus, term, self.names)] if self.path is not None else []
        return some([*itself, *walked])

    @property
    def _has_itself(self) -> bool:
        """Tell whether the focus node is one of the value nodes, whatever the data."""
        return self.path is None or self.path.is_nullable


@dataclass(frozen=True, slots=True)
class Violations:
    """A pattern with one solution per violation.

    Attributes
    ----------
    pattern : SPARQL; finds the focus nodes by itself where the site is open
    value, path : variables of ``sh:value`` and ``sh:resultPath``, when the pattern binds them
    apart : further variables that keep two violations apart
    is_query : True when the pattern is a query of the shapes, which knows nothing but its own focus node
    named : variables that such a query projects, by their names there
    """

    pattern: str
    value: str | None = None
    path: str | None = None
    apart: tuple[str, ...] = ()
    is_query: bool = False
    named: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Origin:
    """The node that says a constraint in SPARQL, beside the shape.

    Attributes
    ----------
    source : ``sh:sourceConstraint``; None where the component has none
    message : the message of its own, which comes before the shape's; empty when it has none
    constants : values that are bound in the query, by name; a message may use them
    """

    source: Node | None = None
    message: str = ""
    constants: tuple[tuple[str, Term], ...] = ()


class WarningKind(Enum):
    """Why something about shapes is worth a warning."""

    UNKNOWN_TERM = "a term in the namespace of SHACL that SHACL does not define"
    NO_EFFECT = "something that is allowed and checks nothing"
    STORED_OTHERWISE = "a datatype whose literals the store holds as another"
    NO_TARGET = "no shape has a target"
    UNUSED = "a shape without target that no other shape uses"
    NOT_COMPILED = "a shape of which no query can be made"


@dataclass(frozen=True, slots=True)
class ShapesWarning:
    """Something about shapes that is allowed and probably not meant; ``message`` says of which shape and what."""

    kind: WarningKind
    message: str

    def __str__(self) -> str:
        return self.message


class Constraint(ABC):
    """One constraint of a shape: a component with its parameters."""

    __slots__ = ()
    component: NamedNode
    parameters: ClassVar[tuple[str, ...]]

    @property
    def origin(self) -> Origin:
        """Where the constraint is said, when a node of its own says it."""
        return Origin()

    @abstractmethod
    def holds(self, site: Site) -> str:
        """Write the expression that is true when nothing is violated at the site, else false; never an error."""

    @property
    def inner(self) -> tuple[Shape, ...]:
        """The shapes that value nodes are held against."""
        return ()

    @property
    def is_local(self) -> bool:
        """False when ``reads`` cannot tell which triples matter, so that any change may matter to any focus node."""
        return all(shape.is_local for shape in self.inner)

    def reads(self, focus: Path | None, value: Path | None) -> Iterator[Path]:
        """Give the paths, beside that to the value nodes, whose triples decide about the constraint.

        All paths start at one node; ``focus`` and ``value`` lead from there to the focus and to the value nodes, None
        when the node itself is meant.
        """
        return chain.from_iterable(shape.reads(value) for shape in self.inner)


class ValueConstraint(Constraint):
    """A constraint that each value node meets or violates by itself."""

    __slots__ = ()


class FocusConstraint(Constraint):
    """A constraint on the set of value nodes, violated once per focus node and without ``sh:value``."""

    __slots__ = ()


class RowConstraint(Constraint):
    """A constraint whose violations are the solutions of a pattern of its own."""

    __slots__ = ()

    @abstractmethod
    def violations(self, site: Site) -> Violations:
        """Write the pattern of the violations; it finds the focus nodes by itself."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What node shapes and property shapes have in common (section 2.1).

    Attributes
    ----------
    node : the shape's IRI or blank node
    targets : declarations of focus nodes, implicit class targets among them
    constraints : in the order of the specification
    severity : ``sh:Violation`` unless declared
    message : texts of ``sh:message``, joined; empty when there is none
    is_deactivated : True when everything conforms
    """

    node: Node
    targets: tuple[Target, ...]
    constraints: tuple[Constraint, ...]
    severity: NamedNode
    message: str
    is_deactivated: bool

    @property
    def path(self) -> Path | None:
        """The path to the value nodes; None when the focus node is the value node."""
        return None

    def conforms(self, node: str, names: Names) -> str:
        """Write the expression that is true when a node conforms to the shape (section 3.4.1)."""
        if self.is_deactivated:
            return "true"
        return every(self._parts(node, names))

    @property
    def is_local(self) -> bool:
        """True when ``reads`` is all that the shape reads."""
        return all(constraint.is_local for constraint in self.constraints)

    def reads(self, focus: Path | None) -> Iterator[Path]:
        """Give the paths whose triples decide whether the nodes at the end of ``focus`` conform."""
        if self.is_deactivated:
            return
        value = join(focus, self.path)
        if self.path is not None and value is not None:
            yield value
        for constraint in self.constraints:
            yield from constraint.reads(focus, value)

    def _parts(self, node: str, names: Names) -> Iterator[str]:
        site = Site(node, node, None, names)
        return (constraint.holds(site) for constraint in self.constraints)


@dataclass(frozen=True, slots=True)
class NodeShape(Shape):
    """Section 2.2: constraints on the focus node itself."""


@dataclass(frozen=True, slots=True)
class PropertyShape(Shape):
    """Section 2.3: constraints on the nodes that a path reaches from the focus node."""

    to: Path

    @property
    def path(self) -> Path | None:
        return self.to

    def _parts(self, node: str, names: Names) -> Iterator[str]:
        site = Site(node, names.fresh("value"), self.to, names)
        per_value = [item.holds(site) for item in self.constraints if isinstance(item, ValueConstraint)]
        if every(per_value) != "true":
            yield negated(site.meets(site.value, negated(every(per_value))))
        yield from (item.holds(site) for item in self.constraints if not isinstance(item, ValueConstraint))
