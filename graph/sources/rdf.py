"""RDF files → quads, statement by statement."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import BinaryIO, cast

import pyoxigraph
from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, RdfFormat, Triple

from communique.graph.errors import SourceError
from communique.graph.sources.faults import WellFormed, explain
from communique.graph.sources.streams import Notice, name_of, open_stream, plain_name

FORMATS: Mapping[str, RdfFormat] = MappingProxyType(
    {
        ".ttl": RdfFormat.TURTLE,
        ".trig": RdfFormat.TRIG,
        ".nt": RdfFormat.N_TRIPLES,
        ".nq": RdfFormat.N_QUADS,
        ".rdf": RdfFormat.RDF_XML,
        ".owl": RdfFormat.RDF_XML,
        ".jsonld": RdfFormat.JSON_LD,
    }
)


def read_rdf(
    file: Path | Traversable,
    graph: NamedNode | None = None,
    *,
    form: RdfFormat | None = None,
    notice: Notice | None = None,
) -> Iterator[Quad]:
    """Read an RDF file statement by statement; gzip and Zstandard are decompressed on the way.

    ``graph`` takes the statements that stand in no graph of their own. ``form`` is told by the suffix (``FORMATS``)
    when None. Contexts of JSON-LD are never fetched.

    Raises
    ------
    SourceError : at once for an unknown suffix; on reaching it, with line and column where the parser tells them, for
        wrong syntax, a statement outside any graph when there is no ``graph``, and a blank node
    """
    suffix = PurePosixPath(plain_name(file.name)).suffix
    if form is None and suffix not in FORMATS:
        hint = "name the format: --input-format"
        raise SourceError(f"unknown suffix {suffix!r}", path=name_of(file), expected=" ".join(FORMATS), hint=hint)
    return _read(file, form or FORMATS[suffix], graph, notice)


def _read(file: Path | Traversable, form: RdfFormat, graph: NamedNode | None, notice: Notice | None) -> Iterator[Quad]:
    """Parse a file, and check what a parser lets pass."""
    try:
        with open_stream(file, notice) as stream:
            source = WellFormed(stream) if form == RdfFormat.RDF_XML else stream
            for quad in pyoxigraph.parse(cast(BinaryIO, source), format=form):
                if graph is not None and isinstance(quad.graph_name, DefaultGraph):
                    quad = Quad(quad.subject, quad.predicate, quad.object, graph)
                yield quad if _is_sound(quad) else _refuse(quad, name_of(file))
            _exhaust(source)
    except SyntaxError as error:
        raise explain(error, file, form) from error


def _is_sound(quad: Quad) -> bool:
    """Tell whether a statement can be published: in a graph, every node named."""
    return (
        isinstance(quad.graph_name, NamedNode)
        and isinstance(quad.subject, NamedNode)
        and not isinstance(quad.object, BlankNode | Triple)
    )


def _refuse(quad: Quad, path: str) -> Quad:
    """Say what is wrong with a statement."""
    if isinstance(quad.graph_name, DefaultGraph):
        expected, hint = "a named graph in the file, or a target graph", "name the target graph: --graph doc/900"
        raise SourceError(f"a statement outside any graph: {quad.triple}", path=path, expected=expected, hint=hint)
    if isinstance(quad.object, Triple):
        raise SourceError(f"a triple as object: {quad}", path=path, expected="a node or a literal as object")
    expected, hint = "an IRI for every node", "name the node in the file"
    raise SourceError(f"a blank node: {quad.triple}", path=path, expected=expected, hint=hint)


def _exhaust(source: BinaryIO | WellFormed) -> None:
    """Read on to the end, so that broken compression and XML after the last statement are noticed too."""
    while source.read(1 << 16):
        pass
