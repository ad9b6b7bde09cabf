"""The search: records → candidates, those decided left out, as quads of a graph that each run replaces."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from decimal import Decimal

from pyoxigraph import Literal, NamedNode, Quad

from communique.graph.curation.duplicates.blocks import pair_up
from communique.graph.curation.duplicates.comparison import Comparison, compare
from communique.graph.curation.duplicates.editions import pair_editions, read_listed
from communique.graph.curation.duplicates.entries import share_entries
from communique.graph.curation.duplicates.records import KINDS, Ask, Record, read_records
from communique.graph.terms.identifiers import DUPLICATES, document, entity, pair_key
from communique.graph.terms.namespaces import XSD, concept, term

MINIMUM = 0.8

Pair = tuple[NamedNode, NamedNode]


@dataclass(frozen=True, slots=True)
class Proposal:
    """Two records that may be one, in the order of their IRIs, and why."""

    left: Record
    right: Record
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class Search:
    """What a search came to.

    Attributes
    ----------
    proposals : by falling score
    records, compared : how many records were read, and how many pairs of them compared
    decided : pairs left out because somebody judged them
    passed_over : blocks that were too large to compare all of their records
    """

    proposals: tuple[Proposal, ...]
    records: int
    compared: int
    decided: int
    passed_over: int


def search(ask: Ask, decided: AbstractSet[Pair], *, minimum: float = MINIMUM) -> Search:
    """Find pairs of agreements, of events, and of commitments, of different documents that score at least ``minimum``.

    Nodes of which sources say that they are one entry elsewhere are proposed whatever they score. ``decided`` are
    pairs, in the order of their IRIs, that need no proposal any more. Commitments are looked at
    bearer by bearer, as editions of a register list them, and each is paired once.
    """
    found: list[Proposal] = []
    records = compared = passed_over = 0
    for kind in KINDS:
        read = read_records(ask, kind)
        blocks = pair_up(read)
        found += _weigh(read, blocks.pairs, minimum)
        records, compared, passed_over = (
            records + len(read),
            compared + len(blocks.pairs),
            passed_over + blocks.passed_over,
        )
    listed = read_listed(ask)
    found += (Proposal(each.left, each.right, each.comparison) for each in pair_editions(listed, minimum=minimum))
    found += (Proposal(*pairing) for pairing in share_entries(ask))
    pairs = _join(found)
    left = [each for pair, each in pairs.items() if pair not in decided]
    left.sort(key=lambda each: (-each.comparison.score, each.left.node.value, each.right.node.value))
    return Search(tuple(left), records + len(listed), compared, len(pairs) - len(left), passed_over)


def _weigh(records: Sequence[Record], pairs: Iterable[tuple[int, int]], minimum: float) -> Iterator[Proposal]:
    """Compare pairs of records, given by their places, and keep those that score enough."""
    for left, right in pairs:
        comparison = compare(records[left], records[right])
        if comparison is not None and comparison.score >= minimum:
            yield Proposal(records[left], records[right], comparison)


def _join(proposals: Iterable[Proposal]) -> dict[Pair, Proposal]:
    """Make one proposal of those for one pair, alike and said to be one entry: the higher score counts."""
    found: dict[Pair, Proposal] = {}
    for each in proposals:
        pair = each.left.node, each.right.node
        known = found.setdefault(pair, each)
        if known is not each:
            one, other = known.comparison, each.comparison
            features = {**other.features, **one.features}
            joined = Comparison(features, max(one.score, other.score), f"{one.reason} {other.reason}")
            found[pair] = Proposal(known.left, known.right, joined)
    return found


def quads_of(proposals: Sequence[Proposal]) -> list[Quad]:
    """Write proposals for their graph; without any there is still a line that says what the graph is for."""
    text = Literal(
        "Agreements, events and commitments of different documents that may be one, found by communique duplicates.",
        language="en",
    )
    return [
        Quad(DUPLICATES, term("dct:description"), text, DUPLICATES),
        Quad(DUPLICATES, term("com:certainty"), concept("certainty", "candidate"), DUPLICATES),
        *(quad for each in proposals for quad in _describe(each)),
    ]


def _describe(proposal: Proposal) -> Iterable[Quad]:
    """Describe one candidate."""
    left, right = proposal.left, proposal.right
    node = entity(f"candidate/{pair_key(left.node, right.node)}")
    facts: list[tuple[str, NamedNode | Literal]] = [
        ("rdf:type", term("com:CandidateMatch")),
        ("com:candidateLeft", left.node),
        ("com:candidateRight", right.node),
        ("com:matchReason", Literal(proposal.comparison.reason, language="en")),
        ("com:judgement", Literal("unreviewed")),
        ("com:matchScore", _share(proposal.comparison.score)),
        *((f"com:{name}", _share(value)) for name, value in sorted(proposal.comparison.features.items())),
        *(("dct:source", document(number)) for number in sorted(left.documents | right.documents)),
    ]
    return (Quad(node, term(name), value, DUPLICATES) for name, value in facts)


def _share(value: float) -> Literal:
    """Write a share with three decimals."""
    return Literal(str(round(Decimal(value), 3)), datatype=NamedNode(XSD + "decimal"))
