"""The quality rules of ``shapes/ontology.ttl``: the ontology keeps them, and each breach is found."""

from __future__ import annotations

from pathlib import Path

import pyshacl
import pytest
import rdflib
from rdflib.namespace import SH

from communique.graph.terms import vocabulary
from communique.graph.terms.namespaces import PREFIXES, SHAPES

PROLOGUE = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())

# A term, a concept, a scheme and a module that keep every rule; each breach changes one line.
SOUND = """
com:Bridge a owl:Class ; rdfs:label "bridge"@en ; skos:definition "A work that spans a river."@en ;
  dct:created "2026-01-01"^^xsd:date ; dct:modified "2026-01-02"^^xsd:date ; vs:term_status "testing" ;
  rdfs:isDefinedBy <https://w3id.org/communique/ns> .
com:Arch a owl:Class ; rdfs:label "arch"@en ; skos:definition "A bridge of stones."@en ; rdfs:subClassOf com:Bridge ;
  rdfs:isDefinedBy <https://w3id.org/communique/ns> .
com:Span a owl:Class ; rdfs:label "span"@en ; skos:definition "A former name of com:Bridge."@en ;
  owl:deprecated true ; dct:isReplacedBy com:Bridge ; vs:term_status "archaic" ;
  rdfs:isDefinedBy <https://w3id.org/communique/ns> .
com:spans a owl:ObjectProperty ; rdfs:label "spans"@en ; skos:definition "The river of a bridge."@en ;
  schema:domainIncludes com:Bridge ; schema:rangeIncludes com:River ;
  rdfs:isDefinedBy <https://w3id.org/communique/ns> .
com:River a owl:Class ; rdfs:label "river"@en ; skos:definition "A stream of water."@en ;
  rdfs:isDefinedBy <https://w3id.org/communique/ns> .
[] a owl:AllDisjointClasses ; owl:members ( com:Bridge com:River ) .
<https://w3id.org/communique/ns> a owl:Ontology ; dct:title "Bridges"@en ; dct:description "On bridges."@en ;
  dct:license <https://creativecommons.org/licenses/by/4.0/> .
<https://w3id.org/communique/vocab/role> a skos:ConceptScheme ; skos:prefLabel "Role"@en ;
  skos:definition "What it does."@en ; skos:hasTopConcept role:pier ;
  dct:license <https://creativecommons.org/licenses/by/4.0/> .
role:pier a skos:Concept ; skos:prefLabel "pier"@en ; skos:definition "Holds a bridge."@en ;
  skos:notation "pier" ; skos:topConceptOf <https://w3id.org/communique/vocab/role> ;
  skos:inScheme <https://w3id.org/communique/vocab/role> .
"""

