"""One loaded snapshot: accept connections, fork a worker for each, reap them.

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

from communique.graph.descriptions import add_descriptions
from communique.graph.engine import confinement
from communique.graph.engine.liveness import LivenessPipe
from communique.graph.engine.protocol import send
from communique.graph.engine.worker import ServedSnapshot, failure, work
from communique.graph.errors import QueryAborted, QueryError, QueryTimeout
from communique.graph.settings import Settings
from communique.graph.store.merged import MergedDataset
from communique.graph.store.workspace import Snapshot

READY = b"+"

# Workers beside those of the web processes, which keep theirs: for processes that ask now and then.
_OTHERS = 2

_LOG = logging.getLogger(__name__)
_CHEAPER = "add a triple pattern, a FILTER or a LIMIT, or split the question"


@dataclass(frozen=True, slots=True)
class WorkerProcess:
    """A worker seen from its generation: its process, its connection and the pipe that ends with it."""

    pid: int
    connection: socket.socket
    liveness: LivenessPipe


class Generation:
    """The workers of one snapshot."""

    def __init__(self, served: ServedSnapshot, settings: Settings, listener: socket.socket, parent: int) -> None:
        """Serve a snapshot on ``listener`` for as long as the pipe ``parent`` stays open."""
        self._served, self._settings = served, settings
        self._listener, self._parent = listener, parent
        self._liveness = LivenessPipe()
        self._workers: list[WorkerProcess] = []

    def serve(self) -> None:
        """Accept until the supervisor closes its pipe or ends, then wait until the last query is answered."""
        while not self._handle_events():
            pass
        self._listener.close()
        self._liveness.close()
        while self._workers:
            self._handle_events()

    def _handle_events(self) -> bool:
        """Wait for events and handle them; return True when the supervisor has closed its pipe or ended."""
        events = dict(self._poll().poll())
        for worker in self._workers.copy():
            if worker.liveness.read_end in events:
                self._reap(worker)
            elif events.get(worker.connection.fileno(), 0) & (select.POLLRDHUP | select.POLLHUP):
                # The client has gone: nobody waits for the answer.
                os.kill(worker.pid, signal.SIGTERM)
        if self._listener.fileno() in events:
            self._accept()
        return self._parent in events

    def _poll(self) -> select.poll:
        """Watch the workers and, while there may be more, the listener; a retired generation no longer has one."""
        poll = select.poll()
        for worker in self._workers:
            poll.register(worker.liveness.read_end, select.POLLIN)
            poll.register(worker.connection, select.POLLRDHUP)
        if self._listener.fileno() >= 0:
            poll.register(self._parent, select.POLLIN)
            if len(self._workers) < self._settings.engine_workers + _OTHERS:
                poll.register(self._listener, select.POLLIN)
        return poll

    def _accept(self) -> None:
        """Fork a worker for the next connection, unless another generation was faster."""
        try:
            connection, _ = self._listener.accept()
        except BlockingIOError:
            return
        connection.setblocking(True)
        liveness = LivenessPipe()
        pid = os.fork()
        if pid == 0:
            self._become_worker(connection, liveness)
        liveness.be_watcher()
        self._workers.append(WorkerProcess(pid, connection, liveness))

    def _become_worker(self, connection: socket.socket, liveness: LivenessPipe) -> NoReturn:
        """Be the child: drop what belongs to the others, work, end without returning.

        A connection left open here would hide from another client that its own worker has gone.
        """
        code = 1
        try:
            liveness.be_watched()
            self._liveness.be_watcher()
            self._listener.close()
            for worker in self._workers:
                worker.connection.close()
                os.close(worker.liveness.read_end)
            work(connection, self._served, self._settings, self._liveness.read_end)
            code = 0
        except Exception:
            _LOG.exception("a worker failed")
        finally:
            os._exit(code)

    def _reap(self, worker: WorkerProcess) -> None:
        """Reap a worker, and send its client a crash report, since the worker no longer could."""
        _, status = os.waitpid(worker.pid, 0)
        if error := _explain(os.waitstatus_to_exitcode(status), self._settings):
            _LOG.warning("worker %d: %s", worker.pid, error)
            try:
                send(worker.connection, failure(error, "crash"))
            except OSError:
                _LOG.info("the client of worker %d has gone", worker.pid)
        worker.connection.close()
        os.close(worker.liveness.read_end)
        self._workers.remove(worker)


def run(listener: socket.socket, snapshot: Snapshot, settings: Settings, parent: int, ready: int) -> None:
    """Be a generation: cut the network, give up privileges, load, report by ``READY`` on the pipe ``ready``, serve.

    EngineError when the network cannot be cut and the settings insist on it; StoreError when loading fails.
    """
    if not settings.unconfined:
        confinement.cut_network()
    confinement.drop_privileges()
    dataset = MergedDataset(snapshot.load(), is_served=True)
    add_descriptions(dataset, snapshot)
    gc.freeze()
    os.write(ready, READY)
    os.close(ready)
    _LOG.info("serving snapshot %s, %d quads", snapshot.id, snapshot.quads)
    Generation(ServedSnapshot(dataset, snapshot.id), settings, listener, parent).serve()


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
