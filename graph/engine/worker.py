"""One connection, served by a process of its own until either side leaves."""

from __future__ import annotations

import select
import socket
from dataclasses import dataclass

from communique.graph.engine import confinement, guard
from communique.graph.engine.evaluation import evaluate
from communique.graph.engine.protocol import Message, Request, read_request, receive, send
from communique.graph.errors import QueryAborted, QueryError
from communique.graph.settings import Settings
from communique.graph.store.merged import MergedDataset

# An unused connection gives its place to others after this many seconds.
_PATIENCE = 5.0


@dataclass(frozen=True, slots=True)
class ServedSnapshot:
    """What a generation serves: the data, and the id of their snapshot."""

    dataset: MergedDataset
    snapshot: str


def work(connection: socket.socket, served: ServedSnapshot, settings: Settings, parent: int) -> None:
    """Answer queries one after another; return when the client leaves.

    Leave with a ``goodbye`` when the pipe ``parent`` ends (newer data is served elsewhere), when nothing is asked for a
    while, and when a query has left so much memory in use that the next would have too little.
    """
    start = confinement.limit_memory(settings.query_megabytes)
    spare = settings.query_megabytes << 20
    try:
        send(connection, Message("hello", {"snapshot": served.snapshot, "seconds": settings.query_seconds}))
        while confinement.address_space() < start + spare // 2 and _is_asked(connection, parent):
            request = read_request(receive(connection))
            confinement.start_clock(settings.query_seconds)
            reply = answer(served, request, settings.query_characters)
            confinement.stop_clock()
            send(connection, reply)
        send(connection, Message("goodbye", {}))
    except (EOFError, OSError):
        return


def answer(served: ServedSnapshot, request: Request, longest: int) -> Message:
    """Check and evaluate one request; whatever is wrong with it becomes a ``failure``."""
    try:
        guard.check(request.text, longest)
        media_type, body = evaluate(served.dataset, request)
        return Message("answer", {"snapshot": served.snapshot, "media_type": media_type}, body)
    except QueryError as error:
        return failure(error)
    except MemoryError:
        return failure(QueryAborted("the answer does not fit into the memory limit", hint="ask for less at a time"))


def failure(error: QueryError, kind: str = "failure") -> Message:
    """Write an error as a message: the name of its class and its parts."""
    return Message(kind, {"error": type(error).__name__, **vars(error)})


def _is_asked(connection: socket.socket, parent: int) -> bool:
    """Wait for the next request; False when this worker should leave instead."""
    poll = select.poll()
    poll.register(connection, select.POLLIN)
    poll.register(parent, select.POLLIN)
    ready = {descriptor for descriptor, _ in poll.poll(_PATIENCE * 1000)}
    return ready == {connection.fileno()}
