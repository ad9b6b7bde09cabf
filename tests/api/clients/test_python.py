"""Clients written in Python, unchanged: SPARQLWrapper, rdflib, pandas, requests, networkx, igraph."""

from __future__ import annotations

import io
import json
import urllib.error
import urllib.request
import warnings
from typing import Any
from urllib.parse import urlencode
from xml.dom.minidom import Document

import networkx as nx
import pytest
from rdflib import Graph, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore

pytestmark = pytest.mark.slow

COM = "https://w3id.org/communique/ns#"
ID = "https://w3id.org/communique/id/"
SELECT = f"SELECT ?agreement {{ ?agreement a <{COM}Treaty> }}"
CONSTRUCT = f"CONSTRUCT {{ ?s a <{COM}Treaty> }} WHERE {{ ?s a <{COM}Treaty> }}"
TREATY = f"{ID}agreement/treaty-abc"

wrapper = pytest.importorskip("SPARQLWrapper", reason="SPARQLWrapper is not installed")
pandas = pytest.importorskip("pandas", reason="pandas is not installed")
requests = pytest.importorskip("requests", reason="requests is not installed")


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("sent", ["urlencoded", "postdirectly"])
@pytest.mark.parametrize("form", ["json", "xml", "csv", "tsv"])
def test_sparqlwrapper_selects_in_all_forms(service: str, form: str, method: str, sent: str) -> None:
    if (method, sent) == ("GET", "postdirectly"):
        return  # it refuses that itself
    client = wrapper.SPARQLWrapper(f"{service}/sparql", returnFormat=form)
    client.setMethod(method)
    client.setRequestMethod(sent)
    client.setQuery(SELECT)
    found = client.queryAndConvert()
    if form == "json":
        assert [row["agreement"]["value"] for row in found["results"]["bindings"]] == [TREATY]
    elif form == "xml":
        assert [uri.firstChild.data for uri in found.getElementsByTagName("uri")] == [TREATY]
    else:
        assert found.decode().splitlines()[1:] == [TREATY if form == "csv" else f"<{TREATY}>"]


@pytest.mark.parametrize("form", ["json", "xml"])
def test_sparqlwrapper_asks(service: str, form: str) -> None:
    client = wrapper.SPARQLWrapper(f"{service}/sparql", returnFormat=form)
    client.setQuery(f"ASK {{ ?s a <{COM}Treaty> }}")
    found = client.queryAndConvert()
    assert found["boolean"] is True if form == "json" else "true" in found.toxml()


