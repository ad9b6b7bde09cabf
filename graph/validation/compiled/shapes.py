"""The typed model of shapes: node shapes, property shapes, and what a constraint can say of itself in SPARQL."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from itertools import chain
from typing import TYPE_CHECKING, ClassVar

from pyoxigraph import NamedNode

from communique.graph.errors import NotCompiled
from communique.graph.validation.compiled.paths import Path, join, read_path, walk
from communique.graph.validation.compiled.shapes_graph import Node, NodeStatements, Term, sh
from communique.graph.validation.compiled.sparql import SCOPE, FreshVariables, every, exists, negated, some, union

if TYPE_CHECKING:
    from communique.graph.validation.compiled.targets import Target


@dataclass(frozen=True, slots=True)
class ValueNodes:
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
    names: FreshVariables
    is_open: bool = False

    @property
    def scope(self) -> str:
        """Placeholder for a pattern that must find the focus nodes; empty where they are bound."""
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
        """Whether the focus node is one of the value nodes, whatever the data."""
        return self.path is None or self.path.is_nullable


@dataclass(frozen=True, slots=True)
class Violations:
    """A pattern with one solution per violation.

    Attributes
    ----------
    pattern : SPARQL; finds the focus nodes by itself where the nodes is open
    value, path : variables of ``sh:value`` and ``sh:resultPath``, when the pattern binds them
    distinct_by : further variables that distinguish two violations
    is_query : True when the pattern is a query of the shapes, which knows nothing but its own focus node
    named : variables that such a query projects, by their names there
    """

    pattern: str
    value: str | None = None
    path: str | None = None
    distinct_by: tuple[str, ...] = ()
    is_query: bool = False
    named: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ConstraintSource:
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
    def origin(self) -> ConstraintSource:
        """Where the constraint is said, when a node of its own says it."""
        return ConstraintSource()

    @abstractmethod
    def holds(self, nodes: ValueNodes) -> str:
        """Write the expression that is true when nothing is violated at the nodes, else false; never an error."""

    @property
    def inner(self) -> tuple[Shape, ...]:
        """The shapes that value nodes are held against."""
        return ()

    @property
    def is_local(self) -> bool:
        """False when ``reads`` does not cover all that matters, so that any change may matter to any focus node."""
        return all(shape.is_local for shape in self.inner)

    def reads(self, focus: Path | None, value: Path | None) -> Iterator[Path]:
        """Return the paths, beside that to the value nodes, whose triples decide about the constraint.

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
    def violations(self, nodes: ValueNodes) -> Violations:
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

    def conforms(self, node: str, names: FreshVariables) -> str:
        """Write the expression that is true when a node conforms to the shape (section 3.4.1)."""
        if self.is_deactivated:
            return "true"
        return every(self._parts(node, names))

    @property
    def is_local(self) -> bool:
        """True when ``reads`` is all that the shape reads."""
        return all(constraint.is_local for constraint in self.constraints)

    def reads(self, focus: Path | None) -> Iterator[Path]:
        """Return the paths whose triples decide whether the nodes at the end of ``focus`` conform."""
        if self.is_deactivated:
            return
        value = join(focus, self.path)
        if self.path is not None and value is not None:
            yield value
        for constraint in self.constraints:
            yield from constraint.reads(focus, value)

    def _parts(self, node: str, names: FreshVariables) -> Iterator[str]:
        nodes = ValueNodes(node, node, None, names)
        return (constraint.holds(nodes) for constraint in self.constraints)


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

    def _parts(self, node: str, names: FreshVariables) -> Iterator[str]:
        nodes = ValueNodes(node, names.fresh("value"), self.to, names)
        per_value = [item.holds(nodes) for item in self.constraints if isinstance(item, ValueConstraint)]
        if every(per_value) != "true":
            yield negated(nodes.meets(nodes.value, negated(every(per_value))))
        yield from (item.holds(nodes) for item in self.constraints if not isinstance(item, ValueConstraint))


@dataclass(frozen=True, slots=True)
class ShapeReading:
    """A shape being read.

    Attributes
    ----------
    at : its statements
    path : its path; None in a node shape
    shape : reads another shape
    note : takes a warning
    beyond : takes what no query can judge of the shape
    shapes_graph : name of the graph that holds the shapes beside the data; None when it is not there
    """

    at: NodeStatements
    path: Path | None
    shape: Callable[[Term], Shape]
    note: Callable[[ShapesWarning], None]
    beyond: Callable[[NotCompiled], None]
    shapes_graph: NamedNode | None = None

    def node_shape(self, name: str, value: Term) -> NodeShape:
        """Read a shape that must be a node shape."""
        shape = self.shape(value)
        if isinstance(shape, NodeShape):
            return shape
        raise self.at.ill_formed(name, f"{value} has a path", "a node shape", "use sh:property, or take sh:path away")

    def property_shape(self, name: str, value: Term) -> PropertyShape:
        """Read a shape that must be a property shape."""
        shape = self.shape(value)
        if isinstance(shape, PropertyShape):
            return shape
        raise self.at.ill_formed(name, f"{value} has no path", "a property shape", "use sh:node, or add sh:path")

    def only_for_property_shapes(self, name: str) -> None:
        """Raise ShapesError in a node shape."""
        if self.path is None:
            raise self.at.ill_formed(name, "used in a node shape", "a property shape", "move it into a property shape")

    def path_of(self, node: Term) -> Path | None:
        """Read the path of another shape."""
        return read_path(self.at.graph.at(node))

    def siblings(self) -> tuple[Term, ...]:
        """Return the qualified value shapes of the property shapes beside this one (section 4.7.3), without its own."""
        graph = self.at.graph
        parents = graph.subjects(sh("property"), self.at.node)
        beside = (shape for parent in parents for shape in graph.objects(parent, sh("property")))
        found = (shape for node in beside for shape in graph.objects(node, sh("qualifiedValueShape")))
        own = self.at.all("qualifiedValueShape")
        return tuple(dict.fromkeys(shape for shape in found if shape not in own))

    def warn(self, warning: str, kind: WarningKind = WarningKind.NO_EFFECT) -> None:
        """Note something that is allowed and probably not meant."""
        self.note(ShapesWarning(kind, f"{self.at}: {warning}"))
