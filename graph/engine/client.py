"""Ask the query engine: text in, serialised bytes out, over a few connections that are kept open.

``Client`` waits for each answer, for one caller at a time; ``pool.Pool`` asks for many callers at once.
"""

from __future__ import annotations

import contextlib
import select
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from communique.graph import errors
from communique.graph.engine.protocol import AnswerFile, Message, Request, ask, reachable, receive, send
from communique.graph.errors import EngineError, QueryAborted, QueryError, QueryTimeout

# Seconds to wait for a worker, and to wait for an answer beyond the limit that the engine enforces itself.
PATIENCE, GRACE = 10.0, 3.0
# Connections tried for one question, since a worker may leave just when it is asked.
ATTEMPTS = 5

_FAILURES: Mapping[str, type[QueryError]] = MappingProxyType(
    {kind.__name__: kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, QueryError)}
)


@dataclass(frozen=True, slots=True)
class Answer:
    """The whole answer to one query, in ``media_type``, from the snapshot of that id.

    ``rows`` counts all rows of an answer for a page, which has only the first ones: see ``Request.rows``.
    """

    media_type: str
    body: bytes
    snapshot: str
    rows: int | None = None


class Client:
    """A client of one engine. Not to be shared over a fork or by threads: make one in each process."""

    def __init__(self, address: Path) -> None:
        """Prepare to ask the engine that listens at ``address``; connections are made when needed."""
        self._address = address
        self._idle: list[Connection] = []

    def query(self, request: Request | str) -> Answer:
        """Ask a query; a text alone is asked for SPARQL JSON or Turtle over the whole published dataset.

        Raises
        ------
        QueryError : what is wrong with the query; QueryTimeout and QueryAborted when a limit ended it
        EngineError : no engine can be reached, or all its workers are busy
        """
        asked = Request(request) if isinstance(request, str) else request
        for _ in range(ATTEMPTS):
            connection = self._take()
            reply = connection.ask(asked)
            if reply.kind in {"goodbye", "crash"}:
                connection.close()
            else:
                self._idle.append(connection)
            if reply.kind != "goodbye":
                return _read(reply, connection.limit(asked))
        raise being_replaced()

    def snapshot(self) -> str:
        """Return the id of the snapshot that would answer now; EngineError as for ``query``."""
        connection = self._take()
        self._idle.append(connection)
        return connection.snapshot

    def close(self) -> None:
        """Close the connections that are kept open."""
        while self._idle:
            self._idle.pop().close()

    def _take(self) -> Connection:
        """Return a connection whose worker is still there, a new one where none is kept."""
        while self._idle:
            connection = self._idle.pop()
            if connection.is_quiet():
                return connection
            connection.close()
        return Connection(self._address)


class Connection:
    """One connection to one worker, which serves ``snapshot`` for as long as it lives."""

    def __init__(self, address: Path) -> None:
        """Connect and wait for a worker; EngineError when there is none."""
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(PATIENCE)
        try:
            with reachable(address) as path:
                self._socket.connect(path)
            hello = receive(self._socket)
        except (BlockingIOError, TimeoutError) as error:
            self.close()
            raise EngineError("all workers of the query engine are busy", hint="ask again in a moment") from error
        except (EOFError, OSError) as error:
            self.close()
            raise unreachable(address) from error
        self.snapshot = str(hello.parts["snapshot"])
        self._limit = float(hello.parts["seconds"])

    def ask(self, request: Request) -> Message:
        """Ask once and wait for the reply; ``goodbye`` when the worker had left before it read the question."""
        limit = self.limit(request)
        self._socket.settimeout(limit + GRACE)
        start = time.monotonic()
        try:
            with contextlib.suppress(BrokenPipeError):  # a worker that has left said goodbye before
                send(self._socket, ask(request))
            return receive(self._socket)
        except (EOFError, OSError) as error:
            self.close()
            raise explain_end(time.monotonic() - start, limit) from error

    def limit(self, request: Request) -> float:
        """Return the seconds that a request may take."""
        return min(request.seconds or self._limit, self._limit)

    def is_quiet(self) -> bool:
        """Say whether the worker is still there: it speaks unasked, or hangs up, only when it leaves."""
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        return not poll.poll(0)

    def close(self) -> None:
        """Hang up."""
        self._socket.close()


def unreachable(address: Path) -> EngineError:
    """Say that nobody answers at an address."""
    return EngineError(f"no query engine answers at {address.name}", hint="communique serve")


def being_replaced() -> EngineError:
    """Say that each worker left when it was asked."""
    return EngineError("the engine is being replaced again and again", hint="see its log")


def explain_end(seconds: float, limit: float) -> QueryError:
    """Explain an end without a message by the time it took."""
    if seconds >= limit:
        return timed_out(limit)
    return QueryAborted("the process of the query was ended from outside", hint="ask again")


def timed_out(limit: float) -> QueryTimeout:
    """Say which limit ended a query."""
    return QueryTimeout(
        f"no answer within {limit:g} seconds",
        hint="add a triple pattern, a FILTER or a LIMIT, or split the question",
    )


def read_failure(reply: Message, limit: float) -> QueryError:
    """Return the error that a reply reports; ``limit`` is the time that the query had."""
    parts = dict(reply.parts)
    kind, message = _FAILURES[parts.pop("error")], parts.pop("message")
    return timed_out(limit) if kind is QueryTimeout else kind(message, **parts)


def _read(reply: Message, limit: float) -> Answer:
    """Turn a reply into an answer or the error it reports."""
    if reply.kind != "answer":
        raise read_failure(reply, limit)
    body = reply.body.read() if isinstance(reply.body, AnswerFile) else reply.body
    return Answer(body=body, **reply.parts)
