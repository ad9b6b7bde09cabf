"""Shortcuts: what may be concluded from the documents, and what may not."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest
from asking import select
from pyoxigraph import Literal, NamedNode, Quad, Store

from communique.graph.queries import queries_in
from communique.graph.terms import identifiers
from communique.graph.terms.identifiers import DERIVED, entity
from communique.graph.terms.namespaces import RDF, XSD, concept, prologue, term
from communique.graph.terms.vocabulary import terms
from communique.graph.validation.derivation import derive

World = Callable[..., Store]

NODE = entity("event/one")


def pairs(store: Store, shortcut: str) -> set[tuple[NamedNode, NamedNode]]:
    """Give subject and object of one shortcut."""
    quads = store.quads_for_pattern(None, term(f"com:{shortcut}"), None, DERIVED)
    return {(quad.subject, quad.object) for quad in quads}  # type: ignore[misc]


def of(store: Store, shortcut: str, *subjects: str) -> set[NamedNode]:
    """Give the objects of one shortcut for some subjects."""
    return {target for subject, target in pairs(store, shortcut) if subject in set(map(entity, subjects))}


def standing(graph: NamedNode, status: str, day: str, dated_in: NamedNode | None = None) -> list[Quad]:
    """Let a graph say what became of a node, as of a day."""
    return [
        Quad(NODE, term("com:realization"), concept("realization", status), graph),
        Quad(NODE, term("com:asOf"), Literal(day, datatype=NamedNode(XSD + "date")), dated_in or graph),
    ]


def world_of(quads: Iterable[Quad]) -> Store:
    """Make a store of some quads."""
    store = Store()
    store.extend(quads)
    return store


def current(*quads: Quad) -> set[str]:
    """Derive the present standing of the node from some quads."""
    store = world_of(quads)
    derive(store)
    return {target.value.rpartition("/")[2] for _, target in pairs(store, "currentRealization")}


def test_every_shortcut_of_the_ontology_has_a_construct() -> None:
    built = {
        name for query in queries_in("derived").values() for name in terms() if f"com:{name} " in template(query.text)
    }
    assert built == {name for name, term_ in terms().items() if term_.constructed}


def template(text: str) -> str:
    """Give the template of a CONSTRUCT."""
    return text.partition("CONSTRUCT {")[2].partition("}")[0]


def test_deriving_twice_gives_the_same(world: World) -> None:
    store = world()
    before = set(store)
    first = derive(store)
    assert first == derive(store)
    assert set(store) == before


def test_shortcut_does_not_outlive_its_grounds(world: World) -> None:
    leftover = Quad(entity("state/KOR"), term("com:partyTo"), entity("agreement/mou-kor-rou-egov"), DERIVED)
    assert leftover not in set(world(with_=[leftover]))


def test_planned_memorandum_binds_nobody(graph: Store) -> None:
    agreements = {agreement for _, agreement in pairs(graph, "partyTo")}
    assert entity("agreement/mou-kor-rou-egov") not in agreements
    assert of(graph, "coPartyWith", "state/ROU") == set()


def test_concluded_memorandum_binds_both(graph: Store) -> None:
    memorandum = entity("agreement/mou-kor-grc-egov-2017")
    assert memorandum in of(graph, "partyTo", "state/KOR") & of(graph, "partyTo", "state/GRC")
    assert (entity("state/GRC"), entity("state/KOR")) in pairs(graph, "coPartyWith")
    assert (entity("state/KOR"), entity("state/GRC")) in pairs(graph, "coPartyWith")


def test_counted_adopters_are_bound_in_no_shortcut(graph: Store) -> None:
    assert entity("agreement/seoul-communique") not in {agreement for _, agreement in pairs(graph, "partyTo")}


def test_announced_meeting_is_not_hosted(graph: Store) -> None:
    assert entity("event/oecd-e-leaders-2018") not in {event for _, event in pairs(graph, "hosted")}
    assert entity("event/oecd-e-leaders-2018") not in {event for _, event in pairs(graph, "tookPartIn")}


def test_organizers_and_those_who_came(graph: Store) -> None:
    forum = entity("event/e-governance-forum-2011-12")
    organizers = {actor for actor, event in pairs(graph, "organized") if event == forum}
    assert organizers == {
        entity("org/korean-association-for-public-administration"),
        entity("org/institute-for-administrative-sciences"),
    }
    present = {actor for actor, event in pairs(graph, "tookPartIn") if event == forum}
    assert organizers <= present
    assert entity("person/ahn-moon-sok") in present
    assert entity("place/lotte-hotel-seoul") not in present
    assert entity("org/korea-university") not in present


def test_who_was_only_addressed_took_no_part(graph: Store) -> None:
    requests = {actor for actor, event in pairs(graph, "tookPartIn") if event == entity("event/black-sea-requests")}
    assert requests == set()


def test_ten_states_were_trained_by_korea(graph: Store) -> None:
    trained = pairs(graph, "trainedBy")
    assert len(trained) == 10
    assert {trainer for _, trainer in trained} == {entity("state/KOR")}


def test_korea_visited_the_two_countries(graph: Store) -> None:
    assert pairs(graph, "visited") == {(entity("state/KOR"), entity(f"state/{code}")) for code in ("GRC", "ROU")}


def test_members_are_those_named(graph: Store) -> None:
    bsec = {member for member, body in pairs(graph, "memberOf") if body == entity("org/bsec")}
    assert bsec == {entity("state/GRC"), entity("state/ROU")}
    assert entity("delegation/kor-grc-rou") not in {body for _, body in pairs(graph, "memberOf")}


@pytest.mark.parametrize(
    ("year", "names"),
    [
        ("2007", []),
        ("2008", ["Ministry of Public Administration and Security"]),
        ("2012", ["Ministry of Public Administration and Security"]),
        # In 2013 and in 2017 the name changed.
        ("2013", ["Ministry of Security and Public Administration"]),
        ("2014", ["Ministry of Security and Public Administration"]),
        # In these years documents write a name that no source calls official.
        ("2015", []),
        ("2016", []),
        ("2017", ["Ministry of the Interior and Safety"]),
        ("2018", ["Ministry of the Interior and Safety"]),
        # No document and no source speaks of the name after 2018.
        ("2019", []),
    ],
)
def test_ministry_has_the_official_name_of_the_year(graph: Store, year: str, names: list[str]) -> None:
    ministry = entity("org/kor-interior-ministry")
    asked = select(
        graph,
        prologue() + f"SELECT DISTINCT ?text {{ {ministry} com:hasName ?naming . ?naming com:nameText ?text ;"
        f' com:officialNameAt "{year}"^^xsd:gYear }}',
    )
    assert [solution["text"].value for solution in asked] == names


def test_what_is_only_written_is_no_official_name(graph: Store) -> None:
    official = concept("name-status", "official")
    named = {quad.subject for quad in graph.quads_for_pattern(None, term("com:officialNameAt"), None, DERIVED)}
    assert named and all(list(graph.quads_for_pattern(naming, term("com:nameStatus"), official)) for naming in named)


def test_another_body_named_later_stretches_no_name(world: World) -> None:
    """A document of 2030 about somebody else does not say what the ministry is called in 2030."""
    quads = [
        Quad(entity("org/other"), term("com:hasName"), entity("name/other/1"), identifiers.stated("901")),
        Quad(
            entity("name/other/1"),
            term("com:attestedOn"),
            Literal("2030-01-01", datatype=NamedNode(XSD + "date")),
            identifiers.stated("901"),
        ),
    ]
    before, after = pairs(world(), "officialNameAt"), pairs(world(with_=quads), "officialNameAt")
    assert before == after


def test_latest_word_counts() -> None:
    early, late = identifiers.stated("901"), identifiers.stated("902")
    assert current(*standing(early, "planned", "2017-04-04"), *standing(late, "ongoing", "2018-05-01")) == {"ongoing"}
    assert current(*standing(early, "occurred", "2017-04-04"), *standing(late, "cancelled", "2018-05-01")) == {
        "cancelled"
    }


def test_what_happened_beats_a_later_plan() -> None:
    early, late = identifiers.stated("901"), identifiers.stated("902")
    assert current(*standing(early, "occurred", "2017-04-04"), *standing(late, "planned", "2018-05-01")) == {"occurred"}
    assert current(*standing(early, "cancelled", "2017-04-04"), *standing(late, "unknown", "2018-05-01")) == {
        "cancelled"
    }


def test_word_of_one_day_that_differs_stays_visible() -> None:
    one, other = identifiers.stated("901"), identifiers.stated("902")
    both = current(*standing(one, "occurred", "2017-04-04"), *standing(other, "cancelled", "2017-04-04"))
    assert both == {"occurred", "cancelled"}


def test_inferred_date_of_a_document_dates_what_it_states() -> None:
    graph = identifiers.stated("901")
    assert current(*standing(graph, "planned", "2018-10-02", identifiers.inferred("901"))) == {"planned"}


@pytest.mark.parametrize("graph", [identifiers.CANDIDATES, identifiers.BACKGROUND, identifiers.DERIVED])
def test_only_documents_say_what_became_of_a_node(graph: NamedNode) -> None:
    assert current(*standing(graph, "occurred", "2017-04-04")) == set()


def test_withdrawn_party_is_no_longer_bound() -> None:
    graph = identifiers.stated("901")
    agreement, agreement_party = entity("agreement/one"), entity("party/one/KOR")
    day = Literal("2017-04-04", datatype=NamedNode(XSD + "date"))
    facts = [
        Quad(agreement_party, NamedNode(RDF + "type"), term("com:AgreementParty"), graph),
        Quad(agreement_party, term("com:party"), entity("state/KOR"), graph),
        Quad(agreement_party, term("com:ofAgreement"), agreement, graph),
    ]
    for node in (agreement, agreement_party):
        facts += [
            Quad(node, term("com:realization"), concept("realization", "occurred"), graph),
            Quad(node, term("com:asOf"), day, graph),
        ]
    store = world_of(facts)
    derive(store)
    assert pairs(store, "partyTo") == {(entity("state/KOR"), agreement)}
    store.add(Quad(agreement_party, term("com:stage"), concept("stage", "withdrew"), graph))
    derive(store)
    assert pairs(store, "partyTo") == set()


def test_the_longest_name_is_that_of_one_document_and_one_thing() -> None:
    def named(thing: str, key: str, name: str, *documents: str) -> list[Quad]:
        naming, graph = entity(f"name/{key}"), identifiers.stated(documents[0])
        facts = [
            Quad(entity(thing), term("com:hasName"), naming, graph),
            Quad(naming, term("com:nameText"), Literal(name, language="en"), graph),
        ]
        for number in documents:
            evidence = entity(f"evidence/{number}/1")
            facts.append(Quad(naming, term("com:evidence"), evidence, graph))
            facts.append(Quad(evidence, term("com:inDocument"), identifiers.document(number), graph))
        return facts

    store = world_of(
        [
            *named("org/un", "full", "United Nations", "900"),
            *named("org/un", "short", "UN", "900", "901"),
            *named("org/un", "same", "UNITED NATIONS", "900"),
            *named("org/eu", "other", "European Union and its members", "900"),
        ]
    )
    derive(store)
    found = {(name.value.rpartition("/")[2], paper.value[-3:]) for name, paper in pairs(store, "longestNameIn")}
    assert found == {("full", "900"), ("same", "900"), ("short", "901"), ("other", "900")}
