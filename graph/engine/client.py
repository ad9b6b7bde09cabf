"""Ask the query engine: text in, serialised bytes out, over a few connections that are kept open."""

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
from communique.graph.engine.protocol import Message, Request, ask, reachable, receive, send
from communique.graph.errors import EngineError, QueryAborted, QueryError, QueryTimeout

# Seconds to wait for a worker, and to wait for an answer beyond the limit that the engine enforces itself.
PATIENCE, GRACE = 10.0, 3.0

_FAILURES: Mapping[str, type[QueryError]] = MappingProxyType(
    {kind.__name__: kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, QueryError)}
)
_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Answer:
    """The whole answer to one query, in ``media_type``, from the snapshot of that id."""

    media_type: str
    body: bytes
    snapshot: str


class Client:
    """A client of one engine. Not to be shared over a fork: make one in each process."""

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
        question = ask(Request(request) if isinstance(request, str) else request)
        for _ in range(_ATTEMPTS):
            connection = self._take()
            reply = connection.ask(question)
            if reply.kind in {"goodbye", "crash"}:
                connection.close()
            else:
                self._idle.append(connection)
            if reply.kind != "goodbye":
                return _read(reply)
        raise EngineError("the engine is being replaced again and again", hint="see its log")

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
            raise EngineError(f"no query engine answers at {address}", hint="communique serve") from error
        self.snapshot = str(hello.parts["snapshot"])
        self._limit = float(hello.parts["seconds"])

    def ask(self, question: Message) -> Message:
        """Ask once and wait for the reply; ``goodbye`` when the worker had left before it read the question."""
        self._socket.settimeout(self._limit + GRACE)
        start = time.monotonic()
        try:
            with contextlib.suppress(BrokenPipeError):  # a worker that has left said goodbye before
                send(self._socket, question)
            return receive(self._socket)
        except (EOFError, OSError) as error:
            self.close()
            raise self._explain(time.monotonic() - start) from error

    def is_quiet(self) -> bool:
        """Say whether the worker is still there: it speaks unasked, or hangs up, only when it leaves."""
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        return not poll.poll(0)

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def _explain(self, seconds: float) -> QueryError:
        """Explain an end without a message by the time it took."""
        if seconds >= self._limit:
            return QueryTimeout(f"no answer within {self._limit:g} seconds", hint="ask for less at a time")
        return QueryAborted("the process of the query was ended from outside", hint="ask again")


def _read(reply: Message) -> Answer:
    """Turn a reply into an answer or the error it reports."""
    if reply.kind == "answer":
        return Answer(body=reply.body, **reply.parts)
    parts = dict(reply.parts)
    kind, message = _FAILURES[parts.pop("error")], parts.pop("message")
    raise kind(message, **parts)
