"""Lifting: for which state or organization an actor stands."""

from __future__ import annotations

import pytest
from pyoxigraph import Literal, NamedNode

from communique.graph.networks.lifting import Actors
from communique.graph.terms.namespaces import term


def x(name: str) -> NamedNode:
    return NamedNode(f"x:{name}")


FACTS = [
    ("KOR", "rdf:type", term("com:State")),
    ("GRC", "rdf:type", term("com:State")),
    ("ministry", "rdf:type", term("com:PublicBody")),
    ("ministry", "com:actsFor", x("KOR")),
    ("bureau", "rdf:type", term("com:OrganizationalUnit")),
    ("bureau", "org:unitOf", x("ministry")),
    ("desk", "rdf:type", term("com:OrganizationalUnit")),
    ("desk", "org:unitOf", x("bureau")),
    ("delegation", "rdf:type", term("com:Delegation")),
    ("delegation", "com:dispatchedBy", x("ministry")),
    ("delegation", "com:dispatchedBy", x("bank")),
    ("bank", "rdf:type", term("com:IntergovernmentalOrganization")),
    ("person", "rdf:type", term("com:Person")),
    ("group", "rdf:type", term("com:StateGroup")),
    ("snake", "org:unitOf", x("tail")),
    ("tail", "org:unitOf", x("snake")),
    ("snake", "rdf:type", term("com:OrganizationalUnit")),
    # an office abroad that acts for one state and is a unit of a ministry of another
    ("office", "rdf:type", term("com:OrganizationalUnit")),
    ("office", "org:unitOf", x("ministry")),
    ("office", "com:actsFor", x("GRC")),
]


@pytest.fixture
def actors() -> Actors:
    return Actors({"actor": x(actor), "property": term(name), "value": value} for actor, name, value in FACTS)


@pytest.mark.parametrize(
    ("actor", "representing", "state", "organization"),
    [
        ("KOR", None, {"KOR"}, set()),
        ("ministry", None, {"KOR"}, {"ministry"}),
        ("desk", None, {"KOR"}, {"ministry"}),
        ("delegation", None, {"KOR"}, {"ministry", "bank"}),
        ("bank", None, set(), {"bank"}),
        ("person", None, set(), set()),
        ("person", "delegation", {"KOR"}, {"ministry", "bank"}),
        ("bank", "GRC", {"GRC"}, set()),
        ("group", None, set(), set()),
        ("office", None, {"GRC"}, {"ministry"}),
        ("snake", None, set(), {"snake"}),
        ("stranger", None, set(), set()),
    ],
)
def test_an_actor_is_lifted(
    actors: Actors, actor: str, representing: str | None, state: set[str], organization: set[str]
) -> None:
    for nodes, expected in (("state", state), ("organization", organization)):
        found = actors.lift({f"x:{representing or actor}"}, nodes)
        assert found == {f"x:{name}" for name in expected}


def test_labels_prefer_english() -> None:
    rows = [("de", "Griechenland"), ("en", "Greece"), ("el", "Ellada")]
    label = term("skos:prefLabel")
    found = Actors({"actor": x("GRC"), "property": label, "value": Literal(text, language=tag)} for tag, text in rows)
    assert (found.label("x:GRC"), found.label("x:KOR")) == ("Greece", "x:KOR")
