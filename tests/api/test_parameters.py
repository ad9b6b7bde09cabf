"""A parameter that a resource does not know is told, with those there are: what is ignored looks like an answer."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

NONE = "no parameter at all"


@pytest.mark.parametrize(
    ("address", "known", "hint"),
    [
        ("/terms?word=signatory", "one of search", None),
        ("/terms?search=signatory&serach=x", "one of search", "did you mean 'search'?"),
        ("/terms?word=", "one of search", None),
        ("/terms/com:role?search=x", NONE, None),
        ("/queries?search=treaty", NONE, None),
        ("/queries/node-by-name/about?name=Korea", NONE, None),
        ("/networks?weight=count", NONE, None),
    ],
)
def test_an_unknown_parameter_is_refused(client: FlaskClient, address: str, known: str, hint: str | None) -> None:
    told = client.get(address)
    assert told.status_code == 400 and told.json is not None
    assert told.json["type"].endswith("/problem/invalid-parameter")
    assert (told.json["expected"], told.json.get("hint")) == (known, hint)


@pytest.mark.parametrize("tail", ["", "/sparql", "/hints"])
def test_a_question_lists_its_own(client: FlaskClient, tail: str) -> None:
    told = client.get(f"/queries/node-by-name{tail}?nam=Korea")
    assert told.status_code == 400 and told.json is not None
    assert "name" in told.json["expected"]


@pytest.mark.parametrize("tail", ["", "/measures"])
def test_a_network_lists_its_own(client: FlaskClient, tail: str) -> None:
    told = client.get(f"/networks/training{tail}?wieght=count")
    assert told.status_code == 400 and told.json is not None
    assert "weight" in told.json["expected"] and told.json["hint"] == "did you mean 'weight'?"


def test_the_protocol_lets_others_pass(client: FlaskClient) -> None:
    assert client.get("/sparql", query_string={"query": "ASK {}", "strict": "true"}).status_code == 200
    assert client.get("/reconcile?callback=x").status_code == 200
