"""The data in force, as the handlers of one application ask it: the engine, and what is read once per snapshot.

Both belong to the application (``create_app`` puts them there), so that they are reached from any handler.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Protocol, TypeVar

from flask import current_app

from communique.graph.engine.client import Answer
from communique.graph.engine.protocol import Request
from communique.graph.errors import EngineError
from communique.graph.linking.index import ROOTS, Index
from communique.graph.queries.answers import Run, solve

T = TypeVar("T")

_LOG = logging.getLogger(__name__)
_ATTEMPTS = 3


class _Moved(Exception):
    """Newer data was published between two queries."""


class Engine(Protocol):
    """Whoever asks the query engine for this application: ``graph.engine.client.Client``, or one for many threads."""

    def query(self, request: Request | str) -> Answer:
        """Ask a query, see ``Client.query``."""

    def snapshot(self) -> str:
        """Return the id of the snapshot that would answer now."""

    def close(self) -> None:
        """Hang up."""


def engine() -> Engine:
    """Return the client of the engine that this application answers from."""
    client: Engine = current_app.extensions["client"]
    return client


def run(text: str) -> bytes:
    """Evaluate SPARQL text over the data in force; returns SPARQL JSON."""
    return engine().query(text).body


def read_steadily(make: Callable[[Run, str], T]) -> tuple[T, str]:
    """Call ``make(run, snapshot)`` so that every query it runs is answered from that snapshot; returns its id too.

    ``run`` takes SPARQL text and returns SPARQL JSON. When newer data is published meanwhile, ``make`` starts again.
    """
    client = engine()
    for _ in range(_ATTEMPTS):
        snapshot = client.snapshot()

        def steady(text: str, snapshot: str = snapshot) -> bytes:
            answer = client.query(text)
            if answer.snapshot != snapshot:
                raise _Moved
            return answer.body

        try:
            return make(steady, snapshot), snapshot
        except _Moved:
            continue
    raise EngineError("the data changed again and again while it was read", hint="ask again")


def once(name: str, snapshot: str, make: Callable[[], T]) -> T:
    """Return what ``make`` reads from a snapshot; it is read once and kept until there is a newer one."""
    kept: dict[str, tuple[str, T]] = current_app.extensions["kept"]
    if name not in kept or kept[name][0] != snapshot:
        kept[name] = snapshot, make()
    return kept[name][1]


def names_of(run: Run, snapshot: str) -> Index:
    """Return the index of all names of a snapshot that ``run`` answers from."""

    def read() -> Index:
        start = time.perf_counter()
        index = Index.of(lambda query: solve(run, query), ROOTS)
        _LOG.info("%d names of %s in %.1f s", len(index.entities), snapshot, time.perf_counter() - start)
        return index

    return once("names", snapshot, read)


def current_names() -> Index:
    """Return the index of the names of the data that would answer now."""
    return read_steadily(names_of)[0]
