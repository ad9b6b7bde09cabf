"""The engines that run shapes, by name, and which of them judges which shape.

The compiled engine judges all it knows. A shape with a construct that only pySHACL knows goes there, and only
this shape; where the data is too large for that, or the construct is one that pySHACL does not know either, the shapes
are refused. No shape is passed over in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType

from pyoxigraph import Quad, Store, Triple

from communique.graph.errors import ShapesError
from communique.graph.namespaces import PREFIXES, SH
from communique.graph.validation.compiled import Plan, compile_shapes
from communique.graph.validation.compiled.shapes_graph import TYPE, ShapesGraph, sh
from communique.graph.validation.compiled.threads import PROCESSORS
from communique.graph.validation.constructs import constructs, without
from communique.graph.validation.names import name_shapes
from communique.graph.validation.results import Shape, ValidationReport, merge
from communique.graph.validation.targets import CLASS, TARGETS
from communique.graph.validation.view import View

COMPILED, ORACLE = "sparql", "pyshacl"
DEFAULT = COMPILED

# More quads than this are not handed to pySHACL, which took 52 s for 100,000 where the compiled engine took 0.5 s.
ORACLE_QUADS = 200_000

NO_TARGET = "no shape has a target: nothing is checked"

# Checks a view with shapes and counts the focus nodes of each.
Engine = Callable[[View, Store], ValidationReport]


@dataclass(frozen=True)
class Assignment:
    """Shapes, each with the engine that judges it.

    Attributes
    ----------
    shapes : the statements of the shapes graph
    plan : what the compiled engine judges
    routed : shapes that pySHACL judges, each with the constructs that are the reason
    names : what people call the shapes
    """

    shapes: tuple[Triple, ...]
    plan: Plan
    routed: Mapping[Shape, tuple[str, ...]]
    names: Mapping[Shape, str]

    def validate(self, view: View) -> ValidationReport:
        """Check a view; ShapesError where pySHACL is needed and the view holds more than ``ORACLE_QUADS``."""
        self._refuse_large(view)
        report = self.describe(self.plan.validate(view.select, threads=PROCESSORS))
        return merge([report, self._ask_oracle(view)]) if self.routed else report

    def describe(self, compiled: ValidationReport) -> ValidationReport:
        """Add to what the compiled engine found by which engine, and what was noticed while the shapes were read."""
        here = {shape: COMPILED for shape in compiled.focus_counts if shape not in self.plan.unused}
        return replace(compiled, engines=here, names=self.names, notes=tuple(self._notes()))

    def _ask_oracle(self, view: View) -> ValidationReport:
        """Let pySHACL judge the shapes that were routed, and no other."""
        from communique.graph.validation import oracle  # slow to import, and seldom needed

        report = oracle.validate_triples(view, tuple(_only(self.shapes, self.routed)), self.routed)
        return replace(report, engines=dict.fromkeys(self.routed, ORACLE))

    def _refuse_large(self, view: View) -> None:
        """Stop before anything is judged."""
        if self.routed and (size := view.count()) > ORACLE_QUADS:
            shape, reasons = next(iter(self.routed.items()))
            raise ShapesError(
                f"{self.names[shape]} uses {reasons[0]}, which only pySHACL knows; {size:,} quads are too many for it",
                expected=f"at most {ORACLE_QUADS:,} quads",
                hint="say it in SHACL Core or with sh:sparql, or judge a part of the data",
            )

    def _notes(self) -> Iterator[str]:
        """Say what was noticed while the shapes were read, and which engine was called in."""
        if not (self.plan.shapes or self.routed):
            yield NO_TARGET
        idle = tuple(f"{node}: " for node in (*self.plan.unused, *self.plan.unsupported, *self.routed))
        yield from (note for note in self.plan.warnings if not note.startswith((*idle, NO_TARGET)))
        for shape, reasons in self.routed.items():
            yield f"{self.names[shape]} was judged by pySHACL, because it uses {', '.join(reasons)}"


def assign(shapes: Iterable[Quad], prefixes: Mapping[str, str] = PREFIXES) -> Assignment:
    """Find for each shape the engine that judges it; ``prefixes`` make the names of shapes short.

    Raises
    ------
    ShapesError : a shape is ill-formed, recursive, or uses what no engine knows
    """
    triples = tuple(quad.triple for quad in shapes)
    graph = ShapesGraph(triples)
    plan = compile_shapes(triples, is_lenient=True)
    used = _advanced(graph, plan)
    for node, error in plan.unsupported.items():
        if node not in used:
            raise _told(error)
    if plan.unsupported:
        compile_shapes(without(triples))
    routed = {node: reasons for node, reasons in used.items() if _has_target(graph, node)}
    return Assignment(triples, _restrict(plan, routed), routed, name_shapes(graph, prefixes))


def _restrict(plan: Plan, routed: Collection[Shape]) -> Plan:
    """Leave out of a plan what another engine judges."""
    return replace(
        plan,
        shapes=tuple(shape for shape in plan.shapes if shape.node not in routed),
        checks=tuple(check for check in plan.checks if check.target not in routed),
        unused=tuple(node for node in plan.unused if node not in routed),
    )


def _told(error: ShapesError) -> ShapesError:
    """Say of a construct that the compiler does not know that no engine does."""
    if "not known to this compiler" not in error.message:
        return error
    message = error.message.replace("not known to this compiler", "known to no engine here")
    return ShapesError(message, expected=error.expected, hint="correct the name, or say it with sh:sparql")


def validate_compiled(view: View, shapes: Store) -> ValidationReport:
    """Check a view with the queries that the shapes compile to; ShapesError for a shape that no engine can judge."""
    return assigned(shapes).validate(view)


def validate_with_oracle(view: View, shapes: Store) -> ValidationReport:
    """Check a view with pySHACL alone, whatever its size: the reference in tests."""
    from communique.graph.validation import oracle  # see above

    report = oracle.validate_view(view, shapes)
    return replace(report, engines=dict.fromkeys(report.focus_counts, ORACLE))


@cache
def assigned(shapes: Store) -> Assignment:
    """Assign shapes once; a store of shapes is told from others by its identity."""
    return assign(sorted(shapes, key=str))


ENGINES: Mapping[str, Engine] = MappingProxyType({ORACLE: validate_with_oracle, COMPILED: validate_compiled})


def find_engine(name: str) -> Engine:
    """Find an engine by its name; ShapesError when there is none."""
    if name not in ENGINES:
        raise ShapesError(f"no engine {name!r} runs shapes here", expected=" or ".join(ENGINES))
    return ENGINES[name]


def _advanced(graph: ShapesGraph, plan: Plan) -> dict[Shape, tuple[str, ...]]:
    """Find the shapes with constructs that only pySHACL knows."""
    candidates = dict.fromkeys([*(shape.node for shape in plan.shapes), *plan.unsupported])
    return {node: found for node in candidates if (found := constructs(graph, node))}


def _has_target(graph: ShapesGraph, node: Shape) -> bool:
    """Tell whether a shape selects focus nodes, by being a class too."""
    return graph.is_instance(node, CLASS) or any(graph.objects(node, name) for name in TARGETS)


def _only(triples: Iterable[Triple], shapes: Collection[Shape]) -> Iterator[Triple]:
    """Take the targets of all other shapes away, classes that are targets too; what is left is typed as a shape."""
    for triple in triples:
        selects = triple.predicate in {*TARGETS, TYPE}
        if triple.subject in shapes or not selects or str(triple.object).startswith(f"<{SH}"):
            yield triple
    with_path = {triple.subject for triple in triples if triple.predicate == sh("path")}
    yield from (Triple(node, TYPE, sh("PropertyShape" if node in with_path else "NodeShape")) for node in shapes)
