"""RDF files → quads, statement by statement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
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
    """Read an RDF file that is to be published, statement by statement; compressed ones are decompressed on the way.

    ``graph`` takes the statements that stand in no graph of their own. ``form`` is told by the suffix (``FORMATS``)
    when None. Contexts of JSON-LD are never fetched.

    Raises
    ------
    SourceError : at once for an unknown suffix; on reaching it, with line and column where the parser tells them, for
        wrong syntax, a statement outside any graph when there is no ``graph``, and a blank node
    """
    return _sound(_parse(file, _form(file, form), notice), graph, name_of(file))


def read_any_rdf(
    file: Path | Traversable, prefixes: dict[str, str], *, form: RdfFormat | None = None
) -> Iterator[Quad]:
    """Read an RDF file of any content as ``read_rdf`` does: blank nodes and statements outside any graph may pass.

    Blank nodes are never the same as those of another file; relative IRIs start where the file lies. ``prefixes`` takes
    the prefixes of the file when it has been read.
    """
    return _parse(file, _form(file, form), None, prefixes)


def _form(file: Path | Traversable, form: RdfFormat | None) -> RdfFormat:
    """Tell the format of a file by its suffix, unless it is given."""
    suffix = PurePosixPath(plain_name(file.name)).suffix
    if form is None and suffix not in FORMATS:
        hint = "name the format: --input-format"
        raise SourceError(f"unknown suffix {suffix!r}", path=name_of(file), expected=" ".join(FORMATS), hint=hint)
    return form or FORMATS[suffix]


def _parse(
    file: Path | Traversable, form: RdfFormat, notice: Notice | None, prefixes: dict[str, str] | None = None
) -> Iterator[Quad]:
    """Parse a file; with ``prefixes`` as one that shares no blank node and knows where it lies."""
    is_any = prefixes is not None
    base = file.resolve().as_uri() if is_any and isinstance(file, Path) else None
    try:
        with open_stream(file, notice) as stream:
            source = WellFormed(stream) if form == RdfFormat.RDF_XML else stream
            # Whatever can be read from will do.
            content = cast(BinaryIO, source)
            parser = pyoxigraph.parse(content, format=form, base_iri=base, rename_blank_nodes=is_any)
            yield from parser
            if prefixes is not None:
                prefixes.update(parser.prefixes)
            _exhaust(source)
    except SyntaxError as error:
        raise explain(error, file, form) from error


def _sound(quads: Iterable[Quad], graph: NamedNode | None, path: str) -> Iterator[Quad]:
    """Check what a parser lets pass."""
    for quad in quads:
        if graph is not None and isinstance(quad.graph_name, DefaultGraph):
            quad = Quad(quad.subject, quad.predicate, quad.object, graph)
        yield quad if _is_sound(quad) else _refuse(quad, path)


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
