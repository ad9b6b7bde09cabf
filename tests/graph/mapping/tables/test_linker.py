"""The linker of the package finds what linking decides and no candidates, and makes an index when it is needed."""

from __future__ import annotations

from datetime import date

import pytest
from pyoxigraph import NamedNode

from communique.graph.linking.entities import Entity, Name
from communique.graph.linking.index import Index
from communique.graph.mapping.tables.linker import IndexLinker
from communique.graph.terms.identifiers import entity

KINDS = frozenset({"PublicBody", "Organization", "Actor"})


def body(key: str, name: str, country: str, last: date | None = None) -> Entity:
    return Entity(entity(key), KINDS, (Name(name, "label", last=last),), frozenset({entity(country)}))


INDEX = Index(
    [
        body("org/kor-hats", "Ministry of Hats", "state/KOR"),
        body("org/fra-hats", "Ministry of Hats", "state/FRA"),
        body("org/est-archive", "Estonian Film Archive", "state/EST", date(2000, 12, 31)),
    ]
)


@pytest.mark.parametrize(
    ("text", "on", "context", "node"),
    [
        ("Estonian Film Archive", None, None, "org/est-archive"),
        ("Estonian Film Archive", date(2000, 12, 31), None, "org/est-archive"),
        ("Estonian Film Archive", date(2001, 1, 1), None, None),
        ("Ministry of Hats", None, None, None),
        ("Ministry of Hats", None, "France", "org/fra-hats"),
        ("Ministry of Gloves", None, "France", None),
    ],
)
def test_an_organization_is_found_where_linking_decides(
    text: str, on: date | None, context: str | None, node: str | None
) -> None:
    assert IndexLinker(lambda _: INDEX).find_actor(text, "org", on, context) == (entity(node) if node else None)


def test_an_index_is_made_once_for_each_class_and_only_when_asked_for() -> None:
    made: list[str] = []

    def make(kind: str) -> Index:
        made.append(kind)
        return INDEX

    names = IndexLinker(make)
    assert not made
    for kind in ("org", "org", "person", "unheard-of"):
        names.find_actor("Nobody", kind, None, None)
    assert made == ["Organization", "Person"]
    assert IndexLinker().find_actor("Estonian Film Archive", "org", None, None) is None


@pytest.mark.parametrize(("on", "node"), [(None, "state/COD"), (date(1980, 1, 1), "state/COD")])
def test_states_are_found_by_name_and_by_code(on: date | None, node: str) -> None:
    found: NamedNode | None = IndexLinker().find_state("Zaire", on)
    assert found == entity(node)
    assert IndexLinker().by_code("alpha3", "ROM", on) == entity("state/ROU")
    assert IndexLinker().by_code("m49", "891", date(2001, 1, 1)) == entity("state/YUG")
    assert IndexLinker().by_code("m49", "891", date(2005, 1, 1)) == entity("state/SCG")
