"""The application before a real engine, on the small world of ``tests/fixtures/networks.trig``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pyoxigraph import Quad, RdfFormat, parse

from communique.api import create_app
from communique.graph.settings import Settings
from communique.graph.terms.vocabulary import ontology_quads

sys.path.append(str(Path(__file__).parent))

from served import serving


@pytest.fixture(scope="session")
def world(root: Path) -> list[Quad]:
    """Read the fixture, and the ontology, which says what a network may be drawn from."""
    return [*parse(path=str(root / "tests/fixtures/networks.trig"), format=RdfFormat.TRIG), *ontology_quads()]


@pytest.fixture(scope="session")
def app(
    confined: None,
    publish: Callable[[Path, Iterable[Quad]], str],
    world: list[Quad],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Flask]:
    """Serve the world; 48 MiB are given to a query, and time enough."""
    settings = Settings(tmp_path_factory.mktemp("home"), query_seconds=60, query_megabytes=48, query_characters=20_000)
    publish(settings.home, world)
    with serving(settings, draws=True) as app:
        yield app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def hasty_client(
    confined: None, publish: Callable[[Path, Iterable[Quad]], str], tmp_path: Path
) -> Iterator[FlaskClient]:
    """Serve a few hundred statements; a second is given to a query."""
    publish(tmp_path, ontology_quads()[:400])
    with serving(Settings(tmp_path, query_seconds=1.0)) as app:
        yield app.test_client()


@pytest.fixture
def idle_app(tmp_path: Path) -> Flask:
    """Make an application whose engine does not run."""
    return create_app(Settings(home=tmp_path))
