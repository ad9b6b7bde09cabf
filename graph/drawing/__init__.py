"""Networks drawn in processes of their own: bounded in number, memory and time, ended when nobody waits, kept in files.

    server (all imports done, no network) ── one process for each drawing

Whoever serves HTTP keeps the server running with ``keep_drawing``; its web processes ask with ``client``. A process
draws one network, measures it, writes it and ends. What it wrote is kept under the snapshot and all that was asked, for
all web processes of the home, so that the same question is computed once for each version of the data.
"""

from __future__ import annotations

import json
import logging
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from threading import Event, Thread

from communique.graph.drawing.kept import KeptDrawings
from communique.graph.engine.protocol import reachable
from communique.graph.settings import Settings

__all__ = ["address_of", "keep_drawing"]

_LOG = logging.getLogger(__name__)
# Seconds for the server to end when told to; between two looks at it; before one that ended is started again.
_PATIENCE, _INTERVAL, _PAUSE = 5.0, 0.25, 1.0
# Askers that wait for a process to be free; more are refused by the kernel.
_WAITING = 64
# A thread of its own for each library would be copied by no fork, and the same sum would depend on their number.
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def address_of(home: Path) -> Path:
    """Return the path of the socket of the server that draws for ``home``."""
    return home.absolute() / "drawing.sock"


@contextmanager
def keep_drawing(settings: Settings) -> Iterator[None]:
    """Keep a server running, and start it again whenever it ends, until the block or this process ends.

    The socket is opened before the block begins: who asks earlier than the server has started, or while it is started
    again, waits. What was kept for an earlier server is forgotten: another version may write it otherwise.
    """
    KeptDrawings.of(settings).clear()
    stop = Event()
    with _listening(address_of(settings.home)) as listener:
        keeper = Thread(target=_keep, args=(settings, listener, stop), name="keep drawing")
        keeper.start()
        try:
            yield
        finally:
            stop.set()
            keeper.join()


@contextmanager
def _listening(address: Path) -> Iterator[socket.socket]:
    """Listen at an address; a socket that an earlier process left there is replaced."""
    address.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as listener:
        with reachable(address) as path:
            listener.bind(path)
        address.chmod(0o600)
        listener.listen(_WAITING)
        listener.setblocking(False)
        try:
            yield listener
        finally:
            address.unlink(missing_ok=True)


def _keep(settings: Settings, listener: socket.socket, stop: Event) -> None:
    """Have a server run until told to stop."""
    while not stop.is_set():
        with _server(settings, listener) as process:
            while process.poll() is None and not stop.wait(_INTERVAL):
                pass
        if not stop.is_set():
            _LOG.error("the process that draws networks has ended with %d; it is started again", process.returncode)
            stop.wait(_PAUSE)


@contextmanager
def _server(settings: Settings, listener: socket.socket) -> Iterator[subprocess.Popen[str]]:
    """Start a server; the end of its standard input, with the block or with this process, is its order to stop."""
    command = [sys.executable, "-m", __name__, str(listener.fileno())]
    environment = {**os.environ, **_ONE_THREAD}
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        text=True,
        env=environment,
        pass_fds=[listener.fileno()],
        start_new_session=True,
    ) as process:
        assert process.stdin is not None
        with suppress(BrokenPipeError):  # it has ended already, which its keeper will see
            process.stdin.write(json.dumps({**asdict(settings), "home": str(settings.home)}) + "\n")
            process.stdin.flush()
        try:
            yield process
        finally:
            with suppress(BrokenPipeError):
                process.stdin.close()
            try:
                process.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
