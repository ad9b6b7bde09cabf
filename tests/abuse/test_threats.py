"""Single attacks that no other test stands for; ``docs/security.md`` names the test of each line of its model."""

from __future__ import annotations

import gzip
import json
import re
import socket
import stat
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from service import Service

from communique.graph.errors import InvalidParameter
from communique.graph.queries.library import PackagedQuery, library
from communique.graph.queries.parameters import QueryParameter, find_defaults

PARAMETERS = [(query, each) for query in library().values() for each in query.parameters]
# Whatever could end a literal, an IRI, a line, a comment or a VALUES line.
FRAGMENTS = [
    '"',
    '"""',
    "'",
    "\\",
    "\\u0022",
    ">",
    "<",
    "}",
    "{",
    "\n",
    "\r",
    "\u2028",
    "\x0b",
    "#",
    " UNION ",
    "^^",
    "@en",
]
FRAGMENTS += [
    "VALUES ?x { 1 }",
    "DROP ALL",
    "https://w3id.org/communique/id/state/KOR",
    "2012-01-01",
    "1",
    "true",
    "Korea",
]


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(PARAMETERS),
    st.one_of(st.text(max_size=20), st.lists(st.sampled_from(FRAGMENTS), max_size=6).map("".join)),
)
def test_no_text_of_a_request_becomes_text_of_a_query(asked: tuple[PackagedQuery, QueryParameter], text: str) -> None:
    """What is bound is the term that was read; every other line of the query stays what it is."""
    query, parameter = asked
    try:
        term = parameter.read(text)
        bound = query.bind([(parameter.name, text)])
    except InvalidParameter:
        return
    before, after = query.text.split("\n"), bound.split("\n")
    changed = [new for old, new in zip(before, after, strict=True) if old != new]
    assert all(re.match(rf"\s*VALUES\s+\?{parameter.name}\s", line) for line in changed)
    assert find_defaults(bound)[parameter.name] == (term,)


@pytest.mark.parametrize(
    "path",
    [
        "/static/../../pyproject.toml",
        "/static/%2e%2e/%2e%2e/pyproject.toml",
        "/static/..%2f..%2fpyproject.toml",
        "/static//etc/passwd",
        "/static/%00",
        "/ontology/../../pyproject.toml",
        "/ontology/%2e%2e%2f%2e%2e%2fpyproject.toml",
        "/ontology/....//....//etc/passwd",
        "/terms/../../etc/passwd",
        "/queries/..%2f..%2fpyproject",
        "/networks/..%2factors",
        "/networks/actors",
        "/jobs/..%2f..%2fetc%2fpasswd",
        "/rdf-graph-store/..%2f..%2fetc%2fpasswd",
        "//etc/passwd",
        "/../../../../etc/passwd",
    ],
)
def test_a_path_of_a_request_is_no_path_of_a_file(service: Service, path: str) -> None:
    with service.connect() as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: connection.recv(1 << 16), b""))
    status = int(answer.split()[1])
    assert status in {308, 400, 403, 404}, answer[:200]
    assert status != 308 or b"\r\nlocation: http://x/" in answer
    assert b"[project]" not in answer
    assert b"root:" not in answer


def test_parameters_are_bounded(service: Service) -> None:
    graphs = [("default-graph-uri", f"http://example.org/{n}") for n in range(1_000)]
    many = service.ask(
        "/sparql",
        method="POST",
        body=urlencode([("query", "ASK {}"), *graphs]).encode(),
        Content_Type="application/x-www-form-urlencoded",
    )
    assert many.status in {200, 400}
    assert many.json()
    fields = urlencode([(f"p{n}", "x") for n in range(50_000)]).encode()
    form = {"Content_Type": "application/x-www-form-urlencoded"}
    assert service.ask("/sparql", method="POST", body=fields, **form).status in {400, 413}
    measures = service.ask("/networks/co-party?" + "&".join(["measure=degree"] * 500))
    assert measures.status == 200
    assert len(measures.json()["graph"].get("measures", [])) <= 1
    assert service.ask("/networks/co-party?" + "&".join(["measure=x"] * 500)).status == 400
    assert service.ask("/networks/co-party?" + "&".join(["from=2012"] * 500)).status == 400


