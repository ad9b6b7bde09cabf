"""Inputs → a batch: authored documents, editions of sources and RDF are read, and a fault spoils only its own input."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import cast

from pyoxigraph import NamedNode, Quad, QuerySolutions, Store

from communique.graph import sources
from communique.graph.errors import Faults, MappingError, SourceError
from communique.graph.linking import Index
from communique.graph.loading.batch import Batch, InputReading
from communique.graph.loading.progress import Meter, Watch, silent
from communique.graph.loading.releases import Release, RowReport, read_release
from communique.graph.mapping import background
from communique.graph.mapping.authorities import map_authorities
from communique.graph.mapping.document import described, map_document
from communique.graph.mapping.provenance import state_certainty
from communique.graph.mapping.tables.linker import IndexLinker
from communique.graph.mapping.territory import map_territories, territories
from communique.graph.sources import Input
from communique.graph.sources.tree import Block, Listing, Part, Scalar
from communique.graph.store.lexical import Restated
from communique.graph.store.merged import query_union
from communique.graph.terms.identifiers import DERIVED, entity
from communique.graph.terms.namespaces import ID
from communique.graph.terms.vocabulary import ontology_quads

_LARGE = 200_000

# So many quads are put into the store at once; an engine that takes more needs half as much memory again.
_PORTION = 50_000


def base_quads() -> list[Quad]:
    """List what every graph holds: ontology, states and territories, background facts, entries in other registers."""
    tree = sources.read_yaml(sources.background())
    described_here = background.described(tree)
    known = territories(described_here) | described_here
    facts = background.map_background(tree, known)
    return [*ontology_quads(), *map_territories(described_here), *facts, *map_authorities()]


def read_batch(
    inputs: Sequence[Input], *, base: Callable[[], Store] | None, graph: NamedNode | None = None, watch: Watch = silent
) -> Batch:
    """Read all inputs; one that is at fault contributes nothing, and its reading says why.

    Parameters
    ----------
    inputs
    base : returns the graph that the batch will be added to. What authored documents refer to must be described there
        or by another of them; tables link their names to it. It is called when needed and not kept, because an
        exception keeps what was at hand when it was raised. None for a batch that makes the whole graph and brings the
        ``base_quads`` with it
    graph : takes the statements of RDF that stand in no graph
    watch : is called with the bytes that are read
    """
    if base is None:
        packaged = Store()
        packaged.extend(base_quads())
        batch = read_batch(inputs, base=lambda: packaged, graph=graph, watch=watch)
        batch.store.extend(packaged)
        return batch
    store, meter = Store(), Meter(watch, "read", sum(source.size for source in inputs))
    faults = {source: Faults() for source in inputs if source.is_authored}
    trees = {source: _parse(source, faults[source]) for source in faults}
    known = _described(base, [tree for tree in trees.values() if isinstance(tree, Block)])
    index = IndexLinker(lambda kind: Index.of(lambda query: cast(QuerySolutions, query_union(base(), query)), (kind,)))
    readings, named = [], set[NamedNode]()
    for source in inputs:
        tree = trees.get(source)
        if isinstance(tree, SourceError):
            readings.append(InputReading(source, fault=tree))
        elif tree is not None:
            readings.append(_store(store, source, partial(map_document, tree, known, faults[source])))
        elif isinstance(source, Release):
            report = RowReport()
            read = partial(read_release, source, report, index, meter.move)
            readings.append(replace(_store(store, source, read), report=report))
        else:
            read = partial(sources.read_rdf, source.file, graph, form=source.form, notice=meter.move)
            readings.append(_store(store, source, read))
            named |= readings[-1].graphs
    if partly_stored := {reading.source: reading for reading in readings if reading.is_partial}:
        others = [source for source in inputs if source not in partly_stored]
        again = read_batch(others, base=base, graph=graph, watch=watch)
        whole = {reading.source: reading for reading in again.readings}
        return Batch(again.store, tuple((partly_stored | whole)[source] for source in inputs), again.added)
    added = frozenset(quad for graph in named for quad in state_certainty(graph) if quad not in store)
    store.extend(added)
    return Batch(store, tuple(readings), added)


def _parse(source: Input, faults: Faults) -> Block | SourceError | None:
    """Parse an authored document, or return why it is none; what is wrong with a part of it goes to ``faults``."""
    tree: Block | None = None
    with faults.gathered():
        tree = sources.read_yaml(source.file, faults)
    return tree or faults.error(source.name)


def _store(store: Store, source: Input, read: Callable[[], Iterable[Quad]]) -> InputReading:
    """Put the quads of an input into the store: one portion is stored in a thread while the next is read.

    What the reading raises is handled when the portions before it are stored.
    """
    count, skipped, has_stored = 0, 0, False
    graphs: set[NamedNode] = set()
    restated = Restated()

    def kept() -> Iterator[Quad]:
        nonlocal count, skipped
        for quad in read():
            count += 1
            graph = quad.graph_name
            if graph == DERIVED:
                skipped += 1
                continue
            graphs.add(cast(NamedNode, graph))
            yield quad

    quads = kept()
    try:
        with ThreadPoolExecutor(max_workers=1) as thread:
            under_way: Future[None] | None = None
            while portion := list(islice(quads, _PORTION)):
                if under_way:
                    under_way.result()
                under_way, has_stored = thread.submit(store.extend, portion), True
                restated.add(portion)
            if under_way:
                under_way.result()
    except SourceError as error:
        return InputReading(source, fault=error, is_partial=has_stored)
    return InputReading(source, count, skipped, frozenset(graphs), restated)


def _described(base: Callable[[], Store], trees: Sequence[Block]) -> Collection[str]:
    """List what the base and the documents of a batch describe, by relative identifiers.

    Of a large base only those are looked up that the documents mention; a hint then suggests no other.
    """
    own: frozenset[str] = frozenset().union(*map(described, trees))
    if not trees:
        return own
    store = base()
    if len(store) > _LARGE:
        return own.union(word for tree in trees for word in _words(tree) if _is_described(word, store))
    subjects = (quad.subject.value for quad in store if isinstance(quad.subject, NamedNode))
    return own.union(subject.removeprefix(ID) for subject in subjects if subject.startswith(ID))


def _words(part: Part) -> Iterator[str]:
    """List all texts and keys of a tree."""
    if isinstance(part, Scalar):
        yield part.text
    elif isinstance(part, Listing):
        yield from (word for item in part.items for word in _words(item))
    else:
        yield from (word for key, value in part.entries for word in (key.text, *_words(value)))


def _is_described(word: str, base: Store) -> bool:
    """Say whether a word is the relative identifier of a node that the base describes."""
    try:
        node = entity(word)
    except MappingError:
        return False
    return next(base.quads_for_pattern(node, None, None, None), None) is not None
