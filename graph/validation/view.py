"""What one validation run looks at: all graphs of a store together, or its documents each by itself."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, QuerySolutions, RdfFormat, Store

from communique.graph.errors import ShapesError
from communique.graph.store.merged import Functions, query_union
from communique.graph.terms.identifiers import ONTOLOGY, SECONDARY, document_of, inferred, stated
from communique.graph.terms.namespaces import GRAPH, ID, term
from communique.graph.validation.results import Term, ValidationReport

# Where documents stand that were set apart, and the classes that other graphs give to the nodes they mention.
_APART, _ELSEWHERE = NamedNode(GRAPH + "apart"), NamedNode(GRAPH + "elsewhere")
# Between a node and the number of its source; no identifier contains it.
_MARK = "@"
_UNNAMED = DefaultGraph()
_TYPE = term("rdf:type")


@dataclass(frozen=True, slots=True)
class View:
    """A default graph merged from graphs of a store.

    Attributes
    ----------
    graphs : the graphs merged; None for all of them. ``GRAPH`` in a query still reaches the whole store
    sources : the graphs whose nodes were renamed to be set apart, in the order of their numbers
    """

    store: Store
    graphs: tuple[NamedNode | DefaultGraph, ...] | None = None
    sources: tuple[NamedNode | DefaultGraph, ...] = ()

    def select(self, query: str, functions: Functions | None = None) -> QuerySolutions:
        """Run a SELECT over the merged graphs; ``functions`` are those that it may call beside SPARQL's own."""
        found = query_union(self.store, query, self.graphs, functions)
        if not isinstance(found, QuerySolutions):
            raise ShapesError("a check is not a SELECT", hint="select ?this and what the message needs")
        return found

    def count(self) -> int:
        """Count the quads of the merged graphs; a triple of several graphs counts in each."""
        if self.graphs is None:
            return len(self.store)
        return sum(1 for graph in self.graphs for _ in self.store.quads_for_pattern(None, None, None, graph))

    def dumps(self) -> Iterator[bytes]:
        """Write each merged graph as N-Triples, one by one, so that those shared by views can be parsed once."""
        graphs: Collection[NamedNode | BlankNode | DefaultGraph]
        graphs = (*self.store.named_graphs(), DefaultGraph()) if self.graphs is None else self.graphs
        for graph in graphs:
            yield self.store.dump(format=RdfFormat.N_TRIPLES, from_graph=graph) or b""

    def original(self, value: Term) -> Term:
        """Give a node of a source that was set apart its own name back; any other term as it is."""
        if not self.sources or not isinstance(value, NamedNode) or not value.value.startswith(ID):
            return value
        return NamedNode(value.value.rpartition(_MARK)[0])

    def renamed(self, nodes: Collection[Term]) -> frozenset[Term]:
        """Give the names that nodes have, or would have, in the sources that were set apart."""
        named = (_rename(node, str(number)) for node in nodes for number in range(len(self.sources)))
        return frozenset(named)

    def restore(self, report: ValidationReport) -> ValidationReport:
        """Give the nodes of a report their own names back, and note the document that each result is about."""
        if not self.sources:
            return report
        results = (
            replace(
                result,
                focus=self.original(result.focus),
                value=None if result.value is None else self.original(result.value),
                document=self._document(result.focus),
            )
            for result in report.results
        )
        return replace(report, results=tuple(results))

    def _document(self, node: Term) -> str | None:
        """Tell the document whose node was set apart."""
        _, mark, number = node.value.rpartition(_MARK)
        return document_of(self.sources[int(number)]) if mark and number.isdecimal() else None


def set_apart(
    store: Store,
    documents: Collection[str] | None = None,
    *,
    sources: Collection[NamedNode | DefaultGraph] | None = None,
) -> View:
    """Look at every document by itself, but at all of them in one run.

    Every node gets a name of its own in each document, so that in one graph nothing that one document says meets what
    another says: a query per document would take as many runs as there are documents. A document's stated and inferred
    graphs stand together; other graphs that state facts, such as the background, each stand for themselves, and so do
    the statements outside any graph. The ontology is merged in. Classes that a node has elsewhere are reached by
    ``GRAPH`` only, so that a document is not asked for what it does not speak about.

    ``documents`` restricts the documents, not the other graphs; ``sources`` names all that is to be set apart.
    """
    sources = tuple(_sources(store, documents) if sources is None else sources)
    quads = [quad for number, source in enumerate(sources) for quad in _renamed(store, source, str(number))]
    scratch = Store()
    scratch.extend(quads)
    # As text, which leaves the interpreter to the threads beside this one.
    terms = store.dump(format=RdfFormat.N_TRIPLES, from_graph=ONTOLOGY) or b""
    scratch.load(terms, format=RdfFormat.N_TRIPLES, to_graph=ONTOLOGY)
    scratch.extend(_classes(store, quads))
    return View(scratch, (_APART, ONTOLOGY), sources or (_APART,))


def source_of(graph: object) -> NamedNode | DefaultGraph:
    """Give the source that a graph belongs to: the stated graph of its document, else itself."""
    number = document_of(graph)
    return graph if number is None else stated(number)  # type: ignore[return-value]


def graphs_of(store: Store, node: Term) -> Iterator[object]:
    """Give the graphs that describe a node."""
    if not isinstance(node, Literal):
        yield from (quad.graph_name for quad in store.quads_for_pattern(node, None, None, None))


def _sources(store: Store, documents: Collection[str] | None) -> Iterator[NamedNode | DefaultGraph]:
    """List what is set apart: the stated graph of each document, then the other graphs that state facts."""
    named = {graph for graph in store.named_graphs() if isinstance(graph, NamedNode)}
    known = {number for graph in named if (number := document_of(graph)) is not None}
    yield from (stated(number) for number in sorted(known if documents is None else documents))
    yield from sorted((graph for graph in named - SECONDARY if document_of(graph) is None), key=str)
    if next(store.quads_for_pattern(None, None, None, _UNNAMED), None) is not None:
        yield _UNNAMED


def _renamed(store: Store, source: NamedNode | DefaultGraph, number: str) -> Iterator[Quad]:
    """Rename the nodes of a source; a document's inferred graph belongs to it."""
    document = document_of(source)
    for graph in (source,) if document is None else (source, inferred(document)):
        for quad in store.quads_for_pattern(None, None, None, graph):
            yield Quad(_rename(quad.subject, number), quad.predicate, _rename(quad.object, number), _APART)


def _rename(node: Any, number: str) -> Any:
    """Give a node of data a name of its own in its source; other terms mean the same everywhere."""
    if isinstance(node, NamedNode) and node.value.startswith(ID):
        return NamedNode(f"{node.value}{_MARK}{number}")
    return node


def _classes(store: Store, quads: Collection[Quad]) -> Iterator[Quad]:
    """Say of each renamed node which classes the whole store gives to it."""
    nodes = {part for quad in quads for part in (quad.subject, quad.object) if isinstance(part, NamedNode)}
    for node in nodes:
        name, mark, _ = node.value.rpartition(_MARK)
        if mark and name.startswith(ID):
            for quad in store.quads_for_pattern(NamedNode(name), _TYPE, None, None):
                yield Quad(node, _TYPE, quad.object, _ELSEWHERE)
