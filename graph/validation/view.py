"""What one validation run looks at: the union of a store, or one document with what its terms mean."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, QuerySolutions, RdfFormat, Store

from communique.graph.errors import ShapesError
from communique.graph.identifiers import (
    BACKGROUND,
    CANDIDATES,
    DERIVED,
    META,
    ONTOLOGY,
    document_of,
    inferred,
    stated,
)

# Graphs that state nothing of their own about the world.
_SECONDARY = frozenset({CANDIDATES, DERIVED, META, ONTOLOGY})


@dataclass(frozen=True, slots=True)
class View:
    """A default graph merged from some graphs of a store, and whose subjects may be focus nodes.

    Attributes
    ----------
    graphs : the graphs merged; None for all of them. ``GRAPH`` in a query still reaches the whole store
    own : results are kept for nodes described in these graphs; None for every node
    document : the number of the document in view, None when there is not just one
    """

    store: Store
    graphs: tuple[NamedNode, ...] | None = None
    own: tuple[NamedNode, ...] | None = None
    document: str | None = None

    def select(self, query: str) -> QuerySolutions:
        """Run a SELECT over the merged graphs."""
        graphs: list[NamedNode | BlankNode | DefaultGraph] | None = None if self.graphs is None else [*self.graphs]
        found = self.store.query(query, default_graph=graphs, use_default_graph_as_union=graphs is None)
        if not isinstance(found, QuerySolutions):
            raise ShapesError("a check is not a SELECT", hint="select ?this and what the message needs")
        return found

    def dumps(self) -> Iterator[bytes]:
        """Write each merged graph as N-Triples, one by one, so that those shared by views can be parsed once."""
        graphs: Collection[NamedNode | BlankNode | DefaultGraph]
        graphs = (*self.store.named_graphs(), DefaultGraph()) if self.graphs is None else self.graphs
        for graph in graphs:
            yield self.store.dump(format=RdfFormat.N_TRIPLES, from_graph=graph) or b""

    def own_nodes(self) -> frozenset[NamedNode | BlankNode] | None:
        """Collect the subjects of the own graphs; None when no node is left out."""
        if self.own is None:
            return None
        return frozenset(
            quad.subject
            for graph in self.own
            for quad in self.store.quads_for_pattern(None, None, None, graph)
            if isinstance(quad.subject, NamedNode | BlankNode)
        )


def union(store: Store, documents: Collection[str] | None = None) -> View:
    """Look at everything; when ``documents`` are given, the own graphs are theirs."""
    if documents is None:
        return View(store)
    return View(store, own=tuple(graph for number in sorted(documents) for graph in (stated(number), inferred(number))))


def sources(store: Store, documents: Collection[str] | None = None) -> Iterator[View]:
    """Look at each document by itself, stated and inferred together, then at each other graph that states facts.

    ``documents`` restricts the documents; other graphs, such as the background, are looked at in any case. Beside the
    own graphs stand the background and the ontology, so that classes and concepts resolve.
    """
    others = sorted(_other_graphs(store), key=str)
    common = {ONTOLOGY, *(graph for graph in others if graph.value.startswith(BACKGROUND.value))}
    for number in sorted(document_numbers(store) if documents is None else documents):
        own = (stated(number), inferred(number))
        yield View(store, tuple(sorted(common.union(own), key=str)), own, number)
    for graph in others:
        yield View(store, tuple(sorted(common | {graph}, key=str)), (graph,))


def document_numbers(store: Store) -> set[str]:
    """List the documents that have a graph in the store."""
    return {number for graph in store.named_graphs() if (number := document_of(graph)) is not None}


def _other_graphs(store: Store) -> set[NamedNode]:
    """List the graphs that state facts and belong to no document."""
    named = {graph for graph in store.named_graphs() if isinstance(graph, NamedNode)}
    return {graph for graph in named - _SECONDARY if document_of(graph) is None}
