"""Pointers against source texts, and own words against the paragraphs they rest on."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Quad

from communique.graph import sources
from communique.graph.evidence import Verdict, check, passage_digest
from communique.graph.evidence.checks import LONGEST_RUN, shared_run
from communique.graph.mapping import map_corpus
from communique.graph.mapping.document import map_document

LINES = [
    "Harbour talks",
    "",
    "The ministers of three small countries met in the old harbour to talk about ships and tides.",
]
DIGEST = hashlib.sha256("\n".join(LINES).encode()).hexdigest()


def quads(summary: str = "Ships and tides were talked over.", locator: int = 3) -> list[Quad]:
    paragraph = LINES[2]
    text = f"""
document: "902"
digest: {DIGEST}
paragraphs:
  - {{paragraph: 1, digest: {passage_digest(LINES[0])}, none: A heading.}}
  - paragraph: {locator}
    digest: {passage_digest(paragraph)}
    facts:
      event/talks: {{type: Meeting, realization: occurred, summary: "{summary}", named: "{paragraph}"}}
"""
    return map_document(sources.parse_yaml(text, "some.yaml"))


def verdicts(quads: list[Quad], texts: dict[str, list[str]]) -> list[tuple[int, Verdict]]:
    return [(finding.locator, finding.verdict) for finding in check(quads, texts)]


def test_a_pointer_matches_its_paragraph_whatever_the_white_space() -> None:
    texts = {DIGEST: [" Harbour \t talks", "", LINES[2] + "\r"]}
    assert verdicts(quads(), texts) == [(1, Verdict.MATCHED), (3, Verdict.MATCHED)]


@pytest.mark.parametrize(("locator", "told"), [(2, "the paragraph has digest"), (9, "the text has 3 paragraphs")])
def test_a_pointer_to_another_paragraph_is_a_mismatch(locator: int, told: str) -> None:
    (finding,) = (each for each in check(quads(locator=locator), {DIGEST: LINES}) if each.locator == locator)
    assert finding.verdict is Verdict.MISMATCHED
    assert told in finding.detail
    assert finding.subject == f"evidence/902/{locator}"


def test_a_document_is_recognised_by_the_digest_of_its_file() -> None:
    assert verdicts(quads(), {"0" * 64: LINES}) == [(1, Verdict.ABSENT), (3, Verdict.ABSENT)]


def test_a_long_run_of_the_source_in_own_words_is_found() -> None:
    words = LINES[2].split()
    for length in (LONGEST_RUN, LONGEST_RUN + 1):
        found = check(quads(summary="So: " + " ".join(words[:length]).upper()), {DIGEST: LINES})
        repeats = [finding for finding in found if finding.verdict is Verdict.REPEATED]
        assert [finding.subject for finding in repeats] == ["event/talks"] * (length > LONGEST_RUN)
        assert all(" ".join(words[:length]).lower() in finding.detail for finding in repeats)


def test_names_as_written_may_repeat_the_source() -> None:
    assert Verdict.REPEATED not in {verdict for _, verdict in verdicts(quads(), {DIGEST: LINES})}


@given(st.lists(st.sampled_from("abc"), max_size=12), st.lists(st.sampled_from("abc"), max_size=12))
def test_the_shared_run_is_the_longest(one: list[str], other: list[str]) -> None:
    run = shared_run(" ".join(one), "; ".join(other)).split()
    windows = [one[i : i + n] for n in range(len(one) + 1) for i in range(len(one) - n + 1)]
    shared = [window for window in windows if any(other[i : i + len(window)] == window for i in range(len(other) + 1))]
    assert run in shared
    assert len(run) == max(map(len, shared))


def test_the_packaged_documents_hold_against_the_seeds(shared: Path) -> None:
    trees = [sources.read_yaml(document) for document in sources.documents()]
    texts = sources.read_texts(shared / "seeds")
    found = check(map_corpus(trees, sources.read_yaml(sources.background())), texts)
    assert [finding for finding in found if finding.verdict is not Verdict.MATCHED] == []
    assert {finding.document for finding in found} >= {"000", "001", "002", "003", "004"}
