"""Quads as a value: canonical N-Quads and the snapshot id that follows from them."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable

from pyoxigraph import BlankNode, NamedNode, Quad

from communique.graph.errors import MappingError


def canonical_lines(quads: Iterable[Quad]) -> list[str]:
    """Write each quad as one N-Quads line, sorted by code point, without repeats.

    The published graph has no blank nodes, so sorting alone makes the form canonical
    (RDF Dataset Canonicalization 1.0 reduces to it). A blank node raises MappingError.
    """
    lines = set()
    for quad in quads:
        _refuse_blank(quad)
        lines.add(f"{quad} .")
    return sorted(lines)


def snapshot_id(lines: Iterable[str]) -> str:
    """Hash canonical N-Quads lines: the first 16 hexadecimal digits of their SHA-256."""
    digest = hashlib.sha256()
    for line in lines:
        digest.update(line.encode() + b"\n")
    return digest.hexdigest()[:16]


def count_by_graph(quads: Iterable[Quad]) -> dict[str, int]:
    """Count quads per graph IRI, in the order of the IRIs; the default graph is the empty string."""
    counts = Counter(quad.graph_name.value if isinstance(quad.graph_name, NamedNode) else "" for quad in quads)
    return dict(sorted(counts.items()))


def _refuse_blank(quad: Quad) -> None:
    """Stop a blank node from entering the published graph."""
    if any(isinstance(part, BlankNode) for part in (quad.subject, quad.object, quad.graph_name)):
        raise MappingError(f"blank node in {quad}", expected="an IRI for every node", hint="name the node")
