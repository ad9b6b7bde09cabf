"""The W3C's SPARQL 1.1 Protocol tests, as their manifest words them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from pyoxigraph import NamedNode, Quad, QuerySolutions, RdfFormat, Store, parse

from communique.api import create_app
from communique.graph.engine import start_engine
from communique.graph.settings import Settings

FOLDER = Path(__file__).resolve().parents[3] / "shared/conformance/sparql11/protocol"
REQUESTS = """
PREFIX cnt: <http://www.w3.org/2011/content#>
PREFIX ht: <http://www.w3.org/2011/http#>
PREFIX mf: <http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
SELECT ?test ?path ?method ?type ?text ?encoding ?boolean ?format (GROUP_CONCAT(STR(?code)) AS ?codes) {
  ?test a mf:ProtocolTest ; mf:action/ht:requests/rdf:first ?request .
  ?request ht:absolutePath ?path ; ht:methodName ?method ; ht:resp ?response .
  ?response mf:expectedStatus ?code
  OPTIONAL { ?response mf:expectedBoolean ?boolean }
  OPTIONAL { ?response mf:expectedFormat ?format }
  OPTIONAL { ?request ht:headers/rdf:first/ht:fieldValue ?type }
  OPTIONAL { ?request ht:body ?body . ?body cnt:chars ?text ; cnt:characterEncoding ?encoding }
} GROUP BY ?test ?path ?method ?type ?text ?encoding ?boolean ?format ORDER BY ?test"""
GRAPH_DATA = """
PREFIX ut: <http://www.w3.org/2009/sparql/tests/test-update#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT DISTINCT ?file ?name { ?test ut:graphData [ ut:graph ?file ; rdfs:label ?name ] }"""


@dataclass(frozen=True)
class Case:
    """One request and what is expected of the response."""

    name: str
    path: str
    method: str
    media_type: str | None
    body: bytes | None
    boolean: str | None
    format: str | None
    is_bad: bool

    @property
    def is_update(self) -> bool:
        return "update" in self.name and not self.is_bad


def read_manifest(query: str) -> Iterator[dict[str, str]]:
    store = Store()
    store.load(path=str(FOLDER / "manifest.ttl"), format=RdfFormat.TURTLE, base_iri="x:/")
    found = store.query(query)
    assert isinstance(found, QuerySolutions)
    names = [variable.value for variable in found.variables]
    for row in found:
        yield {name: row[name].value for name in names if row[name] is not None}


def cases() -> list[Case]:
    if not FOLDER.is_dir():
        return []
    return [
        Case(
            name=row["test"].partition("#")[2],
            path=row["path"],
            method=row["method"],
            media_type=row.get("type"),
            body=row["text"].encode(row["encoding"]) if "text" in row else None,
            boolean=row.get("boolean"),
            format=row.get("format"),
            is_bad="StatusCode4xx" in row["codes"],
        )
        for row in read_manifest(REQUESTS)
    ]


@pytest.fixture(scope="module")
def client(
    shared: Path,
    confined: None,
    publish: Callable[[Path, Iterable[Quad]], str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[FlaskClient]:
    """Serve the graphs of the manifest, and no others."""
    quads = [
        Quad(quad.subject, quad.predicate, quad.object, NamedNode(row["name"]))
        for row in read_manifest(GRAPH_DATA)
        for quad in parse(path=str(FOLDER / row["file"].rpartition("/")[2]), format=RdfFormat.N_TRIPLES)
    ]
    settings = Settings(home=tmp_path_factory.mktemp("protocol"))
    publish(settings.home, quads)
    with start_engine(settings):
        app = create_app(settings)
        with closing(app.extensions["client"]):
            yield app.test_client()


def test_the_manifest_is_read_whole(shared: Path) -> None:
    assert len(cases()) == 34


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_protocol(client: FlaskClient, case: Case) -> None:
    response = client.open(case.path, method=case.method, data=case.body, content_type=case.media_type)
    if case.is_bad:
        assert 400 <= response.status_code < 500
    elif case.is_update:
        assert response.status_code == 403, "updates are disabled here"
    else:
        assert response.status_code == 200
        assert case.format
        assert response.mimetype == FORMATS[case.format]
        if case.boolean:
            assert response.json == {"head": {}, "boolean": case.boolean == "true"}


FORMATS = {
    "boolean": "application/sparql-results+json",
    "tabular": "application/sparql-results+json",
    "RDF": "text/turtle",
}
