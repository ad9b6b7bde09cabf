"""The plan: ordered checks of all shapes, to be read, run in full, or run on what a change may have touched."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pyoxigraph import BlankNode, NamedNode, Quad, Triple

from communique.graph.errors import NotCompiled
from communique.graph.validation.compiled.checks import Check, Found
from communique.graph.validation.compiled.explain import explain
from communique.graph.validation.compiled.focus import CHUNK, GivenNodes, Run, Scope, affected, chunks, count_focus
from communique.graph.validation.compiled.paths import Step
from communique.graph.validation.compiled.shapes import Shape, ShapesWarning
from communique.graph.validation.compiled.shapes_graph import Node, Term
from communique.graph.validation.compiled.threads import side_by_side
from communique.graph.validation.results import ValidationReport, order

# To name a focus node costs as much as to find and check so many (measured at 1M triples).
_NAMED = 8


def ask(check: Check, nodes: Collection[Term] | None, run: Run) -> Iterator[Found]:
    """Run a check on given focus nodes of its shape, or on all (None)."""
    is_named = nodes is not None and not any(isinstance(node, BlankNode) for node in nodes)
    if (
        nodes is None
        or not is_named
        or not (len(nodes) <= CHUNK or len(nodes) * _NAMED < count_focus(check.scope, run))
    ):
        for row in run(check.scope.full(check.template)):
            yield from (found for found in check.read(row) if nodes is None or found.root in nodes)
    else:
        for chunk in chunks(nodes):
            for row in run(check.scope.given(check.template, chunk)):
                yield from check.read(row)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a shapes graph became.

    Attributes
    ----------
    shapes : the shapes with targets, typed
    checks : the queries, shape by shape
    unused : shapes without a target that no other shape uses; they check nothing
    warnings : what is allowed and probably not meant
    unsupported : shapes that could not be compiled, and why; empty unless the caller asked to collect them
    unknown : terms of the SHACL namespace that SHACL does not define; they constrain nothing
    """

    shapes: tuple[Shape, ...]
    checks: tuple[Check, ...]
    unused: tuple[Node, ...] = ()
    warnings: tuple[ShapesWarning, ...] = ()
    unsupported: Mapping[Node, NotCompiled] = field(default_factory=dict)
    unknown: tuple[NamedNode, ...] = ()

    def validate(
        self, run: Run, *, focus: Collection[Term] | None = None, besides: Collection[Term] = (), threads: int = 1
    ) -> ValidationReport:
        """Check the data that a query function sees.

        Parameters
        ----------
        run : answers a SELECT query; it decides which graph is the default graph
        focus : only these focus nodes of the targets; None for all. Checks that are not local run on all of them
            nevertheless, because a change anywhere may matter to them
        besides : focus nodes to leave out
        threads : so many queries are asked at a time; ``run`` must bear that

        Returns
        -------
        all results, and for each shape with targets the number of focus nodes that were checked

        Raises
        ------
        ShapesError : a query of the shapes reports a failure
        """
        counts: dict[Node, int] = dict.fromkeys(self.unused, 0)
        results = [found.result for found in self._find(run, focus, counts, threads) if found.root not in besides]
        if besides:
            given = GivenNodes(besides, run)
            for shape in self.shapes:
                counts[shape.node] -= len(given.among(Scope(shape.targets)))
        return ValidationReport(tuple(sorted(results, key=order)), counts)

    def find(self, run: Run, *, focus: Collection[Term] | None = None) -> tuple[Found, ...]:
        """Check like ``validate``, and keep with each result the check and the outermost focus node it comes from."""
        return tuple(self._find(run, focus, {}))

    def affected(self, added: Iterable[Triple | Quad], removed: Iterable[Triple | Quad], run: Run) -> frozenset[Term]:
        """Find the focus nodes whose results a change may have changed, local checks considered.

        Parameters
        ----------
        added, removed : the change. In a union of graphs a triple that another graph holds too is no change; to name
            it costs time, not correctness
        run : answers a query on the data after the change

        Returns
        -------
        nodes for ``validate`` or ``refresh``: too many rather than too few, and some that no target declares
        """
        return affected(self.steps(), [*added, *removed], run)

    def refresh(self, before: Iterable[Found], run: Run, *, focus: Collection[Term]) -> tuple[Found, ...]:
        """Bring earlier findings up to date: those of other nodes stay, those of ``focus`` are found anew."""
        again = set(focus)
        kept = (found for found in before if found.check.is_local and found.root not in again)
        return (*kept, *self._find(run, again, {}))

    def explain(self, shape: NamedNode | BlankNode | str) -> str:
        """Write for people what is asked about a shape: its focus nodes and each query that can report it.

        Raises
        ------
        ShapesError : no such shape in this plan
        """
        node = NamedNode(shape) if isinstance(shape, str) else shape
        return explain(self.shapes, self.checks, node)

    def _find(
        self, run: Run, focus: Collection[Term] | None, counts: dict[Node, int], threads: int = 1
    ) -> Iterator[Found]:
        given = None if focus is None else GivenNodes(focus, run)

        def choose(shape: Shape) -> Collection[Term] | None:
            nodes = None if given is None else given.among(Scope(shape.targets))
            counts[shape.node] = count_focus(Scope(shape.targets), run) if nodes is None else len(nodes)
            return nodes

        chosen = dict(
            zip((shape.node for shape in self.shapes), side_by_side(choose, self.shapes, threads), strict=True)
        )

        def answer(check: Check) -> Sequence[Found]:
            return tuple(ask(check, chosen[check.target] if check.is_local else None, run))

        due = [
            check for check in self.checks if check.target in chosen and (counts[check.target] or not check.is_local)
        ]
        for found in side_by_side(answer, due, threads):
            yield from found

    def steps(self) -> Iterator[Step]:
        """Return every kind of triple that decides about a target or a local check."""
        for shape in self.shapes:
            for target in shape.targets:
                yield from (step for path in target.reads() for step in path.steps())
        for check in self.checks:
            yield from (step for path in check.reads for step in path.steps())
