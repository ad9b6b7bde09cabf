"""Metrics of a running service: what several processes counted, added up at a port of its own."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from pyoxigraph import NamedNode, Quad

from communique.api import metrics
from communique.cli.monitoring import monitored
from communique.graph.errors import CommuniqueError
from communique.graph.settings import Settings

sys.path.append(str(Path(__file__).parents[1] / "api"))

from service_process import Service, running

Publish = Callable[[Path, Iterable[Quad]], str]
Eventually = Callable[[Callable[[], bool]], bool]

P = NamedNode("http://example.org/p")
# Two forked processes count besides the first; one of them is killed while requests wait in it.
SERVICE = """
import os, signal, sys, time
from pathlib import Path
from communique.api import metrics
from communique.api.log import RequestOutcome, RequestRecord
from communique.cli.monitoring import monitored
from communique.graph.settings import Settings

def count():
    query = dict(query="ASK {}", form="ASK", lane="quick", waited=0.2, bytes=7)
    metrics.observe(RequestRecord("1", "GET", "/sparql", 200, RequestOutcome.ANSWERED, 0.3, **query))
    metrics.observe(RequestRecord("2", "BREW", "/sparql", 503, RequestOutcome.REFUSED, 0.0, reason="queue"))
    metrics.set_queue_length(2)

with monitored(Settings(home=Path(sys.argv[1]), metrics_port=int(sys.argv[2]))):
    children = []
    for _ in range(2):
        if not (pid := os.fork()):
            count()
            os.write(1, b"counted\\n")
            time.sleep(600)
        children.append(pid)
    count()
    timeout = RequestOutcome.TIMEOUT
    metrics.observe(RequestRecord("3", "GET", "/sparql", 503, timeout, 20.0, query="ASK {}", reason="time"))
    metrics.observe(RequestRecord("4", "GET", "/sparql", 0, RequestOutcome.GONE, 1.0, query="ASK {}"))
    metrics.count_engine_restart()
    os.write(1, f"counted {children[0]} {children[1]}\\n".encode())
    while children:
        sys.stdin.readline()
        pid = children.pop()
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
"""


def samples(port: int) -> dict[tuple[str, ...], float]:
    """Ask for the metrics; returns the values by name and values of labels, but not the limits of histograms."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=60) as answer:
        text = answer.read().decode()
    found = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {(each.name, *map(str, each.labels.values())): each.value for each in found if "le" not in each.labels}


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@pytest.fixture
def service(tmp_path: Path, publish: Publish, port: int) -> Iterator[tuple[subprocess.Popen[str], list[int]]]:
    """Start a service of three processes that have counted; with the ids of the two that were forked."""
    publish(tmp_path / "home", [Quad(P, P, P, P)])
    command = [sys.executable, "-c", SERVICE, str(tmp_path / "home"), str(port)]
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=environment) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        told = [process.stdout.readline().split() for _ in range(3)]
        children = [int(pid) for line in told for pid in line[1:]]
        assert len(children) == 2, told
        yield process, children
        process.stdin.close()
        process.wait(60)


def test_what_the_processes_counted_is_added_up(service: Any, port: int) -> None:
    found = samples(port)
    expected = {
        ("communique_requests_total", "GET", "/sparql", "200"): 3,
        ("communique_requests_total", "other", "/sparql", "503"): 3,
        ("communique_response_bytes_total", "/sparql"): 21,
        ("communique_refused_total", "queue"): 3,
        ("communique_queue_length",): 6,
        ("communique_queue_wait_seconds_count", "quick"): 3,
        ("communique_query_seconds_count", "ASK", "quick", "answered"): 3,
        ("communique_workers_ended_total", "time"): 1,
        ("communique_workers_ended_total", "gone"): 1,
        ("communique_engine_restarts_total",): 1,
        ("communique_snapshot_readable",): 1,
        ("communique_snapshot_quads",): 1,
        ("communique_processes", "main"): 1,
        ("communique_processes", "web"): 2,
    }
    assert {key: found.get(key) for key in expected} == expected
    assert found["communique_query_seconds_sum", "ASK", "quick", "answered"] == pytest.approx(0.9)
    assert 0 <= found["communique_snapshot_age_seconds",] < 600
    assert found["communique_resident_bytes", "main"] > 1 << 20


def test_nobody_waits_any_longer_in_a_process_that_was_killed(service: Any, port: int, eventually: Eventually) -> None:
    process, _ = service
    process.stdin.write("end one\n")
    process.stdin.flush()
    assert eventually(lambda: samples(port)["communique_queue_length",] == 4)
    assert samples(port)["communique_requests_total", "GET", "/sparql", "200"] == 3


def test_nothing_is_left_of_a_service_that_was_killed(
    service: Any, port: int, tmp_path: Path, eventually: Eventually
) -> None:
    process, children = service
    assert list(tmp_path.glob("communique-metrics-*"))
    process.kill()
    process.wait(60)
    for pid in children:
        os.kill(pid, signal.SIGKILL)
    assert eventually(lambda: not list(tmp_path.glob("communique-metrics-*")))
    with pytest.raises(OSError):
        samples(port)


def supervisor(service: Service) -> int:
    """Find the first process of the engine: a child of the service."""
    threads = Path(f"/proc/{service.pid}/task").glob("*/children")
    children = [pid for thread in threads for pid in thread.read_text().split()]
    (found,) = (pid for pid in children if b"communique.graph.engine" in Path(f"/proc/{pid}/cmdline").read_bytes())
    return int(found)


def test_an_engine_that_was_killed_is_started_again_and_counted(
    confined: None, publish: Publish, tmp_path: Path, port: int, eventually: Eventually
) -> None:
    publish(tmp_path / "home", [Quad(P, P, P, P)])
    with running(tmp_path / "home", tmp_path, metrics_port=port) as service:
        assert service.ask("/sparql?query=ASK%7B%7D")[0] == 200
        assert samples(port)["communique_engine_restarts_total",] == 0
        os.kill(supervisor(service), signal.SIGKILL)
        assert eventually(lambda: samples(port)["communique_engine_restarts_total",] == 1)
        assert eventually(lambda: service.ask("/readyz")[0] == 200)
        # a request is counted when its answer has gone out; its lane depends on how busy the machine is
        assert eventually(lambda: ("communique_requests_total", "GET", "/sparql", "200") in samples(port))
        asked = [key for key in samples(port) if key[:2] == ("communique_query_seconds_count", "ASK")]
        assert [key[-1] for key in asked] == ["answered"]


def test_a_port_that_is_taken_is_told(tmp_path: Path, publish: Publish) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings = Settings(home=tmp_path, metrics_port=taken.getsockname()[1])
        with pytest.raises(CommuniqueError, match="no metrics at 127") as caught, monitored(settings):
            pass
    assert caught.value.hint


def test_without_a_port_nothing_is_counted(tmp_path: Path) -> None:
    with monitored(Settings(home=tmp_path)):
        assert "PROMETHEUS_MULTIPROC_DIR" not in os.environ
        metrics.count_engine_restart()


def test_each_metric_is_described(service: Any, port: int, root: Path) -> None:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=60) as answer:
        families = list(text_string_to_metric_families(answer.read().decode()))
    page = (root / "docs" / "deploy" / "monitoring.md").read_text(encoding="utf-8")
    described = set(re.findall(r"^\| `(communique_\w+)`", page, re.MULTILINE))
    assert {each.name + "_total" * (each.type == "counter") for each in families} == described
