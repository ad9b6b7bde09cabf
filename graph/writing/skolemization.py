"""Blank nodes → IRIs (RDF 1.1 Concepts, 3.5): the published graph has none, and its names have to be stable.

A blank node is called by the digest of the statements that came with it, their graph included, and by its label in
their canonical form (RDF Dataset Canonicalization 1.0). So the same statements of one graph always give the same names,
and to send them once more changes nothing; nodes of two graphs are never taken for one. The names begin with
``SKOLEM``, by which they are known again where a graph is handed out as it was written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable

from pyoxigraph import BlankNode, CanonicalizationAlgorithm, Dataset, DefaultGraph, NamedNode, Quad, Triple

from communique.graph.errors import SourceError
from communique.graph.terms.namespaces import SKOLEM


def skolemize(quads: Collection[Quad]) -> list[Quad]:
    """Name the blank nodes of quads that belong together; SourceError for a triple as a term.

    The time may grow exponentially with the number of nodes that look alike: the caller limits it.
    """
    if any(isinstance(quad.object, Triple) for quad in quads):
        raise SourceError("a triple as object", expected="a node or a literal as object")
    concerned = [quad for quad in quads if _is_anonymous(quad)]
    if not concerned:
        return list(quads)
    dataset = Dataset(concerned)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    digest = hashlib.sha256("".join(sorted(f"{quad} .\n" for quad in dataset)).encode()).hexdigest()[:32]
    rest = [quad for quad in quads if not _is_anonymous(quad)]
    return rest + [_named(quad, digest) for quad in dataset]


def _is_anonymous(quad: Quad) -> bool:
    return any(isinstance(part, BlankNode) for part in (quad.subject, quad.object, quad.graph_name))


def _named(quad: Quad, digest: str) -> Quad:
    subject, object, graph = (
        NamedNode(f"{SKOLEM}{digest}-{part.value}") if isinstance(part, BlankNode) else part
        for part in (quad.subject, quad.object, quad.graph_name)
    )
    return Quad(subject, quad.predicate, object, graph)  # type: ignore[arg-type]


def in_graph(quads: Iterable[Quad], graph: NamedNode | DefaultGraph) -> list[Quad]:
    """Put the statements of quads into one graph."""
    return [Quad(quad.subject, quad.predicate, quad.object, graph) for quad in quads]
