"""SERVICE: refused, unless an operator allows the endpoint; then answered as the standard says, or not at all."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from exchanges import SUITES
from flask.testing import FlaskClient
from pyoxigraph import NamedNode, Quad, QueryResultsFormat, QuerySolutions, RdfFormat, Store, parse, parse_query_results
from served import serving

from communique.graph.settings import Settings

pytestmark = pytest.mark.slow

SUITE = SUITES / "service"
Publish = Callable[[Path, Iterable[Quad]], str]


class Endpoint(ThreadingHTTPServer):
    """An endpoint on the data of a file; below ``/broken`` it fails, below ``/moved`` it sends to another address."""

    def __init__(self, data: Path | None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.store, self.asked, self.hold = Store(), list[str](), threading.Event()
        if data is not None:
            self.store.load(path=str(data), format=RdfFormat.TURTLE)

    def address(self, path: str = "/sparql") -> str:
        return f"http://127.0.0.1:{self.server_port}{path}"


class _Handler(BaseHTTPRequestHandler):
    server: Endpoint

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.asked.append(self.path)
        if self.path == "/silent":
            self.server.hold.wait()
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", self.server.address())
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        found = self.server.store.query(parse_qs(body)["query"][0])
        assert isinstance(found, QuerySolutions)
        written = found.serialize(format=QueryResultsFormat.JSON)
        assert written
        if self.path == "/long":
            row = {"s": {"type": "literal", "value": "x" * 1000}}
            written = json.dumps({"head": {"vars": ["s"]}, "results": {"bindings": [row] * 1000}}).encode()
        self.send_response(500 if self.path == "/broken" else 200)
        self.send_header("Content-Length", str(len(written)))
        self.end_headers()
        self.wfile.write(written)

    do_GET = do_POST

    def log_message(self, *_parts: object) -> None:
        """Say nothing."""


@contextmanager
def endpoint(data: Path | None = None) -> Iterator[Endpoint]:
    with Endpoint(data) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.hold.set()
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def remote() -> Iterator[Endpoint]:
    with endpoint() as server:
        server.store.update('INSERT DATA { <x:s> <x:p> "remote" . <x:t> <x:p> "other" }')
        yield server


@pytest.fixture(scope="module")
def client(
    confined: None, remote: Endpoint, publish: Publish, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[FlaskClient]:
    home = tmp_path_factory.mktemp("federation")
    publish(home, [Quad(NamedNode("x:s"), NamedNode("x:q"), NamedNode("x:o"), NamedNode("x:g"))])
    allowed = ", ".join(remote.address(path) for path in ("/sparql", "/broken", "/moved", "/long", "/silent"))
    with serving(Settings(home, services=allowed, service_seconds=60)) as app:
        yield app.test_client()


def ask(client: FlaskClient, text: str) -> list[dict[str, str]]:
    response = client.post("/sparql", data={"query": text})
    assert response.status_code == 200, response.text
    rows = response.json["results"]["bindings"]
    return [{name: value["value"] for name, value in row.items()} for row in rows]


def test_solutions_of_both_are_joined(client: FlaskClient, remote: Endpoint) -> None:
    text = f"SELECT ?name {{ ?s <x:q> <x:o> SERVICE <{remote.address()}> {{ ?s <x:p> ?name }} }}"
    assert ask(client, text) == [{"name": "remote"}]


def test_the_prefixes_of_the_query_hold_in_the_clause(client: FlaskClient, remote: Endpoint) -> None:
    text = f"PREFIX x: <x:> SELECT (COUNT(*) AS ?n) {{ SERVICE <{remote.address()}> {{ ?s x:p ?name }} }}"
    assert ask(client, text) == [{"n": "2"}]


def test_an_answer_is_not_kept(client: FlaskClient, remote: Endpoint) -> None:
    text = f"ASK {{ SERVICE <{remote.address()}> {{ ?s ?p ?o }} }}"
    response = client.get("/sparql", query_string={"query": text})
    assert response.json["boolean"] is True
    assert "ETag" not in response.headers
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        ("/broken", 502, "answered 500"),
        ("/moved", 502, "answered 302"),
        ("/long", 400, "longer than"),
        ("/unknown", 400, "not asked from here"),
    ],
)
def test_a_part_is_no_answer(client: FlaskClient, remote: Endpoint, path: str, status: int, told: str) -> None:
    before = len(remote.asked)
    text = f"SELECT * {{ OPTIONAL {{ SERVICE <{remote.address(path)}> {{ ?s ?p ?o }} }} }}"
    response = client.get("/sparql", query_string={"query": text})
    assert response.status_code == status, response.text
    assert told in response.json["detail"]
    assert remote.asked[before:] == ([] if path == "/unknown" else [path]), "and nobody else is asked"


def test_an_endpoint_that_is_not_there_is_502(confined: None, publish: Publish, tmp_path: Path) -> None:
    publish(tmp_path, [])
    with endpoint() as gone:
        address = gone.address()
    with serving(Settings(tmp_path, services=address)) as app:
        response = app.test_client().get("/sparql", query_string={"query": f"ASK {{ SERVICE <{address}> {{ }} }}"})
    assert response.status_code == 502
    assert "cannot be asked" in response.json["detail"]


def test_an_endpoint_that_says_nothing_is_left(confined: None, publish: Publish, tmp_path: Path) -> None:
    publish(tmp_path, [])
    with endpoint() as silent:
        address = silent.address("/silent")
        with serving(Settings(tmp_path, services=address, service_seconds=2)) as app:
            text = f"ASK {{ SERVICE <{address}> {{ ?s ?p ?o }} }}"
            response = app.test_client().get("/sparql", query_string={"query": text})
    assert response.status_code == 502
    assert "within 2 seconds" in response.json["detail"]


def test_a_query_that_is_none_asks_nobody(client: FlaskClient, remote: Endpoint) -> None:
    before = len(remote.asked)
    response = client.get("/sparql", query_string={"query": f"SELEC * {{ SERVICE <{remote.address()}> {{ }} }}"})
    assert response.status_code == 400
    assert len(remote.asked) == before


def test_without_a_list_nobody_is_asked(confined: None, publish: Publish, remote: Endpoint, tmp_path: Path) -> None:
    publish(tmp_path, [])
    before = len(remote.asked)
    with serving(Settings(tmp_path)) as app:
        text = f"ASK {{ SERVICE <{remote.address()}> {{ ?s ?p ?o }} }}"
        response = app.test_client().get("/sparql", query_string={"query": text})
    assert response.status_code == 400
    assert response.json["type"].endswith("query-refused")
    assert len(remote.asked) == before


# Name of a test: the data here, and those of the endpoints by their addresses.
CASES: dict[str, tuple[str | None, dict[str, str]]] = {
    "service01": ("data01.ttl", {"http://example.org/sparql": "data01endpoint.ttl"}),
    "service02": (
        None,
        {"http://example1.org/sparql": "data02endpoint1.ttl", "http://example2.org/sparql": "data02endpoint2.ttl"},
    ),
    "service04": ("data04.ttl", {"http://example.org/sparql": "data04endpoint.ttl"}),
}


@pytest.mark.parametrize("name", CASES)
def test_the_suite_of_the_w3c(shared: Path, confined: None, publish: Publish, tmp_path: Path, name: str) -> None:
    """Its tests but those with nested, variable and silent clauses (03, 05, 06, 07), which are refused."""
    local, remotes = CASES[name]
    triples = parse(path=str(SUITE / local), format=RdfFormat.TURTLE) if local else ()
    publish(tmp_path, [Quad(each.subject, each.predicate, each.object, NamedNode("x:g")) for each in triples])
    file = next(SUITE.glob(f"{name}*.rq"))
    with endpoint(SUITE / next(iter(remotes.values()))) as one, endpoint(SUITE / [*remotes.values()][-1]) as other:
        text = file.read_text(encoding="utf-8")
        for address, server in zip(remotes, (one, other), strict=False):
            text = text.replace(address, server.address())
        services = f"{one.address()} {other.address()}"
        with serving(Settings(tmp_path, services=services, service_seconds=60)) as app:
            response = app.test_client().post("/sparql", data={"query": text})
    assert response.status_code == 200, response.text
    found = parse_query_results(response.data, format=QueryResultsFormat.JSON)
    wanted = parse_query_results((SUITE / f"{name}.srx").read_bytes(), format=QueryResultsFormat.XML)
    assert isinstance(found, QuerySolutions)
    assert isinstance(wanted, QuerySolutions)
    assert rows(found) == rows(wanted)


def rows(solutions: QuerySolutions) -> list[list[str]]:
    names = sorted(variable.value for variable in solutions.variables)
    return sorted([str(row[name]) for name in names] for row in solutions)
