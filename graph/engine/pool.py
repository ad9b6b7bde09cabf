"""Ask the query engine for many callers at once: one pool of connections in one event loop.

Each connection is a worker that is kept warm. Callers that find none free wait in a queue of bounded length and for a
bounded time, and take turns: of two callers, the one with a hundred queries waiting is served as often as the one with
one. A query that takes longer than ``LONG`` seconds gets a lower priority from the kernel and counts as long; only half
of the workers may be long at one time, so that short queries always find one.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from communique.graph.engine.budget import QueryBudget
from communique.graph.engine.client import (
    ATTEMPTS,
    GRACE,
    PATIENCE,
    being_replaced,
    read_failure,
    timed_out,
    unreachable,
)
from communique.graph.engine.protocol import AnswerFile, Message, MessageReader, Request, ask, frame, reachable
from communique.graph.errors import EngineBusy, EngineError

# Seconds after which a query is long, and what its priority is lowered by (nice(2): a tenth of the processor's time
# beside a short one).
LONG, _NICER = 1.0, 10
# Seconds before an engine that did not answer is tried again.
_PAUSE = 0.25

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PoolAnswer:
    """The answer to one query, whole or its first rows; whoever gets a file closes it.

    Attributes
    ----------
    media_type, snapshot : as in ``client.Answer``
    body : the bytes, or a file of them
    rows : number of all rows of an answer for a page, which has only the first ones
    seconds, waited : how long it was evaluated, and how long it waited for a worker before
    """

    media_type: str
    body: bytes | AnswerFile
    snapshot: str
    rows: int | None
    seconds: float
    waited: float


@dataclass(frozen=True, slots=True)
class PoolLimits:
    """What a pool allows itself: connections, waiting queries, seconds that a query waits."""

    connections: int
    queue_length: int
    queue_seconds: float

    @property
    def long(self) -> int:
        """How many queries may be long at one time."""
        return max(1, self.connections // 2)


class TurnQueue:
    """Waiting callers, who take turns; each of their queries keeps its order."""

    def __init__(self) -> None:
        self._waiting: OrderedDict[str, deque[asyncio.Future[PooledConnection]]] = OrderedDict()
        self._length = 0

    def __len__(self) -> int:
        """Count waiting queries."""
        return self._length

    def join(self, caller: str) -> asyncio.Future[PooledConnection]:
        """Wait for a turn of a caller."""
        turn: asyncio.Future[PooledConnection] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(caller, deque()).append(turn)
        self._length += 1
        return turn

    def leave(self, caller: str, turn: asyncio.Future[PooledConnection]) -> None:
        """Give up a turn that has not come."""
        turns = self._waiting.get(caller, deque())
        if turn in turns:
            turns.remove(turn)
            self._length -= 1
        if not turns:
            self._waiting.pop(caller, None)

    def next(self) -> asyncio.Future[PooledConnection] | None:
        """Return the next turn, and let the caller after it be the next; None when nobody waits."""
        while self._waiting:
            caller, turns = self._waiting.popitem(last=False)
            turn = turns.popleft()
            self._length -= 1
            if turns:
                self._waiting[caller] = turns
            if not turn.done():  # else it is just giving up
                return turn
        return None


class Pool:
    """The connections of one event loop to one engine."""

    def __init__(self, address: Path, limits: PoolLimits, budget: QueryBudget) -> None:
        """Prepare; nothing is connected before ``start``."""
        self._address, self.limits, self.budget = address, limits, budget
        self._idle: list[PooledConnection] = []
        self._queue = TurnQueue()
        self._slots: list[asyncio.Task[None]] = []
        self._long: set[PooledConnection] = set()
        self._connected = 0
        self.busy = 0
        self._snapshot: str | None = None
        self._changed = asyncio.Event()

    @property
    def waiting(self) -> int:
        """Count the queries that wait for a worker."""
        return len(self._queue)

    @property
    def long(self) -> int:
        """Count the queries that are long already."""
        return len(self._long)

    def start(self) -> None:
        """Connect, and go on connecting whenever a worker leaves, until ``close``."""
        self._slots = [asyncio.ensure_future(self._keep_connected()) for _ in range(self.limits.connections)]

    async def close(self) -> None:
        """Hang up; queries that are still being answered end with an error."""
        for slot in self._slots:
            slot.cancel()
        await asyncio.gather(*self._slots, return_exceptions=True)

    def known_snapshot(self) -> str | None:
        """Return the id of the snapshot that answers now; None before the engine was reached."""
        return self._snapshot

    async def snapshot(self) -> str:
        """Return the id of the snapshot that answers now, waiting for the engine; EngineError without one."""
        try:
            async with asyncio.timeout(self.limits.queue_seconds):
                while self._snapshot is None:
                    await self._changed.wait()
        except TimeoutError as error:
            raise unreachable(self._address) from error
        return self._snapshot

    async def query(self, request: Request, caller: str) -> PoolAnswer:
        """Ask for ``caller``, an address for instance; cancelling the task ends the query.

        Raises
        ------
        QueryError : what is wrong with the query; QueryTimeout and QueryAborted when a limit ended it
        QuerySecondsSpent : this caller has used the time that it has
        EngineBusy : too many queries wait, this one waited too long, or too many long ones are evaluated
        EngineError : no engine can be reached
        """
        self.budget.check(caller)
        start = time.monotonic()
        for _ in range(ATTEMPTS):
            connection = await self._acquire(caller)
            begin = time.monotonic()
            self.busy += 1
            try:
                reply = await self._ask(connection, request)
            finally:
                seconds = time.monotonic() - begin
                self.busy -= 1
                self.budget.charge(caller, seconds)
                self._release(connection)
            if reply.kind == "answer":
                parts, rows = reply.parts, reply.parts["rows"]
                return PoolAnswer(parts["media_type"], reply.body, parts["snapshot"], rows, seconds, begin - start)
            if reply.kind != "goodbye":
                raise read_failure(reply, connection.limit(request))
        raise being_replaced()

    async def _acquire(self, caller: str) -> PooledConnection:
        """Take a free connection, or wait for one."""
        if self._idle and not len(self._queue):
            return self._idle.pop()
        if len(self._queue) >= self.limits.queue_length:
            raise EngineBusy(
                f"{len(self._queue)} queries wait already, the most that may",
                hint="ask again in a moment",
            )
        turn = self._queue.join(caller)
        try:
            async with asyncio.timeout(self.limits.queue_seconds):
                return await turn
        except BaseException as error:
            self._queue.leave(caller, turn)
            if turn.done() and not turn.cancelled():
                self._offer(turn.result())  # it came at the last moment
            if not isinstance(error, TimeoutError):
                raise
            if not self._connected:
                raise unreachable(self._address) from error
            raise EngineBusy(
                f"no worker became free within {self.limits.queue_seconds:g} seconds; the query was not begun",
                hint="ask again in a moment",
            ) from error

    async def _ask(self, connection: PooledConnection, request: Request) -> Message:
        """Ask one worker, and watch for the query to become long.

        A worker that vanishes without a word was ended from outside, which says nothing of the query: it says goodbye.
        """
        limit = connection.limit(request)
        start = time.monotonic()
        timers = [
            asyncio.get_running_loop().call_later(LONG, self._become_long, connection),
            asyncio.get_running_loop().call_later(limit + GRACE, connection.fail, TimeoutError()),
        ]
        try:
            return await connection.ask(request)
        except (EOFError, OSError) as error:
            seconds = time.monotonic() - start
            if seconds >= limit:
                raise timed_out(limit) from error
            _LOG.warning("worker %d vanished after %.1f seconds; its query is asked again", connection.worker, seconds)
            return Message("goodbye", {})
        finally:
            for timer in timers:
                timer.cancel()

    def _become_long(self, connection: PooledConnection) -> None:
        """Let a query go on among the long ones, if there is room; end it otherwise."""
        if len(self._long) >= self.limits.long:
            connection.fail(
                EngineBusy(
                    f"{len(self._long)} queries that take longer than {LONG:g} second are evaluated already, "
                    "the most that may; this one was ended",
                    hint="ask again in a moment, or for less at a time",
                )
            )
            return
        self._long.add(connection)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.setpriority(os.PRIO_PROCESS, connection.worker, _NICER)

    def _release(self, connection: PooledConnection) -> None:
        """Take a connection back; one whose worker is busy, has gone or has a low priority is of no more use."""
        if connection in self._long or not connection.is_free:
            self._long.discard(connection)
            connection.close()
        else:
            self._offer(connection)

    def _offer(self, connection: PooledConnection) -> None:
        """Give a free connection to whoever waits, or keep it."""
        if connection.is_closed:
            return
        if turn := self._queue.next():
            turn.set_result(connection)
        else:
            self._idle.append(connection)

    async def _keep_connected(self) -> None:
        """Keep one connection: make it, offer it, and make another when it has ended."""
        while True:
            try:
                connection = await PooledConnection.open(self._address, self._lose)
            except (EOFError, OSError, EngineError) as error:
                _LOG.debug("no worker yet: %s", error)
                await asyncio.sleep(_PAUSE)
                continue
            self._connected += 1
            self._snapshot = connection.snapshot
            self._changed.set()
            self._offer(connection)
            try:
                await asyncio.shield(connection.closed)
            finally:
                connection.close()
                self._connected -= 1

    def _lose(self, connection: PooledConnection) -> None:
        """Forget a connection that has been closed."""
        with contextlib.suppress(ValueError):
            self._idle.remove(connection)


class PooledConnection:
    """One connection to one worker; whatever arrives is handed to whoever waits for it.

    Attributes
    ----------
    snapshot : id of the snapshot that the worker serves
    worker : its process
    closed : done when the connection has ended
    """

    def __init__(self, connection: socket.socket, lose: Callable[[PooledConnection], None]) -> None:
        self._socket, self._lose = connection, lose
        self._reader = MessageReader()
        self._loop = asyncio.get_running_loop()
        self._reply: asyncio.Future[Message] | None = None
        self.closed: asyncio.Future[None] = self._loop.create_future()
        self.snapshot, self.worker, self._most = "", 0, 0.0
        self._loop.add_reader(connection, self._receive)

    @classmethod
    async def open(cls, address: Path, lose: Callable[[PooledConnection], None]) -> PooledConnection:
        """Connect and wait for a worker; OSError, EOFError or EngineError when there is none."""
        raw = socket.socket(socket.AF_UNIX)
        raw.setblocking(False)
        try:
            with reachable(address) as path:
                raw.connect(path)
        except OSError:
            raw.close()
            raise
        connection = cls(raw, lose)
        try:
            async with asyncio.timeout(PATIENCE):
                hello = await connection._next_message()
        except BaseException:
            connection.close()
            raise
        connection.snapshot, connection.worker = str(hello.parts["snapshot"]), int(hello.parts["pid"])
        connection._most = float(hello.parts["seconds"])
        return connection

    @property
    def is_closed(self) -> bool:
        """Whether either side has hung up."""
        return self.closed.done()

    @property
    def is_free(self) -> bool:
        """Whether the worker is there and waits for a question."""
        return not self.is_closed and self._reply is None

    def limit(self, request: Request) -> float:
        """Return the seconds that a request may take."""
        return min(request.seconds or self._most, self._most)

    async def ask(self, request: Request) -> Message:
        """Ask and wait for the reply; EOFError or OSError when the worker ends before. Cancelled, it is not free."""
        if self.is_closed:
            return Message("goodbye", {})
        question = frame(ask(request))
        try:
            sent = self._socket.send(question)
        except BlockingIOError:
            sent = 0
        except OSError:  # a worker that has left said goodbye before
            return Message("goodbye", {})
        if sent < len(question):
            await self._loop.sock_sendall(self._socket, question[sent:])
        reply = await self._next_message()
        if reply.kind in {"goodbye", "crash"}:
            self.close()
        return reply

    def fail(self, error: Exception) -> None:
        """End the query that is being waited for with an error; its worker is ended by the engine."""
        if self._reply and not self._reply.done():
            self._reply.set_exception(error)

    def close(self) -> None:
        """Hang up; the engine ends a worker that is still busy."""
        if self.closed.done():
            return
        self._loop.remove_reader(self._socket)
        self._socket.close()
        self._reader.close()
        self.closed.set_result(None)
        self._lose(self)
        self.fail(EOFError())

    async def _next_message(self) -> Message:
        """Wait for a message."""
        self._reply = self._loop.create_future()
        reply = await self._reply
        self._reply = None  # not when this is cancelled or fails: then the worker is still busy
        return reply

    def _receive(self) -> None:
        """Take what has arrived; what nobody waits for is a goodbye."""
        try:
            self._reader.receive(self._socket)
            message = self._reader.read()
        except BlockingIOError:
            return
        except (EOFError, OSError):
            self.close()
            return
        if message is None:
            return
        if self._reply and not self._reply.done():
            self._reply.set_result(message)
        else:
            if isinstance(message.body, AnswerFile):
                os.close(message.body.descriptor)
            self.close()
