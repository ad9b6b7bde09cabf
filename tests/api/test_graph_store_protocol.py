"""The W3C's SPARQL 1.1 Graph Store Protocol tests, as their manifests word them, on a plain dataset without rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from exchanges import MF, Case, Exchange, read_manifest
from flask import Flask
from pyoxigraph import Quad
from rdflib import Graph
from rdflib.compare import isomorphic
from served import PLAIN, bearer, writing

from communique.graph.jobs.queue import Writer

CASES = [
    case
    for name in ("indirect", "direct")
    for case in read_manifest(f"graph-store-protocol/manifest-{name}.ttl", MF.GraphStoreProtocolTest)
]


@pytest.fixture(scope="module")
def plain(
    confined: None, publish: Callable[[Path, Iterable[Quad]], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """Serve an empty dataset that may be written."""
    home = tmp_path_factory.mktemp("plain")
    publish(home, [])
    with writing(home, Writer(PLAIN)) as app:
        yield app


@pytest.fixture(scope="module")
def token(plain: Flask) -> dict[str, str]:
    return bearer(plain, "admin")


@pytest.fixture
def empty(
    plain: Flask,
    publish: Callable[[Path, Iterable[Quad]], str],
    eventually: Callable[[Callable[[], bool]], bool],
) -> Flask:
    """Empty the dataset."""
    snapshot = publish(plain.extensions["queue"].home, [])
    assert eventually(lambda: plain.extensions["client"].snapshot() == snapshot)
    return plain


def test_the_manifests_are_read_whole(shared: Path) -> None:
    assert len(CASES) == 13


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_graph_store_protocol(empty: Flask, token: dict[str, str], case: Case) -> None:
    """All 13, each with the requests of its connection in their order."""
    client, location = empty.test_client(), ""
    for exchange in case.exchanges:
        response = client.open(
            here(exchange.path).replace("$LOCATION$", location),
            base_url="http://www.example",
            method=exchange.method,
            data=here(exchange.body.decode()).encode() if exchange.body else None,
            content_type=exchange.media_type,
            headers={**token, **({"Accept": exchange.accept} if exchange.accept else {})},
        )
        location = response.headers.get("Location", location)
        assert exchange.expects(response.status_code), response.text
        check(exchange, response.content_type, response.text)


def check(exchange: Exchange, media_type: str, text: str) -> None:
    """Compare a graph up to the names of its blank nodes."""
    if exchange.content is not None:
        assert media_type == "text/turtle; charset=utf-8"
        found, wanted = (Graph().parse(data=each, format="turtle") for each in (text, here(exchange.content)))
        assert isomorphic(found, wanted), text


def here(text: str) -> str:
    """Use our path in the place of the manifests'."""
    return text.replace("/gsp", "/rdf-graph-store").replace("%2Fgsp", "%2Frdf-graph-store")
