"""Fork a process for each asker, at most so many at one time; report for those that were ended.

This process has imported everything and has one thread, so that a fork costs little and is safe.
"""

from __future__ import annotations

import gc
import importlib
import logging
import os
import select
import signal
import socket
import sys
from dataclasses import dataclass
from typing import NoReturn

from communique.graph.drawing.kept import KeptDrawings
from communique.graph.drawing.tasks import DrawingTask, draw
from communique.graph.engine import confinement
from communique.graph.engine.liveness import LivenessPipe
from communique.graph.engine.protocol import AnswerFile, Message, receive, send
from communique.graph.errors import CommuniqueError, NetworkAborted, NetworkError
from communique.graph.settings import Settings

# Bytes that fit into the buffer of a socket: more of them could stop in the midst when this process is ended.
_AT_ONCE = 1 << 15
_SMALLER = "ask for a shorter window, fewer measures or another measure"

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DrawingProcess:
    """A process that draws, its connection and the pipe that ends with it."""

    pid: int
    connection: socket.socket
    liveness: LivenessPipe


class DrawingServer:
    """The one process that forks those that draw."""

    def __init__(self, settings: Settings, listener: socket.socket, parent: int) -> None:
        """Serve on ``listener`` until the pipe ``parent`` ends."""
        self._settings, self._listener, self._parent = settings, listener, parent
        self._processes: list[DrawingProcess] = []

    def run(self) -> None:
        """Serve; what is being drawn at the end is ended too."""
        while self._handle_events():
            pass
        for process in self._processes:
            os.kill(process.pid, signal.SIGKILL)
            os.waitpid(process.pid, 0)

    def _handle_events(self) -> bool:
        """Wait for events and handle them; False when this server is to end."""
        events = dict(self._poll().poll())
        for process in self._processes.copy():
            if process.liveness.read_end in events:
                self._reap(process)
            elif events.get(process.connection.fileno(), 0) & (select.POLLRDHUP | select.POLLHUP):
                os.kill(process.pid, signal.SIGTERM)  # nobody waits for it
        if self._listener.fileno() in events:
            self._accept()
        return self._parent not in events

    def _poll(self) -> select.poll:
        poll = select.poll()
        poll.register(self._parent, select.POLLIN)
        for process in self._processes:
            poll.register(process.liveness.read_end, select.POLLIN)
            poll.register(process.connection, select.POLLRDHUP)
        if len(self._processes) < self._settings.drawings:
            poll.register(self._listener, select.POLLIN)
        return poll

    def _accept(self) -> None:
        """Fork a process for the next asker."""
        try:
            connection, _ = self._listener.accept()
        except BlockingIOError:  # it has hung up
            return
        connection.setblocking(True)
        liveness = LivenessPipe()
        pid = os.fork()
        if pid == 0:
            self._become_process(connection, liveness)
        liveness.be_watcher()
        self._processes.append(DrawingProcess(pid, connection, liveness))

    def _become_process(self, connection: socket.socket, liveness: LivenessPipe) -> NoReturn:
        """Be the child: drop what belongs to the others, draw, end without returning."""
        code = 1
        try:
            confinement.end_with_parent()
            liveness.be_watched()
            self._listener.close()
            for process in self._processes:
                process.connection.close()
                os.close(process.liveness.read_end)
            work(connection, self._settings)
            code = 0
        except OSError:
            code = 0  # the asker has gone
        except Exception:
            _LOG.exception("a network could not be drawn")
        finally:
            os._exit(code)

    def _reap(self, process: DrawingProcess) -> None:
        """Reap a process, and tell its asker why it ended, since it no longer could."""
        _, status = os.waitpid(process.pid, 0)
        if error := _explain(os.waitstatus_to_exitcode(status), self._settings):
            _LOG.warning("drawing %d: %s", process.pid, error)
            try:
                send(process.connection, _failure(error))
            except OSError:
                _LOG.info("the asker of drawing %d has gone", process.pid)
        process.connection.close()
        os.close(process.liveness.read_end)
        self._processes.remove(process)


def serve(settings: Settings, listener: socket.socket) -> None:
    """Be the server until standard input ends."""
    confinement.end_with_parent()
    if not settings.unconfined:
        confinement.cut_network()
    confinement.drop_privileges()
    importlib.import_module("networkit")  # else each process would, for a second
    gc.freeze()
    DrawingServer(settings, listener, sys.stdin.fileno()).run()


def work(connection: socket.socket, settings: Settings) -> None:
    """Draw one network for whoever has connected; OSError when they leave."""
    confinement.limit_memory(settings.drawing_megabytes)
    confinement.start_clock(settings.drawing_seconds)
    send(connection, Message("hello", {}))
    try:
        message = receive(connection)
    except EOFError:
        return
    reply = _reply(message, settings)
    confinement.stop_clock()
    send(connection, reply)


def _reply(message: Message, settings: Settings) -> Message:
    """Draw what is asked; whatever is wrong with it becomes a ``failure``."""
    kept = KeptDrawings.of(settings)
    try:
        task = DrawingTask.from_json(message.parts["task"])
        if (drawn := kept.find(task.key)) is None:  # else another asker wanted the same while this one waited
            drawn = draw(task, _read_answers(message), kept)
            kept.keep(task.key, drawn)
        if len(drawn) > settings.answer_megabytes << 20:
            raise NetworkAborted(f"the network has more than {settings.answer_megabytes:,} MiB", hint=_SMALLER)
        return Message("answer", {}, drawn if len(drawn) <= _AT_ONCE else _as_file(drawn))
    except NetworkError as error:
        return _failure(error)
    except MemoryError:
        return _failure(_too_large(settings))


def _read_answers(message: Message) -> dict[str, bytes]:
    """Read the answers of the query engine: their texts and sizes are parts, the body has one after the other."""
    assert isinstance(message.body, bytes)
    answers, start = {}, 0
    for text, size in message.parts["answers"]:
        answers[text] = message.body[start : start + size]
        start += size
    return answers


def _as_file(content: bytes) -> AnswerFile:
    """Put a content into a file in memory, which goes with its last descriptor."""
    descriptor = os.memfd_create("drawn")
    with open(descriptor, "wb", closefd=False) as file:
        file.write(content)
    return AnswerFile(descriptor, len(content))


def _failure(error: CommuniqueError) -> Message:
    """Write an error as a message: the name of its class and its parts."""
    return Message("failure", {"error": type(error).__name__, **vars(error)})


def _too_large(settings: Settings) -> NetworkAborted:
    return NetworkAborted(f"more than {settings.drawing_megabytes:,} MiB of memory were needed", hint=_SMALLER)


def _explain(code: int, settings: Settings) -> NetworkAborted | None:
    """Say why a process ended; None for an end that is in order. Negative codes are signals."""
    if code in (0, -signal.SIGTERM):
        return None
    if code == -signal.SIGALRM:
        return NetworkAborted(f"not drawn within {settings.drawing_seconds:g} seconds", hint=_SMALLER)
    if code == -signal.SIGABRT:
        return _too_large(settings)
    return NetworkAborted(
        f"the process that drew it ended with {code}", hint="ask again; if it happens again, report it"
    )
