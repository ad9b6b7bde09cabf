"""Queries that would run for ever, fill the memory, break the parser or call others: each has its end and its name."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Thread
from urllib.parse import quote

import pytest
from service import HANGS, Reply, Service, megabytes, seconds_used

Eventually = Callable[[Callable[[], bool]], bool]

pytestmark = pytest.mark.slow

EX = "http://example.org/"
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
RUNAWAY = "SELECT (COUNT(*) AS ?n) { " + " ".join(f"?a{n} ?b{n} ?c{n} ." for n in range(6)) + " }"
CROSS = "SELECT * { " + " ".join(f"?a{n} ?b{n} ?c{n} ." for n in range(4)) + " } ORDER BY DESC(?c0) ?c1"
ROWS = "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 200000"
# Kinds of problem by the last step of their type.
LIMITS = {"query-timeout", "query-aborted", "busy"}


def problem(reply: Reply) -> str:
    """Return the kind of problem that a reply tells, which must be a well-formed one without a trace."""
    assert reply.headers["content-type"].startswith("application/problem+json"), reply
    found = reply.json()
    assert found["status"] == reply.status
    assert not any(word in reply.body.decode() for word in ("Traceback", "/site-packages", ".py", "0x7"))
    return str(found["type"]).rpartition("/")[2]


def assert_served(service: Service) -> None:
    assert service.query(COUNT).json()["results"]["bindings"][0]["n"]["value"] == "2000"


@pytest.mark.parametrize(
    "text",
    [
        RUNAWAY,
        CROSS,
        f"SELECT (COUNT(*) AS ?n) {{ ?s (<{EX}next>|<{EX}number>|!<{EX}x>)* ?o . ?o (<{EX}next>*)* ?z }}",
        f"SELECT (COUNT(*) AS ?n) {{ ?a (<{EX}next>/<{EX}next>?)* ?b . ?b (^<{EX}next>|<{EX}next>)+ ?c }}",
        "SELECT * { ?s ?p ?o . ?x ?y ?z . ?q ?r ?t FILTER(REGEX(CONCAT(STR(?s),STR(?x),STR(?q)), '^(a|aa)+$')) }",
        "SELECT (GROUP_CONCAT(?x; separator=',') AS ?y) { ?a ?b ?x . ?c ?d ?e . ?f ?g ?h }",
        f"CONSTRUCT {{ ?a <{EX}p> ?d }} {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }}",
        "ASK { "
        + " ".join(f"?a{n} ?b{n} ?c{n} ." for n in range(5))
        + ' FILTER(CONCAT(STR(?a0), STR(?c4)) = "nothing") }',
    ],
    ids=["runaway", "cross product", "paths", "long paths", "regex", "concat", "construct", "ask"],
)
def test_what_would_not_end_is_ended(service: Service, text: str) -> None:
    reply = service.query(text, accept="*/*")
    assert reply.status == 503
    assert problem(reply) in LIMITS
    assert "retry-after" in reply.headers
    assert_served(service)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * " + "{" * 5_000 + "}" * 5_000,
        "SELECT * { ?s ?p ?o FILTER(" + "(" * 5_000 + "1" + ")" * 5_000 + ") }",
        "SELECT * { ?s ?p ?o FILTER(" + "!" * 90_000 + "?o) }",
        "SELECT * { ?s " + "(" * 4_000 + f"<{EX}next>" + ")*" * 4_000 + " ?o }",
        "SELECT * { " + "OPTIONAL { ?s ?p ?o . " * 3_000 + "}" * 3_000 + " }",
        "SELECT * { " + "{ SELECT * { " * 2_000 + "} }" * 2_000 + " }",
        f"SELECT * {{ ?s {'/'.join([f'<{EX}next>'] * 3_000)} ?o }}",
        "SELECT (" + "+".join(["1"] * 40_000) + " AS ?n) {}",
        "SELECT (REPLACE('" + "a" * 90_000 + "', '" + "(a*)*" * 10 + "b', 'x') AS ?n) {}",
        "SELECT (REGEX('a', '" + "(" * 3_000 + "a" + ")" * 3_000 + "') AS ?n) {}",
        "SELECT (REGEX('a', 'a{1000}{1000}{1000}') AS ?n) {}",
    ],
    ids=["braces", "brackets", "nots", "path", "optional", "subselects", "steps", "sum", "replace", "groups", "counts"],
)
def test_what_is_nested_deeply_breaks_nothing(service: Service, text: str) -> None:
    reply = service.query(text)
    assert reply.status in {200, 400, 503}
    if reply.status != 200:
        problem(reply)
    assert_served(service)


def test_a_query_that_is_too_large_is_refused_to_clients_that_still_send(service: Service) -> None:
    reply = service.query("ASK { " + " " * 10_000_000 + "}")
    assert reply.status == 413
    problem(reply)
    assert problem(service.query("ASK { " + " " * 200_000 + "}")) == "query-refused"
    assert_served(service)


def test_runaways_leave_room_for_others(service: Service) -> None:
    """Six at once would take all four workers; the short questions of others find one."""
    with ThreadPoolExecutor(6) as runners:
        running = [runners.submit(service.query, RUNAWAY) for _ in range(6)]
        while not all(each.done() for each in running):
            assert service.ask("/healthz").status == 200
            assert_served(service)
        assert {problem(each.result()) for each in running} <= LIMITS


def test_a_page_of_many_rows_shows_some_and_costs_little(service: Service) -> None:
    before = sum(map(megabytes, service.of_kind("web")))
    reply = service.ask(f"/sparql?query={quote(ROWS)}", Accept="text/html")
    assert reply.status == 200
    assert len(reply.body) < 2_000_000
    assert b"200,000" in reply.body or b"200000" in reply.body
    assert sum(map(megabytes, service.of_kind("web"))) < before + 100


def test_a_large_answer_is_whole(service: Service) -> None:
    lines = service.query(ROWS, accept="text/csv").body.splitlines()
    assert len(lines) == 200_001
    assert len(service.query(ROWS).json()["results"]["bindings"]) == 200_000


def runaway(service: Service) -> socket.socket:
    """Send a runaway that has time enough."""
    connection = service.connect()
    connection.sendall(f"GET /sparql?query={quote(RUNAWAY)} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    return connection


def test_the_query_of_a_client_that_hangs_up_is_ended(
    service: Service, eventually: Eventually, record_property: Callable[[str, object], None]
) -> None:
    connection = runaway(service)
    assert eventually(lambda: any(seconds_used(pid) > 0.2 for pid in service.of_kind("worker")))
    (busy,) = (pid for pid in service.of_kind("worker") if seconds_used(pid) > 0.2)
    connection.close()
    start = time.monotonic()
    assert eventually(lambda: busy not in service.pids())
    record_property("seconds until the query of a client that left had ended", time.monotonic() - start)


@pytest.fixture
def trap() -> Iterator[tuple[int, list[bytes]]]:
    """Listen, and remember who comes."""
    hits: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(HANGS)

        def count() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    hits.append(b"hit")

        Thread(target=count, daemon=True).start()
        yield int(listener.getsockname()[1]), hits
        listener.shutdown(socket.SHUT_RDWR)


def test_no_query_reaches_another_server(service: Service, trap: tuple[int, list[bytes]]) -> None:
    port, hits = trap
    here = f"http://127.0.0.1:{port}/x"
    for text in (
        f"SELECT * {{ SERVICE <{here}> {{ ?s ?p ?o }} }}",
        f"SELECT * {{ SERVICE SILENT <{here}> {{ ?s ?p ?o }} }}",
        f"SELECT * {{ VALUES ?u {{ <{here}> }} SERVICE ?u {{ ?s ?p ?o }} }}",
        f"PREFIX a: <http://127.0.0.1:{port}/> SELECT * {{ s\\u0065rvice a:x {{ ?s ?p ?o }} }}",
        f"SELECT * {{ #\n SERVICE#\n<{here}> {{ ?s ?p ?o }} }}",
        f"SELECT * FROM <{here}> {{ ?s ?p ?o }}",
        f"SELECT * FROM NAMED <{here}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
        f"LOAD <{here}>",
        f"LOAD SILENT <{here}> INTO GRAPH <{EX}g>",
        f"INSERT {{ ?s ?p ?o }} WHERE {{ SERVICE <{here}> {{ ?s ?p ?o }} }}",
    ):
        service.query(text)
        service.ask(f"/sparql?query={quote(text)}&default-graph-uri={quote(here)}")
        service.ask("/sparql", method="POST", body=text.encode(), Content_Type="application/sparql-update")
        service.ask(f"/hints?query={quote(text)}")
    assert hits == []
    assert_served(service)


def test_a_thousand_graphs_are_read_or_refused(service: Service) -> None:
    many = "&".join(["default-graph-uri=http%3A%2F%2Fe.org%2Fg"] * 1_000)
    body = f"query={quote(COUNT)}&{many}".encode()
    reply = service.ask("/sparql", method="POST", body=body, Content_Type="application/x-www-form-urlencoded")
    assert reply.status in {200, 400, 413}
    assert json.loads(reply.body)
    assert_served(service)
