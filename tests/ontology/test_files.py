"""The files of the ontology: they parse, they are laid out, they refer only to what exists."""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph
import pytest
import rdflib
from pyoxigraph import Literal, NamedNode

from communique.graph.terms import artefacts, vocabulary
from communique.graph.terms.namespaces import BASE, COM, DCT, OWL, RDF, RDFS, VOCAB, term

FILES = dict(vocabulary.modules())
HOME = NamedNode(BASE + "ns")
QUADS = vocabulary.ontology_quads()
TYPE = NamedNode(RDF + "type")


def test_there_is_one_file_per_module_and_per_scheme(root: Path) -> None:
    found = {path.relative_to(root / "ontology").as_posix() for path in (root / "ontology").rglob("*.ttl")}
    assert set(FILES) == {path for path in found if not path.startswith("alignments/")}
    assert {path.removeprefix("vocabularies/") for path in FILES if "/" in path} == {
        f"{scheme}.ttl" for scheme in vocabulary.schemes()
    }


@pytest.mark.parametrize("path", FILES)
def test_two_parsers_read_the_same_from_a_file(path: str) -> None:
    first = pyoxigraph.Dataset(pyoxigraph.parse(FILES[path], format=pyoxigraph.RdfFormat.TURTLE))
    text = rdflib.Graph().parse(data=FILES[path], format="turtle").serialize(format="nt", encoding="utf-8")
    second = pyoxigraph.Dataset(pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.N_TRIPLES))
    for dataset in (first, second):
        dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.UNSTABLE)
    assert first == second and len(first)


def test_what_follows_from_the_ontology_is_up_to_date(root: Path) -> None:
    stale = list(artefacts.stale(root))
    assert not stale, f"run python -m communique.graph.terms.artefacts, then look at {stale}"


def test_refreshing_writes_what_is_stale_and_then_rests(tmp_path: Path) -> None:
    assert {"ontology/context.jsonld", "shapes/deprecated.ttl"} <= set(artefacts.refresh(tmp_path))
    assert artefacts.refresh(tmp_path) == []


@pytest.mark.parametrize("path", FILES)
def test_only_the_one_base_occurs(path: str) -> None:
    own = re.findall(r"<([^>]*communique[^>]*)>", FILES[path])
    roots = (BASE + "ns", BASE + "vocab/", BASE + "project", BASE + "shapes#")
    assert own and all(iri.startswith(roots) for iri in own)


def test_no_domain_no_range_no_import() -> None:
    banned = {NamedNode(RDFS + "domain"), NamedNode(RDFS + "range"), NamedNode(OWL + "imports")}
    assert not [quad for quad in QUADS if quad.predicate in banned]


def test_the_header_names_its_version_twice_alike() -> None:
    facts = {quad.predicate.value: quad.object for quad in QUADS if quad.subject == HOME}
    version = facts[OWL + "versionInfo"]
    assert isinstance(version, Literal)
    assert facts[OWL + "versionIRI"] == NamedNode(f"{HOME.value}/{version.value}")
    assert facts[DCT + "license"] == NamedNode("https://creativecommons.org/licenses/by/4.0/")
    assert isinstance(facts[DCT + "creator"], NamedNode) and isinstance(facts[DCT + "publisher"], NamedNode)


def test_the_whole_and_its_parts_point_to_each_other() -> None:
    parts = {quad.object for quad in QUADS if quad.subject == HOME and quad.predicate == NamedNode(DCT + "hasPart")}
    back = {quad.subject for quad in QUADS if quad.object == HOME and quad.predicate == NamedNode(DCT + "isPartOf")}
    assert parts == back
    modules = {f"{HOME.value}/{path.removesuffix('.ttl')}" for path in FILES if "/" not in path}
    expected = modules - {f"{HOME.value}/communique"} | {VOCAB + scheme for scheme in vocabulary.schemes()}
    assert {part.value for part in parts if isinstance(part, NamedNode)} == expected


def test_a_term_is_defined_by_the_file_it_stands_in() -> None:
    for path, text in FILES.items():
        stem = path.removesuffix(".ttl")
        home = HOME if stem == "communique" else NamedNode(f"{HOME.value}/{stem}")
        for triple in pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.TURTLE):
            own = isinstance(triple.subject, NamedNode) and triple.subject.value.startswith(COM)
            assert not own or triple.predicate != term("rdfs:isDefinedBy") or triple.object == home, triple


def test_every_own_iri_that_is_referred_to_is_described() -> None:
    described = {quad.subject for quad in QUADS if quad.predicate == TYPE}
    referred = {quad.object for quad in QUADS if isinstance(quad.object, NamedNode)}
    own = {iri for iri in referred if iri.value.startswith((COM, VOCAB))}
    assert own <= described


def test_every_foreign_term_in_use_is_declared() -> None:
    declared = {quad.subject for quad in QUADS if quad.predicate == TYPE}
    builtin = (RDF, RDFS + "subClassOf", RDFS + "subPropertyOf", OWL)
    used = {quad.predicate for quad in QUADS} | {
        quad.object for quad in QUADS if quad.predicate in {TYPE, term("rdfs:subClassOf")}
    }
    assert not [iri for iri in used - declared if isinstance(iri, NamedNode) and not iri.value.startswith(builtin)]


def test_own_terms_are_defined_not_merely_explained() -> None:
    own = {found.iri for found in vocabulary.terms().values() if found.module != "reused"}
    assert own <= {quad.subject for quad in QUADS if quad.predicate == term("skos:definition")}
