"""Commitments of two editions: paired by title, bearers, plan and wording, one to one, never within one document."""

from __future__ import annotations

from pyoxigraph import NamedNode

from communique.graph.curation.editions import ListedCommitment, pair_editions
from communique.graph.curation.records import SourceRecord
from communique.graph.terms.identifiers import entity

KOR, GRC = entity("state/KOR"), entity("state/GRC")


def listed(
    name: str, title: str, *, bearer: NamedNode = KOR, plan: str = "plan/1", wording: str = ""
) -> ListedCommitment:
    """Make a commitment; its document is what stands before the hyphen of its name."""
    document = name.partition("-")[0]
    record = SourceRecord(
        node=entity(f"commitment/{name}"),
        kind="Commitment",
        classes=frozenset(("Commitment",)),
        titles=(title,),
        parties=frozenset((bearer,)),
        first=None,
        last=None,
        documents=frozenset((document,)),
    )
    return ListedCommitment(record, document, title.casefold(), plan, wording)


def pairs(*commitments: ListedCommitment) -> list[tuple[str, str]]:
    """Pair commitments and give their names."""
    found = pair_editions(commitments)
    return [tuple(each.node.value.rpartition("/")[2] for each in (pair.left, pair.right)) for pair in found]  # type: ignore[misc]


def test_what_has_one_title_is_paired() -> None:
    assert pairs(listed("old-1", "Open the books"), listed("new-7", "Open the books")) == [("new-7", "old-1")]


def test_a_renumbered_title_of_the_same_wording_is_paired() -> None:
    old = listed("old-1", "3.1.2 Fiscal transparency", wording="a")
    assert pairs(old, listed("new-1", "2. Fiscal transparency", wording="a")) == [("new-1", "old-1")]


def test_a_title_of_another_wording_needs_more_than_to_be_alike() -> None:
    old = listed("old-1", "3.1.2 Fiscal transparency", wording="a")
    assert pairs(old, listed("new-1", "2. Fiscal transparency", wording="b", plan="plan/2")) == []


def test_plans_may_be_numbered_anew() -> None:
    old = listed("old-1", "Open the books", wording="a")
    assert pairs(old, listed("new-1", "Open the books", wording="a", plan="plan/2")) == [("new-1", "old-1")]


def test_titles_that_repeat_are_told_apart_by_their_wording() -> None:
    old = [listed(f"old-{word}", "Better services", wording=word) for word in "abc"]
    new = [listed(f"new-{word}", "Better services", wording=word) for word in "bca"]
    assert sorted(pairs(*old, *new)) == [("new-a", "old-a"), ("new-b", "old-b"), ("new-c", "old-c")]


def test_each_commitment_is_paired_once() -> None:
    old = listed("old-1", "Open the books", wording="a")
    assert pairs(old, listed("new-1", "Open the books", wording="a"), listed("new-2", "Open the books")) == [
        ("new-1", "old-1")
    ]


def test_other_bearers_other_titles_and_one_document_give_no_pair() -> None:
    old = listed("old-1", "Open the books")
    others = [
        listed("new-1", "Open the books", bearer=GRC),
        listed("new-2", "Plant trees"),
        listed("old-2", "Open the books"),
    ]
    assert pairs(old, *others) == []


def test_the_score_is_explained_by_what_was_compared() -> None:
    old = listed("old-1", "Open the books", wording="a")
    (pair,) = pair_editions([old, listed("new-1", "Open the books", wording="b")])
    assert pair.comparison.features == {"titleScore": 1.0, "partyScore": 1.0}
    assert pair.comparison.score == 0.75
    assert pair.comparison.reason == "Titles 100% alike; 1 of 1 bearers in common; the same plan; another wording."


def test_without_wording_the_other_features_share_its_weight() -> None:
    (pair,) = pair_editions([listed("old-1", "Open the books"), listed("new-1", "Open the books", plan="")])
    assert pair.comparison.score == 1
