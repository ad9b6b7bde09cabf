"""Terms in use: found by name, word or near spelling, counted, with their values."""

from __future__ import annotations

import pytest

from communique.graph.engine.protocol import JSON_RESULTS
from communique.graph.errors import UnknownTerm
from communique.graph.hints.answers import has_no_rows
from communique.graph.hints.terms import TermEntry, describe, entries, find, search, to_json
from communique.graph.queries.answers import Run
from communique.graph.terms.vocabulary import concepts, schemes, terms


@pytest.fixture(scope="module")
def every(run: Run) -> list[TermEntry]:
    return entries(run)


def test_every_term_and_concept_is_listed_once(every: list[TermEntry]) -> None:
    names = [entry.name for entry in every]
    assert len(names) == len(set(names))
    iris = {entry.iri for entry in every}
    assert {term.iri.value for term in terms().values()} <= iris
    assert {concept.iri.value for scheme in schemes() for concept in concepts(scheme).values()} <= iris
    assert "rdf:type" in names, "what the ontology does not define, and the data use"


def test_uses_are_counted(every: list[TermEntry]) -> None:
    uses = {entry.name: entry.uses for entry in every}
    assert (uses["com:State"], uses["com:Event"], uses["com:participant"], uses["com:inFamily"]) == (3, 0, 1, 0)
    assert (uses["role:trainee"], uses["real:occurred"], uses["role:host"]) == (1, 2, 0)


@pytest.mark.parametrize(
    ("word", "first"),
    [
        ("com:participant", "com:participant"),
        ("participant", "com:participant"),
        ("https://w3id.org/communique/ns#participant", "com:participant"),
        ("signatory", "role:signatory"),
        ("signatories", "com:Signature"),
        ("start date", "com:beginEarliest"),
        ("partyhood", "com:AgreementParty"),
        ("hasNaming", "com:hasName"),
        ("contracting party", "com:AgreementParty"),
        ("particpant", "com:participant"),
        ("MOU", "com:MemorandumOfUnderstanding"),
        ("Memorandum of understanding", "com:MemorandumOfUnderstanding"),
    ],
)
def test_a_term_is_found(every: list[TermEntry], word: str, first: str) -> None:
    assert search(every, word)[0].name == first


def test_nothing_is_found_by_nonsense(every: list[TermEntry]) -> None:
    assert search(every, "xyzzyx") == []


def test_a_name_leads_to_one_term_or_to_near_ones(every: list[TermEntry]) -> None:
    assert find(every, "inEvent").name == find(every, "com:inEvent").name == "com:inEvent"
    with pytest.raises(UnknownTerm) as failed:
        find(every, "com:inEvnt")
    assert failed.value.expected == "perhaps com:inEvent"


def test_a_property_has_its_values_in_use(run: Run, every: list[TermEntry]) -> None:
    about = to_json(describe(run, find(every, "com:realization")))
    assert about["samples"] == [{"value": "real:occurred", "count": 2}, {"value": "real:planned", "count": 1}]
    assert about["scheme"] == "realization"
    dates = to_json(describe(run, find(every, "com:beginEarliest")))
    assert dates["samples"] == [{"value": '"2016-05-24"^^xsd:date', "count": 1}]
    assert dates["values"] == ("xsd:date",)


def test_a_class_has_its_nodes_and_what_they_have(run: Run, every: list[TermEntry]) -> None:
    event = describe(run, find(every, "com:Event"))
    assert (event.uses, event.nodes) == (0, 4)
    assert "com:TrainingEvent" in event.narrower
    about = to_json(describe(run, find(every, "com:TrainingEvent")))
    assert about["samples"] == [{"value": "<event/jeju-training-2016>", "label": "Jeju training"}]
    assert {"value": "com:beginEarliest", "count": 1} in about["properties"]  # type: ignore[operator]


def test_a_concept_has_the_properties_that_lead_to_it(run: Run, every: list[TermEntry]) -> None:
    assert to_json(describe(run, find(every, "role:trainee")))["samples"] == [{"value": "com:role", "count": 1}]


@pytest.mark.parametrize("name", ["com:Event", "com:TrainingEvent", "com:role", "role:trainee", "rdf:type"])
def test_the_example_of_a_term_in_use_has_rows(run: Run, every: list[TermEntry], name: str) -> None:
    assert not has_no_rows(JSON_RESULTS, run(find(every, name).example))
