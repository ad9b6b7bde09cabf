"""The only door to pySHACL: the reference that every other engine is compared with.

pySHACL reads rdflib graphs. Data and shapes both travel as N-Triples written by pyoxigraph and read by one
parser of rdflib, because parsers disagree on how a plain string is typed, and then ``sh:in`` and ``sh:hasValue``
find differences that are not there.

Never use pySHACL's ``focus_nodes``: it also filters the nodes that ``sh:node`` leads to, so that such a constraint
holds for everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from importlib.resources import files

import pyshacl
from pyoxigraph import DefaultGraph, RdfFormat, Store, Triple, serialize
from rdflib import BNode, Graph
from rdflib.namespace import SH

from communique.graph.errors import ShapesError
from communique.graph.validation.engines.results_graph import read_results, unnormalized_literals
from communique.graph.validation.inventory import count_focus_nodes
from communique.graph.validation.results import ValidationReport, merge
from communique.graph.validation.view import View


def validate_view(view: View, shapes: Store) -> ValidationReport:
    """Check a view with pySHACL, without inference.

    Raises ShapesError when the processor fails: that says nothing about the data.
    """
    with _merged(view.dumps()) as data:
        results = tuple(read_results(run(data, _parse_shapes(shapes))))
    return merge([ValidationReport(results, count_focus_nodes(view, shapes))])


def report_on(view: View, shapes: Iterable[Triple]) -> Graph:
    """Check a view with shapes that may use SHACL Advanced Features, and return the report graph."""
    text = serialize(shapes, format=RdfFormat.N_TRIPLES) or b""
    with _merged(view.dumps()) as data:
        # A parsed graph is lent, and the advanced mode writes into its shapes: it gets a copy.
        copy = Graph(bind_namespaces="none")
        copy += _parse(text)
        return run(data, copy, is_advanced=True)


def check_shapes(shapes: Store) -> ValidationReport:
    """Check the shapes themselves against the shapes of SHACL (``shacl-shacl``, part of the Recommendation)."""
    rules = Store()
    text = files("pyshacl").joinpath("assets/shacl-shacl.ttl").read_bytes()
    rules.load(text, format=RdfFormat.TURTLE, base_iri="http://www.w3.org/ns/shacl-shacl")
    return merge([ValidationReport(tuple(read_results(run(_parse_shapes(shapes), _parse_shapes(rules)))))])


def run(data: Graph, shapes: Graph, *, is_advanced: bool = False) -> Graph:
    """Run pySHACL and return its report graph; ShapesError for anything else that comes back."""
    try:
        with unnormalized_literals():
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
    """Parse N-Triples; what was parsed lately is not parsed again, so readers must leave the graph as it was."""
    with unnormalized_literals():
        return Graph(bind_namespaces="none").parse(data=ntriples, format="nt", bnode_context=_SameNames())


class _SameNames(dict[str, BNode]):
    """Keeps blank nodes their names, so that a report speaks of the nodes that the store knows."""

    def get(self, key: str, default: object = None) -> BNode:
        """Name a blank node as the document does."""
        return BNode(key)


def _parse_shapes(shapes: Store) -> Graph:
    """Bring shapes to rdflib the way that data goes; pySHACL adds two axioms of its own to them, always the same."""
    return _parse(shapes.dump(format=RdfFormat.N_TRIPLES, from_graph=DefaultGraph()) or b"")
