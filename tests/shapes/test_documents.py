"""The gate on the graph of the five documents: it is sound, and errors planted into it are found."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pyoxigraph import Store

from communique.graph.mapping import map_corpus
from communique.graph.sources import background, documents, read_yaml
from communique.graph.terms.namespaces import COM, ID, prologue
from communique.graph.terms.vocabulary import deprecated, ontology_quads
from communique.graph.validation import validate
from communique.graph.validation.derivation import derive
from communique.graph.validation.explanation import rule_of
from communique.graph.validation.report import summarize, unexercised

DOC = "GRAPH <https://w3id.org/communique/graph/doc/{}>"

# Shapes of what stands in no document, but in registers or in deployments of their own.
IDLE = {"comsh:Quoting", "comsh:Signature", "comsh:ScoreObservation", "comsh:Assessment", "comsh:Recommendation"}
IDLE |= {f"comsh:Former-{old.value.removeprefix(COM)}" for old in deprecated()}
IDLE |= {"comsh:ProgrammeParticipation", "comsh:FinancialFlow", "comsh:Planned", "comsh:Statehood"}
IDLE |= {"comsh:Judgement", "comsh:StepDays", "comsh:StepOrder", "comsh:Alliance", "comsh:Lineage", "comsh:UntiedParty"}

# What someone might do wrong → the rule that must find it.
MISTAKES = {
    "hosting that is only planned is taken as held": (
        "R11",
        "DELETE { GRAPH ?g { ?e com:realization real:planned } }"
        " INSERT { GRAPH ?g { ?e com:realization real:occurred } }"
        " WHERE { GRAPH ?g { ?e com:realization real:planned } VALUES ?e { <event/oecd-e-leaders-2018> } }",
    ),
    "Korea is invented as an adopter of the communiqué": (
        "R18",
        "INSERT DATA { " + DOC.format("000") + " { <party/seoul-communique/KOR> a com:AgreementParty ;"
        " com:party <state/KOR> ; com:ofAgreement <agreement/seoul-communique> ; com:realization real:occurred ;"
        ' com:asOf "2013-10-23"^^xsd:date ; com:evidence <evidence/000/23> } }',
    ),
    "the hotel attends the forum": (
        "R05",
        "INSERT DATA { "
        + DOC.format("001")
        + " { <participation/e-governance-forum-2011-12/lotte-hotel-seoul/attendee>"
        " a com:Participation ; com:participant <place/lotte-hotel-seoul> ; com:role role:attendee ;"
        " com:inEvent <event/e-governance-forum-2011-12> ; com:realization real:occurred ;"
        ' com:asOf "2011-12-12"^^xsd:date ; com:evidence <evidence/001/7> } }',
    ),
    "all 24 countries are said to be named": (
        "R17",
        "DELETE { GRAPH ?g { ?c com:enumeration ?old } }"
        " INSERT { GRAPH ?g { ?c com:enumeration enumeration:all-named } }"
        " WHERE { GRAPH ?g { ?c com:enumeration ?old ; com:countMin 24 } }",
    ),
    "over 60 is taken for 60": (
        "R19",
        "DELETE { GRAPH ?g { ?c com:countMin 61 } } INSERT { GRAPH ?g { ?c com:countMin 60 } }"
        " WHERE { GRAPH ?g { ?c com:countMin 61 } }",
    ),
    "a party to what is only planned": (
        "R14",
        "DELETE { GRAPH ?g { ?p com:realization ?r } } INSERT { GRAPH ?g { ?p com:realization real:occurred } }"
        " WHERE { GRAPH ?g { ?p com:realization ?r . VALUES ?p { <party/mou-kor-rou-egov/ROU> } } }",
    ),
    "the memorandum with Greece gets a third party": (
        "R15",
        "INSERT DATA { " + DOC.format("004") + " { <party/mou-kor-grc-egov-2017/ROU> a com:AgreementParty ;"
        " com:party <state/ROU> ; com:ofAgreement <agreement/mou-kor-grc-egov-2017> ; com:realization real:occurred ;"
        ' com:asOf "2018-10-02"^^xsd:date ; com:evidence <evidence/004/6> } }',
    ),
    "the evidence of a rank is lost": (
        "R38",
        "DELETE { GRAPH ?g { ?r com:evidence ?e } } WHERE { GRAPH ?g { ?r a com:RankObservation ; com:evidence ?e } }",
    ),
    "a state is written by its name": (
        "R07",
        "INSERT DATA { GRAPH <https://w3id.org/communique/graph/background> {"
        ' <state/korea> a com:State ; skos:notation "KOR" ; skos:prefLabel "Korea"@en } }',
    ),
    "a shortcut is asserted by hand": (
        "R44",
        "INSERT DATA { " + DOC.format("002") + " { <state/KOR> com:hosted <event/oecd-e-leaders-2018> } }",
    ),
    "a sentence is quoted": (
        "R32",
        "INSERT DATA { " + DOC.format("001") + ' { <evidence/001/9> com:quote "The words of the source."@en } }',
    ),
}


@pytest.fixture(scope="module")
def published() -> Store:
    """The graph of the packaged documents, as the gate sees it."""
    store = Store()
    store.extend(ontology_quads())
    store.extend(map_corpus([read_yaml(file) for file in documents()], read_yaml(background())))
    derive(store)
    return store


@pytest.fixture
def copy(published: Store) -> Iterator[Store]:
    """A copy to make mistakes in."""
    store = Store()
    store.extend(published)
    yield store


def test_the_documents_keep_all_rules(published: Store) -> None:
    report = validate(published, engine="sparql")
    assert [(row.number, row.cure) for row in summarize(report, published) if row.severity == "Violation"] == []
    assert set(unexercised(report)) <= IDLE


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_planted_mistake_is_found(mistake: str, published: Store, copy: Store) -> None:
    number, update = MISTAKES[mistake]
    copy.update(f"BASE <{ID}>\n{prologue()}{update}")
    assert any(quad not in published for quad in copy) or len(copy) < len(published), "the mistake was not planted"
    report = validate(copy, engine="sparql")
    assert not report.is_admissible
    assert number in {rule_of(result).number for result in report.results}


def test_a_mistake_is_found_though_another_document_is_judged(copy: Store) -> None:
    _, update = MISTAKES["the memorandum with Greece gets a third party"]
    copy.update(f"BASE <{ID}>\n{prologue()}{update}")
    report = validate(copy, documents=["001"], engine="sparql")
    assert "R15" in {rule_of(result).number for result in report.results}
