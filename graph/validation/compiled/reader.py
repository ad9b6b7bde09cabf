"""Shapes graph → shapes: the first stage of the compiler; refuses what is ill-formed or mistyped.

What is well-formed and beyond the compiler, such as recursion, is read to its end and remembered, so that whoever
judges such a shape gets one that was checked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

from pyoxigraph import Literal, NamedNode

from communique.graph.errors import NotCompiled, ShapesError
from communique.graph.terms.namespaces import SH
from communique.graph.validation.compiled.components import COMPONENTS, PARAMETERS
from communique.graph.validation.compiled.components.custom import Component, read_components
from communique.graph.validation.compiled.path_reader import read_path
from communique.graph.validation.compiled.paths import Path
from communique.graph.validation.compiled.reading import Reading
from communique.graph.validation.compiled.shapes import (
    Constraint,
    NodeShape,
    PropertyShape,
    Shape,
    ShapesWarning,
    WarningKind,
)
from communique.graph.validation.compiled.shapes_graph import FALSE, TRUE, TYPE, Node, ShapesGraph, Statements, Term, sh
from communique.graph.validation.compiled.target_reader import TARGETS, has_targets, read_targets
from communique.graph.validation.compiled.vocabulary import BEYOND, ELSEWHERE, READ, near
from communique.graph.validation.results import VIOLATION

# Measured with pyoxigraph 0.5.13: 1,000 shapes inside one take 1 s to parse, and time grows with the square; shapes
# nested 320 deep parse, nested 640 deep they end the process.
HEAVIEST, DEEPEST = 1000, 50
_DASH = "http://datashapes.org/dash#"


@dataclass(slots=True)
class Reader:
    """Reads the shapes of one graph, each once.

    Attributes
    ----------
    graph : the shapes graph
    shapes_graph : name of the graph that holds the shapes beside the data; None when it is not there
    warnings : what is allowed and probably not meant
    beyond : shapes that the compiler cannot put into queries, and why
    unknown : terms of the SHACL namespace that SHACL does not define, each with the shapes that use it
    """

    graph: ShapesGraph
    shapes_graph: NamedNode | None = None
    warnings: list[ShapesWarning] = field(default_factory=list)
    beyond: dict[Term, NotCompiled] = field(default_factory=dict)
    unknown: dict[NamedNode, list[Statements]] = field(default_factory=dict)
    _components: tuple[Component, ...] = ()
    _shapes: dict[Term, Shape] = field(default_factory=dict)
    _weights: dict[Term, int] = field(default_factory=dict)
    _open: list[Term] = field(default_factory=list)

    def __post_init__(self) -> None:
        regimes = self.graph.subjects(sh("entailment"))
        if regimes:
            raise ShapesError(
                f"{self.graph.at(regimes[0])} asks for entailment",
                expected="data as it is",
                hint="materialise what follows before validation, and take sh:entailment away",
            )
        self._components = read_components(self.graph)

    def declared(self) -> tuple[Node, ...]:
        """Give what is a shape by itself (section 2.1): by type, target, or a constraint where nothing leads to it."""
        typed = (node for node in self.graph.subjects(TYPE) if self._is(node, "NodeShape", "PropertyShape"))
        targeted = (node for name in TARGETS for node in self.graph.subjects(sh(name)))
        speaking = (node for name in PARAMETERS for node in self.graph.subjects(sh(name)))
        alone = (node for node in speaking if not self.graph.is_object(node))
        return tuple(dict.fromkeys([*typed, *targeted, *alone]))

    def targeted(self) -> tuple[Node, ...]:
        """Give the declared shapes with a target, also where that is ill-formed."""
        return tuple(node for node in self.declared() if has_targets(self.graph.at(node)))

    def has_read(self, node: Term) -> bool:
        """Tell whether a shape was read already, perhaps inside another."""
        return node in self._shapes

    def shape(self, node: Term) -> Shape:
        """Read a shape and the shapes inside it; ShapesError for the first thing that is ill-formed.

        Where a shape leads back to one that is being read, an empty shape stands for that, and ``beyond`` says so.
        """
        if node in self._open:
            return self._again(node)
        if node not in self._shapes:
            if len(self._open) >= DEEPEST:
                raise ShapesError(
                    f"{self.graph.at(self._open[0])}: shapes inside one another, more than {DEEPEST} deep",
                    expected=f"{DEEPEST} deep at most",
                    hint="say it with fewer shapes",
                )
            self._open.append(node)
            try:
                self._shapes[node] = self._weighed(self._read(node))
            finally:
                self._open.pop()
        return self._shapes[node]

    def obstacle(self, shape: Shape) -> NotCompiled | None:
        """Tell what a shape that was read, or a shape inside it, has that is beyond the compiler."""
        if shape.node in self.beyond:
            return self.beyond[shape.node]
        inner = (each for constraint in shape.constraints for each in constraint.inner)
        return next((found for each in inner if (found := self.obstacle(each))), None)

    def _again(self, node: Term) -> Shape:
        """Stand in for a shape that is being read."""
        at = self.graph.at(node)
        loop = " → ".join(str(self.graph.at(item)) for item in (*self._open[self._open.index(node) :], node))
        self._leave(
            node,
            NotCompiled(
                f"recursive shapes: {loop}",
                reason=f"recursion ({loop}), which SHACL leaves undefined",
                expected="shapes that do not lead back to themselves (SHACL leaves recursion undefined)",
                hint="break the cycle, for example with sh:class in the place of sh:node",
            ),
        )
        path = read_path(at)
        empty = (at.resource, (), (), VIOLATION, "", False)
        return NodeShape(*empty) if path is None else PropertyShape(*empty, to=path)

    def _leave(self, node: Term, obstacle: NotCompiled) -> None:
        """Remember the first thing about a shape that is beyond the compiler."""
        self.beyond.setdefault(node, obstacle)

    def _weighed(self, shape: Shape) -> Shape:
        """Refuse a shape whose queries no engine could parse: each use of a shape inside another is written out."""
        weight = 1 + sum(self._weights.get(inner.node, 0) for item in shape.constraints for inner in item.inner)
        if weight > HEAVIEST:
            raise ShapesError(
                f"{self.graph.at(shape.node)}: {weight} shapes inside one another",
                expected=f"{HEAVIEST} at most",
                hint="say it with fewer shapes",
            )
        self._weights[shape.node] = weight
        return shape

    def _read(self, node: Term) -> Shape:
        at = self.graph.at(node)
        if isinstance(node, Literal):
            raise ShapesError(f"the literal {node} in the place of a shape", hint="name the shape by its IRI")
        self._sort_out(at)
        self._warn_of_nothing(at)
        path = read_path(at)
        self._refuse_wrong_type(at, path)
        severity, flag = at.iri("severity") or VIOLATION, at.one("deactivated")
        if flag not in {None, TRUE, FALSE}:
            raise at.ill_formed("deactivated", str(flag), "true or false", "correct the value")
        constraints = tuple(self._constraints(at, path))
        common = (node, read_targets(at), constraints, severity, " ".join(at.messages()), flag == TRUE)
        return NodeShape(*common) if path is None else PropertyShape(*common, to=path)

    def _constraints(self, at: Statements, path: Path | None) -> Iterator[Constraint]:
        reading = Reading(at, path, self.shape, self.warnings.append, partial(self._leave, at.node), self.shapes_graph)
        for component in COMPONENTS:
            yield from component.read(reading)
        for declared in self._components:
            yield from declared.read(reading)

    def _sort_out(self, at: Statements) -> None:
        """Refuse terms of SHACL that are mistyped or that no query can judge, and remember those of nobody."""
        for predicate in self.graph.predicates(at.node):
            if predicate.value.startswith(SH) and predicate not in READ:
                self._hear(at, predicate)
            if predicate.value.startswith(_DASH) and not self._is_parameter(predicate):
                local = predicate.value.removeprefix(_DASH)
                self._warn(f"{at}: dash:{local} checks nothing: its component is not in the shapes graph")

    def _hear(self, at: Statements, predicate: NamedNode) -> None:
        """Decide about a term of the SHACL namespace that is not read."""
        expected = "a property of SHACL Core or SHACL-SPARQL 1.0"
        name = f"sh:{predicate.value.removeprefix(SH)}"
        if predicate in BEYOND:
            message, hint = f"{at}, {name}: not known to this compiler", "say it with sh:sparql"
            self._leave(at.node, NotCompiled(message, reason=BEYOND[predicate], expected=expected, hint=hint))
        elif predicate in ELSEWHERE:
            hint = "say it with sh:sparql, or take it away"
            raise at.ill_formed(predicate, "known to no engine here", expected, hint)
        elif meant := near(predicate):
            hint = f"did you mean {meant}?"
            raise at.ill_formed(predicate, "known to no engine here, and no term of SHACL", expected, hint)
        else:
            self.unknown.setdefault(predicate, []).append(at)

    def _warn_of_nothing(self, at: Statements) -> None:
        """Warn of a name in the place of a shape of which nothing is said: it may be mistyped."""
        is_silent = not any(predicate.value.startswith(SH) for predicate in self.graph.predicates(at.node))
        if is_silent and not self._is(at.node, "NodeShape", "PropertyShape"):
            self._warn(f"{at} is used as a shape, but nothing is said of it: everything conforms to it")

    def _warn(self, message: str) -> None:
        self.warnings.append(ShapesWarning(WarningKind.NO_EFFECT, message))

    def _is_parameter(self, predicate: NamedNode) -> bool:
        declared = (parameter.predicate for component in self._components for parameter in component.parameters)
        return predicate in declared

    def _refuse_wrong_type(self, at: Statements, path: Path | None) -> None:
        if path is None and self._is(at.node, "PropertyShape"):
            raise at.ill_formed("path", "missing", "a path in every sh:PropertyShape", "add sh:path")
        if path is not None and self._is(at.node, "NodeShape"):
            raise at.ill_formed("path", "in a node shape", "no path", "make it a sh:PropertyShape")

    def _is(self, node: Term, *kinds: str) -> bool:
        return any(self.graph.is_instance(node, sh(kind)) for kind in kinds)
