"""One request from its beginning to its end: who asks, what was asked of the engine for it, and how that ended."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from communique.api.front.outgoing import Outgoing
from communique.api.log import RequestOutcome, RequestRecord, new_id
from communique.graph.engine.pool import LONG, Pool, PoolAnswer
from communique.graph.engine.protocol import Request
from communique.graph.errors import (
    CommuniqueError,
    EngineBusy,
    EngineError,
    QueryAborted,
    QuerySecondsSpent,
    QueryTimeout,
)

_OUTCOMES: dict[type[CommuniqueError], tuple[RequestOutcome, str]] = {
    EngineBusy: (RequestOutcome.REFUSED, "queue"),
    QuerySecondsSpent: (RequestOutcome.REFUSED, "budget"),
    QueryTimeout: (RequestOutcome.TIMEOUT, "time"),
    QueryAborted: (RequestOutcome.ABORTED, "limit"),
    EngineError: (RequestOutcome.FAILED, "engine"),
}
# The first of these words outside of an IRI; good enough for a statistic.
_FORM = re.compile(r"<[^>]*>|#[^\n]*|\b(SELECT|ASK|CONSTRUCT|DESCRIBE)\b", re.IGNORECASE)
# Status of a client that left, in the log alone.
_LEFT = 0


@dataclass(slots=True)
class Asker:
    """A request, as the log and the budget see it.

    Attributes
    ----------
    client, method : who asks, and how
    id : of this request, in its response, in problems and in the log
    route : the rule that answers it, once that is known
    pending : queries in other threads, and whatever else ends with it
    has_left : whether the client has hung up
    asked, answer, error : the last query for it, its answer, or what went wrong
    """

    client: str
    method: str
    id: str = field(default_factory=new_id)
    started: float = field(default_factory=time.monotonic)
    route: str = ""
    pending: set[Future[Any]] = field(default_factory=set)
    has_left: bool = False
    asked: str = ""
    answer: PoolAnswer | None = None
    error: CommuniqueError | None = None

    def leave(self) -> None:
        """End the queries that are being evaluated, and refuse more."""
        self.has_left = True
        for future in tuple(self.pending):
            future.cancel()

    @contextmanager
    def ending(self, end: Callable[[], None]) -> Iterator[None]:
        """Call ``end``, in another thread, when the client leaves during the block."""
        future: Future[Any] = Future()
        future.add_done_callback(lambda _: end())
        self.pending.add(future)
        try:
            if self.has_left:
                future.cancel()
            yield
        finally:
            self.pending.discard(future)

    def record(self, response: Outgoing | None) -> RequestRecord:
        """Describe the request when it has ended, without a response when its client left."""
        outcome, reason = self._outcome(response)
        found = self.answer
        form = next((match[1].upper() for match in _FORM.finditer(self.asked) if match[1]), "")
        return RequestRecord(
            id=self.id,
            method=self.method,
            route=self.route,
            status=response.status if response else _LEFT,
            outcome=outcome,
            seconds=time.monotonic() - self.started,
            waited=found.waited if found else 0.0,
            bytes=response.size if response else 0,
            rows=found.rows if found else None,
            query=self.asked,
            form=form,
            lane=("long" if found.seconds > LONG else "short") if found else "",
            snapshot=found.snapshot if found else "",
            client=self.client,
            reason=reason,
        )

    def _outcome(self, response: Outgoing | None) -> tuple[RequestOutcome, str]:
        """Say how it ended."""
        if response is None:
            return RequestOutcome.GONE, ""
        if response.status < 400:
            return RequestOutcome.ANSWERED, ""
        for kind in type(self.error).__mro__ if self.error else ():
            if kind in _OUTCOMES:
                return _OUTCOMES[kind]
        return (RequestOutcome.REJECTED if response.status < 500 else RequestOutcome.FAILED), ""


async def ask(pool: Pool, request: Request, asker: Asker) -> PoolAnswer:
    """Ask a query for a request, which remembers it; errors as ``Pool.query``."""
    asker.asked, asker.answer, asker.error = request.text, None, None
    try:
        asker.answer = await pool.query(request, asker.client)
    except CommuniqueError as error:
        asker.error = error
        raise
    return asker.answer
