"""Authored background facts → quads of ``graph/background``: blocks that name a source, or say why they have none."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from pyoxigraph import Quad

from communique.graph.mapping.facts import AuthoredFact, DocumentContext, expand, find_realizations, imply
from communique.graph.mapping.integrity import check_facts
from communique.graph.mapping.provenance import describe_graph
from communique.graph.sources.tree import Block, Scalar, as_block, as_items, as_scalar, refuse_others, require, wrong
from communique.graph.terms.identifiers import BACKGROUND

OWNER = "background"  # stands where a document's number would, in identifiers of names and posts


def map_background(tree: Block, known: Collection[str] | None = None) -> list[Quad]:
    """Map the authored background to quads, sorted and without repeats.

    Each node bears the source of its block as ``dct:source``, or ``com:unsourcedReason`` where there is none.
    ``known`` and errors are as in ``document.map_document``.
    """
    facts = list(_read_facts(tree))
    check_facts(facts, known)
    quads = {fact.quad(BACKGROUND) for fact in facts}
    return sorted(quads.union(describe_graph(BACKGROUND, "Background facts recorded by this project")), key=str)


def described(tree: Block) -> frozenset[str]:
    """List, by relative identifiers, the nodes that the background describes."""
    return frozenset(str(fact.subject) for fact in _read_facts(tree))


def _read_facts(tree: Block) -> Iterator[AuthoredFact]:
    refuse_others(tree, (OWNER,), "the background")
    blocks = [as_block(part, "a block of facts") for part in as_items(require(tree, OWNER, "the background"))]
    facts = [as_block(require(block, "facts", "the block"), "nodes with their properties") for block in blocks]
    context = DocumentContext(OWNER, find_realizations(facts))
    for block, nodes in zip(blocks, facts, strict=True):
        key, text = _read_source(block)
        found = list(expand(nodes, context))
        yield from found
        for subject in dict.fromkeys(fact.subject for fact in found):
            yield imply(subject, key, text.text, text.place)


def _read_source(block: Block) -> tuple[str, Scalar]:
    """Read where a block comes from, or why that is not known, as the property that says so and its value."""
    refuse_others(block, ("source", "unsourced", "facts"), "a block of background")
    source, reason = block.get("source"), block.get("unsourced")
    if (source is None) == (reason is None):
        raise wrong(block.place, "not one of 'source' and 'unsourced'", expected="the address of a source, or a reason")
    if source is not None:
        return "source", as_scalar(source, "the address of a source")
    assert reason is not None
    text = as_scalar(reason, "the reason for no source")
    return "unsourcedReason", text
