"""Look-ups from 1, 8 and 64 clients: alone, beside 64 idle connections, beside a query that never ends.

Each request has a number in a comment, so that it has to be evaluated; "the same again" is one request without.
"""

from __future__ import annotations

import http.client
import json
import re
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from bench.machine import table
from bench.serving.asking import JSON, Endpoint
from bench.serving.data import Material, lookup
from bench.serving.services import Service

CLIENTS, SECONDS, IDLE = (1, 8, 64), 5, 64
_RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(STR(?a) < STR(?d)) }"
_RATE, _LATE = re.compile(r"Requests/sec:\s*([\d.]+)"), re.compile(r"99%\s+([\d.]+)(us|ms|s)\b")
_BAD = re.compile(r"Non-2xx or 3xx responses: (\d+)|Socket errors: (.*)")
_UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3}
# Look-ups of many nodes in turns, by an HTTP client in C; os.time keeps the numbers of one run from those of another.
_SCRIPT = """
local paths = {%s}
local place = os.time() * 100000
wrk.headers["Accept"] = "%s"
request = function()
  place = place + 1
  return wrk.format("GET", paths[place %% #paths + 1] .. string.format("%%%%20%%%%23%%d", place))
end
"""
_SAME = 'wrk.headers["Accept"] = "%s"'


def measure(material: Material, services: Sequence[Service], work: Path, seconds: float = SECONDS) -> str:
    """Load each service in turns; the one with a runaway is started anew for each, since some never end it."""
    if shutil.which("wrk") is None:
        return "Left out: there is no `wrk` here (apt-get install wrk)."
    loads = {each.name: WrkLoad(each.port, each.path, material, work, seconds) for each in services}
    rows: list[list[object]] = []
    with ExitStack() as stack:
        for each in services:
            stack.enter_context(each.running())
        for clients in CLIENTS:
            for beside, number in (("nothing", 0), (f"{IDLE} idle connections", IDLE)):
                for name, load in loads.items():
                    with _idle(load.port, number):
                        rows.append([clients, beside, name, *load.run(clients)])
            rows.extend(
                [clients, "the same again", name, *load.run(clients, again=True)] for name, load in loads.items()
            )
    for clients in CLIENTS:
        for each in services:
            with each.running() as running, _runaway(running.endpoint):
                rows.append([clients, "a runaway", each.name, *loads[each.name].run(clients)])
    return table(["clients", "beside", "service", "requests/s", "p99, ms", "failed"], rows)


class WrkLoad:
    """Requests to one service, sent by wrk."""

    def __init__(self, port: int, path: str, material: Material, work: Path, seconds: float) -> None:
        """Write the requests down; a run takes so many seconds."""
        self.port, self._seconds = port, seconds
        endpoint = Endpoint(port, path)
        paths = [endpoint.address(lookup(node)) for node in material.nodes]
        self._same = f"http://127.0.0.1:{port}{paths[0]}"
        self._fresh, self._again = work / f"fresh-{port}.lua", work / f"again-{port}.lua"
        self._fresh.write_text(_SCRIPT % (", ".join(map(json.dumps, paths)), JSON))
        self._again.write_text(_SAME % JSON)

    def run(self, clients: int, *, again: bool = False) -> tuple[str, str, str]:
        """Let so many clients ask: requests per second, the 99th percentile in ms, and what failed."""
        command = ["wrk", "-t1", f"-c{clients}", f"-d{self._seconds:g}s", "--latency", "--timeout", "30s", "-s"]
        script = self._again if again else self._fresh
        done = subprocess.run([*command, str(script), self._same], check=True, capture_output=True, text=True)
        rate, late = _RATE.search(done.stdout), _LATE.search(done.stdout)
        p99 = f"{float(late[1]) * _UNITS[late[2]]:.3g}" if late else "–"
        failed = "; ".join(match[1] or match[2] for match in _BAD.finditer(done.stdout))
        return f"{float(rate[1]):,.0f}" if rate else "–", p99, failed or "0"


@contextmanager
def _idle(port: int, number: int) -> Iterator[None]:
    """Hold connections open that say nothing."""
    with ExitStack() as stack:
        for _ in range(number):
            stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10))
        yield


@contextmanager
def _runaway(endpoint: Endpoint) -> Iterator[None]:
    """Have one query evaluated all the time; asked again when the service ends it."""
    over = threading.Event()

    def insist() -> None:
        asker = Endpoint(endpoint.port, endpoint.path, seconds=120)
        while not over.is_set():
            with suppress(OSError, http.client.HTTPException):
                asker.ask(_RUNAWAY)
            over.wait(0.1)

    threading.Thread(target=insist, daemon=True).start()
    time.sleep(0.5)
    try:
        yield
    finally:
        over.set()
