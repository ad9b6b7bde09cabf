"""RDF files → quads, statement by statement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath
from types import MappingProxyType

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, RdfFormat, Triple

from communique.graph.errors import Faults, SourceError
from communique.graph.sources.decoding.process import read_quads
from communique.graph.sources.decoding.rdf import ParseOptions
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

    ``graph`` takes the statements that stand in no graph of their own. ``form`` is that of the suffix (``FORMATS``)
    when None. Contexts of JSON-LD are never fetched.

    Raises
    ------
    SourceError : at once for an unknown suffix; at the end, with line and column where the parser knows them, for
        wrong syntax, a statement outside any graph when there is no ``graph``, and a blank node. Several faults are
        one ``SourceErrors``; from the first on no statement is yielded
    SourceLimit : parsing takes more than the limits of the settings, or breaks the parser
    """
    return _publishable(_parse(file, _form(file, form), notice), graph, name_of(file))


def read_any_rdf(
    file: Path | Traversable, prefixes: dict[str, str], *, form: RdfFormat | None = None
) -> Iterator[Quad]:
    """Read an RDF file of any content as ``read_rdf`` does: blank nodes and statements outside any graph may pass.

    Blank nodes are never the same as those of another file; relative IRIs start where the file lies. ``prefixes`` takes
    the prefixes of the file when it has been read.
    """
    return _parse(file, _form(file, form), None, prefixes)


def _form(file: Path | Traversable, form: RdfFormat | None) -> RdfFormat:
    """Return the format of a file by its suffix, unless it is given."""
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
    return read_quads(file, ParseOptions(form, base, is_apart=prefixes is not None), prefixes, notice)


def _publishable(quads: Iterable[Quad], graph: NamedNode | None, path: str) -> Iterator[Quad]:
    """Refuse what a parser lets pass and nobody may publish: statements outside any graph, blank nodes, triples.

    Nothing is yielded after the first fault, but the others are looked for.
    """
    faults = Faults()
    with faults.gathered():
        for quad in quads:
            if graph is not None and isinstance(quad.graph_name, DefaultGraph):
                quad = Quad(quad.subject, quad.predicate, quad.object, graph)
            is_named = isinstance(quad.graph_name, NamedNode) and isinstance(quad.subject, NamedNode)
            if is_named and not isinstance(quad.object, BlankNode | Triple):
                if not faults.count:
                    yield quad
                continue
            if isinstance(quad.graph_name, DefaultGraph):
                message = f"a statement outside any graph: {quad.triple}"
                expected = "a named graph in the file, or a target graph"
                hint = "name the target graph: --graph doc/900"
                faults.add(SourceError(message, path=path, expected=expected, hint=hint))
            elif isinstance(quad.object, Triple):
                message = f"a triple as object: {quad.subject} {quad.predicate} …"
                faults.add(SourceError(message, path=path, expected="a node or a literal as object"))
            else:
                message, hint = f"a blank node: {quad.triple}", "name the node in the file"
                faults.add(SourceError(message, path=path, expected="an IRI for every node", hint=hint))
    faults.check(path)
