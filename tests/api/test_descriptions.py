"""The dataset described, as other people's tools read it; the three questions of SIB's editor asked as it asks them."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pyoxigraph import NamedNode, Quad, RdfFormat, Store, parse

from communique.graph.queries import library
from communique.graph.terms.identifiers import DESCRIPTION, EXAMPLES
from communique.graph.terms.namespaces import COM, PREFIXES, SD, VOID, prologue

DATASET = NamedNode("https://w3id.org/communique/dataset")
TURTLE = {"Accept": "text/turtle"}

# As sib-swiss/sparql-editor asks any endpoint (its utils.ts), in our words.
ASK_PREFIXES = "SELECT DISTINCT ?prefix ?namespace { [] sh:namespace ?namespace ; sh:prefix ?prefix } ORDER BY ?prefix"
ASK_EXAMPLES = """SELECT DISTINCT ?sq ?comment ?query {
  ?sq a sh:SPARQLExecutable ; rdfs:comment ?comment ; sh:select|sh:ask|sh:construct|sh:describe ?query .
} ORDER BY ?sq"""
ASK_VOID = """PREFIX void-ext: <http://ldf.fi/void-ext#>
SELECT DISTINCT ?subjectClass ?prop ?objectClass ?objectDatatype {
  { ?cp void:class ?subjectClass ; void:propertyPartition ?pp . ?pp void:property ?prop .
    OPTIONAL {
      { ?pp void:classPartition [ void:class ?objectClass ] }
      UNION { ?pp void-ext:datatypePartition [ void-ext:datatype ?objectDatatype ] }
    }
  } UNION { ?ls void:subjectsTarget ?subjectClass ; void:linkPredicate ?prop ; void:objectsTarget ?objectClass }
}"""


def rows(client: FlaskClient, query: str) -> list[dict[str, str]]:
    text = prologue(("com", "sh", "rdfs", "void", "schema", "dct")) + query
    answer = client.get("/sparql", query_string={"ac": "1", "query": text}, headers={"Accept": "application/json"})
    assert answer.status_code == 200, answer.text
    found = json.loads(answer.data)["results"]["bindings"]
    return [{name: term["value"] for name, term in row.items()} for row in found]


def described(client: FlaskClient, path: str) -> Store:
    answer = client.get(path, headers=TURTLE)
    assert answer.status_code == 200
    store = Store()
    store.extend(parse(answer.data, format=RdfFormat.TURTLE))
    return store


def value(store: Store, name: str) -> str:
    (quad,) = store.quads_for_pattern(DATASET, NamedNode(VOID + name), None)
    return quad.object.value  # type: ignore[union-attr]


def test_the_editor_of_sib_finds_all_prefixes(client: FlaskClient) -> None:
    assert {row["prefix"]: row["namespace"] for row in rows(client, ASK_PREFIXES)} == PREFIXES


def test_the_editor_of_sib_finds_every_question_and_each_is_answered(client: FlaskClient) -> None:
    found = rows(client, ASK_EXAMPLES)
    assert {row["comment"] for row in found} == {each.summary for each in library().values()}
    assert len(found) == len(library())
    for row in found:
        answer = client.get("/sparql", query_string={"query": row["query"]}, headers={"Accept": "application/json"})
        assert answer.status_code == 200, row["sq"]


def test_questions_have_keywords_and_a_target(client: FlaskClient) -> None:
    query = "SELECT ?keyword { <https://w3id.org/communique/.well-known/sparql-examples/place-of-event> "
    tags = {row["keyword"] for row in rows(client, f"{query} schema:keywords ?keyword }}")}
    assert tags == set(library()["place-of-event"].tags)
    assert rows(client, f"SELECT ?q {{ GRAPH {EXAMPLES} {{ ?q schema:target ?there }} }}")


def test_the_editor_of_sib_finds_classes_properties_and_values(client: FlaskClient, world: list[Quad]) -> None:
    """What it finds is counted again here, from the quads, without SPARQL."""
    triples = {(quad.subject, quad.predicate, quad.object) for quad in world}
    kind = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    kinds: dict[object, set[str]] = {}
    for subject, predicate, object in triples:
        if predicate == kind:
            kinds.setdefault(subject, set()).add(object.value)  # type: ignore[union-attr]
    expected = {
        (own, predicate.value, other)
        for subject, predicate, object in triples
        for own in kinds.get(subject, ())
        for other in kinds.get(object, {getattr(getattr(object, "datatype", None), "value", "")})
    }
    found = {
        (row["subjectClass"], row["prop"], row.get("objectClass") or row.get("objectDatatype", ""))
        for row in rows(client, ASK_VOID)
    }
    # A property of which some values have a class has no row for those that have none.
    typed = {pair[:2] for pair in expected if pair[2]}
    assert found == {each for each in expected if each[2] or each[:2] not in typed}
    assert (f"{COM}Treaty", kind.value, "http://www.w3.org/2002/07/owl#Class") in found


def test_counts_are_those_of_the_data_alone(client: FlaskClient, world: list[Quad]) -> None:
    triples = {(quad.subject, quad.predicate, quad.object) for quad in world}
    store = described(client, "/dataset")
    assert int(value(store, "triples")) == len(triples)
    assert int(value(store, "distinctSubjects")) == len({each[0] for each in triples})
    assert int(value(store, "distinctObjects")) == len({each[2] for each in triples})
    assert int(value(store, "properties")) == len({each[1] for each in triples})
    assert value(store, "sparqlEndpoint") == "http://localhost/sparql"
    per_property = f"SELECT (SUM(?n) AS ?all) {{ {DATASET} void:propertyPartition/void:triples ?n }}"
    assert int(rows(client, per_property)[0]["all"]) == len(triples)


def test_named_graphs_have_their_sizes(client: FlaskClient, world: list[Quad]) -> None:
    query = f"SELECT ?g ?n {{ ?named <{SD}name> ?g ; <{SD}graph>/void:triples ?n }}"
    sizes = {row["g"]: int(row["n"]) for row in rows(client, query)}
    graphs = {quad.graph_name.value for quad in world}  # type: ignore[union-attr]
    assert sizes == {name: len({quad for quad in world if quad.graph_name == NamedNode(name)}) for name in graphs}
    shown = client.get("/", headers={"Accept": "application/json"}).json
    assert shown is not None
    assert shown["graphs"] == sizes


def test_every_dump_can_be_fetched(client: FlaskClient) -> None:
    store = described(client, "/dataset")
    places = {quad.object.value for quad in store.quads_for_pattern(None, NamedNode(VOID + "dataDump"), None)}  # type: ignore[union-attr]
    assert len(places) > 2
    for place in places:
        assert client.get(place.removeprefix("http://localhost"), headers=TURTLE).status_code == 200, place


@pytest.mark.parametrize(
    "accept", ["text/turtle", "application/ld+json", "application/rdf+xml", "application/n-triples"]
)
def test_the_description_is_the_same_in_every_format(client: FlaskClient, accept: str) -> None:
    answer = client.get("/dataset", headers={"Accept": accept})
    assert answer.mimetype == accept
    triples = {quad.triple for quad in parse(answer.data, format=RdfFormat.from_media_type(accept))}
    assert triples == {quad.triple for quad in described(client, "/dataset")}
    again = client.get("/dataset", headers={"Accept": accept, "If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_the_graph_and_the_address_say_the_same(client: FlaskClient) -> None:
    held = rows(client, f"SELECT (COUNT(*) AS ?n) {{ GRAPH {DESCRIPTION} {{ ?s ?p ?o }} }}")
    assert int(held[0]["n"]) == len(described(client, "/dataset"))


def test_the_well_known_address_leads_to_the_description(client: FlaskClient) -> None:
    answer = client.get("/.well-known/void")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/dataset")


def test_the_service_describes_itself_as_the_w3c_tests_ask(client: FlaskClient) -> None:
    """The three tests of sparql11/service-description: RDF comes, ``sd:endpoint`` fits, and terms are of the schema."""
    store = described(client, "/sparql")
    here = NamedNode("http://localhost/sparql")
    assert (here, NamedNode(SD + "endpoint"), here) in {(q.subject, q.predicate, q.object) for q in store}
    used = {
        node.value.removeprefix(SD)
        for quad in store
        for node in quad.triple
        if getattr(node, "value", "").startswith(SD)
    }
    assert used == {
        *("Service", "endpoint", "supportedLanguage", "SPARQL11Query", "feature", "UnionDefaultGraph", "resultFormat"),
        *("defaultDataset", "Dataset", "defaultGraph", "Graph", "namedGraph", "NamedGraph", "name", "graph"),
    }
    assert "BasicFederatedQuery" not in used
    assert len(store) < len(described(client, "/dataset")) / 2


def test_what_a_store_of_other_data_holds_is_not_added_to(hasty_client: FlaskClient) -> None:
    """Nor is it here: the ontology is in a graph of another name, so that its statements are data like others."""
    found = rows(hasty_client, "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g")
    assert {row["g"] for row in found} >= {"https://w3id.org/communique/graph/ontology"}


class Scripts(HTMLParser):
    """Collect what stands in the scripts of a page, by their kind."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: dict[str | None, str] = {}
        self._kind: str | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._kind = dict(attrs).get("type") if tag == "script" else None

    def handle_data(self, data: str) -> None:
        if self._kind:
            self.found[self._kind] = data
            self._kind = None


