"""The open connections of this process: how many there may be, and how long one may stand still.

The server accepts connections outside of the interpreter and sets no bound to them. This looks at the process's own
sockets every second, and ends those that are too many, the newest first, and those whose client does not take what was
sent to it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
import struct
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from communique.api.addresses import Network, is_proxy

_LOG = logging.getLogger(__name__)

_INTERVAL = 1.0
# <linux/tcp.h>: bytes of struct tcp_info up to tcpi_notsent_bytes; states.
_INFO, _UNACKED, _NOT_SENT, _BYTES_ACKED = 192, 24, 144, 120
_ESTABLISHED, _CLOSE_WAIT = 1, 8


@dataclass(slots=True)
class Stalled:
    """Bytes that a client had taken when it was last seen to take some, and when that was."""

    acknowledged: int
    since: float


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """Most connections in all and with one client; seconds that a client may take nothing of what is sent to it."""

    most: int
    most_of_client: int
    stalled_seconds: float


class Connections:
    """Watches the connections to one port; a proxy brings those of many clients, and may have as many as there are."""

    def __init__(self, port: int, limits: ConnectionLimits, proxies: Sequence[Network] = ()) -> None:
        self._port, self._limits, self._proxies = port, limits, proxies
        self._order: dict[int, float] = {}  # inode → when it was first seen
        self._stalled: dict[int, Stalled] = {}

    async def watch(self) -> None:
        """Look every second until cancelled."""
        while True:
            await asyncio.sleep(_INTERVAL)
            await asyncio.to_thread(self.look)

    def look(self) -> int:
        """End the connections that break a limit; returns how many are open after it."""
        now = time.monotonic()
        found = {inode: descriptor for descriptor, inode in _sockets()}
        clients: Counter[str] = Counter()
        open_connections = 0
        order: dict[int, float] = {}
        for inode in sorted(found, key=lambda inode: self._order.get(inode, now)):
            with contextlib.suppress(OSError), socket.socket(fileno=os.dup(found[inode])) as connection:
                if not self._is_ours(connection):
                    continue
                client = connection.getpeername()[0]
                order[inode] = self._order.get(inode, now)
                clients[client] += 1
                open_connections += 1
                of_client = 0 if is_proxy(client, self._proxies) else clients[client]
                if reason := self._fault(connection, inode, (open_connections, of_client), now):
                    _LOG.warning("a connection was ended: %s", reason)
                    connection.shutdown(socket.SHUT_RDWR)
                    clients[client] -= 1
                    open_connections -= 1
        self._order = order
        self._stalled = {inode: seen for inode, seen in self._stalled.items() if inode in order}
        return open_connections

    def _is_ours(self, connection: socket.socket) -> bool:
        """Whether it is an accepted connection to the port."""
        if connection.family not in {socket.AF_INET, socket.AF_INET6} or connection.type != socket.SOCK_STREAM:
            return False
        if connection.getsockname()[1] != self._port:
            return False
        return _tcp_info(connection)[0] in {_ESTABLISHED, _CLOSE_WAIT}

    def _fault(self, connection: socket.socket, inode: int, counted: tuple[int, int], now: float) -> str | None:
        """Say what is wrong with a connection; ``counted`` are the older ones and itself, in all and of its client."""
        if counted[0] > self._limits.most:
            return f"more than {self._limits.most} are open"
        if counted[1] > self._limits.most_of_client:
            return f"more than {self._limits.most_of_client} are open with this client"
        info = _tcp_info(connection)
        acknowledged = int(struct.unpack_from("Q", info, _BYTES_ACKED)[0])
        (unsent,) = struct.unpack_from("I", info, _NOT_SENT)
        (unacknowledged,) = struct.unpack_from("I", info, _UNACKED)
        if not unsent and not unacknowledged:
            self._stalled.pop(inode, None)
            return None
        seen = self._stalled.setdefault(inode, Stalled(acknowledged, now))
        if seen.acknowledged != acknowledged:
            self._stalled[inode] = Stalled(acknowledged, now)
        elif now - seen.since > self._limits.stalled_seconds:
            return f"nothing was read for {self._limits.stalled_seconds:g} seconds"
        return None


def _sockets() -> list[tuple[int, int]]:
    """List the sockets of this process: descriptor and inode."""
    found = []
    for entry in os.scandir("/proc/self/fd"):
        with contextlib.suppress(OSError):
            target = Path(entry.path).readlink().name
            if target.startswith("socket:["):
                found.append((int(entry.name), int(target[8:-1])))
    return found


def _tcp_info(connection: socket.socket) -> bytes:
    """Return what the kernel knows of a connection; the first byte is its state."""
    return connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _INFO)
