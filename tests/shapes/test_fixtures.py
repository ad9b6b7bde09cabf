"""Each rule is kept by its ``pass`` fixtures and broken by its ``fail`` fixtures, and by nothing else.

A fixture is a TriG file ``<stem>/<rule>-pass[-case].trig`` or ``<stem>/<rule>-fail-<case>.trig``; it is added to
``world.trig``, which keeps all rules. The line ``# finds:`` of a broken one lists the shapes that find something.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, Store, parse

from communique.graph import validation
from communique.graph.store.changes import Change
from communique.graph.terms.namespaces import shorten
from communique.graph.terms.vocabulary import ontology_quads
from communique.graph.validation import ValidationReport
from communique.graph.validation.catalogue import numbers, rules, shapes
from communique.graph.validation.explanation import rule_of
from communique.graph.validation.inventory import count_focus_nodes
from communique.graph.validation.rules import set_rules
from communique.graph.validation.view import View

HERE = Path(__file__).parent
FIXTURES = sorted(HERE.glob("*/*.trig"))
NAME = re.compile(r"(?P<rule>R\d\d)-(?P<kind>pass|fail)(-(?P<case>[a-z0-9-]+))?")

# The fast engine; on most fixtures at once the engines are compared in tests/graph/validation/test_gate.py.
ENGINE = "sparql"

# Checked by a command that has the documents at hand.
NOT_SHAPES = {"R03"}


@cache
def world() -> Store:
    """Make a store of the ontology and the world; whoever adds to it takes it out again."""
    store = Store()
    store.extend(ontology_quads())
    store.load((HERE / "world.trig").read_bytes(), format=RdfFormat.TRIG)
    return store


def judge(*fixtures: Path, is_change: bool = False) -> ValidationReport:
    """Judge the world with some fixtures: whole, or only what these may have changed."""
    store = world()
    added = {quad for path in fixtures for quad in parse(path.read_bytes(), format=RdfFormat.TRIG)}.difference(store)
    try:
        store.extend(added)
        change = Change((), added) if is_change else None
        return validation.validate(store, change=change, engine=ENGINE)
    finally:
        for quad in added:
            store.remove(quad)


def expected(fixture: Path) -> set[str]:
    """Read which shapes are to find something."""
    lines = (line.removeprefix("# finds:").split() for line in fixture.read_text().splitlines() if "# finds:" in line)
    return {name for line in lines for name in line}


SETS = {shorten(rule.shape.value) for rule in set_rules()}
BROKEN = [fixture for fixture in FIXTURES if not SETS.isdisjoint(expected(fixture))]


def names() -> Iterator[re.Match[str]]:
    """Take the names of the fixtures apart."""
    for fixture in FIXTURES:
        match = NAME.fullmatch(fixture.stem)
        assert match, f"{fixture} is not named like R04-fail-two-roles.trig"
        yield match


# One file by one takes its time. Among the fast tests are the first break of each rule, and the world that keeps all.
FIRST = {path.stem[:8]: path for path in reversed(FIXTURES) if "-fail" in path.stem}.values()
EACH = [
    pytest.param(path, marks=[] if path in FIRST else [pytest.mark.slow], id=f"{path.parent.name}/{path.stem}")
    for path in FIXTURES
]


@pytest.mark.parametrize("fixture", EACH)
def test_exactly_the_expected_shapes_find_something(fixture: Path) -> None:
    report = judge(fixture)
    found = {shorten(result.shape.value) for result in report.results}
    assert found == expected(fixture), [result.message for result in report.results]
    if found:
        broken = {rule_of(result).number for result in report.results}
        assert fixture.stem[:3] in broken


@pytest.mark.sampled(2)
@pytest.mark.parametrize("fixture", BROKEN, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_change_that_breaks_a_set_rule_is_found_by_looking_at_the_change_alone(fixture: Path) -> None:
    assert {shorten(result.shape.value) for result in judge(fixture, is_change=True).results} == expected(fixture)


def test_the_world_keeps_all_rules() -> None:
    assert judge().conforms


@pytest.mark.parametrize("number", sorted(set(rules()) - NOT_SHAPES))
def test_each_rule_is_kept_and_broken(number: str) -> None:
    kinds = {match["kind"] for match in names() if match["rule"] == number}
    assert kinds == {"pass", "fail"}


def test_the_rules_stand_in_the_order_of_their_numbers() -> None:
    assert list(rules()) == sorted(rules())
    assert all(re.fullmatch(r"R\d\d", number) for number in rules())
    assert len(rules()) >= 32


def test_each_check_finds_something_in_some_fixture() -> None:
    found = {name for fixture in FIXTURES for name in expected(fixture)}
    parts = {"comsh:Agreement-concluded", "comsh:Agreement-two-parties", "comsh:Agreement-counted"}
    parts.add("comsh:RoleConcept-inScheme")  # these speak through the shape that refers to them
    checks = {shorten(shape.value) for shape in numbers()} | {shorten(rule.shape.value) for rule in set_rules()}
    assert checks - found - parts == set()


def test_no_fixture_expects_a_check_that_is_not_there() -> None:
    known = {shorten(shape.value) for shape in numbers()} | {shorten(rule.shape.value) for rule in set_rules()}
    assert {name for fixture in FIXTURES for name in expected(fixture)} <= known


def test_fixtures_exercise_every_node_shape() -> None:
    store = Store()
    store.extend(ontology_quads())
    for path in (HERE / "world.trig", *FIXTURES):
        store.load(path.read_bytes(), format=RdfFormat.TRIG)
    counts = count_focus_nodes(View(store), shapes())
    assert [shape for shape, count in counts.items() if count == 0] == []