def test_a_bomb_is_not_unpacked(service: Service) -> None:
    bomb = gzip.compress(bytes(300 << 20))
    reply = service.ask(
        "/sparql", method="POST", body=bomb, Content_Encoding="gzip", Content_Type="application/sparql-query"
    )
    assert reply.status == 415
    assert service.census().megabytes < 1_000


@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded"])
def test_nested_json_breaks_nothing(service: Service, kind: str) -> None:
    nested = "[" * 200_000 + "]" * 200_000
    body = nested if kind == "application/json" else "queries=" + quote(nested)
    reply = service.ask("/reconcile", method="POST", body=body.encode(), Content_Type=kind)
    assert reply.status in {400, 413, 415}
    assert "Traceback" not in reply.body.decode()


@pytest.mark.parametrize("host", ["x" * 300, "a b", "[::1", "evil.example/path", "", "é"])
@pytest.mark.parametrize("accept", ["text/html", "application/json", "text/plain"])
def test_a_host_that_is_none_is_refused_or_passed_over(service: Service, host: str, accept: str) -> None:
    with service.connect() as connection:
        head = f"GET /networks HTTP/1.1\r\nHost: {host}\r\nAccept: {accept}\r\nConnection: close\r\n\r\n"
        connection.sendall(head.encode())
        answer = b"".join(iter(lambda: connection.recv(1 << 16), b""))
    assert answer.split()[1] in {b"200", b"400", b"406"}, answer[:300]


@pytest.mark.parametrize(
    "heads",
    [
        b"Content-Length: 5\r\nContent-Length: 6\r\n",
        b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: chunked, identity\r\n",
        b"Transfer-Encoding: \x0bchunked\r\n",
        b"Content-Length: -1\r\n",
        b"Content-Length: 99999999999999999999999\r\n",
        b" Folded: x\r\n",
    ],
)
def test_no_request_hides_in_another(service: Service, heads: bytes) -> None:
    """RFC 9112, 6.3 and 11.2: whatever could be read in two ways gets no second response."""
    second = b"0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\nX-Second: y\r\n\r\n"
    with service.connect() as connection:
        connection.sendall(
            b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n" + heads + b"\r\n" + second
        )
        connection.shutdown(socket.SHUT_WR)
        try:
            answer = b"".join(iter(lambda: connection.recv(1 << 16), b""))
        except ConnectionResetError:
            return
    assert b'"live"' not in answer, answer


def test_a_script_in_data_or_in_a_request_is_text_on_a_page(service: Service) -> None:
    script = "<script>alert(1)</script>"
    query = f'SELECT ("{script}" AS ?x) (IRI("javascript:alert(1)") AS ?y) {{}}'
    for path in (f"/sparql?query={quote(query)}", f"/terms?{urlencode({'text': script})}", f"/{quote(script)}"):
        reply = service.ask(path, Accept="text/html")
        page = reply.body.decode()
        assert script not in page
        assert 'href="javascript:' not in page
        assert "default-src 'none'" in reply.headers["content-security-policy"]
        assert reply.headers["x-content-type-options"] == "nosniff"


def test_a_name_in_a_request_writes_no_header_and_no_line_of_the_log(service: Service) -> None:
    before = len(service.log.read_text().splitlines())
    reply = service.ask("/terms/%0d%0aSet-Cookie:%20a=b%0d%0a{%22level%22:%22error%22}")
    assert "set-cookie" not in reply.headers
    for line in service.log.read_text().splitlines()[before:]:
        assert "level" in json.loads(line)


def test_other_users_of_the_machine_reach_no_socket(service: Service) -> None:
    for path in service.home.iterdir():
        if stat.S_ISSOCK(path.stat().st_mode):
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


def test_who_computes_has_no_network_and_no_rights(service: Service) -> None:
    """Of workers and drawings: a namespace of their own, without an interface that is up."""
    ours = Path("/proc/self/ns/net").readlink()
    for kind in ("generation", "worker", "drawing"):
        for pid in service.of_kind(kind):
            assert Path(f"/proc/{pid}/ns/net").readlink() != ours
            status = dict(line.split(":\t", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
            assert int(status["CapEff"], 16) == int(status["CapPrm"], 16) == 0, kind
            assert status["NoNewPrivs"] == "1", kind
            assert [line.split(":")[0].strip() for line in network_of(pid)] in (["lo"], []), kind


def network_of(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/net/dev").read_text().splitlines()[2:]