BREACHES = {
    "Term-label": ('rdfs:label "bridge"@en', 'rdfs:label "pont"@fr'),
    "Term-space": ('"bridge"@en', '"bridge "@en'),
    "Term-explanation": ('skos:definition "A work that spans a river."@en ;', ""),
    "Term-genus": ('"A work that spans a river."', '"What spans a river."'),
    "Term-status": ('vs:term_status "testing"', 'vs:term_status "good"'),
    "Term-modified": ('dct:modified "2026-01-02"', 'dct:modified "2025-01-02"'),
    "Defined-status": ('vs:term_status "testing" ;', ""),
    "Deprecated-place": ("dct:isReplacedBy com:Bridge ;", ""),
    "Deprecated-status": ('vs:term_status "archaic"', 'vs:term_status "testing"'),
    "Term-home": (
        "rdfs:subClassOf com:Bridge ;\n  rdfs:isDefinedBy <https://w3id.org/communique/ns> .",
        "rdfs:subClassOf com:Bridge .",
    ),
    "Term-domain": ("schema:domainIncludes com:Bridge", "schema:domainIncludes com:Bridge ; rdfs:domain com:Bridge"),
    "Term-range": ("schema:rangeIncludes com:River", "schema:rangeIncludes com:River ; rdfs:range com:River"),
    "Class-parent": ("rdfs:subClassOf com:Bridge", "rdfs:subClassOf owl:Thing"),
    "Class-place": ("owl:deprecated true ;", ""),
    "Property-domain": ("schema:domainIncludes com:Bridge ;", ""),
    "Property-range": ("schema:rangeIncludes com:River ;", ""),
    "Label-owner": ('rdfs:label "spans"@en', 'rdfs:label "bridge"@en'),
    "Definition-owner": ('"The river of a bridge."', '"A work that spans a river."'),
    "Concept-label": ('skos:prefLabel "pier"@en', 'skos:prefLabel " pier"@en'),
    "Concept-definition": ('skos:definition "Holds a bridge."@en ;', ""),
    "Concept-notation": ('skos:notation "pier"', 'skos:notation "Pier 1"'),
    "Concept-scheme": ("skos:inScheme <https://w3id.org/communique/vocab/role>", "skos:inScheme com:Bridge"),
    "Concept-place": ("skos:topConceptOf <https://w3id.org/communique/vocab/role> ;", ""),
    "Module-title": ('dct:title "Bridges"@en ;', ""),
    "Module-description": ('dct:description "On bridges."@en ;', ""),
    "Module-licence": (
        'dct:description "On bridges."@en ;\n  dct:license <https://creativecommons.org/licenses/by/4.0/>',
        'dct:description "On bridges."@en',
    ),
    "Module-imports": ('dct:title "Bridges"@en', 'dct:title "Bridges"@en ; owl:imports <https://example.org/>'),
    "Scheme-label": ('skos:prefLabel "Role"@en ;', ""),
    "Scheme-definition": ('skos:definition "What it does."@en ;', ""),
    "Scheme-top": ("skos:hasTopConcept role:pier ;", ""),
    "Scheme-licence": (
        "skos:hasTopConcept role:pier ;\n  dct:license <https://creativecommons.org/licenses/by/4.0/>",
        "skos:hasTopConcept role:pier",
    ),
}


@pytest.fixture(scope="module")
def shapes(root: Path) -> rdflib.Graph:
    """Read the quality rules."""
    return rdflib.Graph().parse(root / "shapes" / "ontology.ttl")


def breaches(text: str, shapes: rdflib.Graph) -> set[str]:
    """Name the property shapes that some Turtle violates."""
    data = rdflib.Graph().parse(data=text, format="turtle")
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes, inference="none")
    return {str(shape).removeprefix(SHAPES) for shape in report.objects(None, SH.sourceShape)}


def test_the_ontology_keeps_every_rule(shapes: rdflib.Graph) -> None:
    data = rdflib.Graph()
    for _, text in vocabulary.modules():
        data.parse(data=text, format="turtle")
    conforms, _, text = pyshacl.validate(data, shacl_graph=shapes, inference="none")
    assert conforms, text


def test_the_shapes_are_well_formed_shapes(shapes: rdflib.Graph) -> None:
    conforms, _, text = pyshacl.validate(rdflib.Graph(), shacl_graph=shapes, meta_shacl=True)
    assert conforms, text


def test_what_keeps_every_rule_passes(shapes: rdflib.Graph) -> None:
    assert breaches(PROLOGUE + SOUND, shapes) == set()


@pytest.mark.parametrize("shape", BREACHES)
def test_a_breach_is_found_by_its_shape(shape: str, shapes: rdflib.Graph) -> None:
    before, after = BREACHES[shape]
    assert before in SOUND
    assert shape in breaches(PROLOGUE + SOUND.replace(before, after, 1), shapes)


def test_every_shape_has_a_breach(shapes: rdflib.Graph) -> None:
    named = {str(shape).removeprefix(SHAPES) for shape in shapes.subjects(rdflib.RDF.type, SH.PropertyShape)}
    assert named == set(BREACHES)
