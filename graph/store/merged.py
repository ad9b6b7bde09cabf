"""How a dataset is read: its default graph is the merge of its graphs, in which each triple stands once.

RDF merges graphs as sets (RDF 1.1 Semantics, 4.1), and SPARQL 1.1 (13.2.1) makes the default graph of several ``FROM``
such a merge. The engine's own union is a bag instead: a triple that two documents state comes twice, and a pattern of
*n* such triples 2ⁿ times (oxigraph issue 1919; pull 1920 fixes it, later than 0.5.13). Counts would be wrong of exactly
those facts that are stated best. So the merge is kept beside the named graphs, as the default graph that the store has
anyway. It costs about 0.26 GiB per million triples and, at the start, some seconds per million; scans of it take up to
1.4 times as long as of the union, look-ups the same (``python -m bench merging``).

The store chains the quads of all graphs that share a term, so that a pattern over the default graph passes by those of
the named graphs too. A dataset that is *served* therefore keeps its merge a second time, alone, for questions that name
no graph: they take 0.77 of the time (0.59 to 0.99, geometric mean over fifteen questions of a million quads), for 0.35
GiB and four seconds more per million.

Only this module chooses the graphs of a query. A test says when the engine can do without the merge.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    QueryBoolean,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
    Triple,
)

from communique.graph.errors import QueryRefused
from communique.graph.terms.namespaces import ID

Found = QuerySolutions | QueryBoolean | QueryTriples
Functions = Mapping[NamedNode, Callable[..., NamedNode | BlankNode | Literal | Triple | None]]

# The named graphs of a list are asked one by one, hundreds of times slower than all graphs.
MOST_NAMED = 20
# Graphs that a query lists are merged while it waits: a million statements take some four seconds and 0.3 GiB.
MOST_MERGED = 500_000

# Without these letters a query can name no graph: the engine knows no other spelling of the keywords.
_GRAPHS = re.compile("graph|from", re.IGNORECASE)
_MERGE = "INSERT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } }"


class MergedDataset:
    """Named graphs with their merge as default graph, to be asked and not to be changed.

    It has no blank nodes, as nothing that is published. One query at a time.
    """

    def __init__(self, store: Store, *, is_served: bool = False) -> None:
        """Merge the graphs of a store, which belongs to this dataset from now on; ``is_served`` when much is asked."""
        merge_graphs(store)
        self._store = store
        self._alone = Store() if is_served else store
        if is_served:
            _copy(store, DefaultGraph(), self._alone, DefaultGraph())
        self._listed: tuple[Sequence[NamedNode], Sequence[NamedNode]] = (), ()
        self._merged = Store()

    def query(self, text: str) -> Found:
        """Evaluate a query of the dataset, or of the one that its single ``FROM`` or its ``FROM NAMED`` choose.

        Relative IRIs start at the base of the data. SyntaxError when it is not SPARQL; OSError, RuntimeError or
        ValueError when evaluation fails.
        """
        store = self._store if _GRAPHS.search(text) else self._alone
        return store.query(text, base_iri=ID)

    def add(self, quads: Iterable[Quad]) -> None:
        """Put quads into their named graphs and into the merge; what these graphs held before is dropped from them."""
        added = list(quads)
        for graph in {quad.graph_name for quad in added}:
            self._store.clear_graph(graph)
        self._store.extend(added)
        merged = [Quad(quad.subject, quad.predicate, quad.object) for quad in added]
        for store in (self._store, self._alone):
            store.extend(merged)

    def query_graphs(self, text: str, default: Sequence[NamedNode], named: Sequence[NamedNode]) -> Found:
        """Evaluate a query of listed graphs only, whatever its own dataset clause says.

        The default graph is the merge of ``default``; ``GRAPH`` reaches ``named``. The merge is kept for the next query
        of the same list. QueryRefused when the list is too long or its graphs are too large; otherwise as ``query``.
        """
        if len(named) > MOST_NAMED:
            raise QueryRefused(f"the dataset lists {len(named)} named graphs", expected=f"at most {MOST_NAMED}")
        if len(set(default)) < 2:
            return _evaluate(self._store, text, default, named)
        if self._listed != (default, named):
            self._merged, self._listed = self._merge(default, named), (default, named)
        return _evaluate(self._merged, text, (DefaultGraph(),), named)

    def _merge(self, default: Sequence[NamedNode], named: Sequence[NamedNode]) -> Store:
        """Make a store of the merge of some graphs, with others beside it."""
        graphs = " ".join(map(str, dict.fromkeys((*default, *named))))
        found = self._store.query(f"SELECT (COUNT(*) AS ?n) {{ VALUES ?g {{ {graphs} }} GRAPH ?g {{ ?s ?p ?o }} }}")
        assert isinstance(found, QuerySolutions)
        size = int(next(found)["n"].value)
        if size > MOST_MERGED:
            raise QueryRefused(
                f"the {len(default)} graphs of the default graph would have to be merged, {size:,} statements",
                expected=f"at most {MOST_MERGED:,}",
                hint="ask the whole dataset and choose by GRAPH ?g and VALUES ?g, or ask one graph alone",
            )
        store = Store()
        for graph in default:
            _copy(self._store, graph, store, DefaultGraph())
        for graph in named:
            _copy(self._store, graph, store, graph)
        return store


def merge_graphs(store: Store) -> None:
    """Put the merge of the named graphs of a store into its default graph."""
    store.update(_MERGE)


def query_union(
    store: Store,
    text: str,
    graphs: Sequence[NamedNode | DefaultGraph] | None = None,
    functions: Functions | None = None,
) -> Found:
    """Evaluate a query over graphs side by side, all of the store when None: a triple of n graphs comes n times.

    For a store that changes, where a merge would have to follow each change. The answer must not depend on how often a
    triple comes: rules, derived statements and look-ups of ours say ``DISTINCT`` where it would, and tests hold them to
    that. ``GRAPH`` reaches all graphs. ``functions`` are extension functions that the query may call, by their IRIs.
    """
    known = dict(functions or {})
    if graphs is None:
        return store.query(text, use_default_graph_as_union=True, custom_functions=known)
    return store.query(text, default_graph=list(graphs), custom_functions=known)


def _evaluate(
    store: Store, text: str, default: Sequence[NamedNode | DefaultGraph], named: Sequence[NamedNode]
) -> Found:
    """Evaluate a query of listed graphs; an empty list is an empty default graph, or no named graph."""
    default_graph: list[NamedNode | BlankNode | DefaultGraph] = [*default]
    named_graphs: list[NamedNode | BlankNode] = [*named]
    return store.query(text, base_iri=ID, default_graph=default_graph, named_graphs=named_graphs)


def _copy(source: Store, graph: NamedNode | DefaultGraph, target: Store, into: NamedNode | DefaultGraph) -> None:
    """Copy a graph, as text: several times faster than quad by quad."""
    triples = source.dump(format=RdfFormat.N_TRIPLES, from_graph=graph)
    target.bulk_load(triples, format=RdfFormat.N_TRIPLES, to_graph=into)
