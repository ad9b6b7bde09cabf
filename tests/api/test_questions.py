"""``/queries``: every ready question can be listed, described, asked and read."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from communique.graph.queries import library

NAME = "place-of-event"


def test_the_list_leads_to_every_question(client: FlaskClient) -> None:
    listed = client.get("/queries").json["questions"]  # type: ignore[index]
    assert [each["name"] for each in listed] == list(library())
    page = client.get("/queries", headers={"Accept": "text/html"}).text
    assert all(f'href="/queries/{each["name"]}"' in page for each in listed)


@pytest.mark.parametrize("name", library())
@pytest.mark.parametrize("accept", ["application/json", "text/csv", "text/html"])
def test_every_question_is_answered(client: FlaskClient, name: str, accept: str) -> None:
    response = client.get(f"/queries/{name}", headers={"Accept": accept})
    assert (response.status_code, response.mimetype) == (200, accept)
    if accept == "application/json":
        columns = [column.name for column in library()[name].columns]
        assert response.json["head"]["vars"] == columns  # type: ignore[index]


@pytest.mark.parametrize("name", library())
def test_no_parameter_hides_behind_a_word_of_the_route(name: str) -> None:
    assert "format" not in {parameter.name for parameter in library()[name].parameters}


@pytest.mark.parametrize("name", library())
def test_every_question_is_described(client: FlaskClient, name: str) -> None:
    about = client.get(f"/queries/{name}/about").json
    assert about is not None
    assert about["name"] == name
    assert about["sparql"] == library()[name].text
    page = client.get(f"/queries/{name}/about", headers={"Accept": "text/html"}).text
    assert all(f"<code>{each['name']}</code>" in page for each in about["columns"] + about["parameters"])


def test_parameters_are_bound(client: FlaskClient) -> None:
    asked = {"event": "event/training-a"}
    text = client.get(f"/queries/{NAME}/sparql", query_string=asked)
    assert text.mimetype == "application/sparql-query"
    assert "VALUES ?event { <https://w3id.org/communique/id/event/training-a> }" in text.text
    page = client.get(f"/queries/{NAME}", query_string=asked, headers={"Accept": "text/html"}).text
    assert 'value="event/training-a"' in page
    assert f"/queries/{NAME}?event=event%2Ftraining-a&amp;format=csv" in page


def test_an_empty_field_means_the_default(client: FlaskClient) -> None:
    texts = {client.get(f"/queries/{NAME}/sparql", query_string=asked).text for asked in ({}, {"event": ""})}
    assert len(texts) == 1


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        (f"/queries/{NAME}?evnt=event/x", 400, ["evnt", "event"]),
        (f"/queries/{NAME}?event=not+an+iri", 404, ["event", "not an iri"]),
        ("/queries/place-of-evnt", 404, ["place-of-event"]),
        ("/queries/place-of-evnt/about", 404, ["place-of-event"]),
    ],
)
def test_mistakes_are_explained(client: FlaskClient, path: str, status: int, words: list[str]) -> None:
    response = client.get(path)
    assert (response.status_code, response.mimetype) == (status, "application/problem+json")
    assert all(word in response.text for word in words)


def test_only_json_and_pages_describe(client: FlaskClient) -> None:
    response = client.get("/queries", headers={"Accept": "text/csv"})
    assert response.status_code == 406
    assert "application/json, text/html" in response.text
