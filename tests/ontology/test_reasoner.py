"""HermiT, the complete OWL 2 reasoner, finds the ontology consistent and a contradiction a contradiction.

HermiT comes with owlready2 and runs on Java; dates are not in the datatypes of OWL 2 and are passed over.
"""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterable

import owlready2
import pyoxigraph
import pytest
from owlready2 import World, sync_reasoner_hermit
from pyoxigraph import Quad, RdfFormat, Triple

from communique.graph.terms import vocabulary
from communique.graph.terms.namespaces import ID, prologue, term

DISJOINT = term("owl:disjointWith")

# One node or more of every pattern: an agreement with its parties, a training with its counts, a name over time.
PATTERNS = """
<state/KOR> a com:State ; com:hasTerritory <place/KOR> ; com:hasName <name/kor/1> .
<state/GRC> a com:State .
<place/KOR> a com:Territory .
<org/bsec> a com:IntergovernmentalOrganization .
<org/ministry> a com:PublicBody ; com:actsFor <state/KOR> .
<membership/bsec/GRC> a com:Membership ; org:member <state/GRC> ; org:organization <org/bsec> .
<agreement/mou> a com:MemorandumOfUnderstanding , com:BilateralAgreement ; com:hasProvision <provision/mou/1> ;
  com:partyCount <count/mou/states> .
<provision/mou/1> a com:Provision ; com:provisionNumber 1 ; com:addressee <state-group/developing> .
<state-group/developing> a com:StateGroup .
<count/mou/states> a com:CountStatement ; com:countOf com:State ; com:countMin 2 ; com:countMax 2 .
<party/mou/KOR> a com:AgreementParty ; com:party <state/KOR> ; com:ofAgreement <agreement/mou> .
<party/mou/GRC> a com:AgreementParty ; com:party <state/GRC> ; com:ofAgreement <agreement/mou> .
<event/training> a com:TrainingEvent ; com:venue <place/hotel> ; com:subEventOf <event/week> .
<event/week> a com:Forum ; com:editionOf <series/week> .
<series/week> a com:EventSeries .
<place/hotel> a com:Venue ; com:locatedIn <place/KOR> .
<participation/training/KOR/host> a com:Participation ; com:participant <state/KOR> ; com:inEvent <event/training> .
<pledge/one> a com:FinancialPledge ; com:bearer <state/KOR> ; com:amount 2.5 ; com:currency "EUR" .
<rank/egdi/2018/KOR> a com:RankObservation ; com:observedState <state/KOR> ; com:rank 3 .
<name/kor/1> a com:Name ; com:nameText "Korea"@en ; com:evidence <evidence/003/11> .
<evidence/003/11> a com:Evidence ; com:inDocument <document/003> ; com:locator 11 .
<document/003> a com:SourceDocument .
"""


def read(text: str) -> list[Triple]:
    """Read Turtle with the prefixes of the project, relative to the base of data."""
    prefixes = prologue().replace("PREFIX", "@prefix").replace(">\n", "> .\n")
    quads = pyoxigraph.parse(prefixes + text, format=RdfFormat.TURTLE, base_iri=ID)
    return [Triple(quad.subject, quad.predicate, quad.object) for quad in quads]


def reason(statements: Iterable[Triple | Quad]) -> World:
    """Let HermiT look at the ontology with these statements; an error when they contradict it, a skip without Java."""
    if shutil.which("java") is None:
        pytest.skip("no Java, on which HermiT runs")
    everything = [*vocabulary.ontology_quads(), *statements]
    lines = "".join(f"{Triple(one.subject, one.predicate, one.object)} .\n" for one in everything)
    world = World()
    ontology = world.get_ontology("https://w3id.org/communique/ns")
    ontology.load(fileobj=io.BytesIO(lines.encode()), format="ntriples")
    sync_reasoner_hermit(world, debug=0, ignore_unsupported_datatypes=True)
    return world


def test_ontology_and_patterns_are_consistent_and_no_class_is_empty() -> None:
    assert list(reason(read(PATTERNS)).inconsistent_classes()) == []


@pytest.mark.slow
def test_the_documents_are_consistent_with_it(documents: tuple[Quad, ...]) -> None:
    assert list(reason(documents).inconsistent_classes()) == []


@pytest.mark.slow
def test_a_venue_that_is_also_an_actor_is_found() -> None:
    with pytest.raises(owlready2.base.OwlReadyInconsistentOntologyError):
        reason(read("<place/hotel> a com:Venue , com:Company ."))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("State", "Territory"),
        ("State", "PublicBody"),
        ("Company", "Venue"),
        ("Delegation", "DelegationVisit"),
        ("StateGroup", "IntergovernmentalOrganization"),
        ("EventSeries", "Forum"),
        ("Treaty", "SigningEvent"),
        ("Declaration", "Provision"),
        ("Aim", "FinancialPledge"),
        ("Membership", "PostHolding"),
        ("Participation", "AgreementParty"),
        ("Statement", "Evidence"),
    ],
)
def test_two_classes_are_kept_apart(left: str, right: str) -> None:
    disjoint = {(quad.subject, quad.object) for quad in vocabulary.ontology_quads() if quad.predicate == DISJOINT}
    lines = [{one, *vocabulary.superclasses(one)} for one in (term(f"com:{left}"), term(f"com:{right}"))]
    pairs = {(a, b) for a in lines[0] for b in lines[1]}
    assert disjoint & (pairs | {(b, a) for a, b in pairs})
