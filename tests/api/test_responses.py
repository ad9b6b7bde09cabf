"""What responses say about themselves: tags, names of files, what scripts of other pages may do, what is not read."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask.testing import FlaskClient

SELECT = "SELECT * { ?s ?p ?o } LIMIT 1"


@pytest.mark.parametrize(
    "path",
    [
        "/queries",
        "/queries/place-of-event/about",
        "/queries/place-of-event/sparql",
        "/networks",
        "/reconcile",
        "/sparql",
        "/ontology",
    ],
)
@pytest.mark.parametrize("accept", ["*/*", "text/html, */*;q=0.1"])
def test_what_seldom_changes_has_a_tag(client: FlaskClient, path: str, accept: str) -> None:
    first = client.get(path, headers={"Accept": accept})
    if path == "/sparql" and first.mimetype == "text/html":
        return  # a form
    again = client.get(path, headers={"Accept": accept, "If-None-Match": first.headers["ETag"]})
    assert (first.status_code, again.status_code, again.data) == (200, 304, b"")
    assert client.get(path, headers={"Accept": accept, "If-None-Match": '"other"'}).data == first.data


@pytest.mark.parametrize(
    ("path", "asked", "disposition"),
    [
        ("/sparql", {"format": "csv"}, "attachment; filename=answer.csv"),
        ("/sparql", {"output": "text/tab-separated-values"}, "attachment; filename=answer.tsv"),
        ("/sparql", {"format": "json"}, "inline; filename=answer.json"),
        ("/sparql", {}, None),
        ("/sparql", {"format": "html"}, None),
        ("/queries/place-of-event", {"format": "csv"}, "attachment; filename=place-of-event.csv"),
        ("/queries/place-of-event", {"format": "xml"}, "inline; filename=place-of-event.xml"),
    ],
)
def test_a_format_by_name_gives_a_file_a_name(
    client: FlaskClient, path: str, asked: dict[str, str], disposition: str | None
) -> None:
    given = {"query": SELECT, **asked} if path == "/sparql" else asked
    response = client.get(path, query_string=given)
    assert (response.status_code, response.headers.get("Content-Disposition")) == (200, disposition)


def test_a_graph_has_the_ending_of_its_format(client: FlaskClient) -> None:
    for name, ending in (("turtle", "ttl"), ("n3", "n3"), ("nquads", "nq"), ("jsonld", "jsonld"), ("rdfxml", "rdf")):
        response = client.get("/sparql", query_string={"query": "DESCRIBE <state/XAA>", "format": name})
        assert response.headers["Content-Disposition"] == f"inline; filename=answer.{ending}"


def test_columns_come_in_the_order_of_the_query(client: FlaskClient) -> None:
    table = client.get("/sparql", query_string={"query": SELECT}, headers={"Accept": "text/csv"})
    assert table.text.startswith("s,p,o\r\n")


def test_a_preflight_allows_a_token(client: FlaskClient) -> None:
    """A wildcard does not cover Authorization, so it is named (Fetch, CORS protocol)."""
    asked = {
        "Origin": "http://example.org",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization, content-type",
    }
    for path in ("/sparql", "/queries/place-of-event", "/networks/hosting", "/reconcile"):
        allowed = client.options(path, headers=asked).headers["Access-Control-Allow-Headers"].lower().split(", ")
        assert {"authorization", "content-type", "if-match", "if-none-match", "accept"} <= {*allowed}
    exposed = client.get("/sparql").headers["Access-Control-Expose-Headers"].split(", ")
    assert {"Link", "ETag", "Content-Disposition", "Retry-After"} <= {*exposed}


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd", "x-unheard-of", "gzip, identity"])
def test_an_encoded_body_is_not_read(client: FlaskClient, encoding: str) -> None:
    response = client.post("/sparql", data={"query": "ASK {}"}, headers={"Content-Encoding": encoding})
    assert (response.status_code, response.headers["Accept-Encoding"]) == (415, "identity")
    assert encoding in response.text


def test_a_body_without_an_encoding_may_say_so(client: FlaskClient) -> None:
    response = client.post("/sparql", data={"query": "ASK {}"}, headers={"Content-Encoding": "identity"})
    assert response.status_code == 200


@pytest.mark.parametrize(
    "parts",
    [
        {"query": "ASK {}"},
        {"query": (io.BytesIO(b"\xef\xbb\xbfASK {}"), "question.rq")},
        {"query": "ASK {}", "default-graph-uri": "x:a", "named-graph-uri": ["x:b", "x:c"], "format": "xml"},
    ],
    ids=["field", "file", "dataset"],
)
def test_a_form_of_several_parts_asks_too(client: FlaskClient, parts: dict[str, Any]) -> None:
    """``curl -F query=…`` sends a field, ``curl -F query=@question.rq`` a file."""
    response = client.post("/sparql", data=parts, content_type="multipart/form-data")
    wanted = "application/sparql-results+xml" if "format" in parts else "application/sparql-results+json"
    assert (response.status_code, response.mimetype) == (200, wanted)
    assert b"true" in response.data


@pytest.mark.parametrize(
    ("parts", "status", "words"),
    [
        ({"update": "CLEAR ALL"}, 403, "only answers"),
        ({"query": (io.BytesIO(b"ASK {} #\xff"), "question.rq")}, 400, "query is not UTF-8"),
        ({"query": ["ASK {}", "ASK {}"]}, 400, "2 queries"),
        ({"other": "ASK {}"}, 400, "0 queries"),
    ],
)
def test_a_form_of_several_parts_is_judged_as_others(
    client: FlaskClient, parts: dict[str, Any], status: int, words: str
) -> None:
    response = client.post("/sparql", data=parts, content_type="multipart/form-data")
    assert response.status_code == status
    assert words in response.text
