"""Graphs written over HTTP, in the packaged graph with its rules: who may, what is refused, what is true afterwards."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from rdflib import Graph
from rdflib.namespace import SH
from served import bearer, serving, writing
from werkzeug.test import TestResponse

from communique.graph.jobs.queue import Queue, Writer
from communique.graph.settings import Settings
from communique.graph.store.journal import Journal
from communique.graph.terms.namespaces import GRAPH, ID

pytestmark = pytest.mark.slow

NAME = GRAPH + "doc/900"
STORE = f"/rdf-graph-store?graph={NAME}"
NOTE = f'<{ID}document/001> <http://example.org/note> "%s" .'
TURTLE = {"Content-Type": "text/turtle"}
ADMISSIBLE, BROKEN = NOTE % "seen", f"<{ID}participation/x> a <https://w3id.org/communique/ns#Participation> ."


@pytest.fixture(scope="module")
def app(confined: None, packaged_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    home = shutil.copytree(packaged_home, tmp_path_factory.mktemp("writing") / "home", symlinks=True)
    with writing(home, Writer(), write_body_megabytes=3) as app:
        yield app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="module")
def token(app: Flask) -> dict[str, str]:
    return bearer(app, "write:doc/9*", "update")


@pytest.fixture
def put(client: FlaskClient, token: dict[str, str]) -> Callable[..., TestResponse]:
    def send(text: str, path: str = STORE, **headers: str) -> TestResponse:
        return client.put(path, data=text, headers=token | TURTLE | headers)

    return send


@pytest.fixture(scope="module")
def cleaner(app: Flask) -> dict[str, str]:
    return bearer(app, "admin", name="cleaner")


@pytest.fixture(autouse=True)
def _without_the_graph(client: FlaskClient, cleaner: dict[str, str]) -> Iterator[None]:
    yield
    if client.get(STORE).status_code == 200:
        assert client.delete(STORE, headers=cleaner).status_code == 204


def test_a_graph_is_made_replaced_extended_and_deleted(
    app: Flask, client: FlaskClient, token: dict[str, str], put: Callable[..., TestResponse]
) -> None:
    def read() -> tuple[int, set[str]]:
        response = client.get(STORE, headers={"Accept": "application/n-triples"})
        return response.status_code, set(response.text.splitlines()) if response.status_code == 200 else set()

    assert read()[0] == 404
    assert put(NOTE % "a").status_code == 201
    assert read() == (200, {NOTE % "a"})
    assert put(NOTE % "b").status_code == 204
    assert client.post(STORE, data=NOTE % "c", headers=token | TURTLE).status_code == 204
    assert read() == (200, {NOTE % "b", NOTE % "c"})
    patch = 'DELETE { ?s ?p "b" } INSERT { ?s ?p "d" } WHERE { ?s ?p "b" }'
    update = {"Content-Type": "application/sparql-update"}
    assert client.patch(STORE, data=patch, headers=token | update).status_code == 204
    assert read() == (200, {NOTE % "c", NOTE % "d"})
    deleted = client.delete(STORE, headers=token)
    assert deleted.status_code == 204
    assert read()[0] == 404
    assert client.delete(STORE, headers=token).status_code == 404
    activity = Journal(app.extensions["queue"].home).activities()[-1]
    assert (activity.kind, activity.agent, activity.snapshot) == (
        "delete",
        "tester",
        deleted.headers["Communique-Snapshot"],
    )


def test_who_writes_then_reads_finds_it(client: FlaskClient, put: Callable[..., TestResponse]) -> None:
    for text in "abc":
        written = put(NOTE % text)
        found = client.get("/sparql", query_string={"query": f'ASK {{ GRAPH <{NAME}> {{ ?s ?p "{text}" }} }}'})
        assert found.json["boolean"] is True
        assert found.headers["Communique-Snapshot"] == written.headers["Communique-Snapshot"]


def test_a_broken_rule_is_422_with_its_report(
    client: FlaskClient, token: dict[str, str], put: Callable[..., TestResponse]
) -> None:
    before = client.get("/healthz"), client.get("/readyz").json["snapshot"]
    problem = put(BROKEN)
    assert (problem.status_code, problem.mimetype) == (422, "application/problem+json")
    assert "participation/x" in problem.json["detail"]
    report = client.get(problem.json["report"], headers=token | {"Accept": "text/turtle"})
    direct = put(BROKEN, Accept="application/n-triples")
    assert (direct.status_code, direct.mimetype) == (422, "application/n-triples")
    for text, form in ((report.text, "turtle"), (direct.text, "nt")):
        graph = Graph().parse(data=text, format=form)
        assert [str(value) for value in graph.objects(None, SH.conforms)] == ["false"]
        assert len(list(graph.objects(None, SH.result))) >= 3
    assert client.get("/readyz").json["snapshot"] == before[1]
    update = client.post("/sparql", data={"update": f"INSERT DATA {{ GRAPH <{NAME}> {{ {BROKEN} }} }}"}, headers=token)
    assert update.status_code == 422


def test_an_update_changes_what_its_token_reaches(client: FlaskClient, token: dict[str, str]) -> None:
    text = f"INSERT {{ GRAPH <{NAME}> {{ ?d <http://example.org/seen> true }} }} WHERE {{ ?d a com:SourceDocument }}"
    text = f"PREFIX com: <https://w3id.org/communique/ns#> {text}"
    assert client.post("/sparql", data={"update": text}, headers=token).status_code == 204
    assert client.get(STORE, headers={"Accept": "application/n-triples"}).text.count("seen") == 5


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("CLEAR ALL", 403),
        ("DROP NAMED", 403),
        (f"INSERT DATA {{ GRAPH <{GRAPH}doc/001> {{ <x:s> <x:p> 1 }} }}", 403),
        (f"DELETE WHERE {{ GRAPH <{GRAPH}ontology> {{ ?s ?p ?o }} }}", 403),
        ("INSERT DATA { GRAPH <x:g> { <x:s> <x:p> 1 } }", 403),
        ("INSERT DATA { <x:s> <x:p> 1 }", 403),
        ("CLEAR XYZ", 400),
        ("SELECT * { ?s ?p ?o }", 400),
        ("LOAD <http://127.0.0.1:1/>", 400),
        (f"INSERT {{ GRAPH <{NAME}> {{ ?s ?p ?o }} }} WHERE {{ SERVICE <http://127.0.0.1:1/> {{ ?s ?p ?o }} }}", 400),
        (f"CLEAR GRAPH <{GRAPH}doc/999>", 400),
    ],
)
def test_an_update_is_refused(client: FlaskClient, token: dict[str, str], text: str, status: int) -> None:
    before = client.get("/readyz").json["snapshot"]
    sent = client.post("/sparql", data={"update": text}, headers=token)
    assert sent.status_code == status, sent.text
    assert sent.json["detail"]
    assert client.get("/readyz").json["snapshot"] == before


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"Authorization": "Bearer"}, 401),
        ({"Authorization": "Bearer x"}, 401),
        ({"Authorization": "Basic dGVzdGVyOng="}, 401),
        ({"Authorization": "Digest x"}, 401),
    ],
)
def test_without_a_known_token_nothing_is_written(client: FlaskClient, headers: dict[str, str], status: int) -> None:
    for response in (
        client.put(STORE, data=ADMISSIBLE, headers=headers | TURTLE),
        client.delete(STORE, headers=headers),
        client.post("/sparql", data={"update": "CLEAR ALL"}, headers=headers),
        client.get("/jobs", headers=headers),
    ):
        assert response.status_code == status
        assert response.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_token_may_be_a_password(app: Flask, client: FlaskClient) -> None:
    secret = bearer(app, "write:doc/9*", name="basic")["Authorization"].removeprefix("Bearer ")
    assert client.put(STORE, data=ADMISSIBLE, headers=TURTLE, auth=("basic", secret)).status_code == 201


def test_a_token_does_what_its_scopes_say(app: Flask, client: FlaskClient) -> None:
    writer, reader = bearer(app, "write:doc/9*", name="writer"), bearer(app, "jobs", name="reader")
    assert client.put(STORE, data=ADMISSIBLE, headers=writer | TURTLE).status_code == 201
    assert client.post("/sparql", data={"update": "CLEAR ALL"}, headers=writer).status_code == 403
    assert client.put(STORE, data=ADMISSIBLE, headers=reader | TURTLE).status_code == 403
    agents = {job["agent"] for job in client.get("/jobs", headers=reader).json["jobs"]}
    assert {"writer", "reader"} <= agents
    assert {job["agent"] for job in client.get("/jobs", headers=writer).json["jobs"]} == {"writer"}
    app.extensions["tokens"].revoke("writer")
    assert client.put(STORE, data=ADMISSIBLE, headers=writer | TURTLE).status_code == 401


def test_a_job_is_seen_by_its_token(app: Flask, client: FlaskClient, token: dict[str, str]) -> None:
    accepted = client.put(STORE, data=ADMISSIBLE, headers=token | TURTLE | {"Prefer": "respond-async"})
    assert accepted.status_code == 202
    address = accepted.headers["Location"]
    while (job := client.get(address, headers=token).json)["state"] == "running":
        pass
    assert (job["state"], job["added"], job["graph"]) == ("published", 1, NAME)
    assert client.get(address, headers=bearer(app, "write:doc/9*", name="stranger")).status_code == 403
    assert client.get("/jobs/none", headers=token).status_code == 404


@pytest.mark.parametrize(
    ("body", "headers", "status", "told"),
    [
        ("<a> <b>", {}, 400, "line 1"),
        ("<a> <b> <c> .", {"Content-Type": "text/csv"}, 415, "text/csv"),
        ("<a> <b> <c> .", {"Content-Type": "text/turtle; charset=utf-16"}, 415, "utf-16"),
        ("<a> <b> <c> .", {"Content-Encoding": "gzip"}, 415, "encoding gzip"),
        ("[[" * 5000, {}, 400, "line 1"),
        ('<x:s> <x:p> "' + "x" * (4 << 20) + '" .', {}, 413, ""),
    ],
)
def test_a_body_is_refused(
    put: Callable[..., TestResponse], body: str, headers: dict[str, str], status: int, told: str
) -> None:
    response = put(body, **headers)
    assert response.status_code == status, response.text
    assert told in response.text
    assert "/tmp" not in response.text, "no path of this machine is told"


def test_a_body_longer_than_that_of_a_query_is_taken(put: Callable[..., TestResponse]) -> None:
    assert put(NOTE % ("x" * (2 << 20))).status_code in {201, 204}


def test_bytes_that_are_compressed_all_the_same_are_no_turtle(client: FlaskClient, token: dict[str, str]) -> None:
    response = client.put(STORE, data=gzip.compress(ADMISSIBLE.encode()), headers=token | TURTLE)
    assert response.status_code == 400
    assert "compressed" in response.json["detail"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/rdf-graph-store?graph=doc/900", 400),
        ("/rdf-graph-store?graph=", 400),
        (f"{STORE}&graph=x:g", 400),
        (f"{STORE}&default", 400),
        ("/rdf-graph-store", 400),
        ("/rdf-graph-store?default", 403),
        (f"/rdf-graph-store?graph={GRAPH}meta", 403),
        (f"/rdf-graph-store?graph={GRAPH}doc/001", 403),
        ("/rdf-graph-store?graph=x:g", 403),
        ("/rdf-graph-store/mine", 403),
        (f"{STORE}&others=1", 400),
    ],
)
def test_a_graph_that_cannot_be_written(put: Callable[..., TestResponse], path: str, status: int) -> None:
    response = put(ADMISSIBLE, path)
    assert response.status_code == status, response.text


def test_a_version_that_was_read_is_written(client: FlaskClient, put: Callable[..., TestResponse]) -> None:
    first = put(NOTE % "a")
    snapshot, tag = first.headers["Communique-Snapshot"], client.get(STORE).headers["ETag"]
    assert put(NOTE % "b", **{"If-Match": tag}).status_code == 204
    stale = put(NOTE % "c", **{"If-Match": f'"{snapshot}"'})
    assert (stale.status_code, stale.json["title"]) == (412, "The data in force is another version")
    assert put(NOTE % "c", **{"If-Match": f'"{snapshot}", {client.get(STORE).headers["ETag"]}'}).status_code == 204
    assert put(NOTE % "d", **{"If-None-Match": "*"}).status_code == 412
    assert put(NOTE % "d", **{"If-Match": "*"}).status_code == 204
    assert put(NOTE % "d", f"{STORE}1", **{"If-Match": "*"}).status_code == 412


def test_a_graph_is_read_with_a_tag(client: FlaskClient, put: Callable[..., TestResponse]) -> None:
    put(NOTE % "a")
    response = client.get(STORE, headers={"Accept": "text/turtle"})
    tag = response.headers["ETag"]
    assert client.get(STORE, headers={"Accept": "text/turtle", "If-None-Match": tag}).status_code == 304
    assert client.get(STORE, headers={"Accept": "application/ld+json", "If-None-Match": tag}).status_code == 200
    head = client.head(STORE, headers={"Accept": "text/turtle"})
    assert (head.status_code, head.headers["ETag"], head.data) == (200, tag, b"")


def test_the_default_graph_is_the_merge(client: FlaskClient) -> None:
    response = client.get("/rdf-graph-store?default", headers={"Accept": "application/n-triples"})
    found = client.get("/sparql", query_string={"query": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"})
    assert len(response.text.splitlines()) == int(found.json["results"]["bindings"][0]["n"]["value"])


def test_where_nobody_may_write_everything_is_403(confined: None, packaged_home: Path, tmp_path: Path) -> None:
    home = shutil.copytree(packaged_home, tmp_path / "home", symlinks=True)
    with serving(Settings(home)) as app:
        client = app.test_client()
        for response in (
            client.put(STORE, data=ADMISSIBLE, headers=TURTLE | {"Authorization": "Bearer x"}),
            client.post("/rdf-graph-store", data=ADMISSIBLE, headers=TURTLE),
            client.delete(STORE),
            client.post("/sparql", data={"update": "CLEAR ALL"}),
            client.get("/jobs"),
        ):
            assert response.status_code == 403
        assert client.get(f"/rdf-graph-store?graph={GRAPH}doc/001").status_code == 200
        assert not (home / "jobs").exists()


def test_a_full_queue_is_503(app: Flask, client: FlaskClient, token: dict[str, str]) -> None:
    queue = app.extensions["queue"]
    app.extensions["queue"] = Queue(Settings(queue.home, write_queue=0), queue._start)
    try:
        response = client.put(STORE, data=ADMISSIBLE, headers=token | TURTLE)
    finally:
        app.extensions["queue"] = queue
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
