"""Candidates: pairs of nodes that somebody, or a program, holds for possibly the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pyoxigraph import NamedNode

from communique.graph.curation.judgements import UNSURE, Judgement, Pair, judgements, latest_judgements, paired
from communique.graph.queries.answers import Run, ask, node, text
from communique.graph.terms.namespaces import COM, prologue, shorten

FEATURES = ("entryScore", "partyScore", "dateScore", "titleScore", "kindScore")

_NAMES = " ".join(f"?{name}" for name in ("matchScore", *FEATURES))
_SCORES = " ".join(f"OPTIONAL {{ ?candidate com:{name} ?{name} }}" for name in ("matchScore", *FEATURES))
_ALL = (
    prologue(("com",))
    + f"SELECT ?candidate ?left ?right ?reason {_NAMES} "
    + """{
  ?candidate a com:CandidateMatch ; com:candidateLeft ?left ; com:candidateRight ?right ; com:matchReason ?reason .
  FILTER(?left != ?right)
"""
    + _SCORES
    + "} ORDER BY ?candidate"
)
_KINDS = (
    prologue(("com", "rdfs"))
    + """SELECT DISTINCT ?node ?kind {
  ?candidate a com:CandidateMatch ; com:candidateLeft|com:candidateRight ?node .
  ?node a/rdfs:subClassOf* ?kind .
}"""
)


@dataclass(frozen=True, slots=True)
class CandidateMatch:
    """A pair that awaits judgement.

    Attributes
    ----------
    iri : of the candidate
    left, right : the two nodes, as proposed
    reason : what speaks for and against
    score : 0 to 1; None where a person proposed it
    features : the parts of the score, by property name, 0 to 1
    kinds : the classes of both nodes and all classes above them, by local name
    judgement : the one that counts, None when nobody has judged the pair
    """

    iri: NamedNode
    left: NamedNode
    right: NamedNode
    reason: str
    score: float | None
    features: Mapping[str, float]
    kinds: frozenset[str]
    judgement: Judgement | None

    @property
    def id(self) -> str:
        """The name by which it is called on the command line."""
        return shorten(self.iri.value).removeprefix("candidate/")

    @property
    def pair(self) -> Pair:
        """The two nodes in the order in which they are judged."""
        return paired(self.left, self.right)

    @property
    def is_open(self) -> bool:
        """Whether a decision is still wanted."""
        return self.judgement is None or self.judgement.verdict == UNSURE


def candidates(run: Run) -> list[CandidateMatch]:
    """Read all candidates: the open ones first, never judged before unsure, by falling score; then the decided."""
    known, kinds = latest_judgements(judgements(run)), _read_kinds(run)
    found: dict[NamedNode, CandidateMatch] = {}
    for row in ask(run, _ALL):
        left, right = node(row, "left"), node(row, "right")
        candidate = CandidateMatch(
            iri=node(row, "candidate"),
            left=left,
            right=right,
            reason=text(row, "reason"),
            score=float(text(row, "matchScore")) if "matchScore" in row else None,
            features={name: float(text(row, name)) for name in FEATURES if name in row},
            kinds=kinds.get(left, frozenset()) | kinds.get(right, frozenset()),
            judgement=known.get(paired(left, right)),
        )
        found.setdefault(candidate.iri, candidate)
    return sorted(found.values(), key=_urgency)


def _read_kinds(run: Run) -> dict[NamedNode, frozenset[str]]:
    """Read the classes of all nodes in candidates, and those above them, as local names."""
    found: dict[NamedNode, set[str]] = {}
    for row in ask(run, _KINDS):
        found.setdefault(node(row, "node"), set()).add(text(row, "kind"))
    return {each: frozenset(k.removeprefix(COM) for k in kinds if k.startswith(COM)) for each, kinds in found.items()}


def _urgency(candidate: CandidateMatch) -> tuple[int, float, str]:
    """Order candidates for review; what a person proposed comes before what a program did."""
    stage = 0 if candidate.judgement is None else 1 if candidate.is_open else 2
    return stage, -(2.0 if candidate.score is None else candidate.score), candidate.iri.value
