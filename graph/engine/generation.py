"""One loaded snapshot: accept connections, fork a worker for each, see to their ends.

This process has one thread and no open database, so a fork is safe and shares the loaded data by copy-on-write.
"""

from __future__ import annotations

import gc
import logging
import os
import select
import signal
import socket
from dataclasses import dataclass
from typing import NoReturn

from communique.graph.engine import confinement
from communique.graph.engine.lifeline import Lifeline
from communique.graph.engine.protocol import send
from communique.graph.engine.worker import Holdings, failure, work
from communique.graph.errors import QueryAborted, QueryError, QueryTimeout
from communique.graph.settings import Settings
from communique.graph.store.merged import MergedDataset
from communique.graph.store.workspace import Snapshot, Workspace

READY = b"+"

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Member:
    """A worker seen from here: its process, its connection and the pipe that ends with it."""

    pid: int
    connection: socket.socket
    life: Lifeline


class Generation:
    """The workers of one snapshot."""

    def __init__(self, holdings: Holdings, settings: Settings, listener: socket.socket, elder: int) -> None:
        """Serve ``holdings`` on ``listener`` for as long as the pipe ``elder`` stays open."""
        self._holdings, self._settings = holdings, settings
        self._listener, self._elder = listener, elder
        self._lifeline = Lifeline()
        self._crew: list[Member] = []

    def serve(self) -> None:
        """Accept until the elder lets go, then wait until the last query is answered."""
        while not self._look():
            pass
        self._listener.close()
        self._lifeline.let_go()
        while self._crew:
            self._look()

    def _look(self) -> bool:
        """Wait for something to happen and see to it; True when the elder has let go."""
        events = dict(self._poll().poll())
        for member in self._crew.copy():
            if member.life.watched in events:
                self._bury(member)
            elif events.get(member.connection.fileno(), 0) & (select.POLLRDHUP | select.POLLHUP):
                _end(member)
        if self._listener.fileno() in events:
            self._accept()
        return self._elder in events

    def _poll(self) -> select.poll:
        """Watch the crew and, while it may grow, the listener; a retired generation no longer has one."""
        poll = select.poll()
        for member in self._crew:
            poll.register(member.life.watched, select.POLLIN)
            poll.register(member.connection, select.POLLRDHUP)
        if self._listener.fileno() >= 0:
            poll.register(self._elder, select.POLLIN)
            if len(self._crew) < self._settings.engine_workers:
                poll.register(self._listener, select.POLLIN)
        return poll

    def _accept(self) -> None:
        """Fork a worker for the next connection, unless another generation was faster."""
        try:
            connection, _ = self._listener.accept()
        except BlockingIOError:
            return
        connection.setblocking(True)
        life = Lifeline()
        pid = os.fork()
        if pid == 0:
            self._become_worker(connection, life)
        life.keep_watched()
        self._crew.append(Member(pid, connection, life))

    def _become_worker(self, connection: socket.socket, life: Lifeline) -> NoReturn:
        """Be the child: drop what belongs to the others, work, end without returning.

        A connection left open here would hide from another client that its own worker has gone.
        """
        code = 1
        try:
            life.keep_held()
            self._lifeline.keep_watched()
            self._listener.close()
            for member in self._crew:
                member.connection.close()
                os.close(member.life.watched)
            work(connection, self._holdings, self._settings, self._lifeline.watched)
            code = 0
        except Exception:
            _LOG.exception("a worker failed")
        finally:
            os._exit(code)

    def _bury(self, member: Member) -> None:
        """Reap a worker; tell its client what ended it, since the worker no longer could."""
        _, status = os.waitpid(member.pid, 0)
        if error := _explain(os.waitstatus_to_exitcode(status), self._settings):
            _LOG.warning("worker %d: %s", member.pid, error)
            try:
                send(member.connection, failure(error, "obituary"))
            except OSError:
                _LOG.info("the client of worker %d has gone", member.pid)
        member.connection.close()
        os.close(member.life.watched)
        self._crew.remove(member)


def run(listener: socket.socket, snapshot: Snapshot, settings: Settings, elder: int, ready: int) -> None:
    """Be a generation: cut the network, load, report by ``READY`` on the pipe ``ready``, serve.

    EngineError when the network cannot be cut and the settings insist on it; StoreError when loading fails.
    """
    if not settings.unconfined:
        confinement.cut_network()
    dataset = MergedDataset(Workspace(settings.home).read(snapshot))
    gc.freeze()
    os.write(ready, READY)
    os.close(ready)
    _LOG.info("serving snapshot %s, %d quads", snapshot.id, snapshot.quads)
    Generation(Holdings(dataset, snapshot.id), settings, listener, elder).serve()


def _end(member: Member) -> None:
    """End a worker whose client has gone: nobody waits for its answer."""
    os.kill(member.pid, signal.SIGTERM)


def _explain(code: int, settings: Settings) -> QueryError | None:
    """Say why a worker ended; None for an end that is in order. Negative codes are signals."""
    if code in (0, -signal.SIGTERM):
        return None
    if code == -signal.SIGALRM:
        return QueryTimeout(f"no answer within {settings.query_seconds:g} seconds", hint=_CHEAPER)
    if code == -signal.SIGABRT:
        return QueryAborted(f"more than {settings.query_megabytes} MiB of memory were needed", hint=_CHEAPER)
    if code == -signal.SIGSEGV:
        return QueryAborted("the query is too deeply nested or too long a chain", hint="write it flatter")
    return QueryAborted(f"the process of the query ended with {code}", hint="ask again; if it happens again, report it")


_CHEAPER = "add a triple pattern, a FILTER or a LIMIT, or split the question"
