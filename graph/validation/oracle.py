"""The only door to pySHACL: the reference that every other engine is compared with.

pySHACL reads rdflib graphs. Data and shapes both travel as N-Triples written by pyoxigraph and read by one
parser of rdflib, because parsers disagree on how a plain string is typed, and then ``sh:in`` and ``sh:hasValue``
find differences that are not there.

Never use pySHACL's ``focus_nodes``: it also filters the nodes that ``sh:node`` leads to, so that such a constraint
holds for everything.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from importlib.resources import files

import pyshacl
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Store, Triple
from rdflib import BNode, Graph, URIRef
from rdflib import Literal as RdfLiteral
from rdflib.collection import Collection as RdfList
from rdflib.namespace import SH
from rdflib.term import Node

from communique.graph.errors import ShapesError
from communique.graph.validation.results import Shape, Term, ValidationReport, ValidationResult, merge
from communique.graph.validation.targets import count_focus_nodes, focus_nodes
from communique.graph.validation.view import View

_MESSAGE = NamedNode(str(SH.message))
_OPERATORS = {SH.inversePath: "^{}", SH.zeroOrMorePath: "{}*", SH.oneOrMorePath: "{}+", SH.zeroOrOnePath: "{}?"}


def validate_view(view: View, shapes: Store) -> ValidationReport:
    """Check a view with pySHACL, without inference.

    Raises ShapesError when the processor fails: that says nothing about the data.
    """
    with _merged(view.dumps()) as data:
        results = tuple(read_results(run(data, _parse_shapes(shapes))))
    return merge([ValidationReport(results, count_focus_nodes(view, shapes))])


def validate_triples(view: View, shapes: Iterable[Triple], targeted: Iterable[Shape]) -> ValidationReport:
    """Check a view with shapes that use SHACL Advanced Features; ``targeted`` are those whose focus nodes count."""
    store = Store()
    store.extend(Quad(*triple) for triple in shapes)
    with _merged(view.dumps()) as data:
        # A parsed graph is lent, and the advanced mode writes into its shapes: give it a copy.
        found = read_results(run(data, _copy(_parse_shapes(store)), is_advanced=True))
        results = tuple(_without_default(result, store) for result in found)
    return merge([ValidationReport(results, {shape: len(focus_nodes(view, store, shape)) for shape in targeted})])


def check_shapes(shapes: Store) -> ValidationReport:
    """Check the shapes themselves against the shapes of SHACL (``shacl-shacl``, part of the Recommendation)."""
    rules = Store()
    text = files("pyshacl").joinpath("assets/shacl-shacl.ttl").read_bytes()
    rules.load(text, format=RdfFormat.TURTLE, base_iri="http://www.w3.org/ns/shacl-shacl")
    return merge([ValidationReport(tuple(read_results(run(_parse_shapes(shapes), _parse_shapes(rules)))))])


def run(data: Graph, shapes: Graph, *, is_advanced: bool = False) -> Graph:
    """Run pySHACL and give its report graph; ShapesError for anything else that comes back."""
    try:
        conforms, report, text = pyshacl.validate(
            data, shacl_graph=shapes, inference="none", advanced=is_advanced, iterate_rules=False
        )
    # pySHACL lets pass whatever its parts raise: a wrong query, a node expression that it does not know, and from
    # Python 3.14 on the TypeError of an ill-typed literal, which rdflib took for the smaller one before.
    except Exception as error:
        raise ShapesError(
            f"pySHACL stopped: {str(error).strip() or type(error).__name__}",
            hint="correct the shapes; the data was not judged",
        ) from error
    # A failure comes back as conforms=False with the exception in the place of the report graph.
    if not isinstance(report, Graph):
        raise ShapesError(f"pySHACL failed: {text}", hint="correct the shapes; the data was not judged")
    if conforms == any(report.triples((None, SH.result, None))):
        raise ShapesError("the report of pySHACL contradicts itself", expected="results exactly when not conforming")
    return report


def read_results(report: Graph) -> Iterator[ValidationResult]:
    """Read the results at the top of a report graph; those nested as ``sh:detail`` explain them and are left out."""
    for node in report.objects(None, SH.result):
        path = report.value(node, SH.resultPath)
        constraint = report.value(node, SH.sourceConstraint)
        yield ValidationResult(
            focus=_term(_needed(report, node, SH.focusNode)),
            path=None if path is None else write_path(report, path),
            value=_optional(report.value(node, SH.value)),
            component=_name(_needed(report, node, SH.sourceConstraintComponent)),
            shape=_resource(_needed(report, node, SH.sourceShape)),
            severity=_name(_needed(report, node, SH.resultSeverity)),
            message=" ".join(sorted(str(text) for text in report.objects(node, SH.resultMessage))),
            constraint=None if constraint is None else _resource(constraint),
        )


def write_path(graph: Graph, path: Node) -> str:
    """Write a SHACL path as a SPARQL property path with full IRIs; composite parts stand in parentheses."""
    if isinstance(path, URIRef):
        return path.n3()
    for predicate, pattern in _OPERATORS.items():
        inner = graph.value(path, predicate)
        if inner is not None:
            return pattern.format(_grouped(graph, inner))
    options = graph.value(path, SH.alternativePath)
    mark, steps = ("/", path) if options is None else ("|", options)
    return mark.join(_grouped(graph, step) for step in RdfList(graph, steps))


def _grouped(graph: Graph, path: Node) -> str:
    """Write a part of a path, in parentheses unless it is one IRI."""
    text = write_path(graph, path)
    return text if isinstance(path, URIRef) else f"({text})"


@contextmanager
def _merged(dumps: Iterable[bytes]) -> Iterator[Graph]:
    """Merge N-Triples documents into one graph, for as long as the context lasts.

    The largest of them is parsed once and lent: what the others add is taken out again. Views of one store share
    the ontology, so that only the few triples of a document are moved for each of them.
    """
    largest, *others = sorted(dumps, key=len, reverse=True)
    graph = _parse(largest)
    added = {triple for dump in others for triple in _parse(dump) if triple not in graph}
    try:
        for triple in added:
            graph.add(triple)
        yield graph
    finally:
        for triple in added:
            graph.remove(triple)


@lru_cache(maxsize=8)
def _parse(ntriples: bytes) -> Graph:
    """Parse N-Triples; what was parsed lately is not parsed again, so readers must leave the graph as it was.

    rdflib logs every ill-typed literal with a traceback; finding those is what the shapes are for.
    """
    logger = logging.getLogger("rdflib.term")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        return Graph(bind_namespaces="none").parse(data=ntriples, format="nt", bnode_context=_SameNames())
    finally:
        logger.setLevel(level)


class _SameNames(dict[str, BNode]):
    """Keeps blank nodes their names, so that a report speaks of the nodes that the store knows."""

    def get(self, key: str, default: object = None) -> BNode:
        """Name a blank node as the document does."""
        return BNode(key)


def _without_default(result: ValidationResult, shapes: Store) -> ValidationResult:
    """Take away the message that pySHACL writes where a shape has none, as the compiled engine has none there."""
    owners = (result.shape, result.constraint)
    has_own = any(next(shapes.quads_for_pattern(node, _MESSAGE, None), None) for node in owners if node is not None)
    return result if has_own or not result.component.value.startswith(str(SH)) else replace(result, message="")


def _copy(graph: Graph) -> Graph:
    """Copy a graph."""
    copy = Graph(bind_namespaces="none")
    copy += graph
    return copy


def _parse_shapes(shapes: Store) -> Graph:
    """Bring shapes to rdflib the way that data goes; pySHACL adds two axioms of its own to them, always the same."""
    return _parse(shapes.dump(format=RdfFormat.N_TRIPLES, from_graph=DefaultGraph()) or b"")


def _needed(report: Graph, node: Node, predicate: URIRef) -> Node:
    """Read what every result must have."""
    found = report.value(node, predicate)
    if found is None:
        raise ShapesError(f"a result of pySHACL has no {predicate}")
    return found


def _term(node: Node) -> Term:
    """Turn a term of rdflib into one of pyoxigraph."""
    if isinstance(node, RdfLiteral):
        if node.language:
            return Literal(str(node), language=node.language)
        return Literal(str(node), datatype=None if node.datatype is None else NamedNode(str(node.datatype)))
    return _resource(node)


def _optional(node: Node | None) -> Term | None:
    """Turn a term that may be absent."""
    return None if node is None else _term(node)


def _resource(node: Node) -> NamedNode | BlankNode:
    """Turn an IRI or a blank node."""
    return BlankNode(str(node)) if isinstance(node, BNode) else NamedNode(str(node))


def _name(node: Node) -> NamedNode:
    """Turn an IRI."""
    return NamedNode(str(node))
