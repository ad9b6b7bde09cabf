"""Review: pairs of nodes that may be the same, what is known of them, and what people decided.

Everything is read by a function that asks a SELECT and gives its answer as SPARQL 1.1 JSON, be it from a store or from
the query engine.
"""

from __future__ import annotations

from communique.graph.curation.review.candidates import Candidate, candidates
from communique.graph.curation.review.judgements import (
    ACCEPTED,
    REJECTED,
    UNSURE,
    VERDICTS,
    Judgement,
    judge_anew,
    judgements,
    quads_of,
    standing,
)
from communique.graph.curation.review.profiles import Profile, profiles
from communique.graph.curation.review.tables import read_table, write_table

__all__ = [
    "ACCEPTED",
    "REJECTED",
    "UNSURE",
    "VERDICTS",
    "Candidate",
    "Judgement",
    "Profile",
    "candidates",
    "judge_anew",
    "judgements",
    "profiles",
    "quads_of",
    "read_table",
    "standing",
    "write_table",
]
