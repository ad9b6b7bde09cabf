"""The W3C's SPARQL 1.1 Protocol tests, as their manifest words them, with updates enabled and disabled."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from exchanges import MF, SUITES, Case, Exchange, read_manifest
from flask import Flask
from flask.testing import FlaskClient
from pyoxigraph import NamedNode, Quad, RdfFormat, parse
from served import PLAIN, bearer, serving, writing
from werkzeug.test import TestResponse

from communique.graph.jobs.queue import Writer
from communique.graph.settings import Settings

CASES = read_manifest("protocol/manifest.ttl", MF.ProtocolTest)
UPDATES = [case for case in CASES if case.name.startswith("update_")]
FORMATS = {
    "boolean": "application/sparql-results+json",
    "tabular": "application/sparql-results+json",
    "RDF": "text/turtle",
}


@pytest.fixture(scope="module")
def quads(shared: Path) -> list[Quad]:
    """Read the graphs of the manifest."""
    return [
        Quad(quad.subject, quad.predicate, quad.object, NamedNode(f"http://kasei.us/2009/09/sparql/data/{stem}.rdf"))
        for stem in ("data1", "data2", "data3")
        for quad in parse(path=str(SUITES / f"protocol/{stem}.nt"), format=RdfFormat.N_TRIPLES)
    ]


@pytest.fixture(scope="module")
def reader(
    confined: None,
    quads: list[Quad],
    publish: Callable[[Path, Iterable[Quad]], str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[FlaskClient]:
    """Serve these graphs, and no others, to be read alone."""
    settings = Settings(home=tmp_path_factory.mktemp("protocol"))
    publish(settings.home, quads)
    with serving(settings) as app:
        yield app.test_client()


@pytest.fixture(scope="module")
def plain(
    confined: None,
    quads: list[Quad],
    publish: Callable[[Path, Iterable[Quad]], str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Flask]:
    """Serve a plain dataset that may be written."""
    home = tmp_path_factory.mktemp("plain")
    publish(home, quads)
    with writing(home, Writer(PLAIN)) as app:
        yield app


@pytest.fixture
def filled(
    plain: Flask,
    quads: list[Quad],
    publish: Callable[[Path, Iterable[Quad]], str],
    eventually: Callable[[Callable[[], bool]], bool],
) -> Flask:
    """Put the graphs of the manifest in force, and no others."""
    snapshot = publish(plain.extensions["queue"].home, quads)
    assert eventually(lambda: plain.extensions["client"].snapshot() == snapshot)
    return plain


@pytest.fixture(scope="module")
def token(plain: Flask) -> dict[str, str]:
    return bearer(plain, "admin")


def send(client: FlaskClient, exchange: Exchange, headers: dict[str, str]) -> TestResponse:
    return client.open(
        exchange.path, method=exchange.method, data=exchange.body, content_type=exchange.media_type, headers=headers
    )


def test_the_manifest_is_read_whole(shared: Path) -> None:
    assert len(CASES) == 34
    assert len(UPDATES) == 7


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_protocol_to_be_read_alone(reader: FlaskClient, case: Case) -> None:
    """Whatever is no update is answered as the manifest wants, and an update with 403."""
    for exchange in case.exchanges[:1] if case in UPDATES else case.exchanges:
        response = send(reader, exchange, {})
        if case in UPDATES:
            assert response.status_code == 403
        else:
            check(response, exchange)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_protocol(filled: Flask, token: dict[str, str], case: Case) -> None:
    """All 34, each with the requests of its connection in their order, on a dataset without rules."""
    for exchange in case.exchanges:
        check(send(filled.test_client(), exchange, token), exchange)


def check(response: TestResponse, exchange: Exchange) -> None:
    assert exchange.expects(response.status_code), response.text
    if exchange.format:
        assert response.mimetype == FORMATS[exchange.format]
    if exchange.boolean:
        assert response.json == {"head": {}, "boolean": exchange.boolean == "true"}
