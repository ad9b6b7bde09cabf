"""The whole service as a process, on the small world."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from pyoxigraph import Quad
from service_process import Service, running

Publish = Callable[[Path, Iterable[Quad]], str]


@pytest.fixture(scope="package")
def service(
    confined: None, publish: Publish, world: list[Quad], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """Serve the world, with time enough."""
    home = tmp_path_factory.mktemp("home")
    publish(home, world)
    with running(home, tmp_path_factory.mktemp("log"), query_seconds=60, query_megabytes=256) as service:
        yield service
