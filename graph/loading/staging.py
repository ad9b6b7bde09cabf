"""Staging: a change is tried in memory beside the working copy, or on the copy itself, and judged by the gate."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Protocol

from pyoxigraph import NamedNode, Quad, Store

from communique.graph.errors import ConformanceError, SourceErrors
from communique.graph.loading.batch import Batch
from communique.graph.loading.progress import Watch
from communique.graph.loading.quarantine import Quarantined, documents_at_fault
from communique.graph.store.changes import Change
from communique.graph.store.working_copy import WorkingCopy
from communique.graph.terms.identifiers import DERIVED, document_of
from communique.graph.validation import ValidationReport
from communique.graph.validation.derivation import Upkeep, rebuild
from communique.graph.validation.results import INFO, WARNING, merge

# Beyond this many quads, a batch of less than this share is tried on disk: the graph is not loaded for its sake.
_LARGE, _SMALL = 200_000, 0.02
# A batch of less than this share of the graph is judged by what it may concern.
_PART = 0.1


class Gate(Protocol):
    """Judges a store; with numbers of documents, above all these."""

    def __call__(
        self, store: Store, *, documents: Collection[str] | None = None, change: Change | None = None
    ) -> ValidationReport:
        """Return the report; with a change, what is new in it."""


@dataclass(frozen=True, slots=True)
class Policy:
    """How a batch is judged.

    Attributes
    ----------
    gate : judges the graph
    quarantine : admit the other documents when some cannot be read or break a rule
    whole : judge the whole graph, not above all the documents of the batch
    watch : is called with each stage
    """

    gate: Gate
    quarantine: bool
    whole: bool
    watch: Watch


@dataclass(frozen=True, slots=True)
class Judged:
    """A graph as it is, or as it would be after a change, and the report on it.

    Of a large graph that would violate the rules, ``store`` holds only what the report speaks of.
    """

    store: Store
    report: ValidationReport


@dataclass(frozen=True, slots=True)
class Admitted:
    """The report on the graph with what was admitted, and what was not."""

    report: ValidationReport
    quarantined: Quarantined


class Staging:
    """Where a change is tried: it goes to the working copy, and to a copy in memory if there is one.

    With ``is_partial`` the derived graph is kept up to date instead of being rebuilt, and the change is remembered for
    a gate that looks only there.
    """

    def __init__(self, memory: Store | None, copy: WorkingCopy | None, *, is_partial: bool = False) -> None:
        """Take a store in memory, a working copy, or both; what shall not reach the disk has no working copy."""
        self._memory, self._copy = memory, copy
        self._upkeep = Upkeep() if is_partial else None
        self._change = Change()

    @classmethod
    def choose(cls, copy: WorkingCopy, batch: int, policy: Policy, incremental: bool) -> Staging:
        """Stage a batch of so many quads where it costs least.

        In memory, unless it is small beside a large graph; with everything looked at, unless it is but a part of the
        graph and ``incremental`` allows to look at what it concerns.
        """
        is_partial = incremental and not policy.whole and is_part(copy.quads, batch)
        if is_partial and fits_on_disk(copy.quads, batch):
            return cls(None, copy, is_partial=True)
        return cls(copy.base.load() if copy.base else Store(), copy, is_partial=is_partial)

    @property
    def store(self) -> Store:
        """Return the graph as it stands; drop every reference to it before the working copy is published."""
        if self._memory is not None:
            return self._memory
        assert self._copy is not None
        return self._copy.store

    @property
    def change(self) -> Change | None:
        """Return what came and went so far, with what was derived; None where everything has to be looked at."""
        return None if self._upkeep is None else self._change

    def apply(self, change: Change) -> None:
        """Carry out a change."""
        if self._upkeep is not None:
            self._upkeep.note(self.store, [*change.added, *change.removed])
        self._carry_out(change)

    def derive(self) -> None:
        """Bring the derived graph up to date; only what differs reaches the working copy."""
        if self._upkeep is not None:
            for change in self._upkeep.renew(self.store):
                self._carry_out(change)
            return
        before = set(self.store.quads_for_pattern(None, None, None, DERIVED))
        rebuild(self.store)
        kept = {quad for quad in before if quad in self.store}
        if self._copy is not None:
            derived = self.store.quads_for_pattern(None, None, None, DERIVED)
            self._copy.apply(Change(before - kept, (quad for quad in derived if quad not in kept), kept))

    def _carry_out(self, change: Change) -> None:
        if self._upkeep is not None:
            self._change = self._change.then(change)
        if self._copy is not None:
            self._copy.apply(change)
        if self._memory is not None:
            for quad in change.removed:
                self._memory.remove(quad)
            self._memory = _joined(self._memory, change.added)


def admit(staging: Staging, batch: Batch, policy: Policy) -> Admitted:
    """Bring a batch into the staged graph, as far as the policy admits it.

    The batch replaces what it holds anew, the derived graph follows, and the gate judges. As long as it finds
    violations, the documents at fault are taken out again.

    Raises
    ------
    SourceError : an input cannot be read, and there is no quarantine
    ConformanceError : a rule would be violated, and there is no quarantine or no document is left to put there; carries
        a ``Judged``
    """
    if batch.faults and not policy.quarantine:
        faults = [reading.fault for reading in batch.faults if reading.fault]
        message = f"{len(faults)} of {len(batch.readings)} files cannot be read; nothing was changed"
        hint = "correct them, or admit the others: --on-violation quarantine"
        raise faults[0] if len(faults) == 1 else SourceErrors(message, faults, hint=hint)
    admitted, violations, evidence = set(batch.documents), [ValidationReport()], Store()
    replacement = batch.replacement(staging.store)
    staging.apply(replacement)
    while True:
        policy.watch("derive", 0, 0)
        staging.derive()
        policy.watch("validate", 0, 0)
        numbers = None if policy.whole else [name for name in batch.numbers if name in admitted]
        report = policy.gate(staging.store, documents=numbers, change=staging.change)
        if report.is_admissible:
            left_out = Quarantined(sorted(set(batch.documents) - admitted), batch.faults, merge(violations), evidence)
            return Admitted(report, left_out)
        at_fault = documents_at_fault(report, staging.store, admitted) if policy.quarantine else set()
        judged = Judged(excerpt(staging.store, report), report)
        if not at_fault:
            raise ConformanceError("the graph would violate its rules; nothing was changed", judged)
        evidence.extend(judged.store)
        found = tuple(result for result in report.results if result.severity not in {WARNING, INFO})
        violations.append(ValidationReport(found, report.focus_counts))
        admitted -= at_fault
        for document in at_fault:
            staging.apply(batch.withdraw(document, replacement))


def try_change(staging: Staging, change: Change, policy: Policy) -> ValidationReport:
    """Bring a change into the staged graph and judge it; ConformanceError, with a ``Judged``, when it is refused."""
    concerned = {quad.graph_name for quad in [*change.removed, *change.added]}
    staging.apply(change)
    policy.watch("derive", 0, 0)
    staging.derive()
    policy.watch("validate", 0, 0)
    numbers = sorted(filter(None, map(document_of, concerned)))
    report = policy.gate(staging.store, documents=numbers, change=staging.change)
    if not report.is_admissible:
        judged = Judged(excerpt(staging.store, report), report)
        raise ConformanceError("the graph would violate its rules; nothing was changed", judged)
    return report


def fits_on_disk(quads: int, batch: int) -> bool:
    """Say whether a batch is so small beside so large a graph that it is tried on disk."""
    return quads > _LARGE and batch < _SMALL * quads


def is_part(quads: int, batch: int) -> bool:
    """Say whether a batch is so small a part of a graph that it is faster to look only at what it may concern."""
    return batch < _PART * quads


def excerpt(store: Store, report: ValidationReport) -> Store:
    """Copy what the explanation of a report needs: its nodes, and the nodes that these lead to in two steps."""
    nodes = {node for result in report.results for node in (result.focus, result.value) if isinstance(node, NamedNode)}
    copy = Store()
    for _ in range(3):
        quads = {quad for node in nodes for quad in store.quads_for_pattern(node, None, None, None)}
        copy.extend(quads)
        nodes = {quad.object for quad in quads if isinstance(quad.object, NamedNode)} - nodes
    return copy


def _joined(one: Store, other: Iterable[Quad]) -> Store:
    """Add quads to a store; of two stores the smaller is added to the larger, so that no large one is copied."""
    if isinstance(other, Store) and len(other) > len(one):
        one, other = other, one
    one.extend(other)
    return one
