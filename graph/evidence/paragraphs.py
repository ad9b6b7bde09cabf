"""Paragraph by paragraph: which nodes have it as evidence, how many facts, or why there are none.

A *fact*, here and wherever the product counts facts, is a triple of a stated or inferred graph (``graph/doc/NNN``,
``graph/doc/NNN/inferred``) whose subject has ``com:evidence`` in that same graph, unless its predicate is one of
``NOT_COUNTED``: class and labels; evidence and rule; the day taken over from the document's date; the
bounds of a date, which its text stands for. What describes evidence, and a document in its header, is no fact.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Quad

from communique.graph.evidence.pointers import (
    Node,
    Pointer,
    PublishedQuad,
    Texts,
    find_evidence,
    find_pointers,
    read_published,
)
from communique.graph.terms.namespaces import GRAPH, shorten, term

NOT_COUNTED = frozenset(
    term(name)
    for name in (
        *("rdf:type", "skos:prefLabel", "skos:altLabel", "dct:title"),
        *("com:evidence", "com:inferenceRule", "com:asOf", "com:attestedOn"),
        *("com:beginEarliest", "com:beginLatest", "com:endEarliest", "com:endLatest"),
        *("com:concludedEarliest", "com:concludedLatest"),
    )
)
_DOCUMENT_GRAPH = re.compile(re.escape(GRAPH) + r"doc/([^/]+)(?:/inferred)?")


@dataclass(frozen=True, slots=True, order=True)
class CoveredNode:
    """A node with a paragraph as evidence; ``label`` is English, empty when there is none; ``classes`` are prefixed."""

    identifier: str
    label: str
    classes: tuple[str, ...]


@dataclass(frozen=True, slots=True, order=True)
class ParagraphCoverage:
    """What the graph holds of one paragraph.

    ``facts`` are those whose subject has the paragraph as evidence; a subject with several counts in each of them,
    since evidence belongs to nodes. ``reason`` is the recorded reason why the paragraph carries none.
    """

    document: str
    locator: int
    nodes: tuple[CoveredNode, ...] = ()
    facts: int = 0
    reason: str | None = None

    @property
    def is_gap(self) -> bool:
        """Whether the paragraph is the evidence of no node and no reason is recorded."""
        return not self.nodes and self.reason is None


def coverage(quads: Iterable[Quad], texts: Texts | None = None) -> list[ParagraphCoverage]:
    """RowCounts for each paragraph that has evidence; with ``texts``, also for those of known documents that have none.

    ``texts`` are as for ``check``; an empty line is no paragraph. In the order of document and paragraph.
    """
    published = read_published(quads)
    pointers, evidence = find_pointers(published), find_evidence(published)
    nodes: dict[NamedNode, set[NamedNode]] = defaultdict(set)
    for (_, subject), paragraphs in evidence.items():
        for paragraph in paragraphs:
            nodes[paragraph].add(subject)
    facts = Counter(paragraph for fact in _find_facts(published, evidence) for paragraph in evidence[fact.node])
    known = _describe({node for group in nodes.values() for node in group}, published)
    covered = [
        ParagraphCoverage(
            each.document,
            each.locator,
            tuple(sorted(known[node] for node in nodes[paragraph])),
            facts[paragraph],
            each.reason,
        )
        for paragraph, each in pointers.items()
    ]
    return sorted([*covered, *_find_missing(pointers.values(), texts or {})])


def facts_per_document(quads: Iterable[Quad]) -> dict[str, int]:
    """Count the facts of each document by its number; a fact both stated and inferred counts once."""
    published = read_published(quads)
    facts = {(_document(fact), fact[1:]) for fact in _find_facts(published, find_evidence(published))}
    return dict(sorted(Counter(document for document, _ in facts).items()))


def _find_facts(quads: Iterable[PublishedQuad], with_evidence: Collection[Node]) -> Iterator[PublishedQuad]:
    """Find the facts among quads, as the head of this module defines them."""
    return (
        each for each in quads if each.predicate not in NOT_COUNTED and each.node in with_evidence and _document(each)
    )


def _document(quad: PublishedQuad) -> str:
    """Return the document in whose graph a quad is; empty when it is in none."""
    match = _DOCUMENT_GRAPH.fullmatch(quad.graph.value)
    return match[1] if match else ""


def _describe(nodes: Collection[NamedNode], quads: Iterable[PublishedQuad]) -> dict[NamedNode, CoveredNode]:
    """Find label and classes of nodes in whatever graph they are."""
    labels: dict[NamedNode, str] = {}
    classes: dict[NamedNode, set[str]] = {node: set() for node in nodes}
    for _, subject, predicate, value in (each for each in quads if each.subject in classes):
        if predicate == term("rdf:type"):
            classes[subject].add(shorten(value.value))
        elif predicate == term("skos:prefLabel") and isinstance(value, Literal) and value.language == "en":
            labels[subject] = value.value
    return {
        node: CoveredNode(shorten(node.value), labels.get(node, ""), tuple(sorted(classes[node]))) for node in nodes
    }


def _find_missing(pointers: Iterable[Pointer], texts: Texts) -> Iterator[ParagraphCoverage]:
    """Find the paragraphs of known documents to which no evidence points."""
    pointers = tuple(pointers)
    present = {(pointer.document, pointer.locator) for pointer in pointers}
    for document, source in sorted({(pointer.document, pointer.source) for pointer in pointers}):
        for locator, paragraph in enumerate(texts.get(source, ()), start=1):
            if paragraph.strip() and (document, locator) not in present:
                yield ParagraphCoverage(document, locator)
