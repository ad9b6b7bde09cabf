"""Nodes of which sources say that they are one entry elsewhere: one thing, or a wrong claim; names say which."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations

from pyoxigraph import NamedNode
from rapidfuzz import fuzz

from communique.graph.curation.comparison import PairComparison, Proposal
from communique.graph.curation.records import Ask, SourceRecord
from communique.graph.linking.normalization import expand, normalize
from communique.graph.terms.identifiers import document_of
from communique.graph.terms.namespaces import ID, prologue

ENTRY_WEIGHTS = {"entryScore": 0.6, "titleScore": 0.4}
# More nodes with one entry are each paired with the first of them alone: the entry is then hardly one.
_MANY = 6

_ENTRIES = (
    prologue(("com", "skos"))
    + """SELECT DISTINCT ?node ?entry ?graph {
  { GRAPH ?graph { ?node com:claimedMatch ?entry } } UNION { ?node skos:exactMatch ?entry }
  FILTER(!STRSTARTS(STR(?entry), "https://w3id.org/communique/id/"))
}"""
)
_NAMES = (
    prologue(("com", "skos"))
    + """SELECT DISTINCT ?node ?name {
  ?node com:claimedMatch|skos:exactMatch ?entry ; skos:prefLabel|skos:altLabel ?name .
}"""
)


def share_entries(ask: Ask) -> Iterator[Proposal]:
    """Pair the nodes that share an entry, in the order of their IRIs; once, however many entries they share."""
    bearers: dict[str, set[NamedNode]] = defaultdict(set)
    documents: dict[NamedNode, set[str]] = defaultdict(set)
    for row in ask(_ENTRIES):
        if row["node"].value.startswith(ID):
            bearers[row["entry"].value].add(row["node"])
            if document := document_of(row["graph"]):
                documents[row["node"]].add(document)
    names: dict[NamedNode, set[str]] = defaultdict(set)
    for row in ask(_NAMES):
        names[row["node"]].add(row["name"].value)
    shared: dict[tuple[NamedNode, NamedNode], list[str]] = defaultdict(list)
    for entry, nodes in sorted(bearers.items()):
        known = sorted(nodes, key=lambda node: node.value)
        pairs = combinations(known, 2) if len(known) <= _MANY else ((known[0], other) for other in known[1:])
        for pair in pairs:
            shared[pair].append(entry)
    for (left, right), entries in shared.items():
        # Only names are compared, so nothing else is read of the nodes.
        one, other = (
            SourceRecord(
                node=node,
                kind="",
                classes=frozenset(),
                titles=tuple(sorted(names.get(node, ()))),
                parties=frozenset(),
                first=None,
                last=None,
                documents=frozenset(documents.get(node, ())),
            )
            for node in (left, right)
        )
        yield Proposal(one, other, _compare(one, other, entries))


def _compare(left: SourceRecord, right: SourceRecord, entries: list[str]) -> PairComparison:
    """Compare the names of two nodes with a common entry."""
    ours, others = ([expand(normalize(title)) for title in record.titles] for record in (left, right))
    alike = max((fuzz.token_sort_ratio(one, other) / 100 for one in ours for other in others), default=0.0)
    features = {"entryScore": 1.0, "titleScore": alike}
    score = sum(ENTRY_WEIGHTS[name] * value for name, value in features.items())
    return PairComparison(features, score, f"Both are said to be {' and '.join(entries)}; names {alike:.0%} alike.")
