"""``/networks``: layers with their options, in every format, with what must be known about them."""

from __future__ import annotations

import csv
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from pyoxigraph import Quad
from served import serving

from communique.graph.drawing.client import DrawingClient
from communique.graph.networks import layers
from communique.graph.settings import Settings

LAYERS = [layer.name for layer in layers()]


def test_the_list_leads_to_every_layer(client: FlaskClient) -> None:
    listed = client.get("/networks").json
    assert listed is not None
    assert [layer["name"] for layer in listed["layers"]] == LAYERS
    assert {"degree", "betweenness"} <= listed["measures"].keys()
    page = client.get("/networks", headers={"Accept": "text/html"}).text
    assert all(f'href="/networks/{name}"' in page for name in LAYERS)


@pytest.mark.parametrize("name", LAYERS)
def test_every_layer_is_drawn(client: FlaskClient, name: str) -> None:
    drawn = client.get(f"/networks/{name}").json
    assert drawn is not None
    assert drawn["graph"]["layer"] == name
    assert drawn["graph"]["data_version"] == client.get("/readyz").json["snapshot"]  # type: ignore[index]
    assert drawn["nodes"]
    assert client.get(f"/networks/{name}", headers={"Accept": "text/html"}).status_code == 200


@pytest.mark.parametrize(
    ("asked", "mimetype"),
    [
        ({"format": "graphml"}, "application/graphml+xml"),
        ({"format": "gexf"}, "application/gexf+xml"),
        ({"format": "nodes.csv"}, "text/csv"),
        ({"format": "edges.csvm"}, "application/csvm+json"),
        ({"format": "text/csv"}, "text/csv"),
        ({"format": "application/graphml xml"}, "application/graphml+xml"),
        ({"format": "csv"}, "text/csv"),
        ({"format": "json"}, "application/json"),
    ],
)
def test_formats_by_name_and_by_accept(client: FlaskClient, asked: dict[str, str], mimetype: str) -> None:
    by_name = client.get("/networks/co-party", query_string=asked)
    assert (by_name.status_code, by_name.mimetype) == (200, mimetype)
    if asked["format"] != "nodes.csv":
        assert client.get("/networks/co-party", headers={"Accept": mimetype}).data == by_name.data
    if mimetype.endswith("xml"):
        ElementTree.fromstring(by_name.data)


def test_options_and_measures(client: FlaskClient) -> None:
    asked = {"from": "2012", "to": "2012", "weight": "count", "measure": ["degree", "strength"]}
    drawn = client.get("/networks/co-party", query_string=asked).json
    assert drawn is not None
    assert (
        drawn["graph"]["parameters"] | {"from": "2012-01-01", "to": "2012-12-31", "weight": "count"}
        == (drawn["graph"]["parameters"])
    )
    assert {"degree", "strength", "degree_rank"} <= drawn["nodes"][0].keys()


def test_a_measure_is_a_table(client: FlaskClient) -> None:
    response = client.get("/networks/co-party/measures", query_string={"format": "csv"})
    assert {row["label"] for row in csv.DictReader(response.text.splitlines())} >= {"Arland", "Borland"}
    measured = client.get("/networks/training/measures", query_string={"measure": "in-degree"}).json
    assert measured is not None
    assert measured["measure"] == "in-degree"
    page = client.get("/networks/co-party/measures", headers={"Accept": "text/html"}).text
    assert "number of ties" in page


def test_pages_link_nodes_and_carry_the_notes(client: FlaskClient) -> None:
    page = client.get("/networks/co-party", headers={"Accept": "text/html"}).text
    notes = client.get("/networks/co-party").json["graph"]["notes"]  # type: ignore[index]
    assert notes
    assert all(note.replace("'", "&#39;") in page for note in notes)
    assert 'title="https://w3id.org/communique/id/state/XAA">Arland</a>' in page


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/networks/co-partty", 404, "co-party"),
        ("/networks/co-party?weigth=count", 400, "weight"),
        ("/networks/co-party?weight=heavy", 400, "newman"),
        ("/networks/co-party?from=2012&from=2013", 400, "given 2 times"),
        ("/networks/co-party?from=2013&to=2012", 400, "before it starts"),
        ("/networks/co-party?format=pdf", 400, "graphml"),
        ("/networks/co-party?measure=fame", 400, "betweenness"),
        ("/networks/co-party?comments=maybe&format=csv", 400, "yes or no"),
        ("/networks/co-party?comments=yes", 400, "add format=csv"),
        ("/networks/co-party/measures?measure=in-degree", 400, "directed"),
    ],
)
def test_mistakes_are_explained(client: FlaskClient, path: str, status: int, words: str) -> None:
    response = client.get(path)
    assert (response.status_code, response.mimetype) == (status, "application/problem+json")
    assert words in response.text


