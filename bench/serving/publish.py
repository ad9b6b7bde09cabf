"""New data while clients ask: the longest time without an answer, what failed, and when the new data are there."""

from __future__ import annotations

import http.client
import shutil
import threading
import time
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from pyoxigraph import Literal, NamedNode, Quad

from bench.machine import table
from bench.serving.asking import Endpoint
from bench.serving.data import Material, lookup
from bench.serving.services import Communique
from communique.graph.store.changes import Change
from communique.graph.store.workspace import Workspace

CLIENTS, TIMES = 4, 3
# Seconds that the new data are waited for, and that clients ask on afterwards.
_LONGEST, _AFTERWARDS = 120.0, 2.0
_SNAPSHOT = "communique-snapshot"


@dataclass
class Experience:
    """What the clients met: when each answer came, from which data, and what was none."""

    answers: list[tuple[float, str]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


def measure(material: Material, filled: Communique, times: int = TIMES) -> str:
    """Publish some times under load, each time one statement more, in a copy of what was filled."""
    with TemporaryDirectory(dir=filled.work.parent) as folder:
        service = Communique(Path(folder))
        shutil.copytree(filled.home, service.home, symlinks=True, ignore=shutil.ignore_patterns("*.sock", "*.lock"))
        rows = _serve(material, service, times)
    columns = ["publishing, s", "new data after, s", "longest time without an answer, ms", "answers", "failures"]
    return table(columns, rows)


def _serve(material: Material, service: Communique, times: int) -> list[list[object]]:
    """Serve and publish: a row for each time."""
    rows: list[list[object]] = []
    with service.running() as running:
        for number in range(times):
            met, over = Experience(), threading.Event()
            asked = (running.endpoint, material, met, over)
            clients = [threading.Thread(target=_ask, args=asked, daemon=True) for _ in range(CLIENTS)]
            for client in clients:
                client.start()
            time.sleep(1)
            if not met.answers:
                raise ChildProcessError(f"no client got an answer: {met.failures[:3]}")
            old = met.answers[-1][1]
            took = _publish(service, number)
            published = time.perf_counter()
            seen = _wait(met, old)
            time.sleep(_AFTERWARDS)
            over.set()
            for client in clients:
                client.join()
            gap = max(later - earlier for (earlier, _), (later, _) in pairwise(sorted(met.answers)))
            rows.append([took, seen - published, gap * 1e3, len(met.answers), len(met.failures)])
    return rows


def _ask(endpoint: Endpoint, material: Material, met: Experience, over: threading.Event) -> None:
    """Look nodes up one after another."""
    own = Endpoint(endpoint.port, endpoint.path)
    while not over.is_set():
        for node in material.nodes[:50]:
            try:
                heard = own.ask(f"{lookup(node)} # {time.perf_counter_ns()}")  # so that it has to be evaluated
            except (OSError, http.client.HTTPException) as error:
                met.failures.append(repr(error))
                continue
            if heard.status == 200:
                met.answers.append((time.perf_counter(), heard.headers.get(_SNAPSHOT, "")))
            else:
                met.failures.append(str(heard.status))
    own.close()


def _publish(service: Communique, number: int) -> float:
    """Publish one statement more; seconds."""
    begun = time.perf_counter()
    workspace = Workspace(service.home)
    node = NamedNode(f"http://data.example.org/id/new/{number}")
    quad = Quad(node, NamedNode("http://data.example.org/def#number"), Literal(number), node)
    with workspace.working_copy() as copy:
        copy.apply(Change(added=[quad]))
        workspace.publish(copy)
    return time.perf_counter() - begun


def _wait(met: Experience, old: str) -> float:
    """Wait until an answer comes from other data; when it came."""
    end = time.monotonic() + _LONGEST
    while time.monotonic() < end:
        for when, snapshot in reversed(met.answers[-200:]):
            if snapshot != old:
                return next(when for when, each in met.answers if each == snapshot)
        time.sleep(0.01)
    return float("nan")
