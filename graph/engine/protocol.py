"""What the query engine and its clients say to each other, and how it is framed.

A message is a JSON header and a body of bytes, each preceded by its length. The engine speaks first (``hello``);
then each ``ask`` is followed by an ``answer``, a ``failure``, or a ``crash``, which is a failure that the worker did
not survive. ``goodbye`` says that this connection takes no more: ask again on a new one.
"""

from __future__ import annotations

import json
import os
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

JSON_RESULTS = "application/sparql-results+json"
TURTLE = "text/turtle"

# The longest path a UNIX socket address holds, less its closing zero (unix(7)).
_LONGEST = 107
_LENGTHS = struct.Struct(">II")


@dataclass(frozen=True, slots=True)
class Request:
    """A query and how it is to be answered.

    Attributes
    ----------
    text : SPARQL 1.1 query
    solutions : media type for SELECT and ASK; None when the asker takes none
    graph : media type for CONSTRUCT and DESCRIBE; None when the asker takes none
    default_graphs, named_graphs : IRIs of the dataset; None for both = the whole published dataset
    """

    text: str
    solutions: str | None = JSON_RESULTS
    graph: str | None = TURTLE
    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """One frame; ``kind`` is ``hello``, ``ask``, ``answer``, ``failure``, ``crash`` or ``goodbye``."""

    kind: str
    parts: dict[str, Any]
    body: bytes = b""


def address_of(home: Path) -> Path:
    """Return the path of the socket of the engine that serves ``home``."""
    return home.absolute() / "engine.sock"


def ask(request: Request) -> Message:
    """Write a request as a message."""
    parts = asdict(request)
    return Message("ask", parts, parts.pop("text").encode())


def read_request(message: Message) -> Request:
    """Read a request back from its message."""
    parts: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in message.parts.items()
    }
    return Request(text=message.body.decode(), **parts)


def send(connection: socket.socket, message: Message) -> None:
    """Send one frame; OSError when the other side has gone."""
    header = json.dumps([message.kind, message.parts]).encode()
    connection.sendall(_LENGTHS.pack(len(header), len(message.body)) + header)
    if message.body:  # the receiver of an empty one may have hung up already
        connection.sendall(message.body)


def receive(connection: socket.socket) -> Message:
    """Receive one frame; EOFError when the other side ends before it is whole."""
    header, body = _LENGTHS.unpack(_receive_exactly(connection, _LENGTHS.size))
    kind, parts = json.loads(_receive_exactly(connection, header))
    return Message(kind, parts, bytes(_receive_exactly(connection, body)))


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


def _receive_exactly(connection: socket.socket, size: int) -> bytearray:
    """Receive ``size`` bytes into one buffer."""
    buffer = bytearray(size)
    view = memoryview(buffer)
    while view:
        count = connection.recv_into(view)
        if not count:
            raise EOFError
        view = view[count:]
    return buffer