def test_a_network_can_be_asked_for_again(client: FlaskClient) -> None:
    tag = client.get("/networks/co-party").headers["ETag"]
    again = client.get("/networks/co-party", headers={"If-None-Match": tag})
    assert again.status_code == 304
    assert client.get("/networks/co-party?planned=true", headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/networks/hosting?format=csv&planned=true", "edges.csvm"),
        ("/networks/hosting?format=nodes.csv&measure=degree&measure=closeness", "nodes.csvm"),
        ("/networks/hosting/measures?format=csv&measure=closeness", "csvm"),
    ],
)
def test_csv_leads_to_what_describes_it_and_back(client: FlaskClient, path: str, form: str) -> None:
    """The header and rows are all of the CSV; its metadata is a link away, its comments a parameter."""
    table = client.get(path)
    found = re.fullmatch(r'<([^>]*)>; rel="describedby"; type="application/csvm\+json"', table.headers["Link"])
    assert found and found[1].endswith(f"format={form}")
    described = client.get(found[1])
    assert described.mimetype == "application/csvm+json" and described.json is not None
    header = next(csv.reader(table.text.splitlines()))
    assert [column["titles"] for column in described.json["tableSchema"]["columns"]] == header
    assert described.json["notes"][0]["layer"] == "hosting"
    assert client.get(described.json["url"]).data == table.data
    commented = client.get(f"{path}&comments=yes")
    assert commented.text.startswith("# layer: hosting\r\n")
    assert commented.data.endswith(table.data)
    assert table.headers["ETag"] != commented.headers["ETag"]


@pytest.mark.parametrize(
    ("path", "disposition"),
    [
        ("/networks/hosting?format=csv", "attachment; filename=hosting.edges.csv"),
        ("/networks/hosting?format=graphml", "inline; filename=hosting.graphml"),
        ("/networks/hosting/measures?format=csv", "attachment; filename=hosting.degree.csv"),
        ("/networks/hosting/measures?format=csvm", "inline; filename=hosting.degree.csv-metadata.json"),
        ("/networks/hosting", None),
        ("/networks/hosting?format=html", None),
    ],
)
def test_a_file_has_a_name(client: FlaskClient, path: str, disposition: str | None) -> None:
    assert client.get(path).headers.get("Content-Disposition") == disposition


def test_a_network_is_drawn_once_for_each_version_of_the_data(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = client.get("/networks/hosting?measure=betweenness&format=graphml")

    def refuse(*_: object) -> None:
        raise AssertionError("it is drawn again")

    monkeypatch.setattr(DrawingClient, "_ask", refuse)
    assert client.get("/networks/hosting?measure=betweenness&format=graphml").data == first.data


def test_a_limit_ends_a_drawing_and_is_told(
    confined: None, publish: Callable[[Path, Iterable[Quad]], str], world: list[Quad], tmp_path: Path
) -> None:
    settings = Settings(tmp_path, drawing_seconds=0.001)
    publish(settings.home, world)
    with serving(settings, draws=True) as app:
        response = app.test_client().get("/networks/co-party")
    assert (response.status_code, response.mimetype) == (503, "application/problem+json")
    assert "0.001 seconds" in response.text
    assert int(response.headers["Retry-After"]) > 0


def test_a_measure_named_often_is_computed_once(client: FlaskClient) -> None:
    named_often = client.get("/networks/co-party", query_string={"measure": ["degree"] * 500 + [""] * 500})
    assert named_often.data == client.get("/networks/co-party?measure=degree").data
    several = client.get("/networks/co-party/measures?measure=degree&measure=strength")
    assert several.status_code == 400
    assert "given 2 times" in several.text
