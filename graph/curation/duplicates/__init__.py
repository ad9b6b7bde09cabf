"""Duplicates across sources: agreements, events and commitments of two documents that may be one, with a reason.

Nothing is merged. What is found becomes candidates in a graph of their own, which a run replaces as a whole; people
judge them by ``communique review``, and what they decided is not proposed again.
"""

from __future__ import annotations

from communique.graph.curation.duplicates.blocks import Blocks, pair_up
from communique.graph.curation.duplicates.comparison import Comparison, compare
from communique.graph.curation.duplicates.records import KINDS, Record, read_records
from communique.graph.curation.duplicates.search import MINIMUM, Proposal, Search, quads_of, search

__all__ = [
    "KINDS",
    "MINIMUM",
    "Blocks",
    "Comparison",
    "Proposal",
    "Record",
    "Search",
    "compare",
    "pair_up",
    "quads_of",
    "read_records",
    "search",
]
