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
from communique.graph.loading.batch import Batch, Reading
from communique.graph.loading.progress import Meter, Watch, silent
from communique.graph.loading.releases import Harvest, Release, read_release
from communique.graph.mapping.document import described, map_document
from communique.graph.mapping.provenance import state_certainty
from communique.graph.mapping.tables.linker import IndexLinker
from communique.graph.sources import Input
from communique.graph.sources.tree import Block, Listing, Part, Scalar
from communique.graph.store.lexical import Restated
from communique.graph.store.merged import query_union
from communique.graph.terms.identifiers import DERIVED, entity
from communique.graph.terms.namespaces import ID

_LARGE = 200_000

# So many quads are taken in at once; an engine that takes in more needs half as much memory again.
_PORTION = 50_000


def read_batch(
    inputs: Sequence[Input], *, graph: NamedNode | None = None, ground: Callable[[], Store], watch: Watch = silent
) -> Batch:
    """Read all inputs; one that is at fault contributes nothing, and its reading says why.

    ``graph`` takes the statements of RDF that stand in no graph. What authored documents refer to must be described in
    the store that ``ground`` gives, or by another of them. It is asked for and let go of at once, because faults keep
    what was at hand when they came up.
    """
    store, meter = Store(), Meter(watch, "read", sum(source.size for source in inputs))
    faults = {source: Faults() for source in inputs if source.is_authored}
    trees = {source: _plant(source, faults[source]) for source in faults}
    known = _known(ground, [tree for tree in trees.values() if isinstance(tree, Block)])
    readings, linker, named = [], IndexLinker(lambda kind: _index(ground(), kind)), set[NamedNode]()
    for source in inputs:
        tree = trees.get(source)
        if isinstance(tree, SourceError):
            readings.append(Reading(source, fault=tree))
        elif tree is not None:
            readings.append(_enter(store, source, partial(map_document, tree, known, faults[source])))
        elif isinstance(source, Release):
            harvest = Harvest()
            read = partial(read_release, source, harvest, linker, meter.move)
            readings.append(replace(_enter(store, source, read), harvest=harvest))
        else:
            read = partial(sources.read_rdf, source.file, graph, form=source.form, notice=meter.move)
            readings.append(_enter(store, source, read))
            named |= readings[-1].graphs
    if torn := {reading.source: reading for reading in readings if reading.is_torn}:
        rest = [source for source in inputs if source not in torn]
        again = read_batch(rest, graph=graph, ground=ground, watch=watch)
        whole = {reading.source: reading for reading in again.readings}
        return Batch(again.store, tuple((torn | whole)[source] for source in inputs), again.added)
    added = frozenset(quad for graph in named for quad in state_certainty(graph) if quad not in store)
    store.extend(added)
    return Batch(store, tuple(readings), added)


def _plant(source: Input, faults: Faults) -> Block | SourceError | None:
    """Read an authored document, or tell why it is none; what is wrong with a part of it goes to ``faults``."""
    tree: Block | None = None
    with faults.gathered():
        tree = sources.read_yaml(source.file, faults)
    return tree or faults.error(source.name)


def _enter(store: Store, source: Input, read: Callable[[], Iterable[Quad]]) -> Reading:
    """Put the quads of an input into the store, portion by portion; of one that is torn a part stays there."""
    count, passed_over = 0, 0
    graphs: set[NamedNode] = set()

    def sift() -> Iterator[Quad]:
        nonlocal count, passed_over
        for quad in read():
            count += 1
            graph = quad.graph_name
            if graph == DERIVED:
                passed_over += 1
                continue
            graphs.add(cast(NamedNode, graph))
            yield quad

    pump = _Pump(store)
    try:
        pump.move(sift())
    except SourceError as error:
        return Reading(source, fault=error, is_torn=pump.has_moved)
    return Reading(source, count, passed_over, frozenset(graphs), pump.restated)


class _Pump:
    """Moves quads into a store: the engine takes one portion in while the next is read.

    ``restated`` counts those whose literals the store will hold in another form.
    """

    def __init__(self, store: Store) -> None:
        self._store, self.has_moved, self.restated = store, False, Restated()

    def move(self, quads: Iterator[Quad]) -> None:
        """Move all; what the reading raises is raised when the portions before are in."""
        with ThreadPoolExecutor(max_workers=1) as hand:
            under_way: Future[None] | None = None
            while portion := list(islice(quads, _PORTION)):
                if under_way:
                    under_way.result()
                under_way, self.has_moved = hand.submit(self._store.extend, portion), True
                self.restated.add(portion)
            if under_way:
                under_way.result()


def _index(ground: Store, kind: str) -> Index:
    """Index what a ground knows of organizations or another kind."""
    return Index.of(lambda query: cast(QuerySolutions, query_union(ground, query)), (kind,))


def _known(ground: Callable[[], Store], trees: Sequence[Block]) -> Collection[str]:
    """Name what the ground and the documents of a batch describe, by relative identifiers.

    Of a large ground only those are looked up that the documents mention; a hint then names no other.
    """
    own: frozenset[str] = frozenset().union(*map(described, trees))
    if not trees:
        return own
    store = ground()
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


def _is_described(word: str, ground: Store) -> bool:
    """Tell whether a word is the relative identifier of a node that the ground describes."""
    try:
        node = entity(word)
    except MappingError:
        return False
    return next(ground.quads_for_pattern(node, None, None, None), None) is not None
