"""Identifiers of children: always a path, always the same, apart for different names."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from communique.graph.mapping.children import children
from communique.graph.mapping.nodes import KINDS, name_step
from communique.graph.terms.identifiers import entity, slug
from communique.graph.terms.vocabulary import classes

WORDS = st.text(alphabet="가나다라마한국글", min_size=1, max_size=8)


@given(st.text(max_size=40))
def test_any_name_makes_a_step(name: str) -> None:
    step = name_step(name)
    assert entity(f"name/a/901/{step}").value.endswith(f"/{step}")
    assert step == name_step(name)


@given(WORDS, WORDS)
def test_names_without_latin_letters_stay_apart(one: str, other: str) -> None:
    assume(one != other)
    assert name_step(one) != name_step(other)


@given(st.text(alphabet=st.characters(max_codepoint=127), max_size=40))
def test_names_in_latin_letters_keep_their_slug(name: str) -> None:
    assert name_step(name) == slug(name)


def test_the_table_names_kinds_and_classes_that_exist() -> None:
    assert {child.kind for child in children().values()} <= set(KINDS)
    assert {child.type for child in children().values()} <= classes().keys()
    assert {"attendanceCount", "partyCount", "memberCount", "traineeCount"} <= children().keys()
