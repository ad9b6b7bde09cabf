"""Connections of this very process, looked at as the service looks at its own."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from communique.api.front.connections import ConnectionLimits, Connections


@dataclass
class Pairs:
    """A listening socket, and its connections: the client's end and the server's."""

    listener: socket.socket
    stack: ExitStack

    @property
    def port(self) -> int:
        return int(self.listener.getsockname()[1])

    def connect(self) -> tuple[socket.socket, socket.socket]:
        client = self.stack.enter_context(socket.create_connection(("127.0.0.1", self.port)))
        return client, self.stack.enter_context(self.listener.accept()[0])


@pytest.fixture
def pairs() -> Iterator[Pairs]:
    with ExitStack() as stack:
        yield Pairs(stack.enter_context(socket.create_server(("127.0.0.1", 0))), stack)


def is_open(client: socket.socket) -> bool:
    client.settimeout(0.1)
    try:
        return bool(client.recv(1))
    except TimeoutError:
        return True


@pytest.mark.parametrize("limits", [ConnectionLimits(3, 100, 60), ConnectionLimits(100, 3, 60)])
def test_the_newest_of_too_many_are_ended(pairs: Pairs, limits: ConnectionLimits) -> None:
    connections = Connections(pairs.port, limits)
    older = [pairs.connect()[0] for _ in range(2)]
    assert connections.look() == 2
    newer = [pairs.connect()[0] for _ in range(4)]
    assert connections.look() == 3
    assert all(map(is_open, older))
    assert sum(map(is_open, newer)) == 1
    assert connections.look() == 3


def test_who_reads_nothing_is_cut_off_and_who_reads_is_not(
    pairs: Pairs, eventually: Callable[[Callable[[], bool]], bool]
) -> None:
    connections = Connections(pairs.port, ConnectionLimits(100, 100, 0.0))
    (idle, _), (reading, to_reading), (_stalled, to_stalled) = (pairs.connect() for _ in range(3))
    for server in (to_reading, to_stalled):
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            while True:
                server.send(b"x" * 65536)
    assert connections.look() == 3
    reading.settimeout(0.5)
    with pytest.raises(TimeoutError):
        while reading.recv(1 << 20):
            pass
    assert eventually(lambda: connections.look() == 2)
    assert is_open(idle)
    assert is_open(reading)
    with pytest.raises((BrokenPipeError, ConnectionResetError)):
        to_stalled.send(b"x")


def test_other_connections_are_left_alone(pairs: Pairs) -> None:
    client, _ = pairs.connect()
    assert Connections(1, ConnectionLimits(0, 0, 0.0)).look() == 0
    assert is_open(client)
