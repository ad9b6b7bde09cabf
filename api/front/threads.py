"""The Flask application in threads: how a thread asks the engine through the event loop's pool."""

from __future__ import annotations

import asyncio
import io
import sys
from collections.abc import Callable
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextvars import ContextVar, copy_context
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from flask import Flask

from communique.api.front.asking import Asker, ask
from communique.api.front.incoming import Incoming
from communique.api.front.outgoing import Outgoing, close, finish, keep_in_file, lowered
from communique.api.responses import REQUEST_ID, ROUTE
from communique.graph.engine.client import Answer
from communique.graph.engine.pool import Pool, PoolAnswer
from communique.graph.engine.protocol import AnswerFile, Request
from communique.graph.errors import EngineError

T = TypeVar("T")

ASKER: ContextVar[Asker] = ContextVar("ASKER")


class ThreadClient:
    """What ``graph.engine.client.Client`` is, for the threads beside an event loop: it asks through the loop's pool."""

    def __init__(self, pool: Pool, loop: asyncio.AbstractEventLoop) -> None:
        self._pool, self._loop = pool, loop

    def query(self, request: Request | str) -> Answer:
        """Ask a query; errors as ``Pool.query``, EngineError when the client of this request has left."""
        asked = Request(request) if isinstance(request, str) else request
        found: PoolAnswer = self._wait(lambda asker: ask(self._pool, asked, asker))
        body = found.body.read() if isinstance(found.body, AnswerFile) else found.body
        return Answer(found.media_type, body, found.snapshot, found.rows)

    def snapshot(self) -> str:
        """Return the id of the snapshot that answers now; EngineError as ``Pool.snapshot``."""
        known = self._pool.known_snapshot()
        return known if known is not None else str(self._wait(lambda asker: self._pool.snapshot()))

    def close(self) -> None:
        """Do nothing: the connections are the pool's."""

    def _wait(self, begin: Any) -> Any:
        """Run a coroutine in the loop and wait for it here, unless the client leaves."""
        asker = ASKER.get()
        future = asyncio.run_coroutine_threadsafe(begin(asker), self._loop)
        asker.pending.add(future)
        try:
            if asker.has_left:
                future.cancel()
            return future.result()
        except CancelledError as error:
            raise EngineError("the client has left") from error
        finally:
            asker.pending.discard(future)


class Threads:
    """Runs the application for requests that are not answered in the event loop itself."""

    def __init__(self, app: Flask, threads: int, folder: Path) -> None:
        """Make up to ``threads`` threads; large responses wait in ``folder``."""
        self._app, self._folder = app, folder
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="flask")

    async def answer(self, request: Incoming, asker: Asker) -> Outgoing:
        """Let the application answer; cancelled, the request's queries end and its response is dropped."""
        return await self._run(asker, partial(self._answer, request))

    async def call(self, asker: Asker, function: Callable[[], T]) -> T:
        """Call a function as if from a handler of the application."""

        def in_application() -> T:
            with self._app.app_context():
                return function()

        return await self._run(asker, in_application)

    async def _run(self, asker: Asker, function: Callable[[], T]) -> T:
        """Run in a thread for a request, whose queries end with it."""
        context = copy_context()
        context.run(ASKER.set, asker)
        try:
            making = asyncio.get_running_loop().run_in_executor(self._executor, context.run, function)
            return await finish(making, _drop)
        except asyncio.CancelledError:
            asker.leave()
            raise

    def close(self) -> None:
        """End the threads when they have nothing to do."""
        self._executor.shutdown(wait=False, cancel_futures=True)

    def _answer(self, request: Incoming) -> Outgoing:
        """Call the application (PEP 3333)."""
        environ = request.environ() | {"wsgi.input": io.BytesIO(request.body), "wsgi.errors": sys.stderr}
        environ[REQUEST_ID] = ASKER.get().id
        started: list[tuple[str, list[tuple[str, str]]]] = []
        pieces: list[bytes] = []

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            started[:] = [(status, headers)]
            return pieces.append

        iterable = self._app.wsgi_app(environ, start_response)
        try:
            pieces.extend(iterable)
        finally:
            if hasattr(iterable, "close"):
                iterable.close()
        ASKER.get().route = environ.get(ROUTE, "")
        ((status, headers),) = started
        return Outgoing(int(status.split()[0]), lowered(headers), keep_in_file(b"".join(pieces), self._folder))


def _drop(made: object) -> None:
    """Close what nobody waits for any more."""
    if isinstance(made, Outgoing):
        close(made.body)
