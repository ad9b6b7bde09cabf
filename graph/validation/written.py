"""Data as they were written, beside a store that holds some of their literals in another form (see ``lexical``)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store, serialize

from communique.graph.store.lexical import stored_forms
from communique.graph.validation.results import Term
from communique.graph.validation.view import View

# So many statements are looked at together.
_PORTION = 50_000
_REPEATS = (
    "ASK { ?s ?p ?o . GRAPH ?g { ?s ?p ?o } }",
    "ASK { GRAPH ?g { ?s ?p ?o } GRAPH ?h { ?s ?p ?o } FILTER (?g != ?h) }",
)


@dataclass(frozen=True, slots=True)
class Written:
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


def collect(quads: Iterable[Quad]) -> Written:
    """Put statements into a store and keep apart what it would change."""
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
    return Written(store, tuple(changed), unwritten, read)


@dataclass(frozen=True, slots=True)
class WrittenView(View):
    """A view that also knows how its statements were written.

    Attributes
    ----------
    changed, forms : as in ``Written``
    has_repeats : some triple stands in several of the merged graphs, which the queries of the compiler may count twice;
        looked for only where that matters
    """

    changed: tuple[Quad, ...] = ()
    forms: frozenset[Quad] = frozenset()
    has_repeats: bool = False

    @staticmethod
    def of(view: View) -> WrittenView:
        """Take a view whose statements are in the store as they were written, unless it is known to be otherwise."""
        return view if isinstance(view, WrittenView) else WrittenView(view.store, view.graphs, view.sources)

    def quads(self, predicate: NamedNode | None = None) -> Iterator[Quad]:
        """Give the statements of the merged graphs as they were written, of one property or of all."""
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
        """Give the objects of a property."""
        return {quad.object for quad in self.quads(predicate)}  # type: ignore[misc]


def whole(data: Written, *, is_union: bool = True, is_counted: bool = False) -> WrittenView:
    """Look at all graphs of the data, or at its default graph alone; ``is_counted`` tells that triples will be."""
    graphs = None if is_union else (DefaultGraph(),)
    has_repeats = is_union and is_counted and any(bool(data.store.query(query)) for query in _REPEATS)
    return WrittenView(data.store, graphs, (), data.changed, data.forms, has_repeats)
