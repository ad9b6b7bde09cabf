"""``/sparql``: who gets which format, what is refused and how, what can be asked again cheaply."""

from __future__ import annotations

import csv
import json
from io import StringIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pyoxigraph import RdfFormat, parse
from werkzeug.test import TestResponse

from communique.graph.terms.namespaces import BASE

SELECT = "SELECT ?s { ?s a <https://w3id.org/communique/ns#Treaty> }"
DESCRIBE = "DESCRIBE <state/XAA>"
RUNAWAY = "SELECT (COUNT(*) AS ?n) { " + " ".join(f"?a{n} ?b{n} ?c{n} ." for n in range(6)) + " }"
RESULTS, RESULTS_XML = "application/sparql-results+json", "application/sparql-results+xml"


def ask(client: FlaskClient, text: str, accept: str | None = None, **parameters: str) -> TestResponse:
    headers = {"Accept": accept} if accept is not None else {}
    return client.get("/sparql", query_string={"query": text, **parameters}, headers=headers)


def problem(response: TestResponse) -> dict[str, Any]:
    assert response.mimetype == "application/problem+json"
    parts: dict[str, Any] = json.loads(response.text)
    assert parts["status"] == response.status_code
    parts["type"] = parts["type"].removeprefix(f"{BASE}problem/")
    return parts


# What clients send, word for word where they are known to send a fixed one.
CLIENTS = {
    "curl": ("*/*", RESULTS, "text/turtle"),
    "no header": (None, RESULTS, "text/turtle"),
    "Firefox": ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html", "text/html"),
    "Chromium": (
        "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,"
        "application/signed-exchange;v=b3;q=0.7",
        "text/html",
        "text/html",
    ),
    "Jena ARQ": (
        "application/sparql-results+json, application/sparql-results+xml;q=0.9, text/tab-separated-values;q=0.7, "
        "text/csv;q=0.5, application/json;q=0.2, application/xml;q=0.2, */*;q=0.1",
        RESULTS,
        "application/json",
    ),
    "Jena graphs": (
        "text/turtle,application/n-triples;q=0.9,application/ld+json;q=0.8,application/rdf+xml;q=0.7,*/*;q=0.3",
        RESULTS,
        "text/turtle",
    ),
    "rdflib": ("application/sparql-results+xml,application/rdf+xml", RESULTS_XML, "application/rdf+xml"),
    "SPARQLWrapper JSON": (
        "application/sparql-results+json,application/json,text/javascript,application/javascript",
        RESULTS,
        "application/json",
    ),
    "comunica": (
        "application/n-quads,application/trig;q=0.95,application/ld+json;q=0.9,application/n-triples;q=0.8,"
        "text/turtle;q=0.6,application/rdf+xml;q=0.5,application/sparql-results+json;q=0.45",
        RESULTS,
        "application/n-quads",
    ),
    "YASGUI": ("application/sparql-results+json,*/*;q=0.9", RESULTS, "text/turtle"),
    "pandas": ("text/csv", "text/csv", None),
    "R": ("text/tab-separated-values", "text/tab-separated-values", None),
    "plain text": ("text/plain", "text/plain", "text/plain"),
    "a turtle reader": ("text/turtle", None, "text/turtle"),
    "an image": ("image/png", None, None),
    "all but JSON": ("application/sparql-results+json;q=0, text/csv;q=0.1, */*;q=0", "text/csv", None),
}


@pytest.mark.parametrize(("accept", "solutions", "graph"), CLIENTS.values(), ids=CLIENTS)
def test_clients_get_what_they_ask_for(
    client: FlaskClient, accept: str | None, solutions: str | None, graph: str | None
) -> None:
    for text, expected in ((SELECT, solutions), (DESCRIBE, graph)):
        response = ask(client, text, accept)
        assert (response.status_code, "Accept" in response.vary) == (200 if expected else 406, True)
        assert expected is None or response.mimetype == expected


@pytest.mark.parametrize(
    ("name", "text", "media_type"),
    [
        ("json", SELECT, RESULTS),
        ("xml", SELECT, RESULTS_XML),
        ("csv", SELECT, "text/csv"),
        ("tsv", SELECT, "text/tab-separated-values"),
        ("html", SELECT, "text/html"),
        ("json", DESCRIBE, "application/ld+json"),
        ("turtle", DESCRIBE, "text/turtle"),
        ("rdfxml", DESCRIBE, "application/rdf+xml"),
    ],
)
def test_format_overrides_accept(client: FlaskClient, name: str, text: str, media_type: str) -> None:
    response = ask(client, text, "image/png", format=name)
    assert (response.status_code, response.mimetype) == (200, media_type)


def test_a_format_that_does_not_fit_names_those_that_do(client: FlaskClient) -> None:
    parts = problem(ask(client, SELECT, "application/json", format="turtle"))
    assert (parts["status"], parts["type"]) == (406, "format")
    assert "text/csv" in parts["expected"]
    assert problem(ask(client, SELECT, format="pdf"))["type"] == "invalid-parameter"


