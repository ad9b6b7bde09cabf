"""Validation by compiled queries and by pySHACL, in full and of one batch, on graphs of the project's own terms."""

from __future__ import annotations

import time
from collections.abc import Iterable
from functools import partial

from pyoxigraph import Quad, Store

from bench.generate import generate
from bench.machine import interleave, table
from communique.graph.validation import oracle
from communique.graph.validation.catalogue import shapes
from communique.graph.validation.compiled import Plan, compile_shapes
from communique.graph.validation.results import ValidationReport
from communique.graph.validation.view import View
from communique.graph.vocabulary import ontology_quads

SIZES = (10_000, 100_000)
# Beyond this, pySHACL needs many minutes.
LARGEST_FOR_PYSHACL = 10_000
_BATCH = 10
_REPETITIONS = 3


def main() -> None:
    """Print times for each size; stop where the engines disagree."""
    plan = compile_shapes(shapes())
    rows = [_measure(plan, size) for size in SIZES]
    print(f"{len(plan.shapes)} shapes with targets, {len(plan.checks)} queries; the union of all graphs, in memory\n")
    print(f"A batch is the {_BATCH} last documents, added to the rest. Medians of {_REPETITIONS} runs; pySHACL once.\n")
    columns = ("quads", "results", "queries s", "pySHACL s", "ratio", "batch quads", "focus nodes", "find them s")
    print(table((*columns, "validate them s"), rows))


def _measure(plan: Plan, size: int) -> tuple[object, ...]:
    """Make one row of the table."""
    quads = list(generate(size))
    store = Store()
    store.extend(ontology_quads())
    store.bulk_extend(quads)
    run = View(store).select
    report = plan.validate(run)
    (full,) = interleave([partial(plan.validate, run)], _REPETITIONS)
    slow = _pyshacl(store, report) if size <= LARGEST_FOR_PYSHACL else None
    batch = _last(quads)
    focus = plan.affected(batch, [], run)
    find, check = interleave(
        [partial(plan.affected, batch, [], run), partial(plan.validate, run, focus=focus)], _REPETITIONS
    )
    times = (full / 1e3, slow or "", slow / full * 1e3 if slow else "")
    return (len(quads), len(report.results), *times, len(batch), len(focus), find / 1e3, check / 1e3)


def _pyshacl(store: Store, report: ValidationReport) -> float:
    """Time pySHACL once, in seconds, and compare its findings."""
    start = time.perf_counter()
    other = oracle.validate_view(View(store), shapes())
    elapsed = time.perf_counter() - start
    ours, theirs = ({(item.focus, item.component, item.shape) for item in each.results} for each in (report, other))
    if ours != theirs:
        raise SystemExit(f"the engines disagree: {ours ^ theirs}")
    return elapsed


def _last(quads: Iterable[Quad]) -> list[Quad]:
    """Give the quads of the last documents, without those that other documents hold too."""
    graphs = list(dict.fromkeys(quad.graph_name for quad in quads))
    last = set(graphs[-_BATCH:])
    before = {quad.triple for quad in quads if quad.graph_name not in last}
    return [quad for quad in quads if quad.graph_name in last and quad.triple not in before]
