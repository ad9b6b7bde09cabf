"""Staging sums up what came and went over several changes, in memory as on disk; what a report needs is copied."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from communique.graph.loading.staging import Staging, excerpt, fits_on_disk, is_part
from communique.graph.store.changes import Change
from communique.graph.store.working_copy import WorkingCopy
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
    ("changes", "added", "removed"),
    [
        ([Change([ONE], [TWO])], {TWO}, {ONE}),
        ([Change([], [TWO]), Change([TWO], [])], set(), set()),
        ([Change([ONE], []), Change([], [ONE])], set(), set()),
        ([Change([ONE], [TWO]), Change([TWO], [THREE])], {THREE}, {ONE}),
        ([Change([], [TWO]), Change([ONE], [THREE])], {TWO, THREE}, {ONE}),
    ],
)
def test_what_came_and_went_is_summed_up(changes: list[Change], added: set[Quad], removed: set[Quad]) -> None:
    staging = Staging(store_of(ONE), None, is_partial=True)
    for change in changes:
        staging.apply(change)
    assert staging.change is not None
    assert (staging.change.added, staging.change.removed) == (added, removed)
    assert set(staging.store) == {ONE} - removed | added == set(staging.store)


def test_of_a_change_that_is_judged_as_a_whole_nothing_is_noted() -> None:
    staging = Staging(store_of(ONE), None)
    staging.apply(Change([ONE], [TWO]))
    assert staging.change is None
    assert set(staging.store) == {TWO}


@pytest.mark.parametrize("is_partial", [False, True])
@pytest.mark.parametrize("has_memory", [False, True])
def test_memory_and_working_copy_hold_the_same_with_all_that_was_derived(
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
    with workspace.working_copy() as copy:
        copy.replace_all(ties[:5])
        staging = Staging(store_of(*ties[:5]) if has_memory else None, copy, is_partial=is_partial)
        for change in (Change([], ties[5:]), Change(ties[10:], []), Change([], [ONE])):
            staging.apply(change)
            staging.derive()
        own = {each for each in staging.store if each.graph_name != DERIVED}
        assert own == {*ties[:10], ONE}
        assert set(copy.store) == set(staging.store)
        assert set(staging.store) - own == derived_anew(own)
        assert copy.quads == len(set(copy.store))
        del staging


def derived_anew(quads: set[Quad]) -> set[Quad]:
    """Derive from the beginning."""
    staging = Staging(store_of(*quads), None)
    staging.derive()
    return set(staging.store) - quads


def test_without_memory_the_store_is_that_of_the_working_copy(tmp_path: Path) -> None:
    with Workspace(tmp_path / "home").working_copy() as copy:
        assert isinstance(copy, WorkingCopy)
        copy.replace_all([ONE])
        staging = Staging(None, copy)
        staging.apply(Change([ONE], [TWO]))
        assert set(staging.store) == {TWO}
        del staging


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
