"""The service over real connections: it answers as the application does, and nobody waits for another."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from urllib.parse import quote, urlencode

import brotli
import pytest
import zstandard
from flask import Flask
from pyoxigraph import NamedNode, Quad
from service_process import Service, running

Publish = Callable[[Path, Iterable[Quad]], str]
Eventually = Callable[[Callable[[], bool]], bool]

ALL = "SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o"
# Some hundred thousand rows: too many to stay in memory.
MANY = "SELECT ?a ?b { ?a a ?t . ?b a ?u } LIMIT 200000"
RUNAWAY = "SELECT (COUNT(*) AS ?n) { " + " ".join(f"?a{n} ?b{n} ?c{n} ." for n in range(6)) + " }"
FORM, DIRECT = "application/x-www-form-urlencoded", "application/sparql-query"


def sparql(query: str, **parameters: str) -> str:
    return "/sparql?" + urlencode({"query": query, **parameters})


REQUESTS = [
    ("GET", sparql(ALL), {}, None),
    ("GET", sparql(ALL), {"Accept": "text/csv"}, None),
    ("GET", sparql(ALL, format="tsv"), {"Accept": "text/html"}, None),
    ("GET", sparql(ALL), {"Accept": "text/html"}, None),
    ("HEAD", sparql(ALL), {}, None),
    ("GET", sparql("DESCRIBE <state/KOR>"), {"Accept": "application/n-triples"}, None),
    ("GET", sparql("DESCRIBE <state/KOR>"), {"Accept": "text/csv"}, None),
    ("GET", sparql("ASK { ?s ?p 'nothing' }"), {}, None),
    ("GET", sparql("SELECT * { ?s com:partisipant ?o }"), {}, None),
    ("GET", sparql("SELECT * { ?s a <https://w3id.org/communique/ns#Meting> }"), {}, None),
    ("GET", sparql("SELECT * {"), {"Accept": "application/json"}, None),
    ("GET", sparql("SELECT * { SERVICE <http://127.0.0.1:9/> {} }"), {"Accept": "application/json"}, None),
    ("GET", sparql(ALL, timeout="0"), {"Accept": "application/json"}, None),
    ("GET", sparql(ALL, timeout="5"), {}, None),
    ("GET", sparql(ALL, format="nonsense"), {}, None),
    ("GET", sparql(ALL, format="csv"), {}, None),
    ("GET", sparql("SELECT", format="json"), {"Accept": "text/csv"}, None),
    ("GET", sparql(ALL, output="tsv"), {"Accept": "text/turtle;charset=utf-8"}, None),
    ("GET", sparql(ALL, format="unheard-of"), {"Accept": "text/csv;header=present"}, None),
    ("GET", sparql(ALL, format="rdf+xml"), {}, None),
    ("GET", "/queries/hosts-of-event?format=xml", {}, None),
    ("GET", sparql(ALL) + "&query=ASK%20%7B%7D", {}, None),
    ("GET", "/sparql", {"Accept": "text/turtle"}, None),
    ("POST", "/sparql", {"Content-Type": FORM}, urlencode({"query": ALL}).encode()),
    ("POST", "/sparql", {"Content-Type": DIRECT, "Accept": "text/csv"}, ALL.encode()),
    ("POST", "/sparql", {"Content-Type": "text/plain"}, ALL.encode()),
    ("POST", "/sparql", {"Content-Type": DIRECT}, "SELECT * { ?s ?p 'é' }".encode("latin-1")),
    ("POST", "/sparql", {"Content-Type": "application/sparql-update"}, b"DROP ALL"),
    ("POST", "/sparql", {"Content-Type": FORM}, b"update=DROP%20ALL"),
    ("PUT", "/sparql", {}, b""),
    ("OPTIONS", "/sparql", {"Origin": "http://example.org", "Access-Control-Request-Method": "POST"}, None),
    ("GET", "/queries", {}, None),
    ("GET", "/queries/hosts-of-event", {}, None),
    ("GET", "/queries/hosts-of-event", {"Accept": "text/csv"}, None),
    ("GET", "/queries/hosts-of-event", {"Accept": "text/html"}, None),
    ("GET", "/queries/hosts-of-event?nosuch=1", {"Accept": "application/json"}, None),
    ("GET", "/queries/agreements-of-two-states?first=nowhere", {"Accept": "application/json"}, None),
    ("GET", "/queries/no-such-question", {"Accept": "application/json"}, None),
    ("GET", "/queries/hosts-of-event/about", {}, None),
    ("POST", "/queries/hosts-of-event", {"Content-Type": FORM}, b"a=b"),
    ("GET", "/nothing/at%20all?x=%C3%A9", {"Accept": "application/json"}, None),
    ("GET", "/", {"Accept": "text/html"}, None),
    ("GET", "/static/style.css", {}, None),
]
# Headers of the moment, of the server, and of the connection.
CHANGING = {"date", "server", "communique-request", "content-length", "connection", "vary"}
# Hints about an empty answer are looked for within a time of their own.
MAY_MISS = {"communique-hints"}


def _comparable(name: str, value: str) -> object:
    """Take lists as sets; limits are set otherwise, and a tag may be of the address with or without a "?"."""
    if name in {"allow", "access-control-allow-methods"}:
        return set(value.split(", "))
    return name in {"communique-limits", "etag"} or value


@pytest.mark.parametrize(("method", "target", "headers", "body"), REQUESTS)
def test_the_service_answers_as_the_application_does(
    service: Service, app: Flask, method: str, target: str, headers: dict[str, str], body: bytes | None
) -> None:
    status, found, content = service.ask(target, method, body, headers)
    base_url = f"http://127.0.0.1:{service.port}"
    with app.test_client().open(target, method=method, headers=headers, data=body, base_url=base_url) as expected:
        assert (status, content) == (expected.status_code, expected.data)
        wanted = {name.lower(): value for name, value in expected.headers if name.lower() not in CHANGING}
    assert {name: _comparable(name, value) for name, value in found.items() if name not in CHANGING} == {
        name: _comparable(name, value) for name, value in wanted.items() if name not in MAY_MISS or name in found
    }
    if method != "HEAD" and status != 204:
        assert int(found["content-length"]) == len(content)


def test_a_large_answer_is_the_whole_answer(service: Service, app: Flask) -> None:
    _, headers, content = service.ask(sparql(MANY, format="csv"))
    expected = app.test_client().get(sparql(MANY, format="csv")).data
    assert len(expected) > 10_000_000
    assert (headers["content-length"], content) == (str(len(expected)), expected)


DECODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    "zstd": lambda content: zstandard.ZstdDecompressor().decompressobj().decompress(content),
}


@pytest.mark.parametrize("encoding", DECODERS)
@pytest.mark.parametrize("query", ["SELECT * { ?s ?p ?o } LIMIT 100", MANY])
def test_a_body_is_compressed_as_the_client_takes_it(service: Service, encoding: str, query: str) -> None:
    target = sparql(query, format="csv")
    _, _, plain = service.ask(target)
    status, headers, content = service.ask(target, headers={"Accept-Encoding": encoding})
    assert (status, headers["content-encoding"], headers["vary"]) == (200, encoding, "Accept, Accept-Encoding")
    assert len(content) < len(plain) / 3
    assert DECODERS[encoding](content) == plain


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, br, zstd", "zstd"),
        ("gzip;q=1, br;q=0.5", "gzip"),
        ("*", "zstd"),
        ("zstd;q=0, *;q=0.1", "br"),
        ("identity", None),
        ("gzip;q=0", None),
        ("compress", None),
    ],
)
def test_the_encoding_of_the_greatest_weight(service: Service, accepted: str, encoding: str | None) -> None:
    _, headers, _ = service.ask("/queries", headers={"Accept-Encoding": accepted})
    assert headers.get("content-encoding") == encoding


def test_what_a_client_has_is_not_sent_again(service: Service) -> None:
    target = sparql(ALL, format="csv")
    _, first, _ = service.ask(target)
    status, headers, content = service.ask(target, headers={"If-None-Match": first["etag"]})
    assert (status, content, headers["etag"]) == (304, b"", first["etag"])
    assert service.ask(target, headers={"If-None-Match": 'W/"other"'})[0] == 200


def test_the_limits_are_told(service: Service) -> None:
    told = json.loads(service.ask("/info")[2])["limits"]
    assert (told["query"]["seconds"], told["query"]["megabytes"], told["queue"]["workers"]) == (60, 256, 8)
    assert service.ask(sparql("ASK {}"))[1]["communique-limits"].startswith("seconds=60, megabytes=256, ")


def test_each_answer_has_an_id_of_its_own_that_the_log_has(
    service: Service, eventually: Callable[[Callable[[], bool]], bool]
) -> None:
    ids = [service.ask(sparql("ASK {}"))[1]["communique-request"] for _ in range(3)]
    assert len(set(ids)) == 3
    # a line is written when its answer has gone out
    assert eventually(lambda: all(f'"{each}"' in service.log.read_text() for each in ids))
    lines = [json.loads(line) for line in service.log.read_text().splitlines()]
    logged = {line["id"]: line for line in lines if line["message"] == "request"}
    assert {logged[each]["status"] for each in ids} == {200}
    assert all("text" not in line for line in logged.values())


def test_an_answer_that_differs_each_time_is_not_kept(service: Service) -> None:
    target = sparql("SELECT (STRUUID() AS ?id) {}", format="csv")
    first, second = (service.ask(target) for _ in range(2))
    assert first[2] != second[2]
    assert first[1]["cache-control"] == "no-store"


def test_slow_clients_hold_nothing(service: Service) -> None:
    """Connections without a request, half a request, half a body, and unread answers; everybody else is answered."""
    post = (
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nContent-Length: 99\r\n\r\nSEL"
    )
    get = f"GET {sparql(MANY, format='csv')} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    kept = [service.connect(sent) for sent in [b"", b"GET / HTTP/1.1\r\nHo", post, get] for _ in range(15)]
    try:
        assert service.ask("/healthz")[0] == 200
        assert service.ask(sparql("SELECT * { ?s ?p ?o } LIMIT 7"))[0] == 200
        assert service.ask("/queries", headers={"Accept": "text/html"})[0] == 200
    finally:
        for connection in kept:
            connection.close()


def test_a_body_that_is_too_large_gets_its_answer_while_it_is_sent(service: Service) -> None:
    body = b"x" * (8 << 20)
    status, _, content = service.ask("/sparql", "POST", body, {"Content-Type": DIRECT, "Accept": "application/json"})
    assert (status, json.loads(content)["detail"]) == (413, "The body has more than 1,048,576 bytes.")


def test_an_address_that_is_too_long_and_a_body_that_is_encoded(service: Service) -> None:
    assert service.ask("/sparql?query=" + "x" * 9000)[0] == 414
    headers = {"Content-Type": DIRECT, "Content-Encoding": "gzip"}
    assert service.ask("/sparql", "POST", gzip.compress(b"ASK {}"), headers)[0] == 415


def test_several_requests_of_one_connection(service: Service) -> None:
    with service.connect() as connection:
        for _ in range(3):
            connection.sendall(f"GET {sparql('ASK {}')} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            received = b""
            while not received.endswith(b'"boolean":true}'):
                received += connection.recv(65536)
            assert received.startswith(b"HTTP/1.1 200 OK")


def test_the_lane_of_long_queries_is_bounded(
    confined: None, publish: Publish, world: list[Quad], tmp_path: Path, eventually: Eventually
) -> None:
    """Two of four queries may be long; a third is ended with words, and short ones are answered meanwhile."""
    publish(tmp_path / "home", world)
    with running(tmp_path / "home", tmp_path, engine_workers=4, query_seconds=600) as service:
        request = f"GET {sparql(RUNAWAY)} HTTP/1.1\r\nHost: x\r\nAccept: application/json\r\n\r\n".encode()
        clients = [service.connect(request) for _ in range(3)]
        try:
            answers = []
            for client in clients:
                client.settimeout(20)
                try:
                    answers.append(client.recv(65536))
                except TimeoutError:
                    continue
            assert len(answers) == 1
            assert answers[0].startswith(b"HTTP/1.1 503 ")
            assert b"Retry-After" in answers[0].replace(b"retry-after", b"Retry-After")
            assert b"2 queries that take longer" in answers[0]
            assert service.ask(sparql(ALL))[0] == 200
        finally:
            for client in clients:
                client.close()


def test_query_seconds_of_a_client_are_bounded(
    confined: None, publish: Publish, world: list[Quad], tmp_path: Path
) -> None:
    """Behind a trusted proxy clients are told apart; this machine itself has no budget."""
    publish(tmp_path / "home", world)
    with running(tmp_path / "home", tmp_path, client_seconds=0.001, proxies="127.0.0.1") as service:
        one, other = {"X-Forwarded-For": "192.0.2.1"}, {"X-Forwarded-For": "192.0.2.2"}
        status, headers, _ = service.ask(sparql(MANY, format="csv"), headers=one)
        assert (status, headers["ratelimit-policy"]) == (200, '"query-seconds";q=0.001;w=60')
        status, headers, content = service.ask(sparql(ALL, format="csv"), headers=one)
        assert (status, b"have used their 0.001 seconds" in content) == (429, True)
        assert int(headers["retry-after"]) > 0
        assert service.ask(sparql(ALL, format="tsv"), headers=other)[0] == 200
        assert [service.ask(sparql(ALL, format=each))[0] for each in ("csv", "json", "xml")] == [200] * 3


def test_newer_data_replaces_what_was_kept(
    confined: None, publish: Publish, tmp_path: Path, eventually: Eventually
) -> None:
    p = NamedNode("http://example.org/p")
    publish(tmp_path / "home", [Quad(p, p, NamedNode("http://example.org/old"), p)])
    with running(tmp_path / "home", tmp_path) as service:
        target = sparql("SELECT ?o { ?s ?p ?o }", format="csv")
        assert b"old" in service.ask(target)[2]
        publish(tmp_path / "home", [Quad(p, p, NamedNode("http://example.org/new"), p)])
        assert eventually(lambda: b"new" in service.ask(target)[2])


def test_quoting(service: Service) -> None:
    """What stands in an address arrives as it was meant."""
    text = "SELECT ('é+ &;%41𝄞' AS ?t) {}"
    assert "é+ &;%41𝄞" in service.ask(f"/sparql?format=csv&query={quote(text)}")[2].decode()
