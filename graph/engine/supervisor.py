"""Keep one generation alive, and replace it when newer data is published.

The supervisor loads nothing and answers nothing. It owns the listening socket, so that connections wait, and are not
refused, while a generation is replaced. It ends when its standard input does; its generations end with it.
"""

from __future__ import annotations

import json
import logging
import os
import select
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from communique.graph.engine import generation
from communique.graph.engine.liveness import LivenessPipe
from communique.graph.engine.protocol import address_of, reachable
from communique.graph.errors import CommuniqueError, EngineError
from communique.graph.settings import Settings
from communique.graph.store.files import hold
from communique.graph.store.workspace import Snapshot, Workspace

_LOG = logging.getLogger(__name__)
# Seconds between two reads of the store's pointer, and before a start that failed is tried again.
_INTERVAL, _PAUSE = 0.25, 5.0


@dataclass(frozen=True, slots=True)
class RunningGeneration:
    """A running generation: what it serves, its process, and the pipe whose closing retires it."""

    snapshot: str
    pid: int
    liveness: LivenessPipe


class Supervisor:
    """The one process that starts generations."""

    def __init__(self, settings: Settings, listener: socket.socket, lock: int) -> None:
        """Serve on ``listener``; ``lock`` is a descriptor that generations must not keep."""
        self._settings, self._listener, self._lock = settings, listener, lock
        self._workspace = Workspace(settings.home)
        self._serving: RunningGeneration | None = None
        self._pause_until = 0.0

    def start(self) -> str:
        """Start a generation on the snapshot in force, retire the one before it, return the snapshot's id.

        EngineError or StoreError says why the new one does not serve; the one before it then goes on.
        """
        snapshot = self._workspace.current()
        liveness, (answer, report) = LivenessPipe(), os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(answer)
            liveness.be_watcher()
            self._become_generation(snapshot, liveness.read_end, report)
        os.close(report)
        liveness.be_watched()
        _wait_for_ready(answer, snapshot)
        self._retire()
        self._serving = RunningGeneration(snapshot.id, pid, liveness)
        return snapshot.id

    def run(self) -> None:
        """Serve until standard input ends."""
        parent = select.poll()
        parent.register(sys.stdin.fileno(), select.POLLIN)
        while not parent.poll(_INTERVAL * 1000):
            self._reap()
            if time.monotonic() >= self._pause_until:
                self._renew()

    def _renew(self) -> None:
        """Start a generation when there is newer data; where that fails say why and go on as before for a while."""
        served = self._serving.snapshot if self._serving else None
        try:
            if served != self._workspace.current_id():
                self.start()
        except CommuniqueError as error:
            _LOG.error("no new generation: %s", error)
            self._pause_until = time.monotonic() + _PAUSE

    def _reap(self) -> None:
        """Reap generations that have ended; a retired one does so when its last query is answered."""
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if self._serving and pid == self._serving.pid:
            _LOG.error("the serving generation ended with %d", os.waitstatus_to_exitcode(status))
            self._retire()

    def _retire(self) -> None:
        """Release the generation that serves now; it ends when its last query is answered."""
        if self._serving:
            self._serving.liveness.close()
        self._serving = None

    def _become_generation(self, snapshot: Snapshot, parent: int, report: int) -> NoReturn:
        """Be the child: drop what is the supervisor's, serve, end without returning."""
        code = 1
        try:
            self._retire()  # closes this copy of the other generation's pipe, which would keep it alive
            os.close(self._lock)
            nowhere = os.open(os.devnull, os.O_RDWR)
            os.dup2(nowhere, sys.stdin.fileno())
            os.dup2(nowhere, sys.stdout.fileno())
            generation.run(self._listener, snapshot, self._settings, parent, report)
            code = 0
        except CommuniqueError as error:
            os.write(report, json.dumps([error.message, error.expected, error.hint]).encode())
        except Exception:
            _LOG.exception("a generation failed")
        finally:
            os._exit(code)


def supervise(settings: Settings) -> None:
    """Run the engine until standard input ends; report on standard output when it serves, or why it does not."""
    try:
        with _listening(settings.home) as (listener, lock):
            supervisor = Supervisor(settings, listener, lock)
            _report({"snapshot": supervisor.start()})
            supervisor.run()
    except CommuniqueError as error:
        _report({"error": [error.message, error.expected, error.hint]})


@contextmanager
def _listening(home: Path) -> Iterator[tuple[socket.socket, int]]:
    """Listen in ``home``; yields the socket and the lock that keeps a second engine away."""
    address = address_of(home)
    try:
        with hold(address.with_suffix(".lock")) as lock, socket.socket(socket.AF_UNIX) as listener:
            address.unlink(missing_ok=True)
            with reachable(address) as path:
                listener.bind(path)
            address.chmod(0o600)
            listener.listen()
            listener.setblocking(False)
            yield listener, lock
            address.unlink(missing_ok=True)
    except BlockingIOError as error:
        raise EngineError(f"process {error} serves {home} already", hint="use it, or end it first") from error
    except OSError as error:
        raise EngineError(f"the engine cannot listen in {home}: {error}", hint="communique build") from error


def _wait_for_ready(answer: int, snapshot: Snapshot) -> None:
    """Wait for the one message of a new generation."""
    with open(answer, "rb") as pipe:
        message = pipe.read()
    if not message:
        raise EngineError(f"a generation on snapshot {snapshot.id} ended while it loaded", hint="is memory enough?")
    if message != generation.READY:
        text, expected, hint = json.loads(message)
        raise EngineError(text, expected=expected, hint=hint)


def _report(line: dict[str, object]) -> None:
    """Write one line for the process that started the engine."""
    print(json.dumps(line), flush=True)
