"""Coverage paragraph by paragraph, and the count of facts."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import Quad

from communique.graph import sources
from communique.graph.evidence import CoveredNode, ParagraphCoverage, coverage, facts_per_document
from communique.graph.mapping import map_corpus
from communique.graph.mapping.document import map_document

ZEROS = "0" * 64
TEXT = f"""
document: "903"
digest: {ZEROS}
date: 2020-01-01
describe: {{label: Report}}
paragraphs:
  - {{paragraph: 1, digest: {ZEROS}, none: A heading.}}
  - paragraph: 3
    digest: {ZEROS}
    facts:
      event/talks: {{type: Meeting, label: Talks, realization: occurred, when: 2019-12}}
  - paragraph: 4
    digest: {ZEROS}
    facts:
      event/talks: {{topic: e-government}}
    inferred:
      - {{rule: some-rule, facts: {{event/talks: {{ordinal: 2, topic: e-government}}}}}}
  - {{paragraph: 5, digest: {ZEROS}, facts: {{}}}}
"""
TALKS = CoveredNode("event/talks", "Talks", ("com:Meeting",))


@pytest.fixture
def quads() -> list[Quad]:
    return map_document(sources.parse_yaml(TEXT, "some.yaml"))


def test_each_paragraph_has_nodes_or_a_reason_or_is_a_gap(quads: list[Quad]) -> None:
    # Stated of the talks: realization, one date, one topic; inferred: ordinal and the same topic again.
    assert coverage(quads) == [
        ParagraphCoverage("903", 1, reason="A heading."),
        ParagraphCoverage("903", 3, nodes=(TALKS,), facts=3),
        ParagraphCoverage("903", 4, nodes=(TALKS,), facts=5),
        ParagraphCoverage("903", 5),
    ]
    assert [paragraph.locator for paragraph in coverage(quads) if paragraph.is_gap] == [5]


def test_paragraphs_without_any_evidence_are_gaps_once_the_text_is_known(quads: list[Quad]) -> None:
    texts = {ZEROS: ["a", "forgotten", "b", "c", "d", " ", "forgotten too"]}
    assert [paragraph.locator for paragraph in coverage(quads, texts) if paragraph.is_gap] == [2, 5, 7]


def test_a_fact_counts_once_however_many_paragraphs_and_graphs_hold_it(quads: list[Quad]) -> None:
    assert facts_per_document(quads) == {"903": 4}


def test_no_paragraph_of_the_seeds_is_a_gap(shared: Path) -> None:
    trees = [sources.read_yaml(document) for document in sources.documents()]
    quads = map_corpus(trees, sources.read_yaml(sources.background()))
    texts = sources.read_texts(shared / "seeds")
    found = coverage(quads, texts)
    assert len(found) >= sum(1 for lines in texts.values() for line in lines if line.strip())
    assert [paragraph for paragraph in found if paragraph.is_gap] == []
    assert min(facts_per_document(quads).values()) > 100
