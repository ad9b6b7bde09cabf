"""Responses as they go out: compressed where the client takes it, small ones from memory, large ones from a file."""

from __future__ import annotations

import asyncio
import logging
import os
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

import brotli
import zstandard
from werkzeug.http import parse_accept_header

from communique.api.front.incoming import Exchange
from communique.graph.engine.output import LARGEST_MESSAGE
from communique.graph.engine.protocol import AnswerFile

_LOG = logging.getLogger(__name__)

# Below so many bytes compression saves nothing; above the other, it would keep the event loop too long.
_WORTHWHILE, _QUICK = 1 << 10, 1 << 15
_PIECE = 1 << 20
# Seconds after which the server has surely opened a file that it was told to send.
_OPENED = 10.0
_TEXT = ("text/", "application/json", "application/xml", "application/trig", "application/n-", "image/svg")

Compress = Callable[[Iterator[bytes]], Iterator[bytes]]
Pairs = tuple[tuple[str, str], ...]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A response: status, headers, and a body in memory or in an open file, which is closed when it has been sent.

    The names of headers are in small letters, as ``lowered`` writes them. One that never changes can be kept, and
    appending is cheap; werkzeug's ``Headers`` took a quarter of the time that a small query has before the engine.
    """

    status: int
    headers: Pairs
    body: bytes | AnswerFile = b""

    @property
    def size(self) -> int:
        """Count the bytes of the body."""
        return self.body.size if isinstance(self.body, AnswerFile) else len(self.body)

    def header(self, name: str) -> str:
        """Return a header by its name in small letters, several of it joined by commas; empty where there is none."""
        return ", ".join([value for key, value in self.headers if key == name])

    def plus(self, *headers: tuple[str, str]) -> Outgoing:
        """Return the same with further headers, in the place of those of the same name."""
        names = {name for name, _ in headers}
        others = [pair for pair in self.headers if pair[0] not in names]
        return Outgoing(self.status, (*others, *headers), self.body)


def lowered(headers: Iterable[tuple[str, str]]) -> Pairs:
    """Write the names of headers in small letters."""
    return tuple((name.lower(), value) for name, value in headers)


def keep_in_file(body: bytes, folder: Path) -> bytes | AnswerFile:
    """Move a large body out of memory: its client may take long to read it. Where the disk is full it stays there."""
    if len(body) <= LARGEST_MESSAGE:
        return body
    try:
        return _write_file(iter((body,)), folder)
    except OSError as error:
        _LOG.warning("a response is kept in memory: %s", error.strerror)
        return body


def close(body: bytes | AnswerFile) -> None:
    """Close the file of a body that nobody gets."""
    if isinstance(body, AnswerFile):
        os.close(body.descriptor)


async def finish(making: asyncio.Future[T], drop: Callable[[T], None]) -> T:
    """Wait for what a thread makes; cancelled, let it make that to the end and ``drop`` it, which nobody else would."""
    try:
        return await asyncio.shield(making)
    except asyncio.CancelledError:
        making.add_done_callback(lambda done: None if done.cancelled() or done.exception() else drop(done.result()))
        raise


async def compress(response: Outgoing, accepted: str | None, folder: Path) -> Outgoing:
    """Compress a body, in the best way that ``Accept-Encoding`` names, unless it is small or compressed already.

    RFC 9110, 12.5.3; of equal weights zstd comes first, then br, then gzip.
    """
    encoding = _choose(response, accepted)
    if encoding is None:
        return response
    if isinstance(response.body, bytes) and response.size <= _QUICK:
        body: bytes | AnswerFile = b"".join(_ENCODINGS[encoding](iter((response.body,))))
    else:
        making = asyncio.ensure_future(asyncio.to_thread(_compress_large, response.body, _ENCODINGS[encoding], folder))
        made = await finish(making, lambda made: close(response.body if made is None else made))
        if made is None:
            return response
        body = made
    return replace(response.plus(("content-encoding", encoding)), body=body)


def send(exchange: Exchange, response: Outgoing, method: str) -> None:
    """Send a response; its file, if it has one, is closed here."""
    headers = [pair for pair in response.headers if pair[0] != "content-length"]
    bodiless = response.status in {204, 304}
    if not bodiless:
        headers.append(("content-length", str(response.size)))
    if isinstance(response.body, bytes):
        if bodiless or method == "HEAD":
            exchange.response_empty(response.status, headers)
        else:
            exchange.response_bytes(response.status, headers, response.body)
        return
    descriptor = response.body.descriptor
    if method == "HEAD":
        os.close(descriptor)
        exchange.response_empty(response.status, headers)
        return
    asyncio.get_running_loop().call_later(_OPENED, os.close, descriptor)
    exchange.response_file(response.status, headers, f"/proc/self/fd/{descriptor}")


def _choose(response: Outgoing, accepted: str | None) -> str | None:
    """Choose an encoding; None to leave the body as it is."""
    if not accepted or response.size < _WORTHWHILE or response.header("content-encoding"):
        return None
    kind = response.header("content-type")
    if not kind.startswith(_TEXT) and "+json" not in kind and "+xml" not in kind:
        return None
    weights = dict(parse_accept_header(accepted))
    offered = [name for name in _ENCODINGS if weights.get(name, weights.get("*", 0)) > 0]
    return max(offered, key=lambda name: weights.get(name, weights.get("*", 0)), default=None)


def _compress_large(body: bytes | AnswerFile, encode: Compress, folder: Path) -> bytes | AnswerFile | None:
    """Compress a body into a file, or into memory when little is left of it; closes the file of the body.

    None where there is no room for it; the file of the body then stays open.
    """
    if isinstance(body, bytes):
        return keep_in_file(b"".join(encode(iter((body,)))), folder)
    try:
        compressed = _write_file(encode(_pieces(body)), folder)
    except OSError as error:
        _LOG.warning("a response is sent as it is: %s", error.strerror)
        return None
    close(body)
    return compressed


def _pieces(body: AnswerFile) -> Iterator[bytes]:
    for start in range(0, body.size, _PIECE):
        yield os.pread(body.descriptor, _PIECE, start)


def _write_file(pieces: Iterator[bytes], folder: Path) -> AnswerFile:
    """Write a file without a name."""
    with tempfile.TemporaryFile(dir=folder) as file:
        size = sum(map(file.write, pieces))
        file.flush()
        return AnswerFile(os.dup(file.fileno()), size)


def _gzip(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Compress as RFC 1952."""
    engine = zlib.compressobj(4, wbits=31)
    for piece in pieces:
        yield engine.compress(piece)
    yield engine.flush()


def _brotli(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Compress as RFC 7932."""
    engine = brotli.Compressor(quality=4)
    for piece in pieces:
        yield engine.process(piece)
    yield engine.finish()


def _zstd(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Compress as RFC 8878, in a window that every browser takes."""
    engine = zstandard.ZstdCompressor(level=3).compressobj()
    for piece in pieces:
        yield engine.compress(piece)
    yield engine.flush()


# Name in the header → how; of equal weights the first is taken.
_ENCODINGS: Mapping[str, Compress] = MappingProxyType({"zstd": _zstd, "br": _brotli, "gzip": _gzip})
