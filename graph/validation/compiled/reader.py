"""Shapes graph → shapes: the first stage of the compiler; refuses what is ill-formed or mistyped.

What is well-formed and beyond the compiler, such as recursion, is read to its end and remembered, so that whoever
judges such a shape gets one that was checked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from types import MappingProxyType

from pyoxigraph import Literal, NamedNode

from communique.graph.errors import NotCompiled, ShapesError
from communique.graph.terms.namespaces import SH
from communique.graph.terms.spelling import closest
from communique.graph.validation.compiled.components import COMPONENTS, PARAMETERS
from communique.graph.validation.compiled.components.custom import Component, read_components
from communique.graph.validation.compiled.paths import read_path
from communique.graph.validation.compiled.shapes import (
    NodeShape,
    PropertyShape,
    Shape,
    ShapeReading,
    ShapesWarning,
    WarningKind,
)
from communique.graph.validation.compiled.shapes_graph import (
    FALSE,
    TRUE,
    TYPE,
    Node,
    NodeStatements,
    ShapesGraph,
    Term,
    sh,
)
from communique.graph.validation.compiled.targets import TARGETS, has_targets, read_targets
from communique.graph.validation.results import VIOLATION

_SILENT = ("path", "severity", "message", "deactivated", "name", "description", "order", "group", "defaultValue")
# A shape may also be its own SPARQL constraint, or own prefixes.
_ELSEWHERE = ("select", "ask", "prefixes", "declare", "shapesGraph", "suggestedShapesGraph")
READ = frozenset((*TARGETS, *map(sh, (*PARAMETERS, *_SILENT, *_ELSEWHERE))))

# SHACL Advanced Features (Working Group Note of 2017, https://www.w3.org/TR/shacl-af/), of which the compiler knows the
# targets. Term → what it is called and where it is described.
BEYOND: Mapping[NamedNode, str] = MappingProxyType(
    {sh("expression"): "sh:expression (SHACL-AF, expression constraints)"}
)

# What SHACL, its Advanced Features and SHACL-JS define besides: said of a shape it is out of place, or asks for what no
# engine here does (rules and JavaScript).
_REST = (
    *("alternativePath", "inversePath", "zeroOrMorePath", "oneOrMorePath", "zeroOrOnePath", "prefix", "namespace"),
    *("focusNode", "value", "conforms", "result", "resultMessage", "resultPath", "resultSeverity", "detail"),
    *("sourceConstraint", "sourceConstraintComponent", "sourceShape", "shapesGraphWellFormed", "entailment"),
    *("parameter", "optional", "validator", "nodeValidator", "propertyValidator", "labelTemplate", "returnType"),
    *("resultAnnotation", "annotationProperty", "annotationValue", "annotationVarName", "construct", "update"),
    *("rule", "condition", "subject", "predicate", "object", "filterShape", "nodes", "intersection", "union"),
    *("js", "jsFunctionName", "jsLibrary", "jsLibraryURL"),
)
ELSEWHERE = frozenset(map(sh, _REST))

# Letters may be exchanged, missing or too many: minCuont, mincount, minCounts; what differs by more is another word.
_LIKENESS = 0.8


# Measured with pyoxigraph 0.5.13: 1,000 shapes inside one take 1 s to parse, and time grows with the square; shapes
# nested 320 deep parse, nested 640 deep they end the process.
HEAVIEST, DEEPEST = 1000, 50

_DASH = "http://datashapes.org/dash#"


def near(term: NamedNode) -> str | None:
    """Return the term that may be meant by one that SHACL does not define, in short; None where none is like it."""
    known = [known.value.removeprefix(SH) for known in (*READ, *BEYOND, *ELSEWHERE)]
    found = closest(term.value.removeprefix(SH), known, alike=_LIKENESS)
    return f"sh:{found[0]}" if found else None


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
    unknown: dict[NamedNode, list[NodeStatements]] = field(default_factory=dict)
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
        """List what is a shape by itself (section 2.1): by type, target, or a constraint where nothing leads to it."""
        typed = (node for node in self.graph.subjects(TYPE) if self._is(node, "NodeShape", "PropertyShape"))
        targeted = (node for name in TARGETS for node in self.graph.subjects(name))
        speaking = (node for name in PARAMETERS for node in self.graph.subjects(sh(name)))
        alone = (node for node in speaking if not self.graph.is_object(node))
        return tuple(dict.fromkeys([*typed, *targeted, *alone]))

    def targeted(self) -> tuple[Node, ...]:
        """Return the declared shapes with a target, also where that is ill-formed."""
        return tuple(node for node in self.declared() if has_targets(self.graph.at(node)))

    def has_read(self, node: Term) -> bool:
        """Say whether a shape was read already, perhaps inside another."""
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
                shape = self._read(node)
            finally:
                self._open.pop()
            # Each use of a shape inside another is written out, and no engine can parse queries of any length.
            weight = 1 + sum(self._weights.get(inner.node, 0) for item in shape.constraints for inner in item.inner)
            if weight > HEAVIEST:
                raise ShapesError(
                    f"{self.graph.at(shape.node)}: {weight} shapes inside one another",
                    expected=f"{HEAVIEST} at most",
                    hint="say it with fewer shapes",
                )
            self._shapes[node], self._weights[shape.node] = shape, weight
        return self._shapes[node]

    def obstacle(self, shape: Shape) -> NotCompiled | None:
        """Say what a shape that was read, or a shape inside it, has that is beyond the compiler."""
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

    def _read(self, node: Term) -> Shape:
        at = self.graph.at(node)
        if isinstance(node, Literal):
            raise ShapesError(f"the literal {node} in the place of a shape", hint="name the shape by its IRI")
        self._check_predicates(at)
        path = read_path(at)
        if path is None and self._is(at.node, "PropertyShape"):
            raise at.ill_formed("path", "missing", "a path in every sh:PropertyShape", "add sh:path")
        if path is not None and self._is(at.node, "NodeShape"):
            raise at.ill_formed("path", "in a node shape", "no path", "make it a sh:PropertyShape")
        severity, flag = at.iri("severity") or VIOLATION, at.one("deactivated")
        if flag not in {None, TRUE, FALSE}:
            raise at.ill_formed("deactivated", str(flag), "true or false", "correct the value")
        leave = partial(self._leave, at.node)
        reading = ShapeReading(at, path, self.shape, self.warnings.append, leave, self.shapes_graph)
        own = chain.from_iterable(declared.read(reading) for declared in self._components)
        constraints = (*chain.from_iterable(component.read(reading) for component in COMPONENTS), *own)
        common = (node, read_targets(at), constraints, severity, " ".join(at.messages()), flag == TRUE)
        return NodeShape(*common) if path is None else PropertyShape(*common, to=path)

    def _check_predicates(self, at: NodeStatements) -> None:
        """Refuse terms of SHACL that are mistyped or that no query can judge; warn of what checks nothing."""
        predicates = self.graph.predicates(at.node)
        parameters = {parameter.predicate for component in self._components for parameter in component.parameters}
        expected = "a property of SHACL Core or SHACL-SPARQL 1.0"
        for predicate in predicates:
            if predicate.value.startswith(_DASH) and predicate not in parameters:
                local = predicate.value.removeprefix(_DASH)
                self._warn(f"{at}: dash:{local} checks nothing: its component is not in the shapes graph")
            if not predicate.value.startswith(SH) or predicate in READ:
                continue
            if predicate in BEYOND:
                name = f"sh:{predicate.value.removeprefix(SH)}"
                message, hint = f"{at}, {name}: not known to this compiler", "say it with sh:sparql"
                self._leave(at.node, NotCompiled(message, reason=BEYOND[predicate], expected=expected, hint=hint))
            elif predicate in ELSEWHERE:
                hint = "say it with sh:sparql, or take it away"
                raise at.ill_formed(predicate, "known to no engine here", expected, hint)
            elif meant := near(predicate):
                found, hint = "known to no engine here, and no term of SHACL", f"did you mean {meant}?"
                raise at.ill_formed(predicate, found, expected, hint)
            else:
                self.unknown.setdefault(predicate, []).append(at)
        # The name of a shape of which nothing is said may be mistyped.
        is_silent = not any(predicate.value.startswith(SH) for predicate in predicates)
        if is_silent and not self._is(at.node, "NodeShape", "PropertyShape"):
            self._warn(f"{at} is used as a shape, but nothing is said of it: everything conforms to it")

    def _warn(self, message: str) -> None:
        self.warnings.append(ShapesWarning(WarningKind.NO_EFFECT, message))

    def _is(self, node: Term, *kinds: str) -> bool:
        return any(self.graph.is_instance(node, sh(kind)) for kind in kinds)
