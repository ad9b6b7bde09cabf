"""Evidence nodes of the graph as values, and what has them as its evidence."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pyoxigraph import Literal, NamedNode, Quad

from communique.graph.terms.identifiers import tail
from communique.graph.terms.namespaces import term

Texts = Mapping[str, Sequence[str]]
Node = tuple[NamedNode, NamedNode]  # (graph, subject)

_EVIDENCE = term("com:evidence")
_FIELDS = {
    term(f"com:{name}"): name for name in ("inDocument", "locator", "passageDigest", "noFactReason", "fileDigest")
}


class PublishedQuad(NamedTuple):
    """A quad of a named graph, with IRIs and literals only."""

    graph: NamedNode
    subject: NamedNode
    predicate: NamedNode
    value: NamedNode | Literal

    @property
    def node(self) -> Node:
        """The subject together with its graph."""
        return self.graph, self.subject


@dataclass(frozen=True, slots=True)
class Pointer:
    """An evidence node; ``source`` is the SHA-256 of the file of its document, ``digest`` that of its paragraph."""

    node: NamedNode
    document: str
    source: str
    locator: int
    digest: str
    reason: str | None

    def find(self, texts: Texts) -> str | None:
        """Return the paragraph it points to; None when the text is not at hand or has no such paragraph."""
        paragraphs = texts.get(self.source, ())
        return paragraphs[self.locator - 1] if 0 < self.locator <= len(paragraphs) else None


def passage_digest(paragraph: str) -> str:
    """Hash a paragraph, its white space normalised: SHA-256 in lower-case hexadecimal digits."""
    return hashlib.sha256(" ".join(paragraph.split()).encode()).hexdigest()


def read_published(quads: Iterable[Quad]) -> list[PublishedQuad]:
    """Return the quads of named graphs that have no blank nodes."""
    return [
        PublishedQuad(quad.graph_name, quad.subject, quad.predicate, quad.object)
        for quad in quads
        if isinstance(quad.graph_name, NamedNode)
        and isinstance(quad.subject, NamedNode)
        and isinstance(quad.object, NamedNode | Literal)
    ]


def find_pointers(quads: Iterable[PublishedQuad]) -> dict[NamedNode, Pointer]:
    """Collect the evidence nodes that point to a paragraph of a document, by their IRI."""
    fields: dict[NamedNode, dict[str, str]] = defaultdict(dict)
    for _, subject, predicate, value in quads:
        if predicate in _FIELDS:
            fields[subject][_FIELDS[predicate]] = tail(value) if isinstance(value, NamedNode) else value.value
    sources = {tail(node): found["fileDigest"] for node, found in fields.items() if "fileDigest" in found}
    return {
        node: Pointer(
            node=node,
            document=found["inDocument"],
            source=sources.get(found["inDocument"], ""),
            locator=int(found["locator"]),
            digest=found.get("passageDigest", ""),
            reason=found.get("noFactReason"),
        )
        for node, found in fields.items()
        if "inDocument" in found and found.get("locator", "").isdecimal()
    }


def find_evidence(quads: Iterable[PublishedQuad]) -> dict[Node, set[NamedNode]]:
    """Collect, for each subject in each graph, its evidence nodes there."""
    evidence: dict[Node, set[NamedNode]] = defaultdict(set)
    for quad in quads:
        if quad.predicate == _EVIDENCE and isinstance(quad.value, NamedNode):
            evidence[quad.node].add(quad.value)
    return dict(evidence)
