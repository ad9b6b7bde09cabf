"""Near spellings."""

from __future__ import annotations

import pytest

from communique.graph.terms.spelling import closest, did_you_mean

WORDS = ("participant", "participantText", "role", "MemorandumOfUnderstanding", "Event", "adopters-of-agreement")


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("particpant", "participant"),
        ("partiicpant", "participant"),  # two letters changed places
        ("ROLE", "role"),
        ("event", "Event"),
        ("MOU", "MemorandumOfUnderstanding"),
        ("adopters", "adopters-of-agreement"),
    ],
)
def test_the_nearest_word_is_found(word: str, meant: str) -> None:
    assert closest(word, WORDS) == [meant]
    assert did_you_mean(word, WORDS) == f"did you mean {meant!r}?"


@pytest.mark.parametrize("word", ["xyzzy", "", "zz", "sponsor"])
def test_nothing_is_found_where_nothing_is_near(word: str) -> None:
    assert closest(word, WORDS) == []
    assert did_you_mean(word, WORDS) is None


def test_words_much_less_alike_than_the_nearest_are_left_out() -> None:
    assert closest("particpant", WORDS, most=3) == ["participant"]
    assert closest("colour", ("colours", "colour-set", "colourr"), most=2) == ["colourr", "colours"]
