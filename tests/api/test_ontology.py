"""``/ontology``: pages for people, RDF for programs, and the same pages as files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pyoxigraph import NamedNode, RdfFormat, parse

from communique.api.offline import write_pages
from communique.graph.terms import reference, vocabulary
from communique.graph.terms.namespaces import term

PAGE = {"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}
FORMS = {
    "text/turtle": RdfFormat.TURTLE,
    "application/ld+json": RdfFormat.JSON_LD,
    "application/rdf+xml": RdfFormat.RDF_XML,
    "application/n-triples": RdfFormat.N_TRIPLES,
}


@pytest.fixture
def reader(idle_app: Flask) -> FlaskClient:
    """The ontology is read from the package: no engine is needed."""
    return idle_app.test_client()


@pytest.mark.parametrize("media_type", FORMS)
def test_a_program_gets_rdf_in_the_format_it_asks_for(reader: FlaskClient, media_type: str) -> None:
    answer = reader.get("/ontology", headers={"Accept": media_type})
    assert answer.mimetype == media_type and "Accept" in answer.headers["Vary"]
    triples = list(parse(answer.data, format=FORMS[media_type]))
    assert len({triple.subject for triple in triples if triple.object == term("owl:Class")}) > 50


def test_turtle_is_what_a_client_without_a_wish_gets(reader: FlaskClient) -> None:
    assert reader.get("/ontology").mimetype == "text/turtle"
    assert reader.get("/ontology?format=jsonld", headers=PAGE).mimetype == "application/ld+json"


def test_a_browser_gets_a_page_on_which_every_iri_has_its_anchor(reader: FlaskClient) -> None:
    answer = reader.get("/ontology", headers=PAGE)
    assert answer.mimetype == "text/html"
    anchors = set(re.findall(r' id="([^"]+)"', answer.text))
    own = {found.iri.value.partition("#")[2] for found in vocabulary.terms().values() if found.module != "reused"}
    assert own | {"isTitleCut"} <= anchors
    with_classes = {found.module for found in vocabulary.classes().values()}
    assert answer.text.count("<svg") == len(with_classes)
    assert "0.3.0" in answer.text


def test_links_of_every_page_lead_to_pages_and_anchors_that_exist(reader: FlaskClient) -> None:
    addresses = ["/ontology", *(f"/ontology/{path}" for path in reference.sections())]
    pages = {address: reader.get(address, headers=PAGE).text for address in addresses}
    anchors = {address: set(re.findall(r' id="([^"]+)"', page)) for address, page in pages.items()}
    for address, page in pages.items():
        for link in re.findall(r'href="((?:/ontology|#)[^"]*)"', page):
            target, _, anchor = link.partition("#")
            assert not anchor or anchor in anchors[target or address], (address, link)
            assert not target or target in pages, (address, link)


def test_a_module_and_a_list_of_values_are_described_alone(reader: FlaskClient) -> None:
    page = reader.get("/ontology/place", headers=PAGE).text
    assert "com:Venue" in page and 'id="Event"' not in page
    triples = list(parse(reader.get("/ontology/vocab/role").data, format=RdfFormat.TURTLE))
    assert NamedNode("https://w3id.org/communique/vocab/role/trainee") in {triple.subject for triple in triples}


def test_what_is_not_there_is_said_with_what_is(reader: FlaskClient) -> None:
    missing = reader.get("/ontology/places")
    assert missing.status_code == 404 and missing.json is not None and "place" in missing.json["detail"]
    assert reader.get("/ontology?form=turtle").status_code == 400
    assert reader.get("/ontology?format=csv").status_code == 400
    assert reader.get("/ontology", headers={"Accept": "image/png"}).status_code == 406


def test_it_is_asked_for_again_by_its_tag(reader: FlaskClient) -> None:
    first = reader.get("/ontology/place", headers=PAGE)
    assert reader.get("/ontology/place", headers={**PAGE, "If-None-Match": first.headers["ETag"]}).status_code == 304
    assert reader.get("/ontology/place").headers["ETag"] != first.headers["ETag"]


def test_the_same_pages_as_files_need_nothing_else(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    write_pages(first)
    write_pages(second)
    files = sorted(path.relative_to(first) for path in first.rglob("*") if path.is_file())
    assert Path("index.html") in files and Path("vocab/role.html") in files
    assert all((first / path).read_bytes() == (second / path).read_bytes() for path in files)
    for path in files:
        if path.suffix == ".html":
            text = (first / path).read_text(encoding="utf-8")
            loaded = re.findall(r'(?:src|<link rel="stylesheet" href)="([^"]+)"', text)
            assert [((first / path).parent / each).resolve() for each in loaded] == [(first / "style.css").resolve()]
            for link in re.findall(r'href="([^":#]+)(?:#[^"]*)?"', text):
                assert ((first / path).parent / link).is_file(), (path, link)
