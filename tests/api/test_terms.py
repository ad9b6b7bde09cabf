"""``/terms``: a stranger finds a class, a property with its prefix and its values in use."""

from __future__ import annotations

from flask.testing import FlaskClient

PAGE = {"Accept": "text/html"}


def test_all_terms_are_listed_with_their_names(client: FlaskClient) -> None:
    listed = client.get("/terms").json
    assert listed is not None
    names = {each["name"]: each for each in listed["terms"]}
    assert {"com:Participation", "com:participant", "role:trainee", "skos:prefLabel"} <= names.keys()
    assert names["com:participant"]["uses"] > 0
    assert client.get(names["com:participant"]["about"]).status_code == 200
    page = client.get("/terms", headers=PAGE).text
    assert all(f'href="/terms/{name}"' in page for name in names)


def test_a_word_finds_terms(client: FlaskClient) -> None:
    found = client.get("/terms", query_string={"search": "signatory"}).json
    assert found is not None
    assert [each["name"] for each in found["terms"]] == ["role:signatory"]
    assert "role:signatory" in client.get("/terms?search=signatory", headers=PAGE).text
    assert "No term" in client.get("/terms?search=xyzzyx", headers=PAGE).text


def test_a_term_is_described_with_its_values_in_use(client: FlaskClient) -> None:
    role = client.get("/terms/com:role").json
    assert role is not None
    assert role["iri"] == "https://w3id.org/communique/ns#role"
    values = [each["value"] for each in role["samples"]]
    assert values
    page = client.get("/terms/com:role", headers=PAGE).text
    assert all(f"<code>{value}</code>" in page for value in values)
    kind = client.get("/terms/com:State", headers=PAGE).text
    assert 'href="/terms/skos:prefLabel"' in kind


def test_a_term_that_does_not_exist_is_told_with_near_ones(client: FlaskClient) -> None:
    missing = client.get("/terms/com:particpant")
    assert missing.status_code == 404
    assert missing.json is not None
    assert missing.json["type"].endswith("/problem/unknown-term")
    assert "com:participant" in missing.json["expected"]


def test_terms_are_asked_for_again_by_their_tag(client: FlaskClient) -> None:
    first = client.get("/terms/com:role")
    assert client.get("/terms/com:role", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