def test_answers_are_whole_and_exact(client: FlaskClient) -> None:
    assert ask(client, SELECT, "text/csv").text == "s\r\nhttps://w3id.org/communique/id/agreement/treaty-abc\r\n"
    triples = parse(ask(client, DESCRIBE).data, format=RdfFormat.TURTLE)
    assert {quad.subject.value for quad in triples} == {"https://w3id.org/communique/id/state/XAA"}


@pytest.mark.parametrize("query", ["ASK {}", "SELECT ('é𝄞 & <b>' AS ?x) {}"])
def test_get_form_and_direct_post_agree(client: FlaskClient, query: str) -> None:
    answers = {
        client.get("/sparql", query_string={"query": query}).data,
        client.post("/sparql", data={"query": query}).data,
        client.post("/sparql", data=query.encode(), content_type="application/sparql-query; charset=utf-8").data,
    }
    assert len(answers) == 1


def test_a_dataset_can_be_chosen(client: FlaskClient) -> None:
    count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    whole, one, nothing = (
        int(ask(client, count, "text/csv", **chosen).text.split()[1])
        for chosen in ({}, {"default-graph-uri": f"{BASE}graph/doc/101"}, {"default-graph-uri": "http://example.org/"})
    )
    assert whole > one > 0 == nothing


@pytest.mark.parametrize(
    ("text", "status", "kind", "words"),
    [
        ("SELECT", 400, "query-syntax", "line 1, column 7"),
        ("DROP ALL", 400, "query-refused", "DROP is an update"),
        ("SELECT * { SERVICE <http://127.0.0.1:9/> {} }", 400, "query-refused", "SERVICE"),
        ("ASK {" + "{" * 600 + "}" * 600 + "}", 400, "query-refused", "nested 601 deep"),
        (f"SELECT * {{ {RUNAWAY[RUNAWAY.index('?a0') : -1]} }} ORDER BY ?c0", 503, "query-aborted", "48 MiB"),
    ],
)
def test_problems_say_what_to_do(client: FlaskClient, text: str, status: int, kind: str, words: str) -> None:
    response = ask(client, text)
    parts = problem(response)
    assert (parts["status"], parts["type"]) == (status, kind)
    assert words in parts["detail"]
    assert ("Retry-After" in response.headers) == (status == 503)
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Cache-Control"] == "no-store"


def test_a_tag_spares_the_evaluation(hasty_client: FlaskClient) -> None:
    """Known only by its tag, even a query that runs into its limit of time is "not modified"."""
    runaway = {"query": RUNAWAY}
    response = hasty_client.get("/sparql", query_string=runaway, headers={"If-None-Match": '"other"'})
    parts = problem(response)
    assert (parts["status"], parts["type"]) == (503, "query-timeout")
    assert "within 1 seconds" in parts["detail"] and "Retry-After" in response.headers
    assert hasty_client.get("/sparql", query_string=runaway, headers={"If-None-Match": "*"}).status_code == 304


def test_a_syntax_error_has_its_place(client: FlaskClient) -> None:
    parts = problem(ask(client, "ASK {\n ?s }"))
    assert (parts["line"], parts["column"]) == (2, 5)


@pytest.mark.parametrize(
    ("accept", "mimetype"),
    [
        ("application/json", "application/problem+json"),
        ("application/sparql-results+json", "application/problem+json"),
        ("text/csv, */*;q=0.1", "application/problem+json"),
        ("text/csv", "text/plain"),
        ("text/html,*/*;q=0.8", "text/html"),
    ],
)
def test_a_problem_in_the_words_of_the_client(client: FlaskClient, accept: str, mimetype: str) -> None:
    response = ask(client, "SELECT", accept)
    assert (response.status_code, response.mimetype) == (400, mimetype)
    assert "line 1, column 7" in response.text


@pytest.mark.parametrize(
    ("method", "parts", "status"),
    [
        ("POST", {"data": {"update": "CLEAR ALL"}}, 403),
        ("POST", {"data": b"CLEAR ALL", "content_type": "application/sparql-update"}, 403),
        ("GET", {"query_string": {"update": "CLEAR ALL"}}, 400),
        ("GET", {"query_string": {"query": ["ASK {}", "ASK {}"]}}, 400),
        ("POST", {"data": {"other": "x"}}, 400),
        ("POST", {"data": b"ASK {}", "content_type": "text/plain"}, 415),
        ("POST", {"data": b"ASK {}"}, 415),
        ("POST", {"data": b"ASK {} #\xff", "content_type": "application/sparql-query"}, 400),
        ("POST", {"data": b"ASK {}", "content_type": "application/sparql-query; charset=latin1"}, 415),
        ("POST", {"data": {"query": "#" * (1 << 20)}}, 413),
        ("PUT", {"query_string": {"query": "ASK {}"}}, 405),
    ],
)
def test_what_the_protocol_forbids(client: FlaskClient, method: str, parts: dict[str, Any], status: int) -> None:
    response = client.open("/sparql", method=method, **parts)
    assert problem(response)["status"] == status
    assert status != 405 or {"GET", "HEAD", "POST", "OPTIONS"} == set(response.allow)


