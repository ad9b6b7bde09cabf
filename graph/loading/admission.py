"""What of a batch is admitted: all of it or nothing, or all documents but those that break a rule."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from pyoxigraph import NamedNode, Store

from communique.graph.errors import ConformanceError, SourceError, SourceErrors
from communique.graph.loading.batch import COMMON, Batch, by_document, document_name, exchange
from communique.graph.loading.progress import Watch
from communique.graph.loading.quarantine import SetAside, blame
from communique.graph.loading.staging import Site, Trial, excerpt
from communique.graph.store.working_copy import Difference
from communique.graph.terms.identifiers import document_of
from communique.graph.validation import Change, ValidationReport
from communique.graph.validation.results import INFO, WARNING, merge


class Gate(Protocol):
    """Judges a store; with numbers of documents, above all these."""

    def __call__(
        self, store: Store, *, documents: Collection[str] | None = None, change: Change | None = None
    ) -> ValidationReport:
        """Give the report; of a change what is new."""


@dataclass(frozen=True, slots=True)
class Policy:
    """How a batch is judged.

    Attributes
    ----------
    gate : what judges
    quarantine : admit the other documents when some break a rule
    whole : judge the whole graph, not above all the documents of the batch
    watch : is told of the stages
    """

    gate: Gate
    quarantine: bool
    whole: bool
    watch: Watch


@dataclass(frozen=True, slots=True)
class Admission:
    """What the gate says of the graph with what was admitted, and what was not."""

    report: ValidationReport
    aside: SetAside


def admit(site: Site, batch: Batch, policy: Policy) -> Admission:
    """Bring a batch into a site, as far as the policy admits it.

    Raises
    ------
    SourceError : an input cannot be read, and there is no quarantine
    ConformanceError : a rule would be violated, and there is no quarantine or nothing left to put there
    """
    if batch.faults and not policy.quarantine:
        raise refusal(batch)
    left, found, evidence = set(batch.documents), [ValidationReport()], Store()
    change = exchange(site.store, batch.store)
    site.apply(change)
    while not (report := _judge(site, left, policy)).is_admissible:
        guilty = blame(report, site.store, left) if policy.quarantine else set()
        trial = Trial(excerpt(site.store, report), report)
        if not guilty:
            raise ConformanceError("the graph would violate its rules; nothing was changed", trial)
        evidence.extend(trial.store)
        found.append(_violations(report))
        left -= guilty
        for document in guilty:
            batch.withdraw(document)
            site.apply(_undo(document, batch, change))
    return Admission(report, SetAside(sorted(set(batch.documents) - left), batch.faults, merge(found), evidence))


def refusal(batch: Batch) -> SourceError:
    """Make the error that ends a load of which something cannot be read."""
    faults: Sequence[SourceError] = [reading.fault for reading in batch.faults if reading.fault]
    if len(faults) == 1:
        return faults[0]
    message = f"{len(faults)} of {len(batch.readings)} files cannot be read; nothing was changed"
    return SourceErrors(message, faults, hint="mend them, or admit the others: --on-violation quarantine")


def _judge(site: Site, documents: Collection[str], policy: Policy) -> ValidationReport:
    """Build the derived graph anew and let the gate judge."""
    policy.watch("derive", 0, 0)
    site.derive()
    policy.watch("validate", 0, 0)
    numbers = sorted(name for name in documents if "://" not in name)
    return policy.gate(site.store, documents=None if policy.whole else numbers, change=site.change)


def _undo(document: str, batch: Batch, change: Difference) -> Difference:
    """Tell how to take a document out again and bring back what it replaced."""
    graphs = {part.value for part in batch.documents[document] if isinstance(part, NamedNode)}
    commons = [quad for quad in change.removed if quad.graph_name in COMMON]
    back = [quad for name, quad in by_document(commons, graphs) if name == document]
    back += [quad for quad in change.removed if quad.graph_name not in COMMON and _is_of(quad.graph_name, document)]
    return Difference([quad for quad in batch.quads_of(document) if quad not in change.kept], back)


def _is_of(graph: object, document: str) -> bool:
    """Tell whether a graph belongs to a document."""
    return isinstance(graph, NamedNode) and document in {document_of(graph), document_name(graph)}


def _violations(report: ValidationReport) -> ValidationReport:
    """Keep what stands in the way."""
    kept = tuple(result for result in report.results if result.severity not in {WARNING, INFO})
    return ValidationReport(kept, report.focus_counts)
