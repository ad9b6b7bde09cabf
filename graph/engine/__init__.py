"""The query engine: processes that answer SPARQL from memory and can be ended at any moment.

    supervisor ── generation (one loaded snapshot) ── workers (one per connection)

The supervisor keeps one generation alive and replaces it when newer data is published. A generation loads the data,
gives up its network and forks a worker for each connection. A worker answers one query at a time within limits of
time and memory that the kernel enforces. Each level ends when the one above it does.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Event, Thread
from typing import Any

from communique.graph.engine.protocol import address_of
from communique.graph.errors import CommuniqueError, EngineError
from communique.graph.settings import Settings

__all__ = ["EngineProcess", "keep_engine", "start_engine"]

_LOG = logging.getLogger(__name__)
# Seconds for the engine to end when told to, and before a start that failed is tried again; between two looks at it.
_PATIENCE, _INTERVAL = 5.0, 0.25


@dataclass(frozen=True, slots=True)
class EngineProcess:
    """A running engine.

    Attributes
    ----------
    address : its UNIX socket, for ``graph.client``
    pid : of its supervisor
    snapshot : id of the snapshot it served first
    is_running : says whether the supervisor has not ended
    """

    address: Path
    pid: int
    snapshot: str
    is_running: Callable[[], bool]


@contextmanager
def keep_engine(settings: Settings, on_restart: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Start the engine as ``start_engine``, and start it again whenever it ends, until the block ends.

    ``on_restart`` is called, in another thread, after each start but the first. EngineError when it cannot serve at
    first; later that is logged, and tried again after a while.
    """
    stop, first = Event(), Future[None]()
    keeper = Thread(target=_keep, args=(settings, stop, first, on_restart), name="keep engine")
    keeper.start()
    try:
        first.result()
        yield
    finally:
        stop.set()
        keeper.join()


def _keep(settings: Settings, stop: Event, first: Future[None], on_restart: Callable[[], None]) -> None:
    """Have an engine run until told to stop; ``first`` is done when it serves, or cannot."""
    while not stop.is_set():
        try:
            with start_engine(settings) as engine:
                if first.done():
                    _LOG.info("the engine runs again")
                    on_restart()
                else:
                    first.set_result(None)
                while engine.is_running() and not stop.wait(_INTERVAL):
                    pass
            if not stop.is_set():
                _LOG.error("the engine has ended; it is started again")
        except CommuniqueError as error:
            if not first.done():
                first.set_exception(error)
                return
            _LOG.error("the engine does not start: %s", error)
            stop.wait(_PATIENCE)


@contextmanager
def start_engine(settings: Settings) -> Iterator[EngineProcess]:
    """Start the engine, wait until it serves, end it with the block or with this process.

    EngineError says why it does not serve: nothing is published, the host forbids network namespaces, another
    engine serves the same home.
    """
    command = [sys.executable, "-m", __name__]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, start_new_session=True) as process:
        try:
            snapshot = _hand_over(process, settings)
            yield EngineProcess(address_of(settings.home), process.pid, snapshot, lambda: process.poll() is None)
        finally:
            _stop(process)


def _hand_over(process: subprocess.Popen[str], settings: Settings) -> str:
    """Hand over the settings; wait for the snapshot's id."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps({**asdict(settings), "home": str(settings.home)}) + "\n")
    process.stdin.flush()
    answer: dict[str, Any] = json.loads(process.stdout.readline() or '{"error": ["the engine ended", null, null]}')
    if "error" in answer:
        message, expected, hint = answer["error"]
        raise EngineError(message, expected=expected, hint=hint)
    return str(answer["snapshot"])


def _stop(process: subprocess.Popen[str]) -> None:
    """Close the engine's standard input, which ends it; kill it when that does not."""
    assert process.stdin is not None
    process.stdin.close()
    try:
        process.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
