"""Nodes of which sources say that they are one entry elsewhere: one thing, or a wrong claim; names tell which."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import combinations

from pyoxigraph import NamedNode
from rapidfuzz import fuzz

from communique.graph.curation.duplicates.comparison import Comparison
from communique.graph.curation.duplicates.records import Ask, Record
from communique.graph.linking.forms import expanded, plain
from communique.graph.terms.identifiers import document_of
from communique.graph.terms.namespaces import ID, prologue

WEIGHTS = {"entryScore": 0.6, "titleScore": 0.4}
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

Pairing = tuple[Record, Record, Comparison]


def share_entries(ask: Ask) -> Iterator[Pairing]:
    """Pair the nodes that share an entry, in the order of their IRIs; once, however many entries they share."""
    bearers, documents = _read(ask)
    names: dict[NamedNode, set[str]] = defaultdict(set)
    for row in ask(_NAMES):
        names[row["node"]].add(row["name"].value)
    shared: dict[tuple[NamedNode, NamedNode], list[str]] = defaultdict(list)
    for entry, nodes in sorted(bearers.items()):
        known = sorted(nodes, key=lambda node: node.value)
        for left, right in (
            combinations(known, 2) if len(known) <= _MANY else ((known[0], other) for other in known[1:])
        ):
            shared[left, right].append(entry)
    for (left, right), entries in shared.items():
        one, other = (_record(node, names, documents) for node in (left, right))
        yield one, other, _compare(one, other, entries)


def _read(ask: Ask) -> tuple[dict[str, set[NamedNode]], dict[NamedNode, set[str]]]:
    """Read which nodes have an entry, and by which documents."""
    bearers: dict[str, set[NamedNode]] = defaultdict(set)
    documents: dict[NamedNode, set[str]] = defaultdict(set)
    for row in ask(_ENTRIES):
        if row["node"].value.startswith(ID):
            bearers[row["entry"].value].add(row["node"])
            if document := document_of(row["graph"]):
                documents[row["node"]].add(document)
    return bearers, documents


def _record(node: NamedNode, names: Mapping[NamedNode, set[str]], documents: Mapping[NamedNode, set[str]]) -> Record:
    """Describe a node as far as it is compared here."""
    titles, found = tuple(sorted(names.get(node, ()))), frozenset(documents.get(node, ()))
    return Record(node, "", frozenset(), titles, frozenset(), None, None, found)


def _compare(left: Record, right: Record, entries: list[str]) -> Comparison:
    """Compare the names of two nodes with a common entry."""
    ours, others = ([expanded(plain(title)) for title in record.titles] for record in (left, right))
    alike = max((fuzz.token_sort_ratio(one, other) / 100 for one in ours for other in others), default=0.0)
    features = {"entryScore": 1.0, "titleScore": alike}
    score = sum(WEIGHTS[name] * value for name, value in features.items())
    return Comparison(features, score, f"Both are said to be {' and '.join(entries)}; names {alike:.0%} alike.")
