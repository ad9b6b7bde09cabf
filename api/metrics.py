"""What is counted for Prometheus, in every process of the service; ``exposition`` adds it up and answers.

``counting`` prepares this process and those that it starts; each of them then counts into files of its own (the
multi-process form of prometheus_client). Where nothing was prepared, counting does nothing. Each metric is described in
``docs/deploy/monitoring.md``.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from communique.api.log import RequestOutcome, RequestRecord
from communique.graph.settings import Settings

if TYPE_CHECKING:
    from prometheus_client import Counter, Gauge, Histogram

# prometheus_client reads it when it is imported, which therefore happens late.
_FOLDER = "PROMETHEUS_MULTIPROC_DIR"

# Upper bounds in seconds: a look-up takes milliseconds, and no query lasts longer than the time limit.
_QUERY = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 60)
_WAIT = (0.001, 0.01, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
# With these ends of a query its worker ends, too.
_ENDED = {RequestOutcome.TIMEOUT, RequestOutcome.ABORTED, RequestOutcome.GONE}
_METHODS = {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"}


@dataclass(frozen=True, slots=True)
class Instruments:
    """What one process counts into."""

    queries: Histogram
    requests: Counter
    bytes: Counter
    length: Gauge
    wait: Histogram
    refused: Counter
    ended: Counter
    restarts: Counter

    @classmethod
    def make(cls) -> Instruments:
        """Make those of this process, and of those that are forked from it."""
        from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

        registry = CollectorRegistry()
        return cls(
            queries=Histogram(
                "communique_query_seconds",
                "Time from a request with a query to the end of its answer.",
                ("form", "lane", "outcome"),
                buckets=_QUERY,
                registry=registry,
            ),
            requests=Counter("communique_requests", "Requests.", ("route", "method", "status"), registry=registry),
            bytes=Counter(
                "communique_response_bytes", "Bytes of bodies of answers, as sent.", ("route",), registry=registry
            ),
            length=Gauge(
                "communique_queue_length",
                "Requests that wait for an engine worker.",
                registry=registry,
                multiprocess_mode="livesum",
            ),
            wait=Histogram(
                "communique_queue_wait_seconds", "Time in the queue.", ("lane",), buckets=_WAIT, registry=registry
            ),
            refused=Counter(
                "communique_refused", "Requests refused before work began.", ("reason",), registry=registry
            ),
            ended=Counter(
                "communique_workers_ended", "Queries ended, and their workers.", ("reason",), registry=registry
            ),
            restarts=Counter("communique_engine_restarts", "Starts of the engine after its first.", registry=registry),
        )


@cache
def _instruments() -> Instruments | None:
    return Instruments.make() if _FOLDER in os.environ else None


def observe(record: RequestRecord) -> None:
    """Count a request that has ended; may be called in any thread."""
    if (instruments := _instruments()) is None:
        return
    method = record.method if record.method in _METHODS else "other"
    instruments.requests.labels(record.route, method, str(record.status)).inc()
    instruments.bytes.labels(record.route).inc(record.bytes)
    if record.outcome is RequestOutcome.REFUSED:
        instruments.refused.labels(record.reason).inc()
        return
    if record.query and record.outcome in _ENDED:
        instruments.ended.labels(record.reason or record.outcome.value).inc()
    if record.lane:
        instruments.wait.labels(record.lane).observe(record.waited)
    if record.query:
        instruments.queries.labels(record.form, record.lane, record.outcome.value).observe(record.seconds)


def set_queue_length(length: int) -> None:
    """Tell how many requests wait in this process; the lengths of all processes are added up."""
    if instruments := _instruments():
        instruments.length.set(length)


def count_engine_restart() -> None:
    """Count a start of the engine in the place of one that ended."""
    if instruments := _instruments():
        instruments.restarts.inc()


@contextmanager
def counting(settings: Settings) -> Iterator[Path | None]:
    """Let this process, and those that it starts within the block, count; yields the folder of the counts.

    Nothing is counted, and None yielded, when ``settings.metrics_port`` is 0. To be entered before any process of the
    service is started, in the process that starts them all.
    """
    if not settings.metrics_port:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="communique-metrics-", ignore_cleanup_errors=True) as folder:
        os.environ[_FOLDER] = folder
        _instruments.cache_clear()
        try:
            yield Path(folder)
        finally:
            del os.environ[_FOLDER]
            _instruments.cache_clear()
