"""Thousands of odd requests: no trace, no wrong 200, nothing that ends a process of ours."""

from __future__ import annotations

import http.client
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask
from odd_requests import OddRequest, fault, odd_requests
from pyoxigraph import Quad, RdfFormat, parse
from service import Service, serve

from communique.api import create_app
from communique.graph.drawing import keep_drawing
from communique.graph.engine import start_engine
from communique.graph.settings import Settings
from communique.graph.terms.vocabulary import ontology_quads

Eventually = Callable[[Callable[[], bool]], bool]
Publish = Callable[[Path, Iterable[Quad]], str]


@pytest.fixture(scope="module")
def world(confined: None, root: Path) -> list[Quad]:
    """Read the small world of the tests of networks."""
    return [*parse(path=str(root / "tests/fixtures/networks.trig"), format=RdfFormat.TRIG), *ontology_quads()]


@pytest.fixture(scope="module")
def app(world: list[Quad], publish: Publish, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    settings = Settings(tmp_path_factory.mktemp("home"), query_seconds=10, query_megabytes=256)
    publish(settings.home, world)
    with start_engine(settings), keep_drawing(settings):
        app = create_app(settings)
        with closing(app.extensions["client"]):
            yield app


@pytest.mark.parametrize(
    ("seed", "number"), [(1, 1_500), pytest.param(2, 20_000, marks=pytest.mark.slow)], ids=["some", "many"]
)
def test_the_application_answers_odd_requests_in_order(app: Flask, seed: int, number: int) -> None:
    client = app.test_client()
    seen: Counter[int] = Counter()
    faults = []
    for request in odd_requests(seed, number):
        try:
            response = client.open(request.target, method=request.method, headers=request.headers, data=request.body)
        except ValueError:  # what werkzeug's own client cannot write
            continue
        with closing(response):
            seen[response.status_code] += 1
            headers = {name.lower(): text for name, text in response.headers.items()}
            if wrong := fault(request, response.status_code, headers, response.data):
                faults.append((request, wrong))
    assert not faults, f"{len(faults)}: {faults[:3]}"
    assert sum(seen.values()) > 0.9 * number
    assert seen[200] > number / 10


@pytest.mark.parametrize(
    ("seed", "number"), [(3, 1_500), pytest.param(4, 20_000, marks=pytest.mark.slow)], ids=["some", "many"]
)
def test_the_service_answers_odd_requests_in_order(
    world: list[Quad], publish: Publish, tmp_path: Path, seed: int, number: int, eventually: Eventually
) -> None:
    publish(tmp_path, world)
    with serve(tmp_path, query_seconds=10, engine_workers=4) as service:
        assert eventually(lambda: len(service.of_kind("worker")) == 4)
        before = {kind: service.of_kind(kind) for kind in ("web", "supervisor", "generation", "drawing")}
        faults = [(request, wrong) for request in odd_requests(seed, number) if (wrong := ask(service, request))]
        assert not faults, f"{len(faults)}: {faults[:3]}"
        assert {kind: service.of_kind(kind) for kind in before} == before
        assert "Traceback" not in service.log.read_text()


def ask(service: Service, request: OddRequest) -> str | None:
    """Send a request as it stands; says what is wrong with the response."""
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=60)
    with closing(connection):
        try:
            connection.putrequest(request.method, request.target, skip_host="Host" in request.headers)
            for name, text in request.headers.items():
                connection.putheader(name, text.encode())
            connection.putheader("Content-Length", str(len(request.body)))
            connection.endheaders(request.body)
            response = connection.getresponse()
            headers = {name.lower(): text for name, text in response.headers.items()}
            return fault(request, response.status, headers, response.read())
        except (http.client.InvalidURL, ValueError):
            return None
        except (OSError, http.client.HTTPException) as error:
            time.sleep(0.1)
            return f"no response: {error!r}"
