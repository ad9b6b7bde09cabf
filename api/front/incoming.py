"""Requests as they come in: a body that is bounded in size and in time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import unquote_to_bytes

from werkzeug.exceptions import HTTPException, RequestEntityTooLarge, RequestTimeout

from communique.api.operations import check_encoding
from communique.api.problems import REFUSED

# Of a body that is too large, so much is read and thrown away, so that a client that still sends gets its answer.
_MOST_DISCARDED = 64 << 20


class Scope(Protocol):
    """What granian says of a request (RSGI 1.7); ``client`` is ``address:port``."""

    http_version: str
    server: str
    client: str
    scheme: str
    method: str
    path: str
    query_string: str
    headers: Mapping[str, str]


class Exchange(Protocol):
    """One request and its response, as granian hands them over (RSGI 1.7)."""

    def __aiter__(self) -> AsyncIterator[bytes]: ...

    def client_disconnect(self) -> Any:
        """Wait until the client hangs up."""

    def response_empty(self, status: int, headers: list[tuple[str, str]]) -> None:
        """Answer without a body."""

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        """Answer with a body."""

    def response_file(self, status: int, headers: list[tuple[str, str]], file: str) -> None:
        """Answer with the content of a file, which is opened after this returns."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request that has arrived as a whole.

    Attributes
    ----------
    scope : what was asked
    client : the address it comes from
    body : the bytes of the body
    scheme : with which the client asked, perhaps a proxy; empty: that of ``scope``
    refused : why the application is to refuse it unseen; None for a request in order
    """

    scope: Scope
    client: str
    body: bytes = field(repr=False)
    scheme: str = ""
    refused: HTTPException | None = None

    def header(self, name: str) -> str | None:
        """Return the value of a header, by its name in lower case."""
        return self.scope.headers.get(name)

    @property
    def target(self) -> str:
        """Return path and query."""
        query = self.scope.query_string
        return f"{self.scope.path}?{query}" if query else self.scope.path

    def environ(self) -> dict[str, Any]:
        """Write the request as WSGI has it (PEP 3333), but for its streams."""
        host, _, port = self.scope.server.rpartition(":")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": self.scope.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(self.scope.path).decode("latin-1"),
            "QUERY_STRING": self.scope.query_string,
            "SERVER_NAME": host,
            "SERVER_PORT": port,
            "SERVER_PROTOCOL": f"HTTP/{self.scope.http_version}",
            "REMOTE_ADDR": self.client,
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": self.scheme or self.scope.scheme,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            REFUSED: self.refused,
        }
        for name, value in self.scope.headers.items():
            key = name.replace("-", "_").upper()
            key = key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"
            environ[key] = f"{environ[key]},{value}" if key in environ else value
        environ["CONTENT_LENGTH"] = str(len(self.body))
        return environ


async def read_body(scope: Scope, exchange: Exchange, largest: int, seconds: float) -> bytes:
    """Read the body of a request; werkzeug's 408, 413 or 415 when it comes too slowly, is too large or is encoded."""
    if "content-length" not in scope.headers and "transfer-encoding" not in scope.headers:
        return b""
    check_encoding(scope.headers.get("content-encoding"))
    body = bytearray()
    size = 0
    try:
        async with asyncio.timeout(seconds):
            async for piece in exchange:
                size += len(piece)
                if size <= largest:
                    body += piece
                elif size > _MOST_DISCARDED:
                    break
    except TimeoutError as error:
        raise RequestTimeout(f"The body did not arrive within {seconds:g} seconds.") from error
    if size > largest:
        raise RequestEntityTooLarge(f"The body has more than {largest:,} bytes.")
    return bytes(body)
