"""The reconciliation service before a real engine: the packaged graph, and some invented bodies beside it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft7Validator
from pyoxigraph import Quad, RdfFormat, Store, parse
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT7

from communique.api import create_app
from communique.graph import sources
from communique.graph.engine import start_engine
from communique.graph.mapping import map_corpus
from communique.graph.settings import Settings
from communique.graph.terms.vocabulary import ontology_quads
from communique.graph.validation.derivation import derive

Check = Callable[[str, Any], None]

# Two ministries of one name, two persons of one name, entries elsewhere, and an agreement of two states.
INVENTED = """
@base <https://w3id.org/communique/id/> .
@prefix com: <https://w3id.org/communique/ns#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<../graph/doc/900> {
  <org/grc-digital> a com:PublicBody ; com:actsFor <state/GRC> ; skos:prefLabel "Ministry of Digital Governance"@en .
  <org/rou-digital> a com:PublicBody ; com:actsFor <state/ROU> ; skos:prefLabel "Ministry of Digital Governance"@en .
  <org/hermes> a com:Company ; skos:prefLabel "Hermes Cartography"@en , "Ερμής Χαρτογραφία"@el ;
    com:claimedMatch <http://www.wikidata.org/entity/Q12345> , <https://ror.org/01swzsf04> ; com:actsFor <state/GRC> .
  <person/kim-1> a com:Person ; skos:prefLabel "Kim Min-su"@en .
  <person/kim-2> a com:Person ; skos:prefLabel "Kim Min-su"@en .
  <agreement/pact> a com:MemorandumOfUnderstanding ; skos:prefLabel "Pact on data centres"@en ;
    com:concludedEarliest "2016-03-01"^^xsd:date ; com:concludedLatest "2016-03-31"^^xsd:date .
  <party/pact/KOR> a com:AgreementParty ; com:ofAgreement <agreement/pact> ; com:party <state/KOR> .
  <party/pact/GRC> a com:AgreementParty ; com:ofAgreement <agreement/pact> ; com:party <state/GRC> .
}
"""


@pytest.fixture(scope="session")
def quads() -> list[Quad]:
    trees = [sources.read_yaml(file) for file in sources.documents()]
    store = Store()
    store.extend([*ontology_quads(), *map_corpus(trees, sources.read_yaml(sources.background()))])
    store.extend(parse(INVENTED.encode(), format=RdfFormat.TRIG))
    derive(store)
    return list(store)


@pytest.fixture(scope="session")
def app(
    confined: None,
    publish: Callable[[Path, Iterable[Quad]], str],
    quads: list[Quad],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Flask]:
    settings = Settings(tmp_path_factory.mktemp("home"))
    publish(settings.home, quads)
    with start_engine(settings):
        app = create_app(settings)
        with closing(app.extensions["client"]):
            yield app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="session")
def check(shared: Path) -> Check:
    """Give a function that holds an answer against a schema of the specification."""
    folder = shared / "conformance" / "reconciliation" / "0.2" / "schemas"
    known = {path.stem: json.loads(path.read_text()) for path in folder.glob("*.json")}
    stub = Resource({"definitions": {"securityDefinitions": {"additionalProperties": True}}}, DRAFT7)
    pairs = [(schema["$id"], Resource(schema, DRAFT7)) for schema in known.values() if "$id" in schema]
    registry: Registry[Any] = Registry().with_resources([*pairs, ("http://swagger.io/v2/schema.json", stub)])

    def validate(name: str, answer: Any) -> None:
        Draft7Validator(known[name], registry=registry).validate(answer)

    return validate
