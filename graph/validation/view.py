"""What one validation run looks at: graphs of a store merged, with the terms of the data as they were written.

A store holds some literals in another form than they were written in (see ``store.lexical``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, QuerySolutions, RdfFormat, Store, serialize

from communique.graph.errors import ShapesError
from communique.graph.store.lexical import stored_forms
from communique.graph.store.merged import Functions, query_union
from communique.graph.validation.results import Term, ValidationReport

# So many statements are looked at together.
_PORTION = 50_000

_REPEATS = (
    "ASK { ?s ?p ?o . GRAPH ?g { ?s ?p ?o } }",
    "ASK { GRAPH ?g { ?s ?p ?o } GRAPH ?h { ?s ?p ?o } FILTER (?g != ?h) }",
)


@dataclass(frozen=True, slots=True)
class View:
    """A default graph merged from graphs of a store.

    Attributes
    ----------
    graphs : the graphs merged; None for all of them. ``GRAPH`` in a query still reaches the whole store
    """

    store: Store
    graphs: tuple[NamedNode | DefaultGraph, ...] | None = None

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
        """Return the node of the data that a term of the view stands for."""
        return value

    def restore(self, report: ValidationReport) -> ValidationReport:
        """Return a report on the view as one on the data."""
        return report


@dataclass(frozen=True, slots=True)
class WrittenData:
    """Statements as they were read.

    Attributes
    ----------
    store : all statements as a store holds them; those that differ in writing only are one there
    changed : the statements that it holds in another form, as they were written
    forms : what it holds in their place and nobody wrote
    read : number of statements read, equal ones counted each time
    """

    store: Store
    changed: tuple[Quad, ...] = ()
    forms: frozenset[Quad] = frozenset()
    read: int = 0


def collect(quads: Iterable[Quad]) -> WrittenData:
    """Put statements into a store and list what it would change."""
    store, read, rest = Store(), 0, iter(quads)
    changed: dict[Quad, Quad] = {}
    while portion := list(islice(rest, _PORTION)):
        read += len(portion)
        forms = stored_forms(quad.object for quad in portion)
        store.extend(quad for quad in portion if quad.object not in forms)
        altered = (quad for quad in portion if quad.object in forms)
        changed |= {quad: Quad(quad.subject, quad.predicate, forms[quad.object], quad.graph_name) for quad in altered}
    unwritten = frozenset(form for form in changed.values() if form not in store)
    store.extend(unwritten)
    return WrittenData(store, tuple(changed), unwritten, read)


@dataclass(frozen=True, slots=True)
class WrittenView(View):
    """A view that also knows how its statements were written.

    Attributes
    ----------
    changed, forms : as in ``WrittenData``
    has_repeats : some triple stands in several of the merged graphs, which the queries of the compiler may count twice;
        looked for only where that matters
    """

    changed: tuple[Quad, ...] = ()
    forms: frozenset[Quad] = frozenset()
    has_repeats: bool = False

    @staticmethod
    def of(view: View) -> WrittenView:
        """Take a view whose statements are in the store as they were written, unless it is known to be otherwise."""
        return view if isinstance(view, WrittenView) else WrittenView(view.store, view.graphs)

    def quads(self, predicate: NamedNode | None = None) -> Iterator[Quad]:
        """Return the statements of the merged graphs as they were written, of one property or of all."""
        for graph in (None,) if self.graphs is None else self.graphs:
            held = self.store.quads_for_pattern(None, predicate, None, graph)
            yield from (quad for quad in held if quad not in self.forms) if self.forms else held
        for quad in self.changed:
            if predicate in {None, quad.predicate} and (self.graphs is None or quad.graph_name in self.graphs):
                yield quad

    def count(self) -> int:
        """Count the quads of the merged graphs; a triple of several graphs counts in each."""
        return sum(1 for _ in self.quads()) if self.changed else View.count(self)

    def dumps(self) -> Iterator[bytes]:
        """Write the merged graphs as N-Triples."""
        if self.changed:
            yield serialize((quad.triple for quad in self.quads()), format=RdfFormat.N_TRIPLES) or b""
        else:
            yield from View.dumps(self)

    def objects(self, predicate: NamedNode) -> set[Term]:
        """Return the objects of a property."""
        return {quad.object for quad in self.quads(predicate)}  # type: ignore[misc]


def whole(data: WrittenData, *, is_union: bool = True, is_counted: bool = False) -> WrittenView:
    """Look at all graphs of the data, or at its default graph alone; ``is_counted`` if queries count triples."""
    graphs = None if is_union else (DefaultGraph(),)
    has_repeats = is_union and is_counted and any(bool(data.store.query(query)) for query in _REPEATS)
    return WrittenView(data.store, graphs, data.changed, data.forms, has_repeats)