@pytest.mark.parametrize("query", [CONSTRUCT, f"DESCRIBE <{TREATY}>"], ids=["construct", "describe"])
@pytest.mark.parametrize("form", ["xml", "rdf", "rdf+xml", "turtle", "n3", "json-ld"])
@pytest.mark.parametrize("only_headers", [False, True], ids=["parameters", "headers"])
def test_sparqlwrapper_reads_a_graph_in_all_forms(service: str, form: str, query: str, only_headers: bool) -> None:
    """It sends the form as ``format``, ``output`` and ``results``, unless it is told to use the header alone."""
    client = wrapper.SPARQLWrapper(f"{service}/sparql", returnFormat=form)
    client.setOnlyConneg(only_headers)
    client.setQuery(query)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns when it sends Accept: */*, and uses what rdflib wants to lose
        found = client.queryAndConvert()
    graph = found if isinstance(found, Graph) else Graph().parse(data=_text(found), format="turtle")
    assert {str(subject) for subject in graph.subjects()} == {TREATY}


def _text(found: Any) -> str:
    return found.decode() if isinstance(found, bytes) else found.toxml() if isinstance(found, Document) else str(found)


def test_rdflib_reads_the_endpoint_as_a_store(service: str) -> None:
    for form in ("xml", "json", "csv", "tsv"):
        graph = Graph(SPARQLStore(f"{service}/sparql", returnFormat=form))
        assert [str(row.agreement) for row in graph.query(SELECT)] == [TREATY]  # type: ignore[union-attr]
    graph = Graph(SPARQLStore(f"{service}/sparql", method="POST_FORM"))
    assert (URIRef(TREATY), None, URIRef(f"{COM}Treaty")) in graph
    assert len(Graph(SPARQLStore(f"{service}/sparql")).query(CONSTRUCT)) == 1
    assert bool(graph.query(f"ASK {{ <{TREATY}> ?p ?o }}"))


def test_rdflib_parses_an_answer_by_its_address(service: str) -> None:
    graph = Graph().parse(f"{service}/sparql?{urlencode({'query': CONSTRUCT})}")
    assert {str(subject) for subject in graph.subjects()} == {TREATY}


TABLES = [
    "/queries/place-of-event?event=event/training-a&format=csv",
    "/networks/hosting?format=csv",
    "/networks/hosting?format=edges.csv&planned=true",
    "/networks/hosting?format=nodes.csv&measure=degree&measure=closeness",
    "/networks/hosting/measures?format=csv",
    "/networks/co-party/measures?format=csv&measure=betweenness",
]


def every_layer(service: str) -> list[str]:
    with urllib.request.urlopen(f"{service}/networks") as response:
        return [layer["name"] for layer in json.load(response)["layers"]]


@pytest.mark.parametrize("path", [f"/sparql?{urlencode({'query': 'SELECT * { ?s ?p ?o }', 'format': 'csv'})}", *TABLES])
def test_pandas_reads_csv_with_nothing_but_the_address(service: str, path: str) -> None:
    frame = pandas.read_csv(f"{service}{path}")
    assert len(frame) and not any(str(column).startswith(("#", "Unnamed")) for column in frame.columns)
    if "sparql" in path:
        assert list(frame.columns) == ["s", "p", "o"]


def test_pandas_reads_the_csv_of_every_layer(service: str) -> None:
    for layer in every_layer(service):
        edges = pandas.read_csv(f"{service}/networks/{layer}?format=csv")
        assert edges["weight"].dtype == float and edges["planned"].dtype == bool
        nodes = pandas.read_csv(f"{service}/networks/{layer}?format=nodes.csv&measure=degree")
        assert set(edges["source"]) | set(edges["target"]) <= set(nodes["iri"])
        values = pandas.read_csv(f"{service}/networks/{layer}/measures?format=csv&measure=degree")
        assert dict(zip(values["iri"], values["value"], strict=True)) == dict(
            zip(nodes["iri"], nodes["degree"], strict=True)
        )


def test_pandas_skips_comments_when_it_is_told(service: str) -> None:
    plain = pandas.read_csv(f"{service}/networks/hosting?format=csv")
    commented = pandas.read_csv(f"{service}/networks/hosting?format=csv&comments=yes", comment="#")
    assert plain.equals(commented)


def test_pandas_reads_json_and_tab_separated_values(service: str) -> None:
    frame = pandas.read_csv(f"{service}/queries/place-of-event?event=event/training-a&format=tsv", sep="\t")
    assert frame.columns[0].startswith("?")
    with urllib.request.urlopen(f"{service}/queries/place-of-event?event=event/training-a") as response:
        bindings = json.load(response)["results"]["bindings"]
    assert len(pandas.json_normalize(bindings)) == len(frame)


@pytest.mark.parametrize("layer", ["hosting", "co-party"])
def test_networkx_reads_graphml_gexf_and_json(service: str, layer: str) -> None:
    with urllib.request.urlopen(f"{service}/networks/{layer}?format=graphml&measure=degree") as response:
        by_graphml = nx.read_graphml(io.BytesIO(response.read()))
    with urllib.request.urlopen(f"{service}/networks/{layer}?format=gexf&measure=degree") as response:
        by_gexf = nx.read_gexf(io.BytesIO(response.read()), version="1.3")
    with urllib.request.urlopen(f"{service}/networks/{layer}") as response:
        linked = nx.node_link_graph(json.load(response), edges="edges")
    sizes = {(graph.number_of_nodes(), graph.number_of_edges()) for graph in (by_graphml, by_gexf, linked)}
    assert len(sizes) == 1
    assert {by_graphml.is_directed(), by_gexf.is_directed()} == {layer == "hosting"}
    assert all("degree" in data for _, data in by_graphml.nodes(data=True))


def test_igraph_reads_graphml(service: str, tmp_path: Any) -> None:
    igraph = pytest.importorskip("igraph", reason="igraph is not installed")
    file, _ = urllib.request.urlretrieve(f"{service}/networks/hosting?format=graphml", tmp_path / "hosting.graphml")
    graph = igraph.Graph.Read_GraphML(str(file))
    with urllib.request.urlopen(f"{service}/networks/hosting") as response:
        drawn = json.load(response)
    assert (graph.vcount(), graph.ecount(), graph.is_directed()) == (len(drawn["nodes"]), len(drawn["edges"]), True)
    assert sorted(graph.es["weight"]) == sorted(edge["weight"] for edge in drawn["edges"])


def test_a_body_that_is_too_large_is_answered_while_it_is_still_sent(service: str) -> None:
    """Clients that send all before they read would see a broken connection, had the server only closed it."""
    body = urlencode({"query": "ASK {} #" + "x" * (5 << 20)}).encode()
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{service}/sparql", data=body)
    with refused.value as response:
        assert response.code == 413
        assert json.load(response)["type"].endswith("/problem/request-entity-too-large")
    assert requests.post(f"{service}/sparql", data={"query": "#" * (5 << 20)}).status_code == 413


def test_requests_sees_tags_and_names(service: str) -> None:
    with requests.Session() as session:
        first = session.get(f"{service}/queries")
        again = session.get(f"{service}/queries", headers={"If-None-Match": first.headers["ETag"]})
        assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
        for path in (
            "/sparql?query=ASK%20%7B%7D&format=json",
            "/queries/place-of-event?event=event/training-a&format=csv",
        ):
            assert "filename=" in session.get(service + path).headers["Content-Disposition"]
        links = session.get(f"{service}/networks/hosting?format=csv").links
        described = session.get(f"{service}/networks/hosting{links['describedby']['url'].partition('hosting')[2]}")
        assert described.headers["Content-Type"] == "application/csvm+json"
        posted = session.post(f"{service}/sparql", files={"query": ("q.rq", "ASK {}")})
        assert posted.json()["boolean"] is True
        encoded = session.post(f"{service}/sparql", data=b"ASK {}", headers={"Content-Encoding": "gzip"})
        assert encoded.status_code == 415
