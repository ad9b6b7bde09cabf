"""An activity under way, and the account of it: what was read, where it went, what the journal will say."""

from __future__ import annotations

import getpass
import hashlib
import secrets
from collections import Counter
from datetime import UTC, datetime
from typing import cast

from pyoxigraph import NamedNode, QuerySolutions, Store

from communique.graph.errors import StoreError
from communique.graph.loading.admission import Admission
from communique.graph.loading.batch import COMMON, Batch, Reading
from communique.graph.mapping.tables import Account
from communique.graph.settings import Settings
from communique.graph.store.records import PUBLISHED, REFUSED, UNCHANGED, Origin, Record
from communique.graph.store.working_copy import Draft
from communique.graph.validation import ValidationReport
from communique.graph.validation.report import to_turtle


class Activity:
    """A build, a load or a rollback that has begun."""

    def __init__(self, settings: Settings, kind: str, previous: str | None) -> None:
        """Begin now; ``previous`` is the id in force."""
        self.kind, self.previous = kind, previous or ""
        self.agent = settings.agent or login()
        self.started = datetime.now(UTC)
        self.id = f"{self.started:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"

    def point(self, snapshot: str) -> Record:
        """Record that the pointer moves to another snapshot."""
        return self._record(PUBLISHED if snapshot != self.previous else UNCHANGED, snapshot)

    def refuse(self, batch: Batch, report: ValidationReport | None) -> Record:
        """Record that nothing of a batch was admitted."""
        return self._record(REFUSED, self.previous, batch, report)

    def admit(self, batch: Batch, admission: Admission, draft: Draft) -> Record:
        """Record what was admitted and what set aside; StoreError when the counts of quads do not add up."""
        outcome = PUBLISHED if draft.id != self.previous else UNCHANGED
        aside = sum(quad not in batch.added for name in admission.aside.documents for quad in batch.quads_of(name))
        committed = batch.size - aside
        _check_count(batch, admission, draft)
        folder = f"quarantine/{self.id}" if admission.aside else ""
        return self._record(
            outcome, draft.id, batch, admission.report, committed=committed, quarantined=aside, quarantine=folder
        )

    def _record(
        self,
        outcome: str,
        snapshot: str,
        batch: Batch | None = None,
        report: ValidationReport | None = None,
        **account: int | str,
    ) -> Record:
        """Write down what is known by now."""
        return Record(
            id=self.id,
            kind=self.kind,
            agent=self.agent,
            started=self.started,
            ended=datetime.now(UTC),
            outcome=outcome,
            snapshot=snapshot,
            previous=self.previous,
            sources=_origins(batch) if batch else (),
            read=batch.size if batch else 0,
            passed_over=sum(reading.passed_over for reading in batch.readings) if batch else 0,
            report_digest=hashlib.sha256(to_turtle(report).encode()).hexdigest() if report else "",
            **account,  # type: ignore[arg-type]
        )


def _check_count(batch: Batch, admission: Admission, draft: Draft) -> None:
    """Hold the graphs of the admitted documents in the draft against the batch: nothing may have been lost."""
    found, kept = _counts(batch.store), draft.graphs
    for document in set(batch.documents).difference(admission.aside.documents):
        for graph in batch.documents[document]:
            if isinstance(graph, NamedNode) and graph not in COMMON:
                read, stored = found[graph.value], kept[graph.value]
                if read != stored:
                    message = f"{graph.value}: {read} quads were read, but {stored} would be stored"
                    raise StoreError(message, hint="report this as a fault of the product; nothing was changed")


def _counts(store: Store) -> Counter[str]:
    """Count the quads of each named graph."""
    rows = store.query("SELECT ?graph (COUNT(*) AS ?quads) WHERE { GRAPH ?graph { ?s ?p ?o } } GROUP BY ?graph")
    return Counter({row["graph"].value: int(row["quads"].value) for row in cast(QuerySolutions, rows)})


def _origins(batch: Batch) -> tuple[Origin, ...]:
    """Name the sources of a batch with their digests."""
    return tuple(map(_origin, batch.readings))


def _origin(reading: Reading) -> Origin:
    """Name one source."""
    source, account = reading.source, reading.harvest.account if reading.harvest else Account()
    fault = str(reading.fault or "")
    rows = account.read, account.mapped, account.rejected
    return Origin(source.name, source.digest, reading.statements, fault, *rows)


def login() -> str:
    """Give the login name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
