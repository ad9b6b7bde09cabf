"""``/``, health, and what every page and response has in common."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pyoxigraph import Quad

HTML, JSON = {"Accept": "text/html"}, {"Accept": "application/json"}


class Page(HTMLParser):
    """Collect what a page links to and check that it is well nested."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.labelled: list[str] = []
        self.tags: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        # Data in a page are no script: nothing of them is run.
        self.tags += [] if found.get("type") == "application/ld+json" else [tag]
        self.links += [value for name, value in attrs if name in {"href", "src", "action"} and value]
        self.ids += [value for name, value in attrs if name == "id" and value]
        self.labelled += [found["for"] or ""] if "for" in found else []
        if tag not in {"meta", "link", "input", "br"}:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag


PAGES = [
    "/",
    "/queries",
    "/queries/place-of-event",
    "/queries/place-of-event/about",
    "/networks",
    "/networks/training?measure=degree",
    "/networks/training/measures",
    "/sparql",
    "/sparql?query=ASK+{}",
    "/sparql?query=DESCRIBE+<state/XAA>",
    "/nowhere",
]


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_sound_and_call_nobody(client: FlaskClient, path: str) -> None:
    """Well nested, ids unique, fields labelled, no script, nothing loaded from elsewhere."""
    response = client.get(path, headers=HTML)
    assert response.mimetype == "text/html"
    page = Page(response.text)
    assert len(page.ids) == len(set(page.ids))
    assert set(page.labelled) <= set(page.ids)
    assert not {"script", "img", "iframe"} & set(page.tags)
    assert page.tags.count("h1") == page.tags.count("main") == 1
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    outside = {link for link in page.links if link.startswith("http")}
    assert outside <= {"https://creativecommons.org/licenses/by/4.0/", "https://www.apache.org/licenses/LICENSE-2.0"}


def test_every_link_of_the_landing_page_leads_to_a_page(client: FlaskClient) -> None:
    links = {link for link in Page(client.get("/", headers=HTML).text).links if link.startswith("/")}
    assert {"/queries", "/networks", "/sparql", "/readyz"} <= links
    assert len(links) > 35
    for link in sorted(links):
        with client.get(link, headers=HTML) as response:
            assert (link, response.status_code) == (link, 200)


def test_the_landing_page_counts_what_is_there(client: FlaskClient, world: list[Quad]) -> None:
    summary = client.get("/", headers=JSON).json
    assert summary is not None
    assert summary["statements"] == sum(summary["graphs"].values()) == len(set(world))
    assert summary["documents"][0]["label"] == "Arland reports"
    sizes = summary["graphs"]
    for document in summary["documents"]:
        assert document["stated"] == sizes[f"https://w3id.org/communique/graph/doc/{document['iri'][-3:]}"]
    page = client.get("/", headers=HTML).text
    assert summary["snapshot"] in page
    assert "Arland reports" in page


@pytest.mark.parametrize("accept", ["*/*", "text/html"])
def test_the_landing_page_is_for_people_first(client: FlaskClient, accept: str) -> None:
    assert client.get("/", headers={"Accept": accept}).mimetype == "text/html"


def test_the_landing_page_can_be_asked_for_again(client: FlaskClient) -> None:
    tag = client.get("/").headers["ETag"]
    assert client.get("/", headers={"If-None-Match": tag}).status_code == 304
    assert client.get("/", headers={**JSON, "If-None-Match": tag}).status_code == 200


def test_health(client: FlaskClient, idle_app: Flask) -> None:
    assert client.get("/healthz").json["status"] == "live"  # type: ignore[index]
    ready = client.get("/readyz")
    assert ready.json["snapshot"] == client.get("/").headers["Communique-Snapshot"]  # type: ignore[index]
    assert ready.headers["Cache-Control"] == "no-store"
    idle = idle_app.test_client()
    assert idle.get("/healthz").status_code == 200
    assert idle.get("/readyz").status_code == 503


def test_a_defect_is_confessed_without_its_details(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise RuntimeError("secret")

    monkeypatch.setitem(app.view_functions, "home.live", fail)
    response = app.test_client().get("/healthz")
    assert (response.status_code, response.mimetype) == (500, "application/problem+json")
    assert "secret" not in response.text


def test_every_response_is_guarded(client: FlaskClient) -> None:
    for path in ("/", "/nowhere", "/static/style.css", "/sparql?query=ASK{}"):
        with client.get(path) as response:
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            assert response.headers["Access-Control-Allow-Origin"] == "*"
