"""The application that granian calls for each request (RSGI 1.7)."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import logging
import os
from collections.abc import Hashable, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from flask import Flask
from werkzeug.exceptions import HTTPException, RequestURITooLarge

from communique import __version__
from communique.api import create_app, log, metrics, problems
from communique.api.access import largest_body
from communique.api.addresses import client_address, client_scheme, read_networks
from communique.api.front import outgoing
from communique.api.front.asking import Asker
from communique.api.front.connections import ConnectionLimits, Connections
from communique.api.front.direct import DirectQueries
from communique.api.front.incoming import Exchange, Incoming, Scope, read_body
from communique.api.front.kept import KeptAnswers
from communique.api.front.outgoing import Outgoing
from communique.api.front.threads import ThreadClient, Threads
from communique.api.limits import LONGEST_ADDRESS
from communique.api.log import RequestRecord
from communique.api.negotiation import PROBLEM
from communique.graph.engine.budget import QueryBudget
from communique.graph.engine.pool import Pool, PoolLimits
from communique.graph.engine.protocol import Request, address_of
from communique.graph.errors import CommuniqueError, EngineError, one_line
from communique.graph.jobs.tokens import TokenFile
from communique.graph.settings import Settings

_LOG = logging.getLogger(__name__)

# Seconds for the body of a request to arrive; seconds that a client may read nothing of its response.
BODY_SECONDS, STALLED_SECONDS = 20.0, 60.0
# Seconds after which a client is watched for leaving: short requests are answered before.
_WATCHED = 0.2
# Threads for what may ask the engine, and for what never does, so that the one cannot keep out the other.
_ASKING, _STATIC = 32, 4
_WITHOUT_ENGINE = ("/static/", "/ontology", "/openapi", "/documentation", "/robots.txt", "/sitemap.xml", "/info")
# For those who watch the service.
_PROBES = ("/healthz", "/readyz")
_LIVE = {"status": "live", "version": __version__}
# Where a POST only asks.
_QUESTIONS = ("/sparql", "/hints", "/reconcile")
# What a response may depend on beside method, address, body and data.
_VARYING = ("accept", "accept-encoding", "content-type", "host", "x-forwarded-proto", "x-forwarded-host", "origin")


class Front:
    """Answers the requests of one process; see the package for the way of a request."""

    def __init__(self, settings: Settings) -> None:
        """Prepare; ``begin`` connects, once the event loop runs."""
        self._settings = settings
        self._kept = KeptAnswers()
        self._proxies = read_networks(settings.proxies)
        self._tokens = TokenFile(Path(settings.tokens)) if settings.tokens else None
        self._tasks: list[asyncio.Task[None]] = []

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin: called by the server before the first request."""
        loop.run_until_complete(self.begin())

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        """End: called by the server after the last request."""
        loop.run_until_complete(self.end())

    async def begin(self) -> None:
        """Connect to the engine, and make the application."""
        settings = self._settings
        connections = max(2, settings.engine_workers // settings.web_workers)
        limits = PoolLimits(connections, settings.queue_length, settings.queue_seconds)
        self.pool = Pool(address_of(settings.home), limits, QueryBudget(settings.client_seconds, _is_local))
        self.pool.start()
        app: Flask = create_app(settings, ThreadClient(self.pool, asyncio.get_running_loop()))
        self._asking = Threads(app, _ASKING, settings.home)
        self._static = Threads(app, _STATIC, settings.home)
        self._direct = DirectQueries(self.pool, self._asking, settings)
        bounds = ConnectionLimits(settings.connections, settings.client_connections, STALLED_SECONDS)
        self._tasks.append(asyncio.ensure_future(Connections(settings.port, bounds, self._proxies).watch()))

    async def end(self) -> None:
        """Hang up."""
        for task in self._tasks:
            task.cancel()
        await self.pool.close()
        self._asking.close()
        self._static.close()

    async def __rsgi__(self, scope: Scope, exchange: Exchange) -> None:
        """Answer one request; what the client no longer waits for is ended."""
        task = asyncio.current_task()
        assert task is not None
        client = client_address(scope.client, _joined(scope, "x-forwarded-for"), self._proxies)
        asker = Asker(client, scope.method)
        watch = asyncio.get_running_loop().call_later(_WATCHED, _end_with_client, task, exchange)
        response = None
        try:
            response = await self._answer_or_confess(scope, exchange, asker)
            response = response.plus(("communique-request", asker.id), *self._budget(asker))
            outgoing.send(exchange, response, scope.method)
        except asyncio.CancelledError:
            asker.leave()
        finally:
            watch.cancel()
            self._tell(asker.record(response))

    async def _answer_or_confess(self, scope: Scope, exchange: Exchange, asker: Asker) -> Outgoing:
        """Answer, also when there is a fault in here: the log has it under the id of the request."""
        try:
            return await self.answer(scope, exchange, asker)
        except Exception:
            _LOG.exception("%s: %s %s failed", asker.id, scope.method, one_line(scope.path))
            problem, parts = problems.confess(asker.id)
            status, headers, body = problems.write(problem, parts, PROBLEM)
            return Outgoing(status, outgoing.lowered(headers.items()), body)

    async def answer(self, scope: Scope, exchange: Exchange, asker: Asker) -> Outgoing:
        """Choose who answers."""
        if scope.path in _PROBES:
            asker.route = scope.path
            return await self._ready() if scope.path == "/readyz" else _json(200, _LIVE)
        try:
            if len(scope.path) + len(scope.query_string) >= LONGEST_ADDRESS:
                raise RequestURITooLarge(f"The address has more than {LONGEST_ADDRESS:,} characters; send it by POST.")
            largest = largest_body(self._tokens, scope.headers.get("authorization"), self._settings)
            # a second more for each MiB that is allowed
            body = await read_body(scope, exchange, largest, BODY_SECONDS + (largest >> 20))
        except HTTPException as error:
            # explained in the application's way
            return await self._static.answer(Incoming(scope, asker.client, b"", refused=error), asker)
        scheme = client_scheme(scope.client, _joined(scope, "x-forwarded-proto"), self._proxies, scope.scheme)
        return await self._answer_whole(Incoming(scope, asker.client, body, scheme), asker)

    async def _answer_whole(self, request: Incoming, asker: Asker) -> Outgoing:
        """Answer from what is kept, or anew."""
        key = _key(request)
        if (kept := self._kept.find(self.pool.known_snapshot(), key)) is not None:
            asker.route = "kept"
            return _unless_known(kept, request)
        response = await self._make(request, asker)
        response = await outgoing.compress(response, request.header("accept-encoding"), self._settings.home)
        response = response.plus(("vary", ", ".join(filter(None, (response.header("vary"), "Accept-Encoding")))))
        if _is_safe(request):
            self._kept.keep(self.pool.known_snapshot(), key, response)
        return _unless_known(response, request)

    async def _make(self, request: Incoming, asker: Asker) -> Outgoing:
        """Let the engine answer, or the application."""
        if (response := await self._direct.answer(request, asker)) is not None:
            return response
        path = request.scope.path
        threads = self._static if path.startswith(_WITHOUT_ENGINE) else self._asking
        return await threads.answer(request, asker)

    def _budget(self, asker: Asker) -> outgoing.Pairs:
        """Tell a client with a budget what is left of it (draft-ietf-httpapi-ratelimit-headers)."""
        budget = self.pool.budget
        if not asker.asked or budget.is_exempt(asker.client):
            return ()
        policy = f'"query-seconds";q={budget.seconds:g};w=60'
        left = f'"query-seconds";r={max(0, int(budget.left(asker.client)))}'
        return ("ratelimit-policy", policy), ("ratelimit", left)

    def _tell(self, record: RequestRecord) -> None:
        """Write a line about a request that has ended, and count it."""
        if record.route not in _PROBES:
            log.write(record, self._settings)
        metrics.observe(record)
        metrics.set_queue_length(self.pool.waiting)

    async def _ready(self) -> Outgoing:
        """Say whether a query would be answered now: it is asked."""
        pool = self.pool
        if pool.waiting >= pool.limits.queue_length:
            return _json(503, {"status": "busy", "waiting": pool.waiting})
        try:
            answer = await pool.query(Request("ASK {}"), "127.0.0.1")
        except (CommuniqueError, EngineError) as error:
            return _json(503, {"status": "not ready", "detail": error.message})
        return _json(200, {"status": "ready", "snapshot": answer.snapshot})


def _end_with_client(task: asyncio.Task[None], exchange: Exchange) -> None:
    """Cancel a request when its client hangs up before it is answered."""
    watch = asyncio.ensure_future(exchange.client_disconnect())
    task.add_done_callback(lambda _: watch.cancel())
    watch.add_done_callback(lambda done: None if done.cancelled() else task.cancel())


def _joined(scope: Scope, name: str) -> str:
    """Return the lines of a header as one: some proxies add a line of their own to that of the client."""
    return ",".join(value for key, value in scope.headers.items() if key == name)


def _key(request: Incoming) -> Hashable:
    """Name everything that an answer depends on beside the data."""
    return request.scope.method, request.target, request.body, *map(request.header, _VARYING)


def _is_safe(request: Incoming) -> bool:
    """Whether asking again changes nothing; whatever changes something needs a token."""
    posted = request.scope.method == "POST" and request.scope.path in _QUESTIONS
    return (posted or request.scope.method in {"GET", "HEAD"}) and request.header("authorization") is None


def _unless_known(response: Outgoing, request: Incoming) -> Outgoing:
    """Say "not modified" of a kept answer that the client has (RFC 9110, 13.1.2)."""
    tag, known = response.header("etag"), request.header("if-none-match")
    if response.status != 200 or not tag or not known or tag.removeprefix("W/") not in known:
        return response
    headers = tuple(pair for pair in response.headers if not pair[0].startswith("content-"))
    if not isinstance(response.body, bytes):
        os.close(response.body.descriptor)
    return replace(response, status=304, headers=headers, body=b"")


def _json(status: int, content: Mapping[str, object]) -> Outgoing:
    headers = {"content-type": "application/json", "cache-control": "no-store", "access-control-allow-origin": "*"}
    return Outgoing(status, tuple(headers.items()), json.dumps(content).encode())


@lru_cache(maxsize=1 << 10)
def _is_local(client: str) -> bool:
    """Whether a client is on this machine."""
    try:
        return ipaddress.ip_address(client).is_loopback
    except ValueError:
        return False
