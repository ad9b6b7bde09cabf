"""The OpenAPI document holds every route, is valid, and the routes do what it says."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import OpenAPIV31SpecValidator

from communique.graph.queries import library


@pytest.fixture
def document(client: FlaskClient) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/openapi.json").json
    return found


def test_the_document_is_openapi(document: dict[str, Any]) -> None:
    OpenAPIV31SpecValidator(document).validate()
    assert document["servers"] == [{"url": "http://localhost"}]
    operations = [each for methods in document["paths"].values() for each in methods.values()]
    assert all(each["summary"] for each in operations)
    assert len({each["operationId"] for each in operations}) == len(operations)


def test_no_route_is_left_out(app: Flask, document: dict[str, Any]) -> None:
    methods = {"GET", "POST", "PUT", "PATCH", "DELETE"}
    routes = {rule.rule.count("/") for rule in app.url_map.iter_rules() if rule.endpoint != "static"}
    assert routes
    number = sum(
        len(methods & (rule.methods or set())) for rule in app.url_map.iter_rules() if rule.endpoint != "static"
    )
    assert sum(map(len, document["paths"].values())) == number + len(library())


def test_each_question_has_its_own_parameters(client: FlaskClient, document: dict[str, Any]) -> None:
    for question in library().values():
        described = document["paths"][f"/queries/{question.name}"]["get"]["parameters"]
        assert [each["name"] for each in described] == [
            *(each.name for each in question.parameters),
            "format",
            "timeout",
        ]


def test_the_page_shows_all_of_it(client: FlaskClient, document: dict[str, Any]) -> None:
    page = client.get("/documentation", headers={"Accept": "text/html"}).text
    assert all(f"<code>{path}</code>" in page for path in document["paths"])
    assert "<script" not in page


def test_answers_have_the_media_types_that_are_promised(client: FlaskClient, document: dict[str, Any]) -> None:
    """Of each route that needs nothing, every media type comes when it is asked for, and an odd one is refused."""
    asked = 0
    for path, methods in document["paths"].items():
        described = methods.get("get")
        if (
            not described
            or "{" in path
            or described.get("security")
            or path.startswith(("/reconcile/", "/rdf-", "/.well"))
        ):
            continue
        if path in {"/hints", "/sparql"} or path.startswith("/queries/"):
            continue
        for media_type in described["responses"]["200"]["content"]:
            answer = client.get(path, headers={"Accept": media_type})
            assert (answer.status_code, answer.mimetype) == (200, media_type), path
            asked += 1
    assert asked > 15
