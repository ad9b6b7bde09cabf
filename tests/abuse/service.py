"""The service as an operator starts it, seen from outside: its processes, its memory, its answers over sockets."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from pyoxigraph import Literal, NamedNode, Quad

# After so many seconds something hangs.
HANGS = 120.0
EX = "http://example.org/"


@dataclass(frozen=True)
class Reply:
    """A response that arrived as a whole; names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Census:
    """What a service holds: its processes by kind, its descriptors, its memory."""

    processes: dict[str, int]
    descriptors: int
    megabytes: float


@dataclass(frozen=True)
class Service:
    """A running service; ``pid`` is of the command."""

    pid: int
    port: int
    home: Path
    log: Path

    def ask(self, path: str, *, method: str = "GET", body: bytes | None = None, **headers: str) -> Reply:
        """Send one request and read its response; header names have ``_`` for ``-``."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=HANGS)
        with contextlib.closing(connection):
            connection.request(method, path, body, {name.replace("_", "-"): text for name, text in headers.items()})
            response = connection.getresponse()
            return Reply(
                response.status, {name.lower(): text for name, text in response.headers.items()}, response.read()
            )

    def query(self, text: str, accept: str = "application/sparql-results+json", **more: str) -> Reply:
        """Ask a query by POST."""
        path = f"/sparql?{urlencode(more)}" if more else "/sparql"
        return self.ask(path, method="POST", body=text.encode(), Content_Type="application/sparql-query", Accept=accept)

    def connect(self) -> socket.socket:
        """Open a connection."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=HANGS)

    def is_ready(self) -> bool:
        """Say whether a query would be answered."""
        try:
            return self.ask("/readyz").status == 200
        except OSError:
            return False
        except http.client.HTTPException:
            return False

    def pids(self) -> list[int]:
        """List the command and everything below it."""
        found = [self.pid]
        for pid in found:
            with contextlib.suppress(OSError):
                for task in Path(f"/proc/{pid}/task").iterdir():
                    found += map(int, (task / "children").read_text().split())
        return found

    def of_kind(self, kind: str) -> list[int]:
        """List the processes of a kind: command, web, drawing, drawn, supervisor, generation, worker."""
        return [pid for pid, found in self._kinds().items() if found == kind]

    def census(self) -> Census:
        """Count everything."""
        kinds = self._kinds()
        counted = {kind: list(kinds.values()).count(kind) for kind in sorted(set(kinds.values()))}
        return Census(counted, sum(map(descriptors, kinds)), sum(map(megabytes, kinds)))

    def seconds_used(self) -> float:
        """Add up the time that the workers have computed."""
        return sum(map(seconds_used, self.of_kind("worker")))

    def _kinds(self) -> dict[int, str]:
        kinds: dict[int, str] = {}
        parents = {pid: parent(pid) for pid in self.pids()}
        below = {"supervisor": "generation", "generation": "worker", "worker": "worker", "drawing": "drawn"}
        for pid in parents:
            line = command_line(pid)
            if not line:
                continue
            if pid == self.pid:
                kinds[pid] = "command"
            elif kinds.get(parents[pid]) in below:
                kinds[pid] = below[kinds[parents[pid]]]
            elif "communique.graph.engine" in line:
                kinds[pid] = "supervisor"
            elif "communique.graph.drawing" in line:
                kinds[pid] = "drawing"
            elif "resource_tracker" in line:
                kinds[pid] = "tracker"
            else:
                kinds[pid] = "web"
        return kinds


@contextmanager
def serve(home: Path, **settings: object) -> Iterator[Service]:
    """Start the command on a home that has data; wait until it answers; end it, by its pid, with the block."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    environment = {name: text for name, text in os.environ.items() if not name.startswith("COMMUNIQUE_")}
    chosen = {"home": home, "port": port, **settings}
    environment |= {f"COMMUNIQUE_{name.upper()}": str(value) for name, value in chosen.items()}
    log = home / "service.log"
    with log.open("wb") as lines:
        command = [sys.executable, "-m", "communique", "serve"]
        process = subprocess.Popen(command, env=environment, stdout=lines, stderr=lines)
    with process:
        service = Service(process.pid, port, home, log)
        try:
            while not service.is_ready():
                if process.poll() is not None:
                    raise RuntimeError(log.read_text())
            yield service
        finally:
            process.terminate()
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def descriptors(pid: int) -> int:
    try:
        return len(list(Path(f"/proc/{pid}/fd").iterdir()))
    except OSError:
        return 0


def megabytes(pid: int) -> float:
    """Read the memory of a process that no other shares, MiB."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) / 1024


def seconds_used(pid: int) -> float:
    try:
        times = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    except OSError:
        return 0.0
    return sum(map(int, times)) / os.sysconf("SC_CLK_TCK")


def statements(count: int, version: str = "first") -> list[Quad]:
    """Make a chain of nodes with a number each; two of three quads are of the chain."""
    following, number, graph = (NamedNode(EX + name) for name in ("next", "number", "graph"))
    nodes = [NamedNode(f"{EX}{version}/{n}") for n in range(count // 2 + 1)]
    chain = [Quad(one, following, other, graph) for one, other in pairwise(nodes)]
    return [*chain, *(Quad(node, number, Literal(n), graph) for n, node in enumerate(nodes[: count // 2]))]


def settled(service: Service, eventually: Callable[[Callable[[], bool]], bool]) -> Census:
    """Wait until all workers are there, and count."""
    assert eventually(lambda: len(service.of_kind("worker")) == 4 and len(service.of_kind("drawing")) == 1)
    return service.census()
