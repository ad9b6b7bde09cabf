"""Keys of names: what they drop, what they keep, and that they do so once and for all."""

from __future__ import annotations

import unicodedata
from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from communique.graph.linking.meanings import library_names, own_names
from communique.graph.linking.normalization import expand, normalize, sort_words, without_form
from communique.graph.linking.states import candidates, find

ACTUAL = sorted({name for name, _ in own_names()} | {name for name, _ in library_names()})


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("  CÔTE d’Ivoire ", "cote d ivoire"),
        ("Xi’an", "xian"),
        ("U.S.A.", "usa"),
        ("Bosnia & Herzegovina", "bosnia and herzegovina"),
        ("臺灣", "台湾"),
        ("Føroyar", "foroyar"),
        ("الجزائر", "الجزاير"),
        ("Guinea-Bissau", "guinea bissau"),
        ("भारत", "भारत"),
        ("...", ""),
    ],
)
def test_normalized(text: str, key: str) -> None:
    assert normalize(text) == normalize(key) == unicodedata.normalize("NFKD", key)


@pytest.mark.parametrize(
    ("key", "lax"),
    [
        ("the gambia", "gambia"),
        ("st kitts and nevis", "st kitts nevis"),
        ("korea dem rep", "korea democratic republic"),
        ("island", "island"),
        ("the", "the"),
    ],
)
def test_expanded(key: str, lax: str) -> None:
    assert expand(key) == lax


def test_sorted_words_meet_inversions() -> None:
    assert sort_words(expand(normalize("Iran, Islamic Republic of"))) == sort_words(expand("islamic republic of iran"))


@pytest.mark.parametrize(
    ("key", "short"), [("republic moldova", "moldova"), ("喀麦隆共和国", "喀麦隆"), ("republic", "")]
)
def test_without_form(key: str, short: str) -> None:
    assert without_form(key) == short


@settings(deadline=None)
@given(st.text(max_size=40))
def test_keys_are_idempotent(text: str) -> None:
    key = normalize(text)
    assert normalize(key) == key
    assert sort_words(sort_words(key)) == sort_words(key)


@settings(deadline=None)
@given(st.text(max_size=40))
def test_what_is_not_in_the_tables_is_no_error(text: str) -> None:
    find(text)


CASES = st.sampled_from([str.upper, str.lower, str.title, str.casefold])
NOISE = st.text(alphabet=" .,;-–_'’\u0301\u0308\u200b", max_size=3)


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(ACTUAL), CASES, NOISE, NOISE)
def test_case_accents_and_punctuation_never_lead_to_another_state(name, case, before, after) -> None:  # type: ignore[no-untyped-def]
    decided, changed = find(name), find(before + case(name) + after)
    assert changed in {decided, None} or (decided is None and changed in candidates(name))


def test_no_name_of_one_state_is_found_as_another() -> None:
    owners: dict[str, set[object]] = defaultdict(set)
    for name, node in (*((name, sense.node) for name, sense in own_names()), *library_names()):
        owners[normalize(name)].add(node)
    assert {name for name in ACTUAL if find(name) not in owners[normalize(name)] | {None}} == set()


def test_every_name_of_the_own_table_means_nothing_but_its_states() -> None:
    meanings: dict[str, set[object]] = {}
    for name, sense in own_names():
        meanings.setdefault(normalize(name), set()).add(sense.node)
    wrong = [name for name, _ in own_names() if find(name) not in meanings[normalize(name)] | {None}]
    assert wrong == []


def test_few_names_of_locales_decide_nothing_or_something_else() -> None:
    """Names of the own table win; the rest are names that locales give to two states."""
    pairs = [(name, node) for name, node in library_names() if node]
    undecided = {name for name, node in pairs if find(name) is None}
    other = {(name, node.value.rpartition("/")[2]) for name, node in pairs if find(name) not in {node, None}}
    assert len(undecided) < 120
    assert len(other) < 20, other
