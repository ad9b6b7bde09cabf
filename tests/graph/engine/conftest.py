"""Engines on a home of their own: forty quads in two graphs; 48 MiB per query, and time enough."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from communique.graph.engine import EngineProcess, start_engine
from communique.graph.engine.client import Client
from communique.graph.settings import Settings

Publish = Callable[[Path, Iterable[Quad]], str]

EX = "http://example.org/"


@pytest.fixture(scope="session")
def quads() -> list[Quad]:
    p = NamedNode(EX + "p")
    return [Quad(NamedNode(f"{EX}{n}"), p, Literal(n), NamedNode(f"{EX}g{n % 2}")) for n in range(40)]


def limited(home: Path) -> Settings:
    return Settings(home=home, query_seconds=60.0, query_megabytes=48, query_characters=20_000, engine_workers=3)


@pytest.fixture(scope="module")
def settings(confined: None, publish: Publish, quads: list[Quad], tmp_path_factory: pytest.TempPathFactory) -> Settings:
    home = tmp_path_factory.mktemp("home")
    publish(home, quads)
    return limited(home)


@pytest.fixture
def own_settings(confined: None, publish: Publish, quads: list[Quad], tmp_path: Path) -> Settings:
    """Give one test a home that no other engine serves; its path is longer than a socket address."""
    home = tmp_path / ("long" * 30)
    publish(home, quads)
    return limited(home)


@pytest.fixture(scope="module")
def engine(settings: Settings) -> Iterator[EngineProcess]:
    with start_engine(settings) as process:
        yield process


@pytest.fixture
def client(engine: EngineProcess) -> Iterator[Client]:
    with closing(Client(engine.address)) as client:
        yield client
