"""The engines that run shapes, by name, and which of them judges which shape.

The compiled engine judges all it knows, on data whose terms the store keeps as they are written. A shape of which no
query can be made goes to pyshacl-turbo, and only this shape, as does one that compares with a literal which the store
would change; all shapes go there where the store would change a term of the data. Where that engine stops, pySHACL
takes its place. Where the data is too large for either, or the construct is one that no engine knows, the shapes are
refused. No shape is skipped in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from types import MappingProxyType

from pyoxigraph import Literal, Quad, Store, Triple

from communique.graph.errors import ShapesError
from communique.graph.store.lexical import brief, stored_forms
from communique.graph.terms.namespaces import PREFIXES, SH
from communique.graph.validation.compiled import NO_TARGET, Plan, compile_shapes
from communique.graph.validation.compiled.shapes import WarningKind
from communique.graph.validation.compiled.shapes_graph import TYPE, ShapesGraph, sh
from communique.graph.validation.compiled.targets import TARGETS, has_targets
from communique.graph.validation.compiled.threads import PROCESSORS
from communique.graph.validation.engines import turbo
from communique.graph.validation.inventory import compared, focus_nodes, is_counting, name_shapes
from communique.graph.validation.results import Shape, ValidationReport, merge
from communique.graph.validation.view import View, WrittenView

COMPILED, TURBO, PYSHACL = "sparql", "pyshacl-turbo", "pyshacl"
DEFAULT = COMPILED

# More quads than this are not handed to another engine: pyshacl-turbo takes some 20 s and 1 GiB for half as many,
# pySHACL took 52 s for 100,000.
TURBO_QUADS, PYSHACL_QUADS = 2_000_000, 200_000

# Why shapes go to another engine.
IN_DATA = "literals of the data in forms that the store would change"
IN_SHAPES = "literals in forms that the store would change"
REPEATS = "queries that count, on triples that several graphs state"

# Warnings that a report repeats. Shapes that are not judged by a query, or by nothing, are listed there; data with
# literals that the store would write otherwise go to another engine.
_NOTED = frozenset({WarningKind.UNKNOWN_TERM, WarningKind.NO_EFFECT})

_QUERIES = frozenset({sh("select"), sh("ask")})

# Checks a view with shapes and counts the focus nodes of each.
Engine = Callable[[View, Store], ValidationReport]


@dataclass(frozen=True)
class Assignment:
    """Shapes, each with the engine that judges it.

    Attributes
    ----------
    shapes : the statements of the shapes graph
    plan : what the compiled engine judges where the store keeps the terms of the data
    routed : shapes that another engine judges whatever the data, each with the reasons
    names : what people call the shapes
    """

    shapes: tuple[Triple, ...]
    plan: Plan
    routed: Mapping[Shape, tuple[str, ...]]
    names: Mapping[Shape, str]

    @cached_property
    def is_counting(self) -> bool:
        """Whether a query of the shapes depends on how often a triple comes."""
        return is_counting(ShapesGraph(self.shapes))

    def validate(self, view: View) -> ValidationReport:
        """Check a view; ShapesError where another engine is needed and the view is too large for it."""
        written = WrittenView.of(view)
        routed = self._routed_on(written)
        if not routed:
            return self.describe(self.plan.validate(view.select, threads=PROCESSORS))
        self._refuse_large(written, routed)
        compiled = _restrict(self.plan, routed).validate(view.select, threads=PROCESSORS)
        return merge([self.describe(compiled), self._ask_another(written, routed)])

    def describe(self, compiled: ValidationReport) -> ValidationReport:
        """Add to what the compiled engine found by which engine, and what was noticed while the shapes were read."""
        here = {shape: COMPILED for shape in compiled.focus_counts if shape not in self.plan.unused}
        notes = [] if self.plan.shapes or self.routed else [NO_TARGET]
        notes += (warning.message for warning in self.plan.warnings if warning.kind in _NOTED)
        return replace(compiled, engines=here, names=self.names, notes=tuple(notes))

    def _routed_on(self, view: WrittenView) -> Mapping[Shape, tuple[str, ...]]:
        """List the shapes that another engine has to judge on a view, and why."""
        reasons = (*([IN_DATA] if view.changed else []), *([REPEATS] if view.has_repeats else []))
        everything = (*(shape.node for shape in self.plan.shapes), *self.routed) if reasons else self.routed
        return {shape: (*self.routed.get(shape, ()), *reasons) for shape in everything}

    def _ask_another(self, view: WrittenView, routed: Mapping[Shape, tuple[str, ...]]) -> ValidationReport:
        """Let another engine judge the shapes that were routed, and no other: pySHACL where pyshacl-turbo stops."""
        from communique.graph.validation.engines.results_graph import read_results, without_defaults  # slow to import

        known = [triple for triple in self.shapes if triple.predicate not in self.plan.unknown]
        shapes = tuple(_only(known, routed))
        notes = []
        try:
            engine, (graph, is_cut) = TURBO, turbo.report_on(view, shapes)
            if is_cut:
                steps = f"recursion was followed for {turbo.RECURSION} steps and no further"
                notes.append(f"{steps}; what lies behind counts as conforming")
        except ShapesError as error:
            if view.count() > PYSHACL_QUADS:
                raise
            from communique.graph.validation.engines import pyshacl  # slow to import, and seldom needed

            engine, graph = PYSHACL, pyshacl.report_on(view, shapes)
            notes.append(f"pySHACL judged in the place of another: {error.message}")
        results = without_defaults(read_results(graph), shapes)
        used = ShapesGraph(shapes)
        counts = {shape: len(focus_nodes(view, used, shape)) for shape in routed}
        # Which literals of the data are written otherwise is said with the data.
        because = []
        for shape, reasons in routed.items():
            if uses := [reason for reason in reasons if reason not in {IN_DATA, REPEATS}]:
                because.append(f"{self.names[shape]} was judged by {engine}, because it uses {', '.join(uses)}")
        if view.has_repeats:
            because.append(f"all shapes were judged by {engine}, because they have {REPEATS}")
        engines = dict.fromkeys(routed, engine)
        return merge([ValidationReport(tuple(results), counts, engines, notes=(*because, *notes))])

    def _refuse_large(self, view: WrittenView, routed: Mapping[Shape, tuple[str, ...]]) -> None:
        """Stop before anything is judged."""
        if (size := view.count()) <= TURBO_QUADS:
            return
        shape, reasons = next(iter(routed.items()))
        hint = "judge a part of the data"
        if view.changed:
            message = f"{len(view.changed):,} statements have {IN_DATA}, such as {brief(view.changed[0].object)}"
        else:
            message = f"{self.names[shape]} uses {reasons[0]}"
            hint = f"say it in SHACL Core or with sh:sparql, or {hint}"
        raise ShapesError(
            f"{message}, which takes an engine for which {size:,} quads are too many",
            expected=f"at most {TURBO_QUADS:,} quads",
            hint=hint,
        )

    def _notes(self) -> Iterator[str]:
        """Say what was noticed while the shapes were read, but not of which the report says so in another way."""
        if not (self.plan.shapes or self.routed):
            yield NO_TARGET
        yield from (warning.message for warning in self.plan.warnings if warning.kind in _NOTED)


def assign(shapes: Iterable[Quad], prefixes: Mapping[str, str] = PREFIXES) -> Assignment:
    """Find for each shape the engine that judges it; ``prefixes`` make the names of shapes short.

    ShapesError where a shape is ill-formed, or uses what no engine knows.
    """
    triples = tuple(quad.triple for quad in shapes)
    graph = ShapesGraph(triples)
    plan = compile_shapes(triples, is_lenient=True)
    used = {node: (error.reason,) for node, error in plan.unsupported.items() if has_targets(graph.at(node))}
    exact = {shape.node: (IN_SHAPES,) for shape in plan.shapes if stored_forms(compared(graph, shape.node))}
    routed = used | exact
    return Assignment(triples, _restrict(plan, routed), routed, name_shapes(graph, prefixes))


def _restrict(plan: Plan, routed: Collection[Shape]) -> Plan:
    """Leave out of a plan what another engine judges."""
    return replace(
        plan,
        shapes=tuple(shape for shape in plan.shapes if shape.node not in routed),
        checks=tuple(check for check in plan.checks if check.target not in routed),
        unused=tuple(node for node in plan.unused if node not in routed),
    )


def validate_compiled(view: View, shapes: Store) -> ValidationReport:
    """Check a view with the queries that the shapes compile to; ShapesError for a shape that no engine can judge."""
    return assigned(shapes).validate(view)


def validate_with_pyshacl(view: View, shapes: Store) -> ValidationReport:
    """Check a view with pySHACL alone, whatever its size: the reference in tests."""
    from communique.graph.validation.engines import pyshacl  # see above

    report = pyshacl.validate_view(view, shapes)
    return replace(report, engines=dict.fromkeys(report.focus_counts, PYSHACL))


@cache
def assigned(shapes: Store) -> Assignment:
    """Assign shapes once; stores of shapes are distinguished by identity."""
    return assign(sorted(shapes, key=str))


ENGINES: Mapping[str, Engine] = MappingProxyType({PYSHACL: validate_with_pyshacl, COMPILED: validate_compiled})


def find_engine(name: str) -> Engine:
    """Find an engine by its name; ShapesError when there is none."""
    if name not in ENGINES:
        raise ShapesError(f"no engine {name!r} runs shapes here", expected=" or ".join(ENGINES))
    return ENGINES[name]


def _only(triples: Collection[Triple], shapes: Collection[Shape]) -> Iterator[Triple]:
    """Take the targets of all other shapes away, classes that are targets too; what is left is typed.

    A target with a query need not say its type here, and a query may have a language; elsewhere neither will do.
    """
    for triple in triples:
        selects = triple.predicate in {*TARGETS, TYPE}
        if triple.predicate in _QUERIES and isinstance(triple.object, Literal):
            yield Triple(triple.subject, triple.predicate, Literal(triple.object.value))
        elif triple.subject in shapes or not selects or str(triple.object).startswith(f"<{SH}"):
            yield triple
    with_path = {triple.subject for triple in triples if triple.predicate == sh("path")}
    yield from (Triple(node, TYPE, sh("PropertyShape" if node in with_path else "NodeShape")) for node in shapes)
    targets = {triple.object for triple in triples if triple.predicate == sh("target")}
    asking = (triple.subject for triple in triples if triple.predicate == sh("select") and triple.subject in targets)
    yield from (Triple(node, TYPE, sh("SPARQLTarget")) for node in asking)
