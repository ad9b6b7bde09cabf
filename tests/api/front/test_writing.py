"""Writing to the whole service, as it is started: clients as they are, a process killed in the middle, a long body."""

from __future__ import annotations

import json
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from rdflib import Graph, Literal, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLUpdateStore
from service_process import Service, running
from SPARQLWrapper import SPARQLWrapper

from communique.graph.jobs.tokens import TokenFile
from communique.graph.store.journal import Journal
from communique.graph.store.workspace import Workspace
from communique.graph.terms.namespaces import GRAPH, ID

pytestmark = pytest.mark.slow

Eventually = Callable[[Callable[[], bool]], bool]

NAME, NODE = GRAPH + "doc/900", ID + "document/001"
STORE = f"/rdf-graph-store?graph={quote(NAME)}"
ENDLESS = f"INSERT {{ GRAPH <{NAME}> {{ ?a <x:n> ?c }} }} WHERE {{ SELECT ?a (COUNT(*) AS ?c) " + (
    "{ ?a ?b ?x . ?d ?e ?y . ?f ?g ?z . ?h ?i ?j } GROUP BY ?a }"
)


@pytest.fixture(scope="module")
def home(packaged_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(packaged_home, tmp_path_factory.mktemp("writing") / "home", symlinks=True))


@pytest.fixture(scope="module")
def secret(home: Path) -> str:
    return TokenFile(home / "tokens.json").add("tester", ["write:doc/9*", "update"])


@pytest.fixture(scope="module")
def service(confined: None, home: Path, secret: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running(home, tmp_path_factory.mktemp("log"), tokens=str(home / "tokens.json"), query_seconds=60) as service:
        yield service


@pytest.fixture
def headers(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}", "Content-Type": "text/turtle"}


@pytest.fixture
def finished(service: Service, home: Path, headers: dict[str, str], eventually: Eventually) -> Callable[[], None]:
    """Give a function that waits until no job is at work, and queries are answered from what they left."""

    def is_idle() -> bool:
        _, _, body = service.ask("/jobs", headers=headers)
        is_done = all(job["state"] != "running" for job in json.loads(body)["jobs"])
        return is_done and json.loads(service.ask("/readyz")[2])["snapshot"] == Workspace(home).current_id()

    def wait() -> None:
        assert eventually(is_idle)

    return wait


def test_rdflib_writes_as_it_is(service: Service, secret: str, finished: Callable[[], None]) -> None:
    address = f"http://127.0.0.1:{service.port}/sparql"
    store = SPARQLUpdateStore(address, address, auth=("tester", secret), context_aware=True)
    graph = Graph(store, identifier=URIRef(GRAPH + "doc/901"))
    graph.add((URIRef(NODE), URIRef("http://example.org/rdflib"), Literal("x")))
    finished()
    assert graph.value(URIRef(NODE), URIRef("http://example.org/rdflib")) == Literal("x")
    graph.remove((URIRef(NODE), None, None))
    finished()
    assert len(graph) == 0


def test_sparqlwrapper_writes_as_it_is(service: Service, secret: str, finished: Callable[[], None]) -> None:
    client = SPARQLWrapper(f"http://127.0.0.1:{service.port}/sparql")
    client.setMethod("POST")
    client.setCredentials("tester", secret)
    client.setQuery(f'INSERT DATA {{ GRAPH <{GRAPH}doc/902> {{ <{NODE}> <http://example.org/wrapper> "x" }} }}')
    client.query()
    finished()
    status, _, body = service.ask(
        f"/rdf-graph-store?graph={quote(GRAPH + 'doc/902')}", headers={"Accept": "application/n-triples"}
    )
    assert (status, body) == (200, f'<{NODE}> <http://example.org/wrapper> "x" .\n'.encode())


def test_a_long_body_is_read_from_who_has_a_token(
    service: Service, headers: dict[str, str], finished: Callable[[], None]
) -> None:
    body = f'<{NODE}> <http://example.org/long> "{"x" * (3 << 20)}" .'.encode()
    assert service.ask(STORE, "PUT", body, headers | {"Authorization": "Bearer x"})[0] == 413
    assert service.ask(STORE, "PUT", body, headers)[0] in {201, 202}
    finished()
    status, _, found = service.ask(STORE, headers={"Accept": "application/n-triples"})
    assert status == 200
    assert len(found) > 3 << 20


def test_a_change_that_is_killed_leaves_nothing_and_the_next_one_is_made(
    service: Service,
    headers: dict[str, str],
    home: Path,
    finished: Callable[[], None],
    eventually: Eventually,
) -> None:
    finished()
    before = Workspace(home).current_id()
    sent = headers | {"Content-Type": "application/sparql-update", "Prefer": "respond-async"}
    status, answered, _ = service.ask("/sparql", "POST", ENDLESS.encode(), sent)
    assert status == 202
    job = answered["location"].rpartition("/")[2]
    assert eventually(lambda: bool(list(home.glob("snapshots/.copy-*"))))
    for pid in holders(home / "jobs" / job / "lock"):
        os.kill(pid, signal.SIGKILL)
    finished()
    told = json.loads(service.ask(f"/jobs/{job}", headers=headers)[2])
    assert (told["state"], told["snapshot"]) == ("failed", None)
    assert Workspace(home).current_id() == before
    assert all(activity.id != job for activity in Journal(home).activities())
    service.ask(STORE, "PUT", f'<{NODE}> <http://example.org/again> "x" .'.encode(), headers)
    finished()
    assert Workspace(home).current_id() != before
    assert not list(home.glob("snapshots/.copy-*"))


def test_a_change_outlives_the_service_that_was_asked_for_it(
    confined: None, packaged_home: Path, tmp_path: Path, eventually: Eventually
) -> None:
    home = Path(shutil.copytree(packaged_home, tmp_path / "home", symlinks=True))
    secret = TokenFile(home / "tokens.json").add("tester", ["write:doc/9*"])
    sent = {"Authorization": f"Bearer {secret}", "Content-Type": "text/turtle", "Prefer": "respond-async"}
    with running(home, tmp_path, tokens=str(home / "tokens.json")) as service:
        status, _, _ = service.ask(STORE, "PUT", f'<{NODE}> <http://example.org/p> "x" .'.encode(), sent)
        assert status == 202
    assert eventually(lambda: Workspace(home).current().graphs.get(NAME) == 1)


def holders(lock: Path) -> list[int]:
    """List the processes that have a file open."""
    state, found = lock.stat(), []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if any(os.path.samestat(each.stat(), state) for each in (path / "fd").iterdir()):
                found.append(int(path.name))
        except OSError:
            continue
    return found
