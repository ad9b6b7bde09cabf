"""A service that is abused, and must be as before after each abuse: processes, descriptors, memory, answers."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from pyoxigraph import Quad

sys.path.append(str(Path(__file__).parent))

from service import Service, serve, settled, statements

Eventually = Callable[[Callable[[], bool]], bool]
Publish = Callable[[Path, Iterable[Quad]], str]

# Memory that a service may keep after an abuse, MiB: allocators give back late, and up to 64 MiB of answers are kept.
SLACK = 192.0


@pytest.fixture(scope="module")
def running(confined: None, publish: Publish, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Serve 2,000 quads; 3 seconds are given to a query, 20 to a drawing."""
    home = tmp_path_factory.mktemp("home")
    publish(home, statements(2_000))
    limits = {"query_seconds": 3, "query_megabytes": 256, "queue_seconds": 5, "client_connections": 400}
    with serve(home, engine_workers=4, **limits) as service:
        yield service


@pytest.fixture
def service(running: Service, eventually: Eventually) -> Iterator[Service]:
    """Give the running service to one test, and see whether it is the same after it."""
    before = settled(running, eventually)
    yield running
    assert eventually(running.is_ready), running.log.read_text()[-3000:]
    assert eventually(lambda: running.census().processes == before.processes), (before, running.census())
    assert eventually(lambda: running.census().descriptors <= before.descriptors + 2), (before, running.census())
    assert eventually(lambda: running.census().megabytes <= before.megabytes + SLACK), (before, running.census())
    assert "Traceback" not in running.log.read_text()
