"""``/reconcile``: what is decided and what is not, limits that stop work, and requests that make no sense."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, Quad, Store

from communique.api import create_app
from communique.api.reconcile import matching
from communique.api.reconcile.requests import BATCH, CHARACTERS, ENTITIES, MOST_PROPERTIES
from communique.api.reconcile.schema import PROPERTIES, types
from communique.graph.engine import start_engine
from communique.graph.linking import Index, resolve
from communique.graph.linking.index import ROOTS
from communique.graph.settings import Settings
from communique.graph.terms.identifiers import entity, stated
from communique.graph.terms.namespaces import term
from communique.graph.terms.vocabulary import classes

Check = Callable[[str, Any], None]


def ask(client: FlaskClient, query: dict[str, Any]) -> list[dict[str, Any]]:
    """Ask one query; gives its candidates."""
    response = client.post("/reconcile", data={"queries": json.dumps({"q": query})})
    assert response.status_code == 200, response.text
    return list(response.json["q"]["result"])  # type: ignore[index]


def certain(found: list[dict[str, Any]]) -> list[str]:
    return [each["id"] for each in found if each["match"]]


def extend(client: FlaskClient, ids: list[str], *properties: dict[str, Any]) -> dict[str, Any]:
    asked = {"ids": ids, "properties": properties}
    response = client.get("/reconcile", query_string={"extend": json.dumps(asked)})
    assert response.status_code == 200, response.text
    return dict(response.json)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"query": "state/KOR"}, ["state/KOR"]),
        ({"query": "https://w3id.org/communique/id/state/KOR", "type": "State"}, ["state/KOR"]),
        ({"query": "state/KOR", "type": "Event"}, []),
        ({"query": "South Korea"}, ["state/KOR"]),
        ({"query": "South Korea", "type": "Territory"}, ["place/KOR"]),
        ({"query": "Congo", "type": "State"}, []),
        ({"query": "Sudan", "type": "State", "properties": [{"pid": "code", "v": "SSD"}]}, []),
        ({"query": "Hermes Cartography", "properties": [{"pid": "country", "v": "Ελλάδα"}]}, ["org/hermes"]),
        ({"query": "Hermes Cartography", "properties": [{"pid": "country", "v": "Romania"}]}, []),
        ({"query": "Hermes Cartogrphy", "properties": [{"pid": "wikidata", "v": "Q12345"}]}, ["org/hermes"]),
        ({"query": "Hermes Cartogrphy", "properties": [{"pid": "wikidata", "v": "Q1"}]}, []),
        ({"query": "Kim Min-su", "type": "Person"}, []),
        ({"properties": [{"pid": "ror", "v": "01swzsf04"}]}, ["org/hermes"]),
        ({"properties": [{"pid": "alpha2", "v": "KR"}], "type": "State"}, ["state/KOR"]),
        ({"properties": [{"pid": "alpha2", "v": "KR"}]}, []),
        ({"properties": [{"pid": "party", "v": "Korea, Republic of"}, {"pid": "date", "v": "2016-03"}]}, []),
    ],
    ids=str,
)
def test_what_is_certain_and_what_is_not(client: FlaskClient, query: dict[str, Any], expected: list[str]) -> None:
    assert certain(ask(client, query)) == expected


def test_features_explain_the_order(client: FlaskClient) -> None:
    query = {"query": "Pact on data centre", "type": "Agreement", "properties": [{"pid": "date", "v": 2016}]}
    near, far = (ask(client, {**query, "properties": [{"pid": "date", "v": year}]})[0] for year in (2016, 2009))
    assert near["id"] == far["id"] == "agreement/pact"
    assert near["score"] > far["score"]
    values = {feature["id"]: feature["value"] for feature in near["features"]}
    assert values["date"] == 1.0 and 0.9 < values["name"] < 1.0
    assert near["type"] == [{"id": "MemorandumOfUnderstanding", "name": "memorandum of understanding"}]


def test_types_filter_weigh_or_must_all_hold(client: FlaskClient) -> None:
    name = {"query": "Hermes Cartography"}
    assert ask(client, {**name, "type": "State"}) == []
    assert certain(ask(client, {**name, "type": ["State", "Company"]})) == ["org/hermes"]
    assert ask(client, {**name, "type": ["State", "Company"], "type_strict": "all"}) == []
    (found,) = ask(client, {**name, "type": "Event", "type_strict": "should"})
    assert (found["id"], found["match"]) == ("org/hermes", False)
    assert {"id": "type", "value": 0.0} in found["features"]


@pytest.mark.parametrize("name", ["Republic of Korea", "Ministry of Digital Governance", "Hermes Cartography", "Congo"])
@pytest.mark.parametrize("kind", ["State", "Organization"])
def test_linking_a_table_and_reconciling_it_agree(client: FlaskClient, quads: list[Quad], name: str, kind: str) -> None:
    store = Store()
    store.extend(quads)
    index = Index.of(lambda query: store.query(query, use_default_graph_as_union=True))  # type: ignore[arg-type,return-value]
    linked = resolve(name, kind, index=index)
    found = ask(client, {"query": name, "type": kind})
    assert {each["id"] for each in found} == {
        each.node.value.removeprefix("https://w3id.org/communique/id/") for each in linked.candidates
    }
    assert bool(certain(found)) == (linked.match is not None)


def test_a_batch_is_answered_by_get_too_and_can_be_asked_again(client: FlaskClient, check: Check) -> None:
    asked = {"queries": json.dumps({"a": {"query": "Greece"}, "b": {"query": "Nowhere at all"}})}
    response = client.get("/reconcile", query_string=asked)
    check("reconciliation-result-batch", response.json)
    assert response.json["b"] == {"result": []}  # type: ignore[index]
    again = client.get("/reconcile", query_string=asked, headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304


def test_posts_are_not_redirected(client: FlaskClient) -> None:
    for path in ("/reconcile", "/reconcile/"):
        assert client.post(path, data={"queries": "{}"}).json == {}
        assert client.get(path).json["versions"] == ["0.2"]  # type: ignore[index]


def test_a_preflight_is_answered(client: FlaskClient) -> None:
    response = client.options("/reconcile")
    assert "POST" in response.headers["Access-Control-Allow-Methods"]


QUERY = {"query": "Greece"}
WRONG = {
    "not json": ("queries", "{"),
    "a constant that is no json": ("queries", '{"q": {"query": NaN}}'),
    "deeply nested": ("queries", "[" * 50_000),
    "an array": ("queries", "[]"),
    "a query that is a text": ("queries", '{"q": "Greece"}'),
    "nothing to look for": ("queries", '{"q": {}}'),
    "white space": ("queries", '{"q": {"query": "  "}}'),
    "a query that is a number": ("queries", '{"q": {"query": 7}}'),
    "an unknown key": ("queries", json.dumps({"q": {**QUERY, "typ": "State"}})),
    "an unknown type": ("queries", json.dumps({"q": {**QUERY, "type": "Country"}})),
    "an unknown property": ("queries", json.dumps({"q": {**QUERY, "properties": [{"pid": "x", "v": "y"}]}})),
    "a property without a value": ("queries", json.dumps({"q": {**QUERY, "properties": [{"pid": "code"}]}})),
    "a property that is a text": ("queries", json.dumps({"q": {**QUERY, "properties": ["code"]}})),
    "no such strictness": ("queries", json.dumps({"q": {**QUERY, "type_strict": "very"}})),
    "no limit": ("queries", json.dumps({"q": {**QUERY, "limit": 0}})),
    "a limit that is true": ("queries", json.dumps({"q": {**QUERY, "limit": True}})),
    "too long a name": ("queries", json.dumps({"q": {"query": "x" * (CHARACTERS + 1)}})),
    "half a character": ("queries", '{"q": {"query": "\\ud800"}}'),
    "too many queries": ("queries", json.dumps({f"q{n}": QUERY for n in range(BATCH + 1)})),
    "too many properties": (
        "queries",
        json.dumps({"q": {**QUERY, "properties": [{"pid": "code", "v": "x"}] * 11}}),
    ),
    "an extension without properties": ("extend", '{"ids": []}'),
    "too many entities": ("extend", json.dumps({"ids": ["state/KOR"] * (ENTITIES + 1), "properties": []})),
    "too many columns": ("extend", json.dumps({"ids": [], "properties": [{"id": "code"}] * (MOST_PROPERTIES + 1)})),
    "an id that is no id": ("extend", json.dumps({"ids": ["x> ?p ?o } #"], "properties": []})),
    "an unknown column": ("extend", json.dumps({"ids": [], "properties": [{"id": "x"}]})),
    "an unknown setting": (
        "extend",
        json.dumps({"ids": [], "properties": [{"id": "code", "settings": {"content": "x"}}]}),
    ),
}


@pytest.mark.parametrize(("name", "text"), WRONG.values(), ids=WRONG)
def test_what_makes_no_sense_is_refused_with_a_reason(client: FlaskClient, name: str, text: str) -> None:
    response = client.post("/reconcile", data={name: text})
    assert (response.status_code, response.mimetype) == (400, "application/problem+json"), response.text
    assert any(word in response.json["detail"] for word in (name, "code", "type", "property"))  # type: ignore[index]
    assert response.json["expected"]  # type: ignore[index]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/reconcile?query=Greece", 400),
        ("/reconcile?queries={}&queries={}", 400),
        ("/reconcile?queries={}&extend={}", 400),
        ("/reconcile/suggest/entity?prefix=a&cursor=-1", 400),
        ("/reconcile/suggest/entity?prefix=a&type=Nothing", 400),
        ("/reconcile/suggest/type?prefix=" + "x" * 501, 400),
        ("/reconcile/flyout/entity?id=", 400),
        ("/reconcile/flyout/type?id=Nothing", 400),
        ("/reconcile/flyout/property?id=nothing", 400),
        ("/reconcile/flyout/other?id=x", 404),
        ("/reconcile/preview?id=<script>", 400),
        ("/reconcile/properties?type=Nothing", 400),
        ("/reconcile/properties?limit=x", 400),
    ],
)
def test_addresses_that_make_no_sense_are_refused(client: FlaskClient, path: str, status: int) -> None:
    response = client.get(path)
    assert (response.status_code, response.mimetype) == (status, "application/problem+json")


def test_a_body_beyond_a_mebibyte_and_other_media_types_are_refused(client: FlaskClient) -> None:
    assert client.post("/reconcile", data={"queries": "x" * (1 << 20)}).status_code == 413
    assert client.post("/reconcile", json={"queries": {}}).status_code == 400


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60), st.sampled_from(sorted(PROPERTIES)), st.text(max_size=30))
def test_no_text_breaks_out_of_a_query(client: FlaskClient, name: str, pid: str, value: str) -> None:
    """Whatever is asked, the answer is candidates or a reason, never a failure of ours."""
    for query in (
        {"query": name, "properties": [{"pid": pid, "v": value}]},
        {"properties": [{"pid": pid, "v": value}]},
    ):
        response = client.post("/reconcile", data={"queries": json.dumps({"q": query})})
        assert response.status_code in {200, 400}, response.text


def test_suggestions_come_in_pages_and_without_repeats(client: FlaskClient, check: Check) -> None:
    pages = [client.get(f"/reconcile/suggest/entity?prefix=s&cursor={start}").json for start in (0, 20, 40)]
    for page in pages:
        check("suggest-entities-response", page)
    ids = [each["id"] for page in pages for each in page["result"]]  # type: ignore[index]
    assert len(ids) == len(set(ids)) == 60
    states = client.get("/reconcile/suggest/entity?prefix=s&type=State").json["result"]  # type: ignore[index]
    assert {kind["id"] for each in states for kind in each["notable"]} == {"State"}
    assert client.get("/reconcile/suggest/entity").json == {"result": []}


def test_every_column_can_be_fetched(client: FlaskClient, check: Check) -> None:
    ids = ["state/KOR", "org/hermes", "agreement/pact", "event/jeju-training-2016", "place/seoul"]
    for start in range(0, len(PROPERTIES), MOST_PROPERTIES):
        asked = [{"id": name} for name in [*PROPERTIES][start : start + MOST_PROPERTIES]]
        told = extend(client, ids, *asked)
        check("data-extension-response", told)
        assert set(told["rows"]) == set(ids)
    told = extend(client, ids, {"id": "wikidata"}, {"id": "date"}, {"id": "party"}, {"id": "country"})["rows"]
    assert told["org/hermes"]["wikidata"] == [{"str": "Q12345"}]
    assert told["agreement/pact"]["date"] == [{"date": "2016-03-01T00:00:00Z"}]
    assert [each["name"] for each in told["agreement/pact"]["party"]] == ["Greece", "South Korea"]
    assert told["org/hermes"]["country"] == [{"id": "state/GRC", "name": "Greece"}]


def test_settings_of_a_column(client: FlaskClient) -> None:
    party = {"id": "party", "settings": {"limit": "1", "content": "name"}}
    told = extend(client, ["agreement/pact"], party)
    assert told["rows"]["agreement/pact"]["party"] == [{"str": "Greece"}]
    assert "type" not in told["meta"][0]


def test_previews_show_what_is_known_and_run_nothing(client: FlaskClient) -> None:
    page = client.get("/reconcile/preview?id=agreement/pact")
    assert all(words in page.text for words in ("Pact on data centres", "Greece, South Korea", "2016-03-01/2016-03-31"))
    assert "script" not in page.headers["Content-Security-Policy"]
    assert "Nothing is known" in client.get("/reconcile/preview?id=org/nothing").text
    assert "Pact on data centres" in client.get("/reconcile/view?id=agreement/pact").text


def test_every_type_is_a_class_and_every_property_names_types() -> None:
    assert set(ROOTS) <= set(types()) <= set(classes())
    for each in PROPERTIES.values():
        assert {*each.of, *([each.target] if each.target else [])} <= set(types()), each.id


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2016", date(2016, 1, 1)),
        ("2016-05", date(2016, 5, 1)),
        ("2016-05-26T10:00:00Z", date(2016, 5, 26)),
        ("May", None),
    ],
)
def test_days_may_be_years_and_months(text: str, day: date | None) -> None:
    assert matching._read_day(text) == day


def test_names_are_read_anew_when_newer_data_is_published(
    confined: None,
    tmp_path: Path,
    quads: list[Quad],
    publish: Callable[..., str],
    eventually: Callable[[Callable[[], bool]], bool],
) -> None:
    home = Settings(tmp_path)
    publish(home.home, quads)
    with start_engine(home):
        app = create_app(home)
        client = app.test_client()
        query = {"query": "Bureau of Entirely New Things", "type": "Organization"}
        assert ask(client, query) == []
        new, graph = entity("org/new"), stated("901")
        label = Literal("Bureau of Entirely New Things", language="en")
        added = [
            Quad(new, term("rdf:type"), term("com:PublicBody"), graph),
            Quad(new, term("skos:prefLabel"), label, graph),
        ]
        snapshot = publish(home.home, [*quads, *added])
        assert eventually(lambda: client.get("/readyz").json["snapshot"] == snapshot)  # type: ignore[index]
        assert [each["id"] for each in ask(client, query)] == ["org/new"]
        app.extensions["client"].close()


def test_without_an_engine_the_manifest_is_given_and_the_rest_is_explained(tmp_path: Path) -> None:
    client = create_app(Settings(home=tmp_path)).test_client()
    assert client.get("/reconcile").status_code == 200
    response = client.post("/reconcile", data={"queries": json.dumps({"q": QUERY})})
    assert (response.status_code, response.mimetype) == (503, "application/problem+json")


def test_the_manifest_is_valid(app: Flask, check: Check) -> None:
    check("manifest", app.test_client().get("/reconcile").json)
