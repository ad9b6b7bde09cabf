"""One connection, served by a process of its own until either side leaves."""

from __future__ import annotations

import os
import select
import socket
import time
from dataclasses import dataclass

from communique.graph.engine import confinement, guard
from communique.graph.engine.evaluation import AnswerStore, evaluate
from communique.graph.engine.protocol import Message, Request, read_request, receive, send
from communique.graph.errors import QueryAborted, QueryError
from communique.graph.settings import Settings
from communique.graph.store.merged import MergedDataset

# Queries below this many seconds cannot have claimed much memory; after others it is looked at.
_SHORT = 0.1


@dataclass(frozen=True, slots=True)
class ServedSnapshot:
    """What a generation serves: the data, and the id of their snapshot."""

    dataset: MergedDataset
    snapshot: str


def work(connection: socket.socket, served: ServedSnapshot, settings: Settings, parent: int) -> None:
    """Answer queries one after another; return when the client leaves.

    Leave with a ``goodbye`` when the pipe ``parent`` ends (newer data is served elsewhere), and when a query has left
    so much memory in use that the next would have too little.
    """
    start = confinement.limit_memory(settings.query_megabytes)
    spare = settings.query_megabytes << 20
    store = AnswerStore(settings.home, settings.answer_megabytes << 20)
    hello = {"snapshot": served.snapshot, "seconds": settings.query_seconds, "pid": os.getpid()}
    try:
        send(connection, Message("hello", hello))
        while _is_asked(connection, parent):
            request = read_request(receive(connection))
            begin = time.monotonic()
            confinement.start_clock(min(request.seconds or settings.query_seconds, settings.query_seconds))
            reply = answer(served, request, settings.query_characters, store)
            confinement.stop_clock()
            send(connection, reply)
            if time.monotonic() - begin > _SHORT and confinement.address_space() > start + spare // 2:
                break
        send(connection, Message("goodbye", {}))
    except (EOFError, OSError):
        return


def answer(served: ServedSnapshot, request: Request, longest: int, store: AnswerStore) -> Message:
    """Check and evaluate one request; whatever is wrong with it becomes a ``failure``."""
    try:
        guard.check(request.text, longest)
        written = evaluate(served.dataset, request, store)
        parts = {"snapshot": served.snapshot, "media_type": written.media_type, "rows": written.rows}
        return Message("answer", parts, written.body)
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
    ready = {descriptor for descriptor, _ in poll.poll()}
    return ready == {connection.fileno()}
