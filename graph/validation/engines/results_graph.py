"""Report graphs of other processors → results (SHACL 1.0, section 3.6)."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import rdflib
from pyoxigraph import BlankNode, Literal, NamedNode, Triple
from rdflib import BNode, Graph, URIRef
from rdflib import Literal as RdfLiteral
from rdflib.collection import Collection as RdfList
from rdflib.namespace import RDF, SH
from rdflib.term import Node

from communique.graph.errors import ShapesError
from communique.graph.validation.results import Term, ValidationResult

_MESSAGE = NamedNode(str(SH.message))
_OPERATORS = {SH.inversePath: "^{}", SH.zeroOrMorePath: "{}*", SH.oneOrMorePath: "{}+", SH.zeroOrOnePath: "{}?"}


@contextmanager
def unnormalized_literals() -> Iterator[None]:
    """Keep rdflib from making ``1`` of ``01``, and from logging every ill-typed literal with a traceback.

    It does so with each literal when it is left to itself; to find ill-typed ones is what the shapes are for.
    """
    logger = logging.getLogger("rdflib.term")
    level, is_normal = logger.level, rdflib.NORMALIZE_LITERALS
    logger.setLevel(logging.ERROR)
    rdflib.NORMALIZE_LITERALS = False
    try:
        yield
    finally:
        rdflib.NORMALIZE_LITERALS = is_normal
        logger.setLevel(level)


def read_results(report: Graph) -> Iterator[ValidationResult]:
    """Read the results at the top of a report graph; those nested as ``sh:detail`` explain them and are left out."""
    for node in report.objects(None, SH.result):
        path = report.value(node, SH.resultPath)
        constraint, value = report.value(node, SH.sourceConstraint), report.value(node, SH.value)
        yield ValidationResult(
            focus=_term(_needed(report, node, SH.focusNode)),
            path=None if path is None else write_path(report, path),
            value=None if value is None else _term(value),
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
    if (path, RDF.first, None) in graph:  # a list is a sequence, whatever else is said of its node
        return "/".join(_grouped(graph, step) for step in RdfList(graph, path))
    options = graph.value(path, SH.alternativePath)
    if options is not None:
        return "|".join(_grouped(graph, step) for step in RdfList(graph, options))
    for predicate, pattern in _OPERATORS.items():
        inner = graph.value(path, predicate)
        if inner is not None:
            return pattern.format(_grouped(graph, inner))
    raise ShapesError(f"{path} is no path", expected="a path of SHACL")


def _grouped(graph: Graph, path: Node) -> str:
    """Write a part of a path, in parentheses unless it is one IRI."""
    text = write_path(graph, path)
    return text if isinstance(path, URIRef) else f"({text})"


def without_defaults(results: Iterable[ValidationResult], shapes: Iterable[Triple]) -> Iterator[ValidationResult]:
    """Take away the messages that a processor writes where a shape has none, as the compiled engine has none there."""
    speaking = {triple.subject for triple in shapes if triple.predicate == _MESSAGE}
    for result in results:
        has_own = bool(speaking & {result.shape, result.constraint}) or not result.component.value.startswith(str(SH))
        yield result if has_own else replace(result, message="")


def _needed(report: Graph, node: Node, predicate: URIRef) -> Node:
    """Read what every result must have."""
    found = report.value(node, predicate)
    if found is None:
        raise ShapesError(f"a result has no {predicate}")
    return found


def _term(node: Node) -> Term:
    """Turn a term of rdflib into one of pyoxigraph."""
    if isinstance(node, RdfLiteral):
        if node.language:
            return Literal(str(node), language=node.language)
        return Literal(str(node), datatype=None if node.datatype is None else NamedNode(str(node.datatype)))
    return _resource(node)


def _resource(node: Node) -> NamedNode | BlankNode:
    return BlankNode(str(node)) if isinstance(node, BNode) else NamedNode(str(node))


def _name(node: Node) -> NamedNode:
    return NamedNode(str(node))