def test_the_first_page_describes_the_dataset_to_search_engines(client: FlaskClient) -> None:
    scripts = Scripts(client.get("/", headers={"Accept": "text/html"}).text).found
    assert list(scripts) == ["application/ld+json"]
    data = json.loads(scripts["application/ld+json"])
    assert data["@type"] == "Dataset"
    # What Google's Dataset Search requires and recommends.
    assert 50 <= len(data["description"]) <= 5000
    assert {"name", "license", "creator", "distribution", "version", "identifier", "keywords"} <= data.keys()
    for each in data["distribution"]:
        place = each["contentUrl"].removeprefix("http://localhost")
        assert client.get(place, headers=TURTLE).status_code == 200


def test_crawlers_find_pages_that_are_there(client: FlaskClient) -> None:
    robots = client.get("/robots.txt").text
    place = re.search(r"^Sitemap: http://localhost(/\S+)$", robots, re.MULTILINE)
    assert place
    tree = ElementTree.fromstring(client.get(place[1]).text)
    pages = [each.text or "" for each in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert len(pages) == len(set(pages)) > len(library())
    allowed = re.findall(r"^Allow: (\S+)$", robots, re.MULTILINE)
    for page in pages:
        path = page.removeprefix("http://localhost")
        # RFC 9309, 2.2.3: * is any text, $ the end
        patterns = (re.escape(each).replace(r"\*", ".*").replace(r"\$", "$") for each in allowed)
        assert any(re.match(each, path) for each in patterns), path
        assert client.get(path, headers={"Accept": "text/html"}).status_code == 200, path


def test_without_an_engine_the_failure_is_told(idle_app: Flask) -> None:
    assert idle_app.test_client().get("/dataset").status_code == 503
