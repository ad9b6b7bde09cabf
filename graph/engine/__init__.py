"""The query engine: processes that answer SPARQL from memory and can be ended at any moment.

    supervisor ── generation (one loaded snapshot) ── workers (one per connection)

The supervisor keeps one generation alive and replaces it when newer data is published. A generation loads the data,
gives up its network and forks a worker for each connection. A worker answers one query at a time within limits of
time and memory that the kernel enforces. Each level ends when the one above it does.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from communique.graph.engine.protocol import address_of
from communique.graph.errors import EngineError
from communique.graph.settings import Settings

__all__ = ["EngineProcess", "start_engine"]

_PATIENCE = 5.0


@dataclass(frozen=True, slots=True)
class EngineProcess:
    """A running engine.

    Attributes
    ----------
    address : its UNIX socket, for ``graph.client``
    pid : of its supervisor
    snapshot : id of the snapshot it served first
    """

    address: Path
    pid: int
    snapshot: str


@contextmanager
def start_engine(settings: Settings) -> Iterator[EngineProcess]:
    """Start the engine, wait until it serves, end it with the block or with this process.

    EngineError says why it does not serve: nothing is published, the host forbids network namespaces, another
    engine serves the same home.
    """
    command = [sys.executable, "-m", __name__]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, start_new_session=True) as process:
        try:
            yield EngineProcess(address_of(settings.home), process.pid, _hand_over(process, settings))
        finally:
            _stop(process)


def _hand_over(process: subprocess.Popen[str], settings: Settings) -> str:
    """Hand over the settings; wait for the snapshot's id."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps({**asdict(settings), "home": str(settings.home)}) + "\n")
    process.stdin.flush()
    answer: dict[str, Any] = json.loads(process.stdout.readline() or '{"error": ["the engine ended", null, null]}')
    if "error" in answer:
        message, expected, hint = answer["error"]
        raise EngineError(message, expected=expected, hint=hint)
    return str(answer["snapshot"])


def _stop(process: subprocess.Popen[str]) -> None:
    """Close the engine's standard input, which ends it; kill it when that does not."""
    assert process.stdin is not None
    process.stdin.close()
    try:
        process.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
