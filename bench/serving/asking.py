"""Ask over HTTP, one connection kept open, and time the first byte and the last."""

from __future__ import annotations

import http.client
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import quote, urlencode

JSON, TRIPLES = "application/sparql-results+json", "application/n-triples"
_PIECE = 1 << 16


@dataclass(frozen=True, slots=True)
class Heard:
    """An answer, with the seconds to the first byte of its body and to the last.

    Names of headers are in small letters; the body is empty where it was not to be kept.
    """

    status: int
    headers: dict[str, str]
    first: float
    whole: float
    size: int
    body: bytes = b""


class Endpoint:
    """Where a service is asked; one request at a time, on one connection."""

    def __init__(self, port: int, path: str, seconds: float = 60.0) -> None:
        """Ask on a port of loopback; no answer is waited for longer than ``seconds``."""
        self.port, self.path, self.pid = port, path, 0
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)

    def address(self, query: str) -> str:
        """Return path and query string of a GET."""
        return f"{self.path}?query={quote(query, safe='')}"

    def ask(self, query: str, accept: str = JSON, *, keeps: bool = True) -> Heard:
        """Ask and read all; OSError or HTTPException when the connection breaks, which the next request opens anew."""
        begun = time.perf_counter()
        try:
            response = self._send(urlencode({"query": query}), accept)
            piece = response.read(1)
            first = time.perf_counter() - begun
            size, pieces = len(piece), [piece]
            while piece:
                piece = response.read(_PIECE)
                size += len(piece)
                if keeps:
                    pieces.append(piece)
        except (OSError, http.client.HTTPException):
            self._connection.close()
            raise
        found = {name.lower(): value for name, value in response.getheaders()}
        return Heard(response.status, found, first, time.perf_counter() - begun, size, b"".join(pieces))

    def _send(self, form: str, accept: str) -> http.client.HTTPResponse:
        """Send a request, again where the service has closed the connection since the last."""
        headers = {"Accept": accept, "Content-Type": "application/x-www-form-urlencoded"}
        was_open = self._connection.sock is not None
        try:
            self._connection.request("POST", self.path, form, headers)
            return self._connection.getresponse()
        except (ConnectionError, http.client.RemoteDisconnected):
            self._connection.close()
            if not was_open:
                raise
        self._connection.request("POST", self.path, form, headers)
        return self._connection.getresponse()

    def wait(self, seconds: float, process: subprocess.Popen[bytes]) -> None:
        """Wait for the first answer; TimeoutError when none comes, ChildProcessError when the process ends instead."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if process.poll() is not None:
                raise ChildProcessError(f"{process.args!r} ended with {process.returncode}; its log is beside its data")
            with suppress(OSError, http.client.HTTPException):
                if self.ask("ASK {}").status == 200:
                    return
            time.sleep(0.02)
        raise TimeoutError(f"no answer at port {self.port} in {seconds:.0f} s")

    def close(self) -> None:
        """Hang up."""
        self._connection.close()
