"""Texts → match, candidates or none, each with its explanation; never a match on a name that says too little."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import NamedNode, Store

from communique.graph import sources
from communique.graph.linking.entities import Entity, Name
from communique.graph.linking.index import Index
from communique.graph.linking.resolution import LIKE_ENOUGH, resolve
from communique.graph.linking.scoring import Result
from communique.graph.loading.inputs import base_quads
from communique.graph.mapping.document import map_document
from communique.graph.terms.identifiers import entity

ORGANIZATION = frozenset({"PublicBody", "Organization", "Actor"})


def body(key: str, *names: str | Name, country: str | None = None, kinds: frozenset[str] = ORGANIZATION) -> Entity:
    """Make an organization."""
    given = tuple(each if isinstance(each, Name) else Name(each, "label") for each in names)
    return Entity(entity(key), kinds, given, frozenset({entity(country)} if country else ()))


def person(key: str, name: str, *ties: str) -> Entity:
    """Make a person."""
    return Entity(
        entity(key), frozenset({"Person", "Actor"}), (Name(name, "label"),), frozenset(), frozenset(map(entity, ties))
    )


INDEX = Index(
    [
        body("org/kor-interior", "Ministry of the Interior", "내무부", country="state/KOR"),
        body("org/fra-interior", "Ministry of the Interior", "Ministère de l’Intérieur", country="state/FRA"),
        body("org/kor-nia", "National Information Society Agency", Name("NIA", "other name"), country="state/KOR"),
        body("org/sau-dga", "Digital Government Authority", country="state/SAU"),
        body("org/est-archive", "Estonian Film Archive", country="state/EST"),
        body(
            "org/kor-safety",
            Name("Ministry of Hats", "attested name", date(2008, 1, 1), date(2013, 12, 31)),
            country="state/KOR",
        ),
        body("org/oecd", "Organisation for Economic Co-operation and Development", Name("OECD", "other name")),
        body("org/asian-bank", "Asian Development Bank", Name("ADB", "other name")),
        body("org/brics-bank", "New Development Bank", country=None),
        person("person/one", "Kim Min-su", "org/kor-nia", "event/summit"),
        person("person/two", "Kim Min-su", "org/kor-interior"),
        person("person/three", "Jaan Tamm", "org/est-archive"),
        body("event/summit", "Summit of 2016", kinds=frozenset({"Forum", "Event"})),
        body("place/seoul", "Seoul", "서울", "首尔", kinds=frozenset({"City", "Place"})),
    ]
)


def ask(text: str, kind: str = "Organization", context: str | None = None, on: date | None = None) -> Result:
    """Resolve a text with the small index."""
    return resolve(text, kind, on=on, context=context, index=INDEX)


def matched(result: Result) -> str | None:
    """Name the match."""
    return result.match and result.match.node.value.partition("/id/")[2]


@pytest.mark.parametrize(
    ("text", "context", "expected"),
    [
        ("Ministry of the Interior", None, None),
        ("Ministry of the Interior", "Republic of Korea", "org/kor-interior"),
        ("MINISTRY OF INTERIOR", "France", "org/fra-interior"),
        ("Ministry of the Interior", "Estonia", None),
        ("Ministère de l'Intérieur", "France", "org/fra-interior"),
        ("내무부", "Korea, Rep.", "org/kor-interior"),
        ("내무부", None, None),
        ("Ministère de l’Intérieur", None, None),
        ("National Information Society Agency", None, None),
        ("National Information Society Agency", "South Korea", "org/kor-nia"),
        ("NIA", None, None),
        ("NIA", "South Korea", "org/kor-nia"),
        ("Estonian Film Archive", None, "org/est-archive"),
        ("Estonian Film Archive", "Latvia", None),
        ("Estonian Film Archives", None, None),
        ("OECD", None, "org/oecd"),
        ("ADB", None, None),
        ("Saudi Digital Government Authority", "Saudi Arabia", None),
        ("Digital Government Authority", "Saudi Arabia", "org/sau-dga"),
        ("", None, None),
        ("...", "France", None),
    ],
)
def test_organizations(text: str, context: str | None, expected: str | None) -> None:
    assert matched(ask(text, context=context)) == expected


@pytest.mark.parametrize(
    ("context", "expected"),
    [
        (None, None),
        ("National Information Society Agency", "person/one"),
        ("Summit of 2016", "person/one"),
        ("Estonian Film Archive", None),
        ("Nobody knows this", None),
    ],
)
def test_persons_are_matched_within_context_only(context: str | None, expected: str | None) -> None:
    assert matched(ask("Kim Min-su", "Person", context)) == expected


def test_a_person_whose_name_is_unique_is_still_no_match_without_context() -> None:
    result = ask("Jaan Tamm", "Person")
    assert (result.verdict, [each.node for each in result.candidates]) == ("candidates", [entity("person/three")])


def test_a_name_counts_in_its_days() -> None:
    assert matched(ask("Ministry of Hats", on=date(2010, 1, 1))) == "org/kor-safety"
    after = ask("Ministry of Hats", on=date(2020, 1, 1))
    assert after.match is None
    assert {feature.name: feature.score for feature in after.candidates[0].features}["date"] == 0


def test_candidates_are_explained_and_in_order() -> None:
    result = ask("Saudi Digital Government Authority", context="Saudi Arabia")
    first = result.candidates[0]
    assert first.node == entity("org/sau-dga")
    assert first.label == "Digital Government Authority"
    assert "country: state/SAU (1.00)" in first.explanation
    scores = [each.score for each in result.candidates]
    assert scores == sorted(scores, reverse=True)


def test_other_countries_are_kept_out_unless_they_have_the_very_name() -> None:
    nodes = {each.node for each in ask("Ministry of Interior Affairs", context="France").candidates}
    assert entity("org/kor-interior") not in nodes
    exact = {each.node for each in ask("Ministry of the Interior", context="France").candidates}
    assert exact >= {entity("org/kor-interior"), entity("org/fra-interior")}


def test_an_acronym_leads_to_the_name_as_a_candidate() -> None:
    result = ask("NDB")
    assert result.match is None
    assert result.candidates[0].node == entity("org/brics-bank")


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("Korea, Rep.", "State", "state/KOR"),
        ("Korea, Rep.", "Territory", "place/KOR"),
        ("Czechoslovakia", "Territory", None),
        ("Hong Kong SAR, China", "Territory", "place/HKG"),
        ("서울", "City", "place/seoul"),
        ("首爾", "City", "place/seoul"),
    ],
)
def test_other_kinds(text: str, kind: str, expected: str | None) -> None:
    assert matched(ask(text, kind)) == expected


def test_undecided_states_are_candidates() -> None:
    assert {each.node for each in ask("Congo", "State").candidates} == {entity("state/COG"), entity("state/COD")}
    misspelt = ask("Republic of Korrea", "State")
    assert misspelt.match is None
    assert entity("state/KOR") in {each.node for each in misspelt.candidates}
    assert ask("Niger State University", "State").match is None
    assert resolve("Seoul", "City").verdict == "none"


@pytest.mark.parametrize(
    ("text", "nodes"), [("Irann", ["IRN", "IRL"]), ("Mauritana", ["MRT", "MUS", "MLT"]), ("Dominicaa", ["DOM", "DMA"])]
)
def test_of_states_that_are_written_alike_the_nearest_comes_first(text: str, nodes: list[str]) -> None:
    result = ask(text, "State")
    assert result.match is None
    assert [each.node for each in result.candidates] == [entity(f"state/{each}") for each in nodes]
    assert all(0.8 <= each.score == round(each.score, 4) < 1 for each in result.candidates)


@pytest.mark.parametrize(
    ("on", "nodes"), [(date(1965, 1, 1), {"VDR", "COW817"}), (date(1930, 1, 1), {"VNM", "VDR", "COW817"})]
)
def test_a_name_of_several_states_means_those_of_its_day(on: date, nodes: set[str]) -> None:
    result = ask("Vietnam", "State", on=on)
    assert result.match is None
    assert {each.node for each in result.candidates} == {entity(f"state/{each}") for each in nodes}
    assert matched(ask("Vietnam", "State")) == "state/VNM"


@settings(deadline=None)
@given(st.text(max_size=30), st.sampled_from(["Organization", "Person", "City", "State"]))
def test_whatever_is_asked_scores_lie_in_bounds_and_a_match_is_a_candidate(text: str, kind: str) -> None:
    result = ask(text, kind)
    assert all(0 <= each.score <= 1 for each in result.candidates)
    assert result.match is None or result.match in result.candidates


@settings(deadline=None)
@given(st.sampled_from([name.text for each in INDEX.entities for name in each.names]), st.integers(0, 3))
def test_a_misspelt_name_is_never_a_match(name: str, place: int) -> None:
    result = ask(name[:place] + "x" + name[place:], "Organization", "Republic of Korea")
    assert result.match is None
    assert all(each.features[0].score >= LIKE_ENOUGH for each in result.candidates)


@pytest.fixture(scope="module")
def packaged() -> Index:
    store = Store()
    store.extend(base_quads())
    for file in sources.documents():
        store.extend(map_document(sources.read_yaml(file)))
    return Index.of(lambda query: store.query(query, use_default_graph_as_union=True))  # type: ignore[arg-type, return-value]


@pytest.mark.parametrize(
    ("text", "kind", "context", "on", "expected"),
    [
        ("Ministry of the Interior", "Organization", "Republic of Korea", None, "org/kor-interior-ministry"),
        ("Ministry of the Interior", "Organization", None, None, None),
        ("Ministry of Public Administration and Security", "PublicBody", "KOR", None, None),
        ("OECD", "IntergovernmentalOrganization", None, None, "org/oecd"),
        ("Lee In-jae", "Person", "Ministry of the Interior", None, "person/lee-in-jae"),
        ("Lee In-jae", "Person", None, None, None),
        ("Lee In-jae", "Person", "France", None, None),
        ("Lee In-jae", "Person", "director general", None, "person/lee-in-jae"),
        ("Lee In-jae", "Person", "Vice Minister", None, None),
    ],
)
def test_the_packaged_graph(
    packaged: Index, text: str, kind: str, context: str | None, on: date | None, expected: str | None
) -> None:
    assert matched(resolve(text, kind, on=on, context=context, index=packaged)) == expected


def test_the_index_knows_kinds_countries_and_ties(packaged: Index) -> None:
    ministry = packaged.by_node[entity("org/kor-interior-ministry")]
    assert ministry.kinds >= {"PublicBody", "Organization", "Actor"}
    assert ministry.countries == {entity("state/KOR")}
    assert any(name.first == date(2008, 2, 29) for name in ministry.names)
    assert NamedNode(entity("org/kor-interior-ministry").value) in packaged.by_node[entity("person/lee-in-jae")].ties


def test_among_many_of_one_name_the_country_decides() -> None:
    codes = [f"{first}{second}{third}" for first in "ABCDE" for second in "FGHIJ" for third in "KLMNO"]
    crowd = Index(body(f"org/{code.lower()}", "Ministry of the Hops", country=f"state/{code}") for code in codes)
    far = body("org/kor", "The Ministry of Hops", country="state/KOR")
    index = Index([*crowd.entities, far])
    assert matched(resolve("Ministry of Hops", "Organization", context="South Korea", index=index)) == "org/kor"
    assert resolve("Ministry of the Hops", "Organization", index=index).match is None


def test_a_territory_that_is_no_more_is_found_as_territory_too() -> None:
    for kind in ("State", "Territory"):
        match = resolve("Nederlandse Antillen", kind).match
        assert match and (match.node, match.label) == (entity("place/ANT"), "Netherlands Antilles")


@pytest.mark.parametrize("kind", ["State", "Territory"])
def test_virgin_islands_are_two_and_both_are_told(kind: str) -> None:
    result = resolve("Virgin Islands", kind)
    assert result.match is None
    assert {each.node for each in result.candidates} == {entity("place/VIR"), entity("place/VGB")}
    assert {each.features[0].value for each in result.candidates} == {
        "means U.S. Virgin Islands or British Virgin Islands"
    }


def test_an_organization_that_stands_for_a_people_is_not_its_state() -> None:
    store = Store()
    store.extend(base_quads())
    index = Index.of(lambda query: store.query(query, use_default_graph_as_union=True))
    match = resolve("Palestine Liberation Organisation", "Organization", index=index).match
    assert match and match.node == entity("org/plo")
    assert resolve("PLO", "Organization", index=index).verdict == "candidates"
    assert resolve("Palestine Liberation Organization", "State").match is None
    assert resolve("State of Palestine", "State").match.node == entity("state/PSE")  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "nodes"),
    [
        ("Iran (Islamic)", {"state/IRN"}),
        ("Republic (Afghanistan)", {"state/AFG"}),
        ("Federal Korea", {"state/KOR", "state/PRK"}),
        ("Islamic", set[str]()),
    ],
)
def test_what_is_a_name_but_for_the_form_is_a_candidate(text: str, nodes: set[str]) -> None:
    result = resolve(text, "State")
    assert result.match is None
    assert {each.node for each in result.candidates} == {entity(node) for node in nodes}


TWINS = Index(
    [
        body("org/kor-hops", "Ministry of Hops", country="state/KOR"),
        body("org/kor-hops-2", "Ministry of the Hops", country="state/KOR"),
        body("org/fra-hats", "Ministry of Hats", country="state/FRA"),
        body("org/kor-hats", "Ministry of Hats", country="state/KOR"),
        person("person/one", "Kim Min-su", "org/kor-hops"),
        person("person/two", "Kim Min-su", "org/kor-hops"),
    ]
)


@pytest.mark.parametrize(
    ("text", "kind", "context", "meant"),
    [
        ("Ministry of Hops", "Organization", "Republic of Korea", {"org/kor-hops", "org/kor-hops-2"}),
        ("Ministry of Hops", "Organization", None, {"org/kor-hops", "org/kor-hops-2"}),
        ("Ministry of Hats", "Organization", None, {"org/fra-hats", "org/kor-hats"}),
        ("Kim Min-su", "Person", "Ministry of Hops", {"person/one", "person/two"}),
    ],
)
def test_two_exact_candidates_decide_nothing(text: str, kind: str, context: str | None, meant: set[str]) -> None:
    result = resolve(text, kind, context=context, index=TWINS)
    assert (result.match, result.verdict) == (None, "candidates")
    exact = {each.node for each in result.candidates if each.features[0].score == 1}
    assert exact == {entity(node) for node in meant}


def test_of_two_bodies_of_one_name_the_one_of_the_named_state_is_meant() -> None:
    assert matched(resolve("Ministry of Hats", "Organization", context="France", index=TWINS)) == "org/fra-hats"
