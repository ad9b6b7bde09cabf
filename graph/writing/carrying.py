"""Carry out one order: body → change → gate → snapshot, and the result into the folder of the job."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pyoxigraph import DefaultGraph, NamedNode, Store

from communique.graph.engine import guard
from communique.graph.errors import (
    CommuniqueError,
    ConformanceError,
    InvalidParameter,
    ShapesError,
    SourceError,
    StaleVersion,
    StoreError,
    UnknownGraph,
)
from communique.graph.jobs.job import (
    DELETE,
    FAILED,
    PATCH,
    PUBLISHED,
    PUT,
    REFUSED,
    UNCHANGED,
    UPDATE,
    Job,
    JobResult,
    Order,
    describe_error,
)
from communique.graph.jobs.queue import now
from communique.graph.loading import pipeline
from communique.graph.loading.amendment import Amendment
from communique.graph.loading.pipeline import Options
from communique.graph.settings import Settings
from communique.graph.sources.inputs import digest
from communique.graph.store import journal
from communique.graph.store.changes import Change
from communique.graph.store.journal import LoadedSource
from communique.graph.store.working_copy import WorkingCopy
from communique.graph.validation import ValidationReport
from communique.graph.validation.report import to_turtle
from communique.graph.validation.results import INFO, WARNING
from communique.graph.writing import graphs, operations, protection, updates
from communique.graph.writing.protection import Rules


def carry_out(settings: Settings, job: Job, rules: Rules, on_publish: Callable[[], None]) -> None:
    """Do what the order of a job asks for and write down what came of it; ``on_publish`` is called before it counts."""
    order = job.order
    found: dict[str, Any] = {}

    def compute(copy: WorkingCopy) -> Change:
        change = _compute(copy, order, job.bodies, rules, settings.query_characters)
        if rules.is_guarded:
            concerned = {quad.graph_name for quad in [*change.removed, *change.added]}
            protection.check(concerned, order.patterns, copy.store)
        found["added"], found["removed"] = len(list(change.added)), len(list(change.removed))
        found["is_created"] = bool(order.graph) and order.graph not in copy.graphs
        return change

    def watch(stage: str, _done: int, _total: int) -> None:
        if stage == "publish":
            on_publish()

    sources = tuple(LoadedSource(_name(order), digest(body), 0) for body in job.bodies)
    amendment = Amendment(job.id, order.kind, compute, sources)
    options = Options(wait=settings.write_seconds, watch=watch, gate=rules.gate)
    try:
        outcome = pipeline.amend(replace(settings, agent=order.agent), amendment, options)
    except ConformanceError as error:
        report = error.judged.report
        job.report.write_text(to_turtle(report), encoding="utf-8")
        told = describe_error(error) | {"message": f"{error.message}: {_first_violation(report)}"}
        job.end(JobResult(REFUSED, "", now(), findings=len(report.results), error=told, **found))
    except CommuniqueError as error:
        state = FAILED if isinstance(error, StoreError | ShapesError) else REFUSED
        job.end(JobResult(state, "", now(), error=describe_error(_without_path(error)), **found))
    else:
        state = UNCHANGED if outcome.activity.outcome == journal.UNCHANGED else PUBLISHED
        findings = len(outcome.report.results)
        job.end(JobResult(state, outcome.snapshot.id, now(), findings=findings, **found))


def _compute(copy: WorkingCopy, order: Order, bodies: Sequence[Path], rules: Rules, longest: int) -> Change:
    """Compute the change that an order asks for; raises what forbids it."""
    in_force = copy.base.id if copy.base else ""
    if order.versions is not None and in_force not in order.versions:
        message = f"the data in force is version {in_force}"
        hint = "read them again, decide again, and send the new version in If-Match"
        raise StaleVersion(message, expected=f"one of {', '.join(order.versions) or 'none'}", hint=hint)
    if order.kind == UPDATE:
        return updates.compute(_loaded(copy), _text(bodies[0], longest), order, rules.is_guarded)
    graph = _graph(order)
    if rules.is_guarded:
        protection.check([graph], order.patterns, copy.store)
    exists = copy.graphs[order.graph] > 0
    if order.is_new and exists:
        raise StaleVersion(f"{order.graph} exists already", expected="If-None-Match: * wants a new graph")
    if order.is_known and not exists:
        raise StaleVersion(f"there is no graph {order.graph}", expected="If-Match: * wants one that exists")
    if order.kind in {DELETE, PATCH} and not exists and isinstance(graph, NamedNode):
        raise UnknownGraph(f"there is no graph {order.graph}", hint="PUT makes one")
    if order.kind == DELETE:
        return Change(list(copy.store.quads_for_pattern(None, None, None, graph)), [])
    if order.kind == PATCH:
        return updates.compute_in_graph(copy.store, _text(bodies[0], longest), graph)
    quads = graphs.read_bodies(bodies, order.media_types, graph)
    compute = graphs.replacement if order.kind == PUT else graphs.addition
    return compute(copy.store, graph, quads)


def _text(body: Path, longest: int) -> str:
    """Read an update; raises what is never carried out."""
    try:
        text = body.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InvalidParameter(f"the update is not UTF-8: {error}", expected="UTF-8") from error
    operations.check(text, longest)
    guard.refuse_service(text)
    return text


def _loaded(copy: WorkingCopy) -> Store:
    return copy.base.load() if copy.base else Store()


def _graph(order: Order) -> NamedNode | DefaultGraph:
    try:
        return NamedNode(order.graph) if order.graph else DefaultGraph()
    except ValueError as error:
        raise InvalidParameter(f"not a graph IRI: {error}", expected="an absolute IRI") from error


def _name(order: Order) -> str:
    return f"{order.kind} {order.graph}".strip()


def _first_violation(report: ValidationReport) -> str:
    """Name one violation, and say how many there are."""
    violations = [result for result in report.results if result.severity not in {WARNING, INFO}]
    first = violations[0]
    count = "a violation" if len(violations) == 1 else f"{len(violations)} violations, one of them"
    return f"{count} about {first.focus}: {first.message}"


def _without_path(error: CommuniqueError) -> CommuniqueError:
    """Word a fault of a body without the name of the file in which it lies here."""
    if not isinstance(error, SourceError):
        return error
    first = error.faults[0]
    place = f"line {first.line}, column {first.column}: " if first.line and first.column else ""
    more = f" (and {len(error.faults) - 1} more)" if len(error.faults) > 1 else ""
    worded = SourceError(f"{place}{first.found}{more}", expected=first.expected, hint=first.hint)
    worded.line, worded.column = first.line, first.column
    return worded
