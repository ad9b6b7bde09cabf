"""Ask for a drawing: it is read where it is kept, or made by a process of the server."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from communique.graph import networks
from communique.graph.drawing import address_of
from communique.graph.drawing.kept import KeptDrawings
from communique.graph.drawing.tasks import DrawingTask
from communique.graph.engine.client import GRACE
from communique.graph.engine.protocol import AnswerFile, Message, reachable, receive, send
from communique.graph.errors import EngineBusy, EngineError, NetworkAborted, NetworkError
from communique.graph.settings import Settings

# Askers of one process that wait for a drawing, each in a thread; more are refused.
MOST_WAITING = 8

Run = Callable[[str], bytes]
# Calls what it is given when the asker of a block no longer waits.
Ending = Callable[[Callable[[], None]], AbstractContextManager[None]]

_FAILURES = {kind.__name__: kind for kind in (NetworkError, NetworkAborted)}


def _never(_end: Callable[[], None]) -> AbstractContextManager[None]:
    """Be the ``Ending`` of an asker who always waits."""
    return nullcontext()


class DrawingClient:
    """Asks the server of a home; may be shared by threads."""

    def __init__(self, settings: Settings) -> None:
        """Prepare; each drawing has a connection of its own."""
        self._address, self._kept = address_of(settings.home), KeptDrawings.of(settings)
        self._patience, self._limit = settings.queue_seconds, settings.drawing_seconds + GRACE
        self._places = threading.BoundedSemaphore(MOST_WAITING)

    def draw(self, task: DrawingTask, run: Run, ending: Ending = _never) -> bytes:
        """Return a drawing; ``run`` answers queries from the snapshot of the task, and is called when it is not kept.

        Raises
        ------
        NetworkError : what is wrong with the task; NetworkAborted when a limit ended it
        EngineBusy : too many drawings are being made
        EngineError : no server can be reached, or its asker has left
        """
        if (found := self._kept.find(task.key)) is not None:
            return found
        with self._place():
            answers = {text: run(text) for text in networks.queries(task.layer)}
            sizes = [(text, len(answer)) for text, answer in answers.items()]
            question = Message("ask", {"task": task.to_json(), "answers": sizes}, b"".join(answers.values()))
            return _read(self._ask(question, ending))

    @contextmanager
    def _place(self) -> Iterator[None]:
        """Be one of those that wait."""
        if not self._places.acquire(blocking=False):
            raise _busy(f"{MOST_WAITING} networks are waited for already, the most that may be")
        try:
            yield
        finally:
            self._places.release()

    def _ask(self, question: Message, ending: Ending) -> Message:
        """Wait for a process, hand it the question and wait for its reply."""
        with socket.socket(socket.AF_UNIX) as connection, ending(lambda: _hang_up(connection)):
            connection.settimeout(self._patience)
            try:
                with reachable(self._address) as path:
                    connection.connect(path)
                if (hello := receive(connection)).kind != "hello":
                    return hello
            except (BlockingIOError, TimeoutError) as error:
                raise _busy(f"no process became free within {self._patience:g} seconds to draw it") from error
            except (EOFError, OSError) as error:
                raise EngineError("no process draws networks here", hint="communique serve") from error
            connection.settimeout(self._limit)
            try:
                send(connection, question)
                return receive(connection)
            except (EOFError, OSError) as error:
                raise NetworkAborted("the process that drew it was ended from outside", hint="ask again") from error


def _hang_up(connection: socket.socket) -> None:
    """End a connection that another thread waits for; the server then ends the process."""
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        connection.settimeout(0)  # it is not connected yet


def _busy(message: str) -> EngineBusy:
    return EngineBusy(message, hint="ask again in a moment")


def _read(reply: Message) -> bytes:
    """Return the drawing, or raise the failure that was reported."""
    if reply.kind == "answer":
        return reply.body.read() if isinstance(reply.body, AnswerFile) else reply.body
    parts = dict(reply.parts)
    kind, message = _FAILURES[parts.pop("error")], parts.pop("message")
    raise kind(message, **parts)
