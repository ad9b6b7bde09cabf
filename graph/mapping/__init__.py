"""Mapping: authored documents and reference libraries → quads, from values to values."""

from __future__ import annotations

from collections.abc import Sequence

from pyoxigraph import Quad

from communique.graph.mapping import background, document
from communique.graph.mapping.territory import map_territories, territories
from communique.graph.sources.tree import Block


def map_corpus(documents: Sequence[Block], facts: Block) -> list[Quad]:
    """Map all authored documents and the background together; sorted by their N-Quads, without repeats.

    ``facts`` is the authored background. Raises MappingError, also for a reference to a node that nobody describes.
    """
    by_hand = background.described(facts)
    known = by_hand.union(territories(by_hand), *(document.described(tree) for tree in documents))
    quads = {*map_territories(by_hand), *background.map_background(facts, known)}
    for tree in documents:
        quads.update(document.map_document(tree, known))
    return sorted(quads, key=str)
