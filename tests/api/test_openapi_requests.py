"""Requests made from the OpenAPI document by schemathesis: none fails here, and each answer is one that is promised.

A service is started for them, since schemathesis asks over the network; it asks this machine only.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask
from werkzeug.serving import make_server

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.slow
def test_schemathesis_finds_nothing(address: str, tmp_path: Path) -> None:
    pytest.importorskip("schemathesis")
    # A query that reaches a limit, such as the time that it is given itself, gets 503, which is promised.
    limits = '[checks]\nnot_a_server_error.expected-statuses = ["2xx", "3xx", "4xx", 503]\n'
    (tmp_path / "schemathesis.toml").write_text(limits, encoding="utf-8")
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{address}/openapi.json", "--checks", CHECKS]
    command += ["--max-examples", "15", "--phases", "examples,fuzzing", "--seed", "1", "--no-color"]
    # It cannot write SPARQL updates, which PATCH takes.
    command += ["--request-timeout", "120", "--exclude-method", "PATCH"]
    environment = {**os.environ, "HYPOTHESIS_STORAGE_DIRECTORY": str(tmp_path)}
    made = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stdout[-6000:] + made.stderr[-2000:]
