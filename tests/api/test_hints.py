"""``Communique-Hints``: a link beside answers that are empty, or smaller than was meant, and what it leads to."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

from communique.graph.queries import library
from communique.graph.queries.media import SOLUTIONS
from communique.graph.terms.namespaces import COM

WRONG = f"PREFIX com: <{COM}> SELECT * {{ ?x com:particpant ?y }}"
RIGHT = f"PREFIX com: <{COM}> SELECT * {{ ?x com:participant ?y }}"


def link_of(header: str) -> str:
    found = re.fullmatch(r'<([^>]*)>; rel="describedby"; type="application/problem\+json"', header)
    assert found
    return found[1]


@pytest.mark.parametrize("accept", [*SOLUTIONS, "text/html"])
def test_a_wrong_term_is_told_beside_the_answer(client: FlaskClient, accept: str) -> None:
    response = client.get("/sparql", query_string={"query": WRONG}, headers={"Accept": accept})
    assert response.status_code == 200
    link = link_of(response.headers["Communique-Hints"])
    problem = client.get(link)
    assert problem.mimetype == "application/problem+json"
    assert problem.json is not None
    assert problem.json["type"].endswith("/problem/hints")
    (hint,) = problem.json["hints"]
    assert hint == {
        "kind": "term",
        "detail": "com:particpant is used by no graph",
        "hint": "did you mean com:participant?",
    }


def test_the_answer_stays_what_sparql_says(client: FlaskClient) -> None:
    answer = client.get("/sparql", query_string={"query": WRONG}).json
    assert answer == {"head": {"vars": ["x", "y"]}, "results": {"bindings": []}}


def test_a_right_query_has_no_hints(client: FlaskClient) -> None:
    response = client.get("/sparql", query_string={"query": RIGHT})
    assert "Communique-Hints" not in response.headers
    told = client.get("/hints", query_string={"query": RIGHT}).json
    assert told is not None
    assert told["hints"] == []


def test_a_page_shows_the_hints(client: FlaskClient) -> None:
    page = client.get("/sparql", query_string={"query": WRONG}, headers={"Accept": "text/html"}).text
    assert "com:particpant is used by no graph" in page
    assert "did you mean com:participant?" in page
    alone = client.get("/hints", query_string={"query": WRONG}, headers={"Accept": "text/html"}).text
    assert "did you mean com:participant?" in alone


def test_a_long_query_is_sent_to_the_hints(client: FlaskClient) -> None:
    long = WRONG + "#" * 10_000
    header = client.post("/sparql", data={"query": long}).headers["Communique-Hints"]
    assert header == '</hints>; rel="describedby"; type="application/problem+json"; method="POST"'
    told = client.post("/hints", data=long, content_type="application/sparql-query").json
    assert told is not None
    assert "com:participant" in told["hints"][0]["hint"]


def test_the_dataset_is_part_of_the_question(client: FlaskClient) -> None:
    asked = {"query": RIGHT, "default-graph-uri": "https://w3id.org/communique/graph/none"}
    link = link_of(client.get("/sparql", query_string=asked).headers["Communique-Hints"])
    told = client.get(link).json
    assert told is not None
    assert "no graph is called" in told["hints"][0]["detail"]


def test_a_script_of_another_origin_may_read_the_header(client: FlaskClient) -> None:
    response = client.get("/sparql", query_string={"query": WRONG})
    assert "Communique-Hints" in response.headers["Access-Control-Expose-Headers"]


def test_hints_are_given_to_nothing_but_a_query(client: FlaskClient) -> None:
    assert client.get("/hints").status_code == 400
    assert client.get("/hints", query_string={"query": "SELCT"}).status_code == 400


def test_a_byte_order_mark_says_nothing(client: FlaskClient) -> None:
    mark = "\ufeff"
    for response in (
        client.get("/sparql", query_string={"query": mark + RIGHT}),
        client.post("/sparql", data={"query": mark + RIGHT}),
        client.post("/sparql", data=(mark + RIGHT).encode(), content_type="application/sparql-query"),
    ):
        assert response.status_code == 200


def test_a_syntax_error_has_a_place_and_a_cure(client: FlaskClient) -> None:
    problem = client.get("/sparql", query_string={"query": "SELECT * { ?x a com:Event }"}).json
    assert problem is not None
    assert problem["detail"] == "line 1, column 17: prefix com: is not declared"
    assert problem["hint"] == f"add PREFIX com: <{COM}>"
    assert (problem["line"], problem["column"]) == (1, 17)


def test_a_question_without_rows_says_why(client: FlaskClient) -> None:
    asked = {"event": "state/XAA"}
    response = client.get("/queries/place-of-event", query_string=asked)
    assert response.status_code == 200
    link = link_of(response.headers["Communique-Hints"])
    assert link == f"/queries/place-of-event/hints?{urlencode(asked)}"
    told = client.get(link).json
    assert told is not None
    assert told["hints"][0]["kind"]
    page = client.get("/queries/place-of-event", query_string=asked, headers={"Accept": "text/html"}).text
    assert told["hints"][0]["detail"] in page


@pytest.mark.parametrize("name", [*library()][::5])
def test_every_empty_answer_of_a_question_has_a_reason(client: FlaskClient, name: str) -> None:
    response = client.get(f"/queries/{name}")
    rows = response.json["results"]["bindings"]  # type: ignore[index]
    assert ("Communique-Hints" in response.headers) is not bool(rows)


@pytest.mark.parametrize(
    ("text", "status", "words"),
    [
        ("event/training-b-", 404, ["event/training-b"]),
        ("No such event", 404, ["no node is called"]),
        ("https://a.example/x", 404, ["is in no graph"]),
    ],
)
def test_a_node_that_does_not_exist_is_not_found(client: FlaskClient, text: str, status: int, words: list[str]) -> None:
    for path in ("/queries/place-of-event", "/queries/place-of-event/sparql", "/queries/place-of-event/hints"):
        response = client.get(path, query_string={"event": text})
        assert (response.status_code, response.mimetype) == (status, "application/problem+json")
        assert response.json is not None
        assert response.json["type"].endswith("/problem/unknown-node")
        assert all(word in response.text for word in words)
