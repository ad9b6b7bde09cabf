"""The whole service as a process: it comes up, takes up newer data, and leaves nothing behind."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import NamedNode, Quad

from communique.cli import serve as serving
from communique.graph.linking import meanings
from communique.graph.queries.library import library
from communique.graph.settings import Settings

Publish = Callable[[Path, Iterable[Quad]], str]
Eventually = Callable[[Callable[[], bool]], bool]

P = NamedNode("http://example.org/p")
SERVE = """
import sys
from pathlib import Path
from communique.cli.serve import run_server
from communique.graph.settings import Settings
run_server(Settings(home=Path(sys.argv[1]), port=int(sys.argv[2]), engine_workers=2))
"""


OLDER, NEWER = ([Quad(P, P, NamedNode(f"http://example.org/{name}"), P)] for name in ("older", "newer"))


def snapshot(port: int) -> str | None:
    """Ask which data is served; None while nobody answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=60) as response:
            answer: dict[str, Any] = json.load(response)
            return str(answer["snapshot"])
    except OSError:
        return None


def processes(home: Path) -> set[str]:
    """List the processes that run the engine of this home: they hold its socket or its lock open."""
    found = set()
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if str(link.readlink()).startswith(str(home)):
                found.add(link.parts[2])
        except OSError:
            continue
    return found


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@pytest.fixture
def service(confined: None, publish: Publish, tmp_path: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    publish(tmp_path, OLDER)
    with subprocess.Popen(
        [sys.executable, "-c", SERVE, str(tmp_path), str(port)], stderr=subprocess.DEVNULL
    ) as process:
        yield process
        process.kill()


ENDS = [signal.SIGTERM, *(pytest.param(each, marks=pytest.mark.slow) for each in (signal.SIGINT, signal.SIGKILL))]


@pytest.mark.parametrize("order", ENDS)
def test_the_life_of_a_service(
    service: subprocess.Popen[bytes],
    publish: Publish,
    tmp_path: Path,
    port: int,
    order: signal.Signals,
    eventually: Eventually,
) -> None:
    assert eventually(lambda: snapshot(port) is not None)
    newer = publish(tmp_path, NEWER)
    assert eventually(lambda: snapshot(port) == newer)
    assert processes(tmp_path)
    service.send_signal(order)
    assert service.wait(120) == (-order if order == signal.SIGKILL else 0)
    assert eventually(lambda: not processes(tmp_path))
    assert eventually(lambda: snapshot(port) is None)


def test_questions_and_names_of_states_are_read_before_the_web_workers_are_forked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tables = (
        meanings.name_tables,
        meanings.code_tables,
        library,
    )
    for table in tables:
        table.cache_clear()
    read: list[bool] = []
    for started in ("monitored", "keep_engine", "keep_drawing"):
        monkeypatch.setattr(serving, started, lambda *_: nullcontext())
    monkeypatch.setattr(
        serving.Server,
        "serve",
        lambda server, target_loader: read.extend(bool(table.cache_info().currsize) for table in tables),
    )
    serving.run_server(Settings())
    assert read == [True] * len(tables)
