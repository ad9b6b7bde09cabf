"""Evidence: does each pointer hold, is each paragraph accounted for, how many facts are there."""

from communique.graph.evidence.checks import EvidenceFinding, Verdict, check
from communique.graph.evidence.paragraphs import CoveredNode, ParagraphCoverage, coverage, facts_per_document
from communique.graph.evidence.pointers import passage_digest

__all__ = [
    "CoveredNode",
    "EvidenceFinding",
    "ParagraphCoverage",
    "Verdict",
    "check",
    "coverage",
    "facts_per_document",
    "passage_digest",
]
