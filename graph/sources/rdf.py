"""RDF files → quads, statement by statement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath
from types import MappingProxyType

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, RdfFormat, Triple

from communique.graph.errors import Faults, SourceError
from communique.graph.sources.decoding.process import read_quads
from communique.graph.sources.decoding.rdf import Form
from communique.graph.sources.decoding.streams import Notice, name_of, plain_name

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
    SourceError : at once for an unknown suffix; at the end, with line and column where the parser tells them, for
        wrong syntax, a statement outside any graph when there is no ``graph``, and a blank node. Several faults are
        one ``SourceErrors``; from the first on no statement is given
    SourceLimit : parsing takes more than the limits of the settings, or breaks the parser
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
    base = file.resolve().as_uri() if prefixes is not None and isinstance(file, Path) else None
    return read_quads(file, Form(form, base, is_apart=prefixes is not None), prefixes, notice)


def _sound(quads: Iterable[Quad], graph: NamedNode | None, path: str) -> Iterator[Quad]:
    """Check what a parser lets pass; nothing is given after the first fault, but the others are looked for."""
    faults = Faults()
    with faults.gathered():
        for quad in quads:
            if graph is not None and isinstance(quad.graph_name, DefaultGraph):
                quad = Quad(quad.subject, quad.predicate, quad.object, graph)
            if not _is_sound(quad):
                faults.add(_refusal(quad, path))
            elif not faults.count:
                yield quad
    faults.check(path)


def _is_sound(quad: Quad) -> bool:
    """Tell whether a statement can be published: in a graph, every node named."""
    return (
        isinstance(quad.graph_name, NamedNode)
        and isinstance(quad.subject, NamedNode)
        and not isinstance(quad.object, BlankNode | Triple)
    )


def _refusal(quad: Quad, path: str) -> SourceError:
    """Say what is wrong with a statement."""
    if isinstance(quad.graph_name, DefaultGraph):
        expected, hint = "a named graph in the file, or a target graph", "name the target graph: --graph doc/900"
        return SourceError(f"a statement outside any graph: {quad.triple}", path=path, expected=expected, hint=hint)
    if isinstance(quad.object, Triple):
        expected = "a node or a literal as object"
        return SourceError(f"a triple as object: {quad.subject} {quad.predicate} …", path=path, expected=expected)
    expected, hint = "an IRI for every node", "name the node in the file"
    return SourceError(f"a blank node: {quad.triple}", path=path, expected=expected, hint=hint)
