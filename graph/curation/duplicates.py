"""Duplicates across sources: agreements, events and commitments of different documents that may be one, with a reason.

They become candidates in a graph of their own, which each run replaces.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from decimal import Decimal

from pyoxigraph import Literal, NamedNode, Quad

from communique.graph.curation.comparison import PairComparison, Proposal, compare, pair_up
from communique.graph.curation.editions import pair_editions, read_listed
from communique.graph.curation.entries import share_entries
from communique.graph.curation.judgements import Pair
from communique.graph.curation.records import KINDS, Ask, read_records
from communique.graph.terms.identifiers import DUPLICATES, document, entity, pair_key
from communique.graph.terms.namespaces import XSD, concept, term

MINIMUM = 0.8


@dataclass(frozen=True, slots=True)
class FoundDuplicates:
    """What a search came to.

    Attributes
    ----------
    proposals : by falling score
    records, compared : how many records were read, and how many pairs of them compared
    decided : pairs left out because somebody judged them
    skipped : blocks that were too large to compare all of their records
    """

    proposals: tuple[Proposal, ...]
    records: int
    compared: int
    decided: int
    skipped: int


def search(ask: Ask, decided: AbstractSet[Pair], *, minimum: float = MINIMUM) -> FoundDuplicates:
    """Find pairs of agreements, of events, and of commitments, of different documents that score at least ``minimum``.

    Nodes of which sources say that they are one entry elsewhere are proposed whatever they score. ``decided`` are
    pairs, in the order of their IRIs, that need no proposal any more. Commitments are compared bearer by bearer, as
    editions of a register list them, and each is paired once.
    """
    found: list[Proposal] = []
    records = compared = skipped = 0
    for kind in KINDS:
        read = read_records(ask, kind)
        blocks = pair_up(read)
        for left, right in blocks.pairs:
            comparison = compare(read[left], read[right])
            if comparison is not None and comparison.score >= minimum:
                found.append(Proposal(read[left], read[right], comparison))
        records, compared, skipped = records + len(read), compared + len(blocks.pairs), skipped + blocks.skipped
    listed = read_listed(ask)
    found += pair_editions(listed, minimum=minimum)
    found += share_entries(ask)
    pairs = _join(found)
    left_over = [each for pair, each in pairs.items() if pair not in decided]
    left_over.sort(key=lambda each: (-each.comparison.score, each.left.node.value, each.right.node.value))
    return FoundDuplicates(tuple(left_over), records + len(listed), compared, len(pairs) - len(left_over), skipped)


def _join(proposals: Iterable[Proposal]) -> dict[Pair, Proposal]:
    """Make one proposal of those for one pair, similar and said to be one entry: the higher score counts."""
    found: dict[Pair, Proposal] = {}
    for each in proposals:
        pair = each.left.node, each.right.node
        known = found.setdefault(pair, each)
        if known is not each:
            one, other = known.comparison, each.comparison
            features = {**other.features, **one.features}
            joined = PairComparison(features, max(one.score, other.score), f"{one.reason} {other.reason}")
            found[pair] = Proposal(known.left, known.right, joined)
    return found


def proposal_quads(proposals: Sequence[Proposal]) -> list[Quad]:
    """Write proposals for their graph; without any there is still a line that says what the graph is for."""
    text = Literal(
        "Agreements, events and commitments of different documents that may be one, found by communique duplicates.",
        language="en",
    )
    return [
        Quad(DUPLICATES, term("dct:description"), text, DUPLICATES),
        Quad(DUPLICATES, term("com:certainty"), concept("certainty", "candidate"), DUPLICATES),
        *(quad for each in proposals for quad in _candidate_quads(each)),
    ]


def _candidate_quads(proposal: Proposal) -> Iterable[Quad]:
    left, right = proposal.left, proposal.right
    node = entity(f"candidate/{pair_key(left.node, right.node)}")
    facts: list[tuple[str, NamedNode | Literal]] = [
        ("rdf:type", term("com:CandidateMatch")),
        ("com:candidateLeft", left.node),
        ("com:candidateRight", right.node),
        ("com:matchReason", Literal(proposal.comparison.reason, language="en")),
        ("com:reviewStatus", Literal("unreviewed")),
        ("com:matchScore", _decimal(proposal.comparison.score)),
        *((f"com:{name}", _decimal(value)) for name, value in sorted(proposal.comparison.features.items())),
        *(("dct:source", document(number)) for number in sorted(left.documents | right.documents)),
    ]
    return (Quad(node, term(name), value, DUPLICATES) for name, value in facts)


def _decimal(value: float) -> Literal:
    """Write a score with three decimals."""
    return Literal(str(round(Decimal(value), 3)), datatype=NamedNode(XSD + "decimal"))
