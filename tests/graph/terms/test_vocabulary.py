"""The ontology as values: terms, concepts, class tree and JSON-LD context."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode

from communique.graph.errors import MappingError
from communique.graph.terms import vocabulary
from communique.graph.terms.context import context
from communique.graph.terms.identifiers import ONTOLOGY
from communique.graph.terms.namespaces import COM, RDF, SCHEMES, XSD, concept, term
from communique.graph.terms.spelling import closest

KEYS = sorted(vocabulary.terms())


def test_an_own_term_is_read_with_all_its_parts() -> None:
    found = vocabulary.terms()["role"]
    assert (found.iri, found.kind, found.module, found.scheme) == (term("com:role"), "object", "event", "role")
    assert term("com:Participation") in found.domain_includes
    assert found.datatype is None and not found.constructed
    assert found.definition.startswith("The function that an actor has")


def test_a_reused_term_has_a_key_of_its_own() -> None:
    found = vocabulary.terms()["label"]
    assert (found.iri, found.module, found.datatype) == (term("skos:prefLabel"), "reused", vocabulary.LANG_STRING)


@pytest.mark.parametrize(
    ("key", "datatype"),
    [("asOf", "xsd:date"), ("rank", "xsd:integer"), ("amount", "xsd:decimal"), ("refYear", "xsd:gYear")],
)
def test_a_literal_property_knows_its_datatype(key: str, datatype: str) -> None:
    assert vocabulary.terms()[key].datatype == term(datatype)


def test_edges_are_read_from_the_annotations_of_classes() -> None:
    edges = {key: found.edge for key, found in vocabulary.classes().items() if found.edge}
    assert edges["AgreementParty"] == vocabulary.Edge(term("com:party"), term("com:ofAgreement"), directed=False)
    assert edges["FinancialPledge"] == vocabulary.Edge(term("com:bearer"), term("com:recipient"), directed=True)
    properties = {found.iri for found in vocabulary.terms().values() if found.kind != "class"}
    assert all({edge.source, edge.target} <= properties for edge in edges.values())


def test_a_former_name_leads_to_the_present_one() -> None:
    assert term("com:isTitleCut") in vocabulary.deprecated()
    for old, new in vocabulary.deprecated().items():
        key, now = old.value.removeprefix(COM), new.value.removeprefix(COM)
        assert key not in vocabulary.terms() and now in vocabulary.terms()
        assert vocabulary.cure_of(key, ()) == f"{key} is deprecated, write {now!r}"


def test_classes_that_exclude_each_other_are_written_two_by_two() -> None:
    disjoint = term("owl:disjointWith")
    pairs = {(quad.subject, quad.object) for quad in vocabulary.ontology_quads() if quad.predicate == disjoint}
    assert (term("com:State"), term("com:Person")) in pairs
    assert (term("com:Participation"), term("com:Judgement")) in pairs
    assert not [pair for pair in pairs if pair[0] == pair[1]]


def test_the_nodes_of_relations_have_one_superclass() -> None:
    above = {
        key for key in vocabulary.classes() if term("com:Relationship") in vocabulary.superclasses(term(f"com:{key}"))
    }
    ends = {key for key, found in vocabulary.classes().items() if found.edge}
    assert ends - above == {"FinancialPledge", "DigitalService", "Recommendation"}, "things of their own with two ends"
    assert {"Name", "CountStatement", "RankObservation", "Judgement"} <= above


def test_shortcuts_are_marked_as_constructed() -> None:
    constructed = {key for key, found in vocabulary.terms().items() if found.constructed}
    shortcuts = "partyTo hosted organized tookPartIn trainedBy visited memberOf coPartyWith coParticipatedWith"
    assert constructed == {*shortcuts.split(), "officialNameAt", "longestNameIn", "currentRealization"}


def test_superclasses_go_up_through_foreign_classes_and_stop_before_the_root() -> None:
    above = vocabulary.superclasses(term("com:IntergovernmentalOrganization"))
    assert above[0] == term("com:InternationalOrganization")
    assert set(above[1:]) == {term("com:Organization"), term("com:Actor"), term("org:Organization")}
    assert vocabulary.superclasses(term("com:Event")) == ()
    assert vocabulary.superclasses(NamedNode("https://example.org/Nothing")) == ()


def test_a_group_of_states_is_no_actor() -> None:
    assert term("com:Actor") not in vocabulary.superclasses(term("com:StateGroup"))


def test_every_scheme_of_the_prefixes_is_there_and_no_other() -> None:
    assert vocabulary.schemes() == tuple(sorted(SCHEMES.values()))


def test_concepts_are_found_by_slug_with_the_one_above() -> None:
    keynote = vocabulary.concepts("role")["keynote-speaker"]
    assert keynote.iri == concept("role", "keynote-speaker")
    assert (keynote.broader, keynote.label) == ("speaker", "keynote speaker")


@pytest.mark.parametrize("scheme", vocabulary.schemes())
def test_broader_concepts_lie_in_the_same_scheme_and_make_no_circle(scheme: str) -> None:
    found = vocabulary.concepts(scheme)
    for slug in found:
        path, above = {slug}, found[slug].broader
        while above is not None:
            assert above in found and above not in path
            path.add(above)
            above = found[above].broader


def test_an_unknown_scheme_is_refused_with_the_known_ones() -> None:
    with pytest.raises(MappingError, match="realization"):
        vocabulary.concepts("colour")


def test_for_a_misspelt_key_the_closest_one_is_proposed() -> None:
    assert vocabulary.cure_of("particpant", vocabulary.terms()) == "did you mean 'participant'?"
    assert vocabulary.cure_of("zzzzzz", vocabulary.terms()) is None


@given(st.sampled_from([key for key in KEYS if len(key) > 6]), st.data())
def test_one_lost_letter_still_leads_to_a_term(key: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(key) - 1))
    assert next(iter(closest(key[:place] + key[place + 1 :], vocabulary.terms())), None) in KEYS


@given(st.text(max_size=12))
def test_a_suggestion_is_a_key_or_nothing(name: str) -> None:
    assert next(iter(closest(name, vocabulary.terms())), None) in {None, *KEYS}


def test_the_ontology_is_one_graph_without_blank_nodes() -> None:
    quads = vocabulary.ontology_quads()
    assert {quad.graph_name for quad in quads} == {ONTOLOGY}
    assert all(isinstance(quad.subject, NamedNode) for quad in quads)
    assert all(isinstance(quad.object, NamedNode | Literal) for quad in quads)
    assert len(set(quads)) == len(quads)


def test_each_kind_of_value_has_its_way_into_the_context() -> None:
    entries = context()["@context"]
    assert entries["participant"] == {"@id": "com:participant", "@type": "@id"}
    assert entries["asOf"] == {"@id": "com:asOf", "@type": "xsd:date"}
    assert entries["passageDigest"] == {"@id": "com:passageDigest"}
    assert entries["summary"] == {"@id": "com:summary", "@language": "en", "@container": "@language"}
    assert entries["countOf"] == {"@id": "com:countOf", "@type": "@vocab"}
    assert entries["role"]["@context"]["@vocab"].endswith("/vocab/role/")
    assert entries["organization"] == {"@id": "org:organization", "@type": "@id"}
    assert entries["label"]["@id"] == "skos:prefLabel"


def test_the_context_has_an_entry_per_property_and_none_per_class() -> None:
    entries = context()["@context"]
    assert set(KEYS) - set(vocabulary.classes()) <= set(entries)
    assert not set(vocabulary.classes()) & set(entries)
    assert json.loads(json.dumps(entries)) == entries


def test_keys_are_local_names_and_start_as_their_kind_does() -> None:
    for key, found in vocabulary.terms().items():
        assert key.isalnum() and key[0].isupper() == (found.kind == "class")
        if found.module != "reused":
            assert found.iri.value == COM + key


def test_datatypes_are_those_that_engines_compare_alike() -> None:
    names = "boolean date dateTime decimal gYear integer string"
    allowed = {NamedNode(XSD + name) for name in names.split()} | {NamedNode(RDF + "langString")}
    assert {found.datatype for found in vocabulary.terms().values()} - {None} <= allowed
