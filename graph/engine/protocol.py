"""What the query engine and its clients say to each other, and how it is framed.

A message is a JSON header and a body of bytes, preceded by their lengths and their checksum: where a worker is killed
while it sends, the engine's word on that follows in the middle of the body, and must not pass for its end.

The engine speaks first (``hello``); then each ``ask`` is followed by an ``answer``, a ``failure``, or a ``crash``, a
failure that the worker did not survive. ``goodbye`` says that this connection takes no more: ask again on a new one.

The body of a large answer does not pass through the connection: the worker has written it to a file without a name,
and hands over the open file beside the header (``SCM_RIGHTS``, unix(7)).
"""

from __future__ import annotations

import json
import os
import socket
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

JSON_RESULTS = "application/sparql-results+json"
TURTLE = "text/turtle"
# Asked for in the place of a media type by who lays out a page: see ``Request.rows``.
PAGE = "text/html"

# The longest path a UNIX socket address holds, less its closing zero (unix(7)).
_LONGEST = 107
_HEAD = struct.Struct(">III")
# Bytes taken from a connection at once; name of the part that holds the length of a file.
_PORTION, _FILE = 1 << 18, "file"


@dataclass(frozen=True, slots=True)
class Request:
    """A query and how it is to be answered.

    Attributes
    ----------
    text : SPARQL 1.1 query
    solutions : media type for SELECT and ASK, or ``PAGE``; None when the asker takes none
    graph : media type for CONSTRUCT and DESCRIBE, or ``PAGE``; None when the asker takes none
    default_graphs, named_graphs : IRIs of the dataset; None for both = the whole published dataset
    seconds : time the asker wants to wait at most, when that is less than the engine's own limit
    rows : how many rows or statements a page shows: for ``PAGE``, only those are written, a line each (a SELECT as TSV,
        a graph as N-Triples), and all are counted
    """

    text: str
    solutions: str | None = JSON_RESULTS
    graph: str | None = TURTLE
    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None
    seconds: float | None = None
    rows: int = 500


# What an ``ask`` has beside the text.
_PARTS = [each.name for each in fields(Request) if each.name != "text"]


@dataclass(frozen=True, slots=True)
class AnswerFile:
    """The bytes of a large answer in an open file without a name; whoever holds it closes ``descriptor``."""

    descriptor: int
    size: int

    def read(self) -> bytes:
        """Read all of it into memory, and close it."""
        with os.fdopen(self.descriptor, "rb") as file:
            file.seek(0)
            return file.read()


@dataclass(frozen=True, slots=True)
class Message:
    """One frame; ``kind`` is ``hello``, ``ask``, ``answer``, ``failure``, ``crash`` or ``goodbye``."""

    kind: str
    parts: dict[str, Any]
    body: bytes | AnswerFile = b""


def address_of(home: Path) -> Path:
    """Return the path of the socket of the engine that serves ``home``."""
    return home.absolute() / "engine.sock"


def ask(request: Request) -> Message:
    """Write a request as a message."""
    parts = {name: getattr(request, name) for name in _PARTS}
    return Message("ask", parts, request.text.encode())


def read_request(message: Message) -> Request:
    """Read a request back from its message."""
    assert isinstance(message.body, bytes)
    parts: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in message.parts.items()
    }
    return Request(text=message.body.decode(), **parts)


def frame(message: Message) -> bytes:
    """Write a message that has its body in itself."""
    assert isinstance(message.body, bytes)
    header = json.dumps([message.kind, message.parts]).encode()
    content = header + message.body
    return _HEAD.pack(len(header), len(message.body), zlib.crc32(content)) + content


def send(connection: socket.socket, message: Message) -> None:
    """Send one message; OSError when the other side has gone. A file is closed here: the receiver has it then."""
    if isinstance(message.body, bytes):
        connection.sendall(frame(message))
        return
    try:
        head = frame(Message(message.kind, message.parts | {_FILE: message.body.size}))
        socket.send_fds(connection, [head], [message.body.descriptor])
    finally:
        os.close(message.body.descriptor)


def receive(connection: socket.socket) -> Message:
    """Receive one message; EOFError when the other side ends before it is whole."""
    reader = MessageReader()
    while (message := reader.read()) is None:
        reader.receive(connection)
    return message


@dataclass(slots=True)
class MessageReader:
    """Puts messages together from what a connection delivers, bit by bit, blocking or not."""

    _bytes: bytearray = field(default_factory=bytearray)
    _files: list[int] = field(default_factory=list)

    def receive(self, connection: socket.socket) -> None:
        """Receive what is there; EOFError at the end, BlockingIOError when nothing is there yet."""
        received, files, _, _ = socket.recv_fds(connection, _PORTION, 1)
        self._files += files
        if not received:
            raise EOFError
        self._bytes += received

    def read(self) -> Message | None:
        """Take the next message that has arrived as a whole; EOFError when its sender did not finish it."""
        if len(self._bytes) < _HEAD.size:
            return None
        header, body, checksum = _HEAD.unpack_from(self._bytes)
        end = _HEAD.size + header + body
        if len(self._bytes) < end:
            return None
        received = bytes(self._bytes[_HEAD.size : end])
        del self._bytes[:end]
        if zlib.crc32(received) != checksum:
            raise EOFError
        kind, parts = json.loads(received[:header])
        content: bytes | AnswerFile = received[header:]
        if (size := parts.pop(_FILE, None)) is not None:
            content = AnswerFile(self._files.pop(0), size)
        return Message(kind, parts, content)

    def close(self) -> None:
        """Close the files that nobody took."""
        while self._files:
            os.close(self._files.pop())


@contextmanager
def reachable(path: Path) -> Iterator[str]:
    """Yield a form of ``path`` that fits into a socket address, however long the path is."""
    if len(os.fsencode(path)) <= _LONGEST:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
