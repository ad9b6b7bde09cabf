"""What is measured, each in a process of its own: ``python -m bench.tasks TASK ARGUMENT…`` prints figures.

Times are seconds of one step; what a step needs beforehand is made ready first and not counted.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from pyoxigraph import NamedNode, Quad, RdfFormat, Store, parse, serialize

from bench.children import PEAK
from bench.machine import peak
from communique.graph.loading import pipeline
from communique.graph.loading.inputs import base_quads
from communique.graph.settings import Settings
from communique.graph.store.changes import Change
from communique.graph.validation import GraphChange, validate
from communique.graph.validation.catalogue import shapes as our_shapes
from communique.graph.validation.compiled import compile_shapes
from communique.graph.validation.derivation import Upkeep, derive
from communique.graph.validation.view import View

Figures = Iterator[tuple[str, float]]
# The shapes of the project, in the place of a file.
OURS = "ours"
# Quads of a batch, at least.
BATCH = 1600
_TAIL = 4_000_000


class Clock:
    """Seconds since the last look."""

    def __init__(self) -> None:
        self._since = time.perf_counter()

    def lap(self) -> float:
        """Give the seconds, and begin anew."""
        now = time.perf_counter()
        elapsed, self._since = now - self._since, now
        return elapsed


def build(home: str) -> Figures:
    """Publish the packaged graph, on which everything else is loaded."""
    pipeline.build(Settings(home=Path(home)))
    yield "built", 1


def raw(data: str, home: str) -> Figures:
    """Load N-Quads into a store on disk, as fast as it goes and without a look at them."""
    folder = Path(home) / "store"
    store, clock = Store(str(folder)), Clock()
    store.bulk_load(path=data, format=RdfFormat.N_QUADS)
    store.flush()
    yield "load", clock.lap()
    yield "quads", len(store)
    yield "disk", _megabytes(folder)


def load(data: str, home: str) -> Figures:
    """Load N-Quads as ``communique load`` does, into a home with the packaged graph: derive, judge, write, publish."""
    settings, clock = Settings(home=Path(home)), Clock()
    found = pipeline.load(settings, [Path(data)])
    yield "load", clock.lap()
    yield "quads", found.activity.committed


def gate(data: str, broken: str, batch: str) -> Figures:
    """Judge a graph in memory by all rules: whole, then after a batch of new documents."""
    store, clock = Store(), Clock()
    store.bulk_load(path=data, format=RdfFormat.N_QUADS)
    yield "memory", clock.lap()
    store.bulk_load(path=broken, format=RdfFormat.N_QUADS)
    store.extend(base_quads())
    clock.lap()
    derive(store)
    yield "derive", clock.lap()
    yield "quads", len(store)
    report = validate(store)
    yield "gate", clock.lap()
    yield "results", len(report.results)
    change = GraphChange(store, list(parse(path=batch, format=RdfFormat.N_QUADS)), [])
    yield "batch", len(change.added)
    clock.lap()
    change = _carry_out(change)
    yield "upkeep", clock.lap()
    validate(store, change=change)
    yield "again", clock.lap()


def shapes(rules: str, *data: str) -> Figures:
    """Judge the union of a graph by compiled shapes: whole, then only what its last documents may have changed."""
    store, clock = _merged(rules, data), Clock()
    plan = compile_shapes(_shapes(rules))
    yield "compile", clock.lap()
    run = View(store).select
    yield "quads", len(store)
    report = plan.validate(run)
    yield "validate", clock.lap()
    yield "results", len(report.results)
    yield "focus", sum(report.focus_counts.values())
    batch = list(_own(store, _last_documents(Path(data[0]))))
    yield "batch", len(batch)
    clock.lap()
    focus = plan.affected(batch, [], run)
    found = plan.validate(run, focus=focus)
    yield "again", clock.lap()
    yield "touched", sum(found.focus_counts.values())


def pyshacl(rules: str, *data: str) -> Figures:
    """Judge the union of a graph by pySHACL, on rdflib's own store in memory; reading is not counted."""
    from rdflib import Graph

    from communique.graph.validation.engines import pyshacl as oracle

    triples = {quad.triple for quad in _merged(rules, data)}
    texts = [
        serialize(part, format=RdfFormat.N_TRIPLES) for part in (triples, [each.triple for each in _shapes(rules)])
    ]
    del triples
    clock = Clock()
    graphs = [Graph().parse(data=text, format="nt") for text in texts]
    yield "parse", clock.lap()
    report = oracle.run(*graphs)
    yield "validate", clock.lap()
    yield "results", sum(1 for _ in oracle.read_results(report))


TASKS: dict[str, Callable[..., Figures]] = {task.__name__: task for task in (build, raw, load, gate, shapes, pyshacl)}


def _carry_out(change: GraphChange) -> GraphChange:
    """Make a change and keep the derived graph up to date; give all that came and went."""
    store, upkeep = change.store, Upkeep()
    gone, come = list(change.removed), list(change.added)

    def apply(step: Change) -> None:
        for quad in step.removed:
            store.remove(quad)
        store.extend(step.added)
        gone.extend(step.removed)
        come.extend(step.added)

    upkeep.note(store, come)
    store.extend(change.added)
    upkeep.renew(store, apply)
    return GraphChange(store, come, gone)


def _merged(rules: str, data: Iterable[str]) -> Store:
    """Read files into memory; with the rules of the project also what every graph of the project stands on."""
    store = Store()
    for path in data:
        store.bulk_load(path=path, format=RdfFormat.N_QUADS)
    if rules == OURS:
        store.extend(base_quads())
    return store


def _shapes(rules: str) -> list[Quad]:
    """Read shapes: those of the project, or a Turtle file."""
    return list(our_shapes()) if rules == OURS else list(parse(path=rules, format=RdfFormat.TURTLE))


def _last_documents(data: Path) -> list[Quad]:
    """Read the named graphs at the end of an N-Quads file, until they have the size of a batch."""
    with data.open("rb") as file:
        file.seek(max(0, data.stat().st_size - _TAIL))
        lines = file.read().splitlines(keepends=True)[1:]
    quads = [
        quad for quad in parse(b"".join(lines), format=RdfFormat.N_QUADS) if isinstance(quad.graph_name, NamedNode)
    ]
    found: list[Quad] = []
    for graph in reversed(dict.fromkeys(quad.graph_name for quad in quads)):
        if len(found) >= BATCH:
            break
        found += [quad for quad in quads if quad.graph_name == graph]
    return found


def _own(store: Store, quads: Iterable[Quad]) -> Iterator[Quad]:
    """Leave out what other graphs hold too: it did not come with these."""
    for quad in quads:
        if sum(1 for _ in store.quads_for_pattern(quad.subject, quad.predicate, quad.object)) == 1:
            yield quad


def _megabytes(folder: Path) -> float:
    """Add up the files of a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def main() -> None:
    """Run a task, and tell how much memory it claimed at most."""
    task, *arguments = sys.argv[1:]
    for name, value in TASKS[task](*arguments):
        print(json.dumps({name: value}), flush=True)
    print(json.dumps({PEAK: peak()}), flush=True)


if __name__ == "__main__":
    main()
