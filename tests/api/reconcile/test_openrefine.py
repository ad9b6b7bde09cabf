"""A table is matched as OpenRefine does it: one request after another, each answer valid against the specification.

The requests are those that OpenRefine 3.8 sends: manifest, a sample to guess types, batches, suggestions and flyouts
while a person looks, previews in a frame, proposals of properties, and data extension in the end.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask.testing import FlaskClient

Check = Callable[[str, Any], None]
HERE = {"Origin": "http://127.0.0.1:3333", "Accept": "application/json, text/javascript, */*; q=0.01"}


def path_of(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


class Refine:
    """Does what OpenRefine does with a service that somebody added by its address."""

    def __init__(self, client: FlaskClient, check: Check) -> None:
        self._client, self._check = client, check
        self.manifest = self.get("/reconcile", "manifest")

    def get(self, path: str, schema: str | None = None) -> Any:
        response = self._client.get(path, headers=HERE)
        assert response.status_code == 200, response.text
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        if schema:
            self._check(schema, response.json)
        return response.json

    def reconcile(self, queries: dict[str, Any]) -> Any:
        self._check("reconciliation-query-batch", queries)
        response = self._client.post("/reconcile", data={"queries": json.dumps(queries)}, headers=HERE)
        assert response.status_code == 200, response.text
        self._check("reconciliation-result-batch", response.json)
        return response.json

    def suggest(self, kind: str, prefix: str) -> Any:
        place = self.manifest["suggest"][kind]
        address = path_of(place["service_url"]) + place["service_path"]
        schema = {"entity": "entities", "type": "types", "property": "properties"}[kind]
        found = self.get(f"{address}?prefix={prefix}", f"suggest-{schema}-response")["result"]
        flyout = path_of(place["flyout_service_url"]) + place["flyout_service_path"].replace("${id}", found[0]["id"])
        told = self.get(flyout)
        assert told["id"] == found[0]["id"] and "<p>" in told["html"]
        return found

    def preview(self, entity: str) -> str:
        address = path_of(self.manifest["preview"]["url"].replace("{{id}}", entity))
        response = self._client.get(address)
        assert (response.status_code, response.mimetype) == (200, "text/html")
        assert "frame-ancestors *" in response.headers["Content-Security-Policy"]
        return response.text

    def extend(self, asked: dict[str, Any]) -> Any:
        self._check("data-extension-query", asked)
        response = self._client.post("/reconcile", data={"extend": json.dumps(asked)}, headers=HERE)
        assert response.status_code == 200, response.text
        self._check("data-extension-response", response.json)
        return response.json


def test_a_column_of_countries_is_matched_and_extended(client: FlaskClient, check: Check) -> None:
    refine = Refine(client, check)
    assert refine.manifest["identifierSpace"] == "https://w3id.org/communique/id/"

    sample = refine.reconcile({f"q{n}": {"query": name, "limit": 3} for n, name in enumerate(["Romania", "Kenya"])})
    guessed = {kind["id"] for found in sample.values() for kind in found["result"][0]["type"]}
    assert guessed == {"State"}

    names = ["Republic of Korea", "Korea, Dem. People's Rep.", "Grèce", "罗马尼亚", "Niger", "Nigeria", "Atlantis"]
    asked = {f"q{n}": {"query": name, "type": "State", "type_strict": "should"} for n, name in enumerate(names)}
    found = refine.reconcile(asked)
    decided = [next((each["id"] for each in found[key]["result"] if each["match"]), None) for key in asked]
    assert decided == ["state/KOR", "state/PRK", "state/GRC", "state/ROU", "state/NER", "state/NGA", None]

    assert "South Korea" in refine.preview("state/KOR")
    assert refine.suggest("entity", "south ko")[0]["id"] == "state/KOR"
    assert refine.suggest("type", "sta")[0]["id"] == "State"
    assert refine.suggest("property", "alph")[0]["id"] == "alpha2"

    place = refine.manifest["extend"]["propose_properties"]
    address = path_of(place["service_url"]) + place["service_path"]
    proposed = refine.get(f"{address}?type=State", "data-extension-property-proposal")["properties"]
    assert {"code", "alpha2", "m49", "agreements"} <= {each["id"] for each in proposed}

    properties = [
        {"id": "alpha2"},
        {"id": "label", "settings": {"limit": "1"}},
        {"id": "agreements"},
        {"id": "member-of"},
    ]
    told = refine.extend({"ids": ["state/KOR", "state/GRC", "state/XYZ"], "properties": properties})
    assert [column["id"] for column in told["meta"]] == ["alpha2", "label", "agreements", "member-of"]
    assert told["meta"][3]["type"] == {"id": "Organization", "name": "organization"}
    korea = told["rows"]["state/KOR"]
    assert (korea["alpha2"], korea["label"]) == ([{"str": "KR"}], [{"str": "South Korea"}])
    assert korea["agreements"][0]["int"] >= 1
    assert {"id", "name"} == set(told["rows"]["state/GRC"]["member-of"][0])
    assert told["rows"]["state/XYZ"]["alpha2"] == []


def test_a_second_column_tells_bodies_of_one_name_apart(client: FlaskClient, check: Check) -> None:
    refine = Refine(client, check)
    name = {"query": "Ministry of Digital Governance", "type": "Organization"}
    country = [{"pid": "country", "v": {"id": "state/GRC", "name": "Greece"}}]
    found = refine.reconcile(
        {
            "alone": name,
            "greek": {**name, "properties": country},
            "named": {**name, "properties": [{"pid": "country", "v": "Romania"}]},
            "other": {**name, "properties": [{"pid": "country", "v": "Kenya"}]},
        }
    )
    certain = {key: [each["id"] for each in told["result"] if each["match"]] for key, told in found.items()}
    assert certain == {"alone": [], "greek": ["org/grc-digital"], "named": ["org/rou-digital"], "other": []}
    assert {each["id"] for each in found["alone"]["result"]} >= {"org/grc-digital", "org/rou-digital"}
    best = found["greek"]["result"][0]
    assert {feature["id"]: feature["value"] for feature in best["features"]}["country"] == 1.0
