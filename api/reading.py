"""Several queries that must see the same data."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from communique.graph.engine.client import Client
from communique.graph.errors import EngineError

T = TypeVar("T")
Run = Callable[[str], bytes]

_ATTEMPTS = 3


class _Moved(Exception):
    """Newer data was published between two queries."""


def read_steadily(client: Client, make: Callable[[Run, str], T]) -> tuple[T, str]:
    """Call ``make(run, snapshot)`` so that every query it runs is answered from that snapshot; gives its id too.

    ``run`` takes SPARQL text and gives SPARQL JSON. When newer data is published meanwhile, ``make`` starts again.
    """
    for _ in range(_ATTEMPTS):
        snapshot = client.snapshot()
        try:
            return make(_runner(client, snapshot), snapshot), snapshot
        except _Moved:
            continue
    raise EngineError("the data changed again and again while it was read", hint="ask again")


def _runner(client: Client, snapshot: str) -> Run:
    """Make a query function that notices another snapshot."""

    def run(text: str) -> bytes:
        answer = client.query(text)
        if answer.snapshot != snapshot:
            raise _Moved
        return answer.body

    return run
