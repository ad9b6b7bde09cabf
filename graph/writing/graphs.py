"""PUT, POST and DELETE of one graph → the change they make (SPARQL 1.1 Graph Store HTTP Protocol)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store

from communique.graph.errors import SourceError
from communique.graph.sources.decoding.process import read_quads
from communique.graph.sources.decoding.rdf import ParseOptions
from communique.graph.store.changes import Change
from communique.graph.writing.skolemization import in_graph, skolemize

# How gzip and Zstandard begin. Files on disk may be compressed; what strangers send is as long as it looks.
_COMPRESSED = (b"\x1f\x8b", b"\x28\xb5\x2f\xfd")

Graph = NamedNode | DefaultGraph


def read_bodies(bodies: Sequence[Path], media_types: tuple[str, ...], graph: Graph) -> list[Quad]:
    """Read the statements of a graph from the bodies of a request; blank nodes of each are its own.

    SourceError, with line and column: a body is not RDF, or states something in a graph of its own. Relative IRIs start
    at the graph, as the protocol says.
    """
    found: list[Quad] = []
    base = graph.value if isinstance(graph, NamedNode) else None
    for body, media_type in zip(bodies, media_types, strict=True):
        form = RdfFormat.from_media_type(media_type)
        if form is None:
            raise SourceError(f"{media_type} is no format of RDF")
        with body.open("rb") as file:
            if file.read(4).startswith(_COMPRESSED):
                raise SourceError("the body is compressed", expected=f"{media_type} as it is")
        quads = read_quads(body, ParseOptions(form, base, is_apart=False))
        found += skolemize(in_graph(_of_default_graph(quads), graph))
    return found


def replacement(before: Store, graph: Graph, quads: list[Quad]) -> Change:
    """Compute what makes a graph hold exactly these statements."""
    wanted = Store()
    wanted.extend(in_graph(quads, graph))
    return Change.between(list(before.quads_for_pattern(None, None, None, graph)), wanted)


def addition(before: Store, graph: Graph, quads: list[Quad]) -> Change:
    """Compute what a graph lacks of these statements."""
    wanted = Store()
    wanted.extend(in_graph(quads, graph))
    return Change([], [quad for quad in wanted if quad not in before])


def _of_default_graph(quads: Iterator[Quad]) -> Iterator[Quad]:
    for quad in quads:
        if not isinstance(quad.graph_name, DefaultGraph):
            raise SourceError(
                f"a statement in the graph {quad.graph_name}",
                expected="statements of one graph, which the address names",
                hint="send each graph by itself",
            )
        yield quad
