"""The JSON-LD context: what an author writes becomes the triples of the ontology's patterns."""

from __future__ import annotations

import json

import pyoxigraph
import pytest
import rdflib

from communique.graph.terms.context import context
from communique.graph.terms.namespaces import prologue

DOCUMENT = {
    "id": "participation/jeju-training-2016/KEN/trainee",
    "type": "Participation",
    "participant": "state/KEN",
    "inEvent": {
        "id": "event/jeju-training-2016",
        "type": ["TrainingEvent"],
        "label": {"en": "Jeju training", "ko": "제주 교육"},
        "altLabel": "Training on Jeju",
        "ordinal": 1,
        "beginEarliest": "2016-05-24",
        "edtfText": "2016-05-24/2016-05-27",
        "attendanceCount": {"id": "count/jeju-training-2016/states", "countOf": "State", "countText": "24 countries"},
    },
    "role": "trainee",
    "realization": "occurred",
    "evidence": ["evidence/003/11", "evidence/003/13"],
}

EXPECTED = """
<participation/jeju-training-2016/KEN/trainee> a com:Participation ; com:participant <state/KEN> ;
  com:inEvent <event/jeju-training-2016> ; com:role <../vocab/role/trainee> ;
  com:realization <../vocab/realization/occurred> ; com:evidence <evidence/003/11> , <evidence/003/13> .
<event/jeju-training-2016> a com:TrainingEvent ; skos:prefLabel "Jeju training"@en , "제주 교육"@ko ;
  skos:altLabel "Training on Jeju"@en ; com:ordinal 1 ; com:beginEarliest "2016-05-24"^^xsd:date ;
  com:edtfText "2016-05-24/2016-05-27" ; com:attendanceCount <count/jeju-training-2016/states> .
<count/jeju-training-2016/states> com:countOf com:State ; com:countText "24 countries"@en .
"""


def expected() -> set[str]:
    """Give the triples the document stands for."""
    text = prologue().replace("PREFIX", "@prefix").replace(">\n", "> .\n") + EXPECTED
    base = context()["@context"]["@base"]
    return {str(triple) for triple in pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.TURTLE, base_iri=base)}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_rdflib_expands_a_document_to_the_expected_triples() -> None:
    text = json.dumps(context() | DOCUMENT)
    graph = rdflib.Graph().parse(data=text, format="json-ld")
    lines = graph.serialize(format="nt", encoding="utf-8")
    assert {str(triple) for triple in pyoxigraph.parse(lines, format=pyoxigraph.RdfFormat.N_TRIPLES)} == expected()


def test_pyoxigraph_expands_it_to_the_same() -> None:
    text = json.dumps(context() | DOCUMENT)
    assert {str(triple) for triple in pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.JSON_LD)} == expected()
