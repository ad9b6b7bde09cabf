"""A site reckons up what came and went over several changes, in memory as on disk; what a report needs is copied."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from communique.graph.loading.staging import Site, excerpt, fits_on_disk, is_part
from communique.graph.store.working_copy import Difference, Draft
from communique.graph.store.workspace import Workspace
from communique.graph.terms.identifiers import DERIVED, stated
from communique.graph.terms.namespaces import ID, SHAPES, term
from communique.graph.validation import ValidationReport, ValidationResult


def node(name: str) -> NamedNode:
    return NamedNode(ID + name)


def quad(name: str, text: str = "x") -> Quad:
    return Quad(node(name), term("rdfs:label"), Literal(text), stated("001"))


ONE, TWO, THREE = quad("org/one"), quad("org/two"), quad("org/three")


def store_of(*quads: Quad) -> Store:
    store = Store()
    store.extend(quads)
    return store


@pytest.mark.parametrize(
    ("differences", "added", "removed"),
    [
        ([Difference([ONE], [TWO])], {TWO}, {ONE}),
        ([Difference([], [TWO]), Difference([TWO], [])], set(), set()),
        ([Difference([ONE], []), Difference([], [ONE])], set(), set()),
        ([Difference([ONE], [TWO]), Difference([TWO], [THREE])], {THREE}, {ONE}),
        ([Difference([], [TWO]), Difference([ONE], [THREE])], {TWO, THREE}, {ONE}),
    ],
)
def test_what_came_and_went_is_reckoned_up(differences: list[Difference], added: set[Quad], removed: set[Quad]) -> None:
    site = Site(store_of(ONE), None, is_partial=True)
    for difference in differences:
        site.apply(difference)
    assert site.change is not None
    assert (site.change.added, site.change.removed) == (added, removed)
    assert set(site.store) == {ONE} - removed | added == set(site.change.store)


def test_of_a_change_that_is_judged_as_a_whole_nothing_is_noted() -> None:
    site = Site(store_of(ONE), None)
    site.apply(Difference([ONE], [TWO]))
    assert site.change is None
    assert set(site.store) == {TWO}


@pytest.mark.parametrize("is_partial", [False, True])
@pytest.mark.parametrize("has_memory", [False, True])
def test_memory_and_draft_hold_the_same_with_all_that_was_derived(
    tmp_path: Path, is_partial: bool, has_memory: bool
) -> None:
    """Two bodies that take part in one event stand in a derived tie, which goes when one of them does."""
    graph = stated("001")
    ties = [
        Quad(node(f"participation/summit/{code}"), term(name), value, graph)
        for code in ("KOR", "KEN", "EST")
        for name, value in (
            ("rdf:type", term("com:Participation")),
            ("com:inEvent", node("event/summit")),
            ("com:participant", node(f"state/{code}")),
            ("com:realization", node("concept/realization/occurred")),
            ("com:hasRole", node("concept/role/attendee")),
        )
    ]
    workspace = Workspace(tmp_path / "home")
    with workspace.draft() as draft:
        draft.replace_all(ties[:5])
        site = Site(store_of(*ties[:5]) if has_memory else None, draft, is_partial=is_partial)
        for difference in (Difference([], ties[5:]), Difference(ties[10:], []), Difference([], [ONE])):
            site.apply(difference)
            site.derive()
        own = {each for each in site.store if each.graph_name != DERIVED}
        assert own == {*ties[:10], ONE}
        assert set(draft.store) == set(site.store)
        assert set(site.store) - own == derived_anew(own)
        assert draft.quads == len(set(draft.store))
        del site


def derived_anew(quads: set[Quad]) -> set[Quad]:
    """Derive from the beginning."""
    site = Site(store_of(*quads), None)
    site.derive()
    return set(site.store) - quads


def test_without_memory_the_store_is_that_of_the_draft(tmp_path: Path) -> None:
    with Workspace(tmp_path / "home").draft() as draft:
        assert isinstance(draft, Draft)
        draft.replace_all([ONE])
        site = Site(None, draft)
        site.apply(Difference([ONE], [TWO]))
        assert set(site.store) == {TWO}
        del site


def test_a_batch_goes_to_disk_beside_a_large_graph_only_when_it_is_small() -> None:
    assert fits_on_disk(1_000_000, 19_999)
    assert not fits_on_disk(1_000_000, 20_000)
    assert fits_on_disk(200_001, 1)
    assert not fits_on_disk(200_000, 1)


def test_less_than_a_tenth_of_a_graph_is_a_part() -> None:
    assert is_part(1_000, 99)
    assert not is_part(1_000, 100)


def test_an_excerpt_holds_what_is_said_of_the_nodes_of_a_report_and_of_those_they_lead_to() -> None:
    names = ["focus", "first", "second", "third"]
    chain = [
        Quad(node(f"org/{left}"), term("com:evidence"), node(f"org/{right}"), stated("001"))
        for left, right in zip(names, [*names[1:], "fourth"], strict=True)
    ]
    value, beside = quad("org/value"), quad("org/beside")
    shape = NamedNode(SHAPES + "R00")
    result = ValidationResult(node("org/focus"), None, node("org/value"), shape, shape, message="Not so.")
    literal = ValidationResult(node("org/focus"), None, Literal("x"), shape, shape, message="Not so.")
    store = store_of(*chain, value, beside)
    assert set(excerpt(store, ValidationReport((result,)))) == {*chain[:3], value}
    assert set(excerpt(store, ValidationReport((literal,)))) == set(chain[:3])
