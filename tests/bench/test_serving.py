"""The benchmark over HTTP: what is counted, and how services are asked and watched."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from bench.serving.asking import Endpoint
from bench.serving.data import make
from bench.serving.memory import held
from bench.serving.processes import descendants, processor_time
from bench.serving.queries import Timed, ask_in_turns

ASKED: list[str] = []


class Handler(BaseHTTPRequestHandler):
    """Answers with three rows, hangs up after each answer, and fails queries that say so."""

    def do_POST(self) -> None:
        query = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())["query"][0]
        ASKED.append(query)
        body = json.dumps({"results": {"bindings": [{}] * 3}}).encode()
        self.send_response(503 if "FAIL" in query else 200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Words", "yes")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        ASKED.clear()
        yield Endpoint(server.server_address[1], "/sparql")
        server.shutdown()
        thread.join()


def test_an_answer_is_read_whole_also_when_the_service_hangs_up(endpoint: Endpoint) -> None:
    for _ in range(3):
        heard = endpoint.ask("SELECT")
        assert heard.status == 200
        assert heard.size == len(heard.body)
        assert heard.headers["x-words"] == "yes"
        assert 0 < heard.first <= heard.whole
    assert endpoint.ask("SELECT", keeps=False).size == heard.size


def test_each_query_is_asked_fresh_and_again(endpoint: Endpoint) -> None:
    timed = ask_in_turns("SELECT", {"communique": endpoint}, 2)["communique"]
    assert (timed.rows, len(timed.fresh), len(timed.again)) == (3, 2, 2)
    assert ASKED[0] == ASKED[1] != ASKED[2] == ASKED[3]


def test_a_failure_is_no_time(endpoint: Endpoint) -> None:
    timed = ask_in_turns("FAIL", {"communique": endpoint}, 3)["communique"]
    assert timed.failed
    assert len(ASKED) == 1
    assert all(map(math.isnan, timed.best))
    assert str(timed) == "failed"


def test_the_first_fresh_run_warms_up() -> None:
    assert Timed([50.0, 1.0, 3.0, 2.0], [1.0, 0.5, 2.0], [9.0, 0.25, 0.5, 0.5]).best == (2.0, 0.5, 1.0)
    assert Timed([50.0], [], [9.0]).best == (50.0, 9.0, 50.0)
    assert Timed([6000.0]).is_over


def test_memory_is_that_of_all_descendants() -> None:
    inner = "bytearray(50_000_000); print(flush=True); input()"
    text = f"import subprocess, sys; subprocess.run([sys.executable, '-c', 'x = {inner}'])"
    with subprocess.Popen([sys.executable, "-c", text], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        assert len(descendants(process.pid)) == 2
        assert held(process.pid) > 48
        assert 0 < processor_time(process.pid) < 60
        process.communicate(b"\n")


def test_all_statements_stand_in_named_graphs(shared: Path, tmp_path: Path) -> None:
    material = make(10_000, tmp_path)
    lines = material.path.read_text().splitlines()
    assert len(lines) >= 10_000
    assert all(line.endswith("> .") and line.count("> .") == 1 for line in lines)
    assert sum(line.endswith("/graph/documents> .") for line in lines) > 20
    assert len(material.queries) == 16
    assert material.nodes
