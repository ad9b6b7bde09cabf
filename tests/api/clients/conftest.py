"""The service as a process of its own, at a port of this machine, and the programs that ask it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from pyoxigraph import Quad

PROGRAMS = Path(__file__).parent / "node_modules" / ".bin"
SERVE = "from communique.cli import main; main()"

Publish = Callable[[Path, Iterable[Quad]], str]
Eventually = Callable[[Callable[[], bool]], bool]


@pytest.fixture(scope="session")
def service(
    confined: None,
    publish: Publish,
    world: list[Quad],
    tmp_path_factory: pytest.TempPathFactory,
    eventually: Eventually,
) -> Iterator[str]:
    """Serve the small world as ``communique serve`` does; gives the address, without a slash at its end."""
    home = tmp_path_factory.mktemp("service")
    publish(home, world)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COMMUNIQUE_")}
    environment |= {"COMMUNIQUE_HOME": str(home), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-c", SERVE, "serve", "--port", str(port), "--queries", "4"]
    with (
        (home / "log").open("wb") as log,
        subprocess.Popen(command, env=environment, stdout=log, stderr=log) as process,
    ):
        try:
            address = f"http://127.0.0.1:{port}"
            assert eventually(lambda: process.poll() is not None or is_ready(address))
            assert process.poll() is None, log.read_text()
            yield address
        finally:
            process.terminate()
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()


def is_ready(address: str) -> bool:
    """Say whether a query would be answered."""
    try:
        with urllib.request.urlopen(f"{address}/readyz", timeout=60) as response:
            return bool(response.status == 200)
    except OSError:
        return False


@pytest.fixture(scope="session")
def run() -> Callable[..., str]:
    """Give a function that runs a program of the machine and gives what it prints; the test is skipped without it.

    A program of npm is looked for where ``npm install`` in this folder puts it.
    """

    def start(program: str, *arguments: str, stdin: str = "") -> str:
        found = shutil.which(program) or shutil.which(program, path=str(PROGRAMS))
        if found is None:
            pytest.skip(f"{program} is not installed")
        done = subprocess.run(
            [found, *arguments], input=stdin, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, f"{program}: {done.stdout}\n{done.stderr}"
        return done.stdout

    return start
