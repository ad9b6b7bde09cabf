"""Editions of one register: the commitments of a bearer that two documents list, paired one to one.

Registers of commitments come out again without identifiers that last. A new edition is then no new set of promises:
what has the same bearer, with like title and plan or in the same words, may be what was listed before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from pyoxigraph import NamedNode
from rapidfuzz import fuzz

from communique.graph.curation.comparison import PairComparison, Proposal
from communique.graph.curation.records import Ask, SourceRecord
from communique.graph.linking.normalization import expand, normalize
from communique.graph.terms.identifiers import document_of
from communique.graph.terms.namespaces import COM, ID, prologue

# How much each feature counts; where one is not known of both, the others share its weight.
EDITION_WEIGHTS: Mapping[str, float] = {"titleScore": 0.45, "partyScore": 0.15, "wording": 0.25, "plan": 0.15}
# Below this, two titles are two promises, whatever else is alike.
LEAST_ALIKE = 0.7

_STATE = ID + "state/"

_COMMITMENTS = """SELECT ?node ?graph (SAMPLE(?kind) AS ?class) (SAMPLE(?label) AS ?title) (SAMPLE(?under) AS ?plan)
  (SAMPLE(?wording) AS ?digest) (GROUP_CONCAT(DISTINCT STR(?bearer); SEPARATOR = " ") AS ?bearers) {
  GRAPH ?graph { ?node skos:prefLabel ?label ; com:bearer ?bearer ; a ?kind }
  ?kind rdfs:subClassOf* com:Commitment .
  OPTIONAL { ?node com:wordingDigest ?wording }
  OPTIONAL { ?node com:underPlan ?under }
} GROUP BY ?node ?graph ORDER BY ?node"""


@dataclass(frozen=True, slots=True)
class ListedCommitment:
    """A commitment as one document lists it; plan and wording (its digest) are empty where they are not known."""

    record: SourceRecord
    document: str
    title: str
    plan: str
    wording: str


def read_listed(ask: Ask) -> list[ListedCommitment]:
    """Read the commitments with a label and a bearer that documents list, in the order of their IRIs.

    ``ask`` evaluates SPARQL over the union of all graphs. What stands in the graph of no document is left out.
    """
    listed = []
    for row in ask(prologue() + _COMMITMENTS):
        document = document_of(row["graph"])
        if document is None:
            continue
        kind = row["class"].value.removeprefix(COM)
        record = SourceRecord(
            node=row["node"],
            kind=kind,
            classes=frozenset(("Commitment", kind)),
            titles=(row["title"].value,),
            parties=frozenset(map(NamedNode, row["bearers"].value.split())),
            first=None,
            last=None,
            documents=frozenset((document,)),
        )
        plan, wording = ("" if row[name] is None else row[name].value for name in ("plan", "digest"))
        listed.append(ListedCommitment(record, document, expand(normalize(row["title"].value)), plan, wording))
    return listed


def pair_editions(listed: Iterable[ListedCommitment], *, minimum: float = 0.75) -> list[Proposal]:
    """Pair what two documents list of one state, or of one body, best pairs first, each once per pair of documents.

    Editions name states alike; of the bearers of a commitment the states count, and all only where there is none.
    Plans are compared and no condition, since editions number them anew. Nothing is said of commitments that find no
    partner: they may be new, dropped or rewritten.
    """
    bearers: dict[NamedNode, dict[str, list[ListedCommitment]]] = defaultdict(lambda: defaultdict(list))
    for each in listed:
        states = [bearer for bearer in each.record.parties if bearer.value.startswith(_STATE)]
        for bearer in states or each.record.parties:
            bearers[bearer][each.document].append(each)
    found: dict[tuple[NamedNode, NamedNode], Proposal] = {}
    for documents in bearers.values():
        for left, right in combinations(sorted(documents), 2):
            for pairing in _assign(documents[left], documents[right], minimum):
                found[pairing.left.node, pairing.right.node] = pairing
    return sorted(
        found.values(), key=lambda pair: (-pair.comparison.score, pair.left.node.value, pair.right.node.value)
    )


def _assign(left: Sequence[ListedCommitment], right: Sequence[ListedCommitment], minimum: float) -> Iterator[Proposal]:
    """Take the best pair, then the best of what is left, down to the minimum."""
    scored = [
        (one, other, compared) for one in left for other in right if (compared := _compare(one, other)) is not None
    ]
    scored.sort(key=lambda each: (-each[2].score, each[0].record.node.value, each[1].record.node.value))
    taken: set[NamedNode] = set()
    for one, other, compared in scored:
        nodes = {one.record.node, other.record.node}
        if compared.score < minimum or nodes & taken:
            continue
        taken |= nodes
        first, second = sorted((one.record, other.record), key=lambda record: record.node.value)
        yield Proposal(first, second, compared)


def _compare(one: ListedCommitment, other: ListedCommitment) -> PairComparison | None:
    """Compare title, bearers, plan and wording; None where the titles are too unlike."""
    alike = fuzz.token_sort_ratio(one.title, other.title) / 100
    if alike < LEAST_ALIKE:
        return None
    either, common = one.record.parties | other.record.parties, one.record.parties & other.record.parties
    weighed = {"titleScore": alike, "partyScore": len(common) / len(either)}
    reasons = [f"Titles {alike:.0%} alike", f"{len(common)} of {len(either)} bearers in common"]
    for name, left, right in (("plan", one.plan, other.plan), ("wording", one.wording, other.wording)):
        if left and right:
            weighed[name] = float(left == right)
            reasons.append(f"the same {name}" if left == right else f"another {name}")
    score = sum(EDITION_WEIGHTS[name] * value for name, value in weighed.items()) / sum(
        EDITION_WEIGHTS[name] for name in weighed
    )
    features = {name: value for name, value in weighed.items() if name.endswith("Score")}
    return PairComparison(features, score, "; ".join(reasons) + ".")