@pytest.mark.parametrize("accept", ["*/*", "text/turtle", "application/ld+json", "application/rdf+xml"])
def test_without_a_query_the_service_describes_itself(client: FlaskClient, accept: str) -> None:
    response = client.get("/sparql", headers={"Accept": accept})
    assert response.mimetype
    triples = parse(response.data, format=RdfFormat.from_media_type(response.mimetype))
    described = {str(quad.object) for quad in triples}
    assert "<http://localhost/sparql>" in described
    assert "<http://www.w3.org/ns/sparql-service-description#UnionDefaultGraph>" in described


def test_without_a_query_people_get_a_form(client: FlaskClient) -> None:
    page = client.get("/sparql", headers={"Accept": "text/html"}).text
    assert '<textarea id="query" name="query"' in page
    start, end = page.index("PREFIX"), page.index("</textarea>")
    example = page[start:end].replace("&lt;", "<").replace("&gt;", ">")
    assert ask(client, example).status_code == 200


def test_an_answer_can_be_asked_for_again(client: FlaskClient) -> None:
    first = ask(client, SELECT, "text/csv")
    tag = first.headers["ETag"]
    again = client.get("/sparql", query_string={"query": SELECT}, headers={"Accept": "text/csv", "If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == tag
    assert "Accept" in again.vary
    others = {ask(client, SELECT, RESULTS).headers["ETag"], ask(client, "ASK {}", "text/csv").headers["ETag"]}
    assert tag not in others
    assert len(others) == 2


def test_what_differs_each_time_has_no_tag(client: FlaskClient) -> None:
    response = ask(client, "SELECT (NOW() AS ?now) {}")
    assert "ETag" not in response.headers
    assert response.headers["Cache-Control"] == "no-store"


def test_head_is_get_without_a_body(client: FlaskClient) -> None:
    get, head = (client.open("/sparql", method=method, query_string={"query": SELECT}) for method in ("GET", "HEAD"))
    assert head.data == b""
    # Between the two requests a second may have passed.
    assert {**head.headers, "Date": ""} == {**get.headers, "Date": ""}
    assert client.head("/sparql").status_code == 200


def test_a_post_has_no_tag(client: FlaskClient) -> None:
    """Its query is in the body, of which a tag would know nothing."""
    response = client.post("/sparql", data={"query": "ASK {}"}, headers={"If-None-Match": "*"})
    assert (response.status_code, response.headers.get("ETag")) == (200, None)


def test_scripts_of_other_pages_may_ask(client: FlaskClient) -> None:
    response = client.options(
        "/sparql", headers={"Origin": "http://example.org", "Access-Control-Request-Method": "POST"}
    )
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "POST" in response.headers["Access-Control-Allow-Methods"]
    assert "Content-Type" in response.headers["Access-Control-Allow-Headers"]
    assert "ETag" in response.headers["Access-Control-Expose-Headers"]


def test_pages_escape_what_they_show(client: FlaskClient) -> None:
    page = ask(client, "SELECT ('<script>x</script>' AS ?a) (<x:'&> AS ?b) {} # </textarea>", "text/html").text
    assert "<script" not in page
    assert page.count("</textarea>") == 1


def test_a_long_answer_is_cut_on_the_page_only_and_says_so(client: FlaskClient) -> None:
    text = "SELECT * { ?s ?p ?o }"
    total = len(list(csv.reader(StringIO(ask(client, text, "text/csv").text)))) - 1
    assert total > 500
    page = ask(client, text, "text/html").text
    assert f"the first 500 of {total:_} rows; the downloads hold all" in page.replace("\N{NARROW NO-BREAK SPACE}", "_")
    assert page.count("<tr>") == 501


def test_without_an_engine_the_problem_says_so(idle_app: Flask) -> None:
    response = ask(idle_app.test_client(), "ASK {}")
    parts = problem(response)
    assert (parts["status"], parts["type"], parts["hint"]) == (503, "engine", "communique serve")
    assert response.headers["Retry-After"] == "5"


def test_a_byte_order_mark_before_a_query_is_passed_over(client: FlaskClient) -> None:
    """Whoever sends a query out of a file may send the mark of the file with it, by any way of the protocol."""
    text = "\ufeffASK {}"
    answers = [
        ask(client, text),
        client.post("/sparql", data={"query": text}),
        client.post("/sparql", data=text.encode(), content_type="application/sparql-query"),
    ]
    assert [answer.status_code for answer in answers] == [200] * 3
