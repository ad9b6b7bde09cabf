"""The whole service as a process, and a client that says what it sends, byte by byte."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any

from communique.graph.settings import Settings

_SERVE = """
import json, sys
from pathlib import Path
from communique.cli.serve import run_server
from communique.graph.settings import Settings
given = json.loads(sys.argv[1])
run_server(Settings(**{**given, "home": Path(given["home"])}))
"""


@dataclass(frozen=True)
class Service:
    """A service on this machine: its port, its first process, what it writes to its log."""

    port: int
    pid: int
    log: Path

    def ask(
        self, target: str, method: str = "GET", body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        """Ask on a connection of its own; returns status, headers by their names in small letters, and the body."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            connection.request(method, target, body, headers or {})
            response: HTTPResponse = connection.getresponse()
            return response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
        finally:
            connection.close()

    def connect(self, sent: bytes = b"") -> socket.socket:
        """Open a connection and send some bytes."""
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=120)
        connection.sendall(sent)
        return connection


@contextmanager
def running(home: Path, folder: Path, **settings: Any) -> Iterator[Service]:
    """Run a service on a free port until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    chosen = {**asdict(Settings(home, port=port, **settings)), "home": str(home)}
    log = folder / f"log-{port}"
    with (
        log.open("wb") as file,
        subprocess.Popen([sys.executable, "-c", _SERVE, json.dumps(chosen)], stderr=file) as process,
    ):
        service = Service(port, process.pid, log)
        try:
            while not _is_ready(service):
                assert process.poll() is None, log.read_text()
                time.sleep(0.05)
            yield service
        finally:
            os.kill(process.pid, signal.SIGTERM)
            process.wait(60)


def _is_ready(service: Service) -> bool:
    try:
        return service.ask("/readyz")[0] == 200
    except OSError:
        return False
