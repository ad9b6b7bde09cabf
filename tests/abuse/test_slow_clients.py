"""Clients that send nothing, never end, or do not read: the others do not notice them."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from service import Service, megabytes

COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
# 200,000 rows, some 15 MB: more than any buffer between the service and a client that does not read.
LARGE = "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 200000"
# What the others are given: far more than they need, far less than the 40 s that they waited once.
OTHERS = 10.0

IDLE = b""
HALF = b"GET /sparql?query=ASK%20%7B%7D HTTP/1.1\r\nHost: x\r\nAccept: "
ENDLESS = (
    b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nContent-Length: 900000\r\n\r\nASK"
)
CHUNKED = (
    b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"3\r\nASK\r\n"
)


@contextmanager
def clients(service: Service, number: int, sent: bytes) -> Iterator[list[socket.socket]]:
    """Open connections that send this and then nothing."""
    with ExitStack() as stack:
        found = [stack.enter_context(service.connect()) for _ in range(number)]
        for each in found:
            each.sendall(sent)
        yield found


def assert_served(service: Service) -> None:
    """Others get what they ask for in time."""
    start = time.monotonic()
    assert service.ask("/healthz").status == 200
    assert service.query(COUNT).json()["results"]["bindings"][0]["n"]["value"] == "2000"
    assert service.ask("/networks").status == 200
    assert time.monotonic() - start < OTHERS


@pytest.mark.parametrize("sent", [IDLE, HALF, ENDLESS, CHUNKED], ids=["idle", "half", "endless", "chunked"])
def test_who_sends_nothing_more_keeps_nobody_out(service: Service, sent: bytes) -> None:
    with clients(service, 64, sent):
        assert_served(service)


def test_who_does_not_read_keeps_nobody_out(service: Service) -> None:
    request = (
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nAccept: text/csv\r\n"
        b"Content-Length: %d\r\n\r\n%s" % (len(LARGE), LARGE.encode())
    )
    with clients(service, 6, b"") as readers:
        for reader in readers:
            reader.sendall(request)
            assert reader.recv(12) == b"HTTP/1.1 200"
        assert_served(service)
        web = sum(map(megabytes, service.of_kind("web")))
        assert web < 200, "a web process holds no large answer"


def test_a_body_that_trickles_is_answered_or_ended(service: Service) -> None:
    with clients(service, 6, ENDLESS) as slow:
        for _ in range(10):
            for each in slow:
                each.sendall(b" ")
            assert_served(service)


def test_headers_and_addresses_have_bounds(service: Service) -> None:
    for head in (
        b"GET /" + b"a" * 9_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"a" * 200_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X-Many: a\r\n" * 5_000 + b"\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(512),
        b"GET / HTTP/9.9\r\n\r\n",
        b"\r\n" * 1000,
    ):
        with clients(service, 1, b"") as (client,):
            try:
                client.sendall(head)
                client.shutdown(socket.SHUT_WR)
                answer = client.recv(1 << 16)
            except OSError:
                answer = b""
            assert not answer or answer.split()[1] in {b"400", b"414", b"431", b"505"}, answer[:200]
    assert_served(service)


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
@pytest.mark.parametrize("accept", ["text/csv", pytest.param("text/html", marks=pytest.mark.slow)])
def test_who_leaves_while_an_answer_is_made_leaves_nothing_open(service: Service, encoding: str, accept: str) -> None:
    """The fixture counts descriptors after it."""
    request = (
        f"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nAccept: {accept}\r\n"
        f"Accept-Encoding: {encoding}\r\nContent-Length: {len(LARGE)}\r\n\r\n{LARGE}"
    )
    start = time.monotonic()
    service.ask("/sparql", method="POST", body=LARGE.encode(), Content_Type="application/sparql-query", Accept=accept)
    whole = time.monotonic() - start
    for number in range(10):
        with clients(service, 1, request.encode()):
            time.sleep(number / 5 * whole)
