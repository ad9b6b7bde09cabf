"""Inputs → one batch of quads, and the documents in it.

A *document* is what is admitted or set aside as a whole: the graphs of one source document, or any other named graph.
Some graphs are common to several documents; each of their quads belongs to the document that its subject is about or
rests on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from itertools import islice
from pathlib import Path
from typing import cast

from pyoxigraph import NamedNode, Quad, QuerySolutions, Store

from communique.graph import sources
from communique.graph.draft import Difference
from communique.graph.errors import MappingError, SourceError
from communique.graph.identifiers import (
    CANDIDATES,
    DERIVED,
    JUDGEMENTS,
    META,
    document,
    document_of,
    entity,
    inferred,
    stated,
)
from communique.graph.linking import Index
from communique.graph.mapping.document import described, map_document
from communique.graph.mapping.tables.linker import Names
from communique.graph.mapping.tree import Block, Listing, Part, Scalar
from communique.graph.namespaces import ID, term
from communique.graph.progress import Meter, Watch, silent
from communique.graph.sources import Input
from communique.graph.sources.releases import Harvest, Release, read_release

COMMON = (CANDIDATES, META, JUDGEMENTS)

# What people decided is only ever added to, whatever becomes of the documents.
_LASTING = JUDGEMENTS

_LARGE = 200_000

# So many quads are taken in at once; an engine that takes in more needs half as much memory again.
_PORTION = 50_000
_PART = term("dct:hasPart")


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of one input.

    Attributes
    ----------
    statements : those read, repeated ones included; 0 when the input is at fault
    passed_over : those of ``graph/derived`` among them, which queries build anew
    graphs : the graphs to which it contributes
    fault : why it could not be read
    harvest : of a source of rows, the account of its rows and those that were rejected
    is_torn : the fault came up when a part of it had been taken in already
    """

    source: Input
    statements: int = 0
    passed_over: int = 0
    graphs: frozenset[NamedNode] = frozenset()
    fault: SourceError | None = None
    harvest: Harvest | None = None
    is_torn: bool = False


@dataclass(frozen=True)
class Batch:
    """The quads of a load, each once, in memory, and the readings they come from.

    The store may later take in the graph that the batch is added to; ``documents`` and ``size`` are asked for before.
    """

    store: Store
    readings: tuple[Reading, ...]
    _withdrawn: dict[str, Store] = field(default_factory=dict)

    @property
    def faults(self) -> list[Reading]:
        """List the inputs that could not be read."""
        return [reading for reading in self.readings if reading.fault]

    @cached_property
    def size(self) -> int:
        """Count the quads that were read."""
        return len(self.store)

    @cached_property
    def documents(self) -> dict[str, list[Quad | NamedNode]]:
        """List each document with its graphs, and with the quads that it has in common graphs."""
        found: dict[str, list[Quad | NamedNode]] = {}
        for graph in self.store.named_graphs():
            if graph not in COMMON and isinstance(graph, NamedNode):
                found.setdefault(document_name(graph), []).append(graph)
        graphs = {graph.value for graph in self.store.named_graphs() if isinstance(graph, NamedNode)}
        for name, quad in by_document(_common_quads(self.store), graphs):
            found.setdefault(name, []).append(quad)
        return found

    def write_rejects(self, folder: Path) -> None:
        """Write a CSV for each source of rows of which some were rejected, or values left out."""
        for reading in self.readings:
            if isinstance(reading.source, Release) and reading.harvest and reading.harvest.rejects.count:
                reading.harvest.rejects.write(folder / f"{reading.source.edition.key}.csv")

    def quads_of(self, document: str) -> Iterator[Quad]:
        """List the quads of one document."""
        if document in self._withdrawn:
            yield from self._withdrawn[document]
            return
        for part in self.documents[document]:
            yield from [part] if isinstance(part, Quad) else self.store.quads_for_pattern(None, None, None, part)

    def withdraw(self, document: str) -> None:
        """Keep the quads of a document apart, because they are about to leave the store."""
        store = Store()
        store.extend(self.quads_of(document))
        self._withdrawn[document] = store

    def inputs_of(self, document: str) -> list[Input]:
        """List the inputs that contribute to the graphs of a document."""
        graphs = {part for part in self.documents[document] if isinstance(part, NamedNode)}
        return [reading.source for reading in self.readings if not graphs.isdisjoint(reading.graphs)]


def document_name(graph: NamedNode) -> str:
    """Name the document of a graph: its number, else the IRI of the graph."""
    return document_of(graph) or graph.value


def read_batch(
    inputs: Sequence[Input], *, graph: NamedNode | None = None, ground: Callable[[], Store], watch: Watch = silent
) -> Batch:
    """Read all inputs; one that is at fault contributes nothing, and its reading says why.

    ``graph`` takes the statements of RDF that stand in no graph. What authored documents refer to must be described in
    the store that ``ground`` gives, or by another of them. It is asked for and let go of at once, because faults keep
    what was at hand when they came up.
    """
    store, meter = Store(), Meter(watch, "read", sum(source.size for source in inputs))
    trees = {source: _plant(source) for source in inputs if source.is_authored}
    known = _known(ground, [tree for tree in trees.values() if isinstance(tree, Block)])
    readings, linker = [], Names(lambda kind: _index(ground(), kind))
    for source in inputs:
        tree = trees.get(source)
        if isinstance(tree, SourceError):
            readings.append(Reading(source, fault=tree))
        elif tree is not None:
            readings.append(_enter(store, source, partial(map_document, tree, known)))
        elif isinstance(source, Release):
            harvest = Harvest()
            read = partial(read_release, source, harvest, linker, meter.move)
            readings.append(replace(_enter(store, source, read), harvest=harvest))
        else:
            read = partial(sources.read_rdf, source.file, graph, form=source.form, notice=meter.move)
            readings.append(_enter(store, source, read))
    if torn := {reading.source: reading for reading in readings if reading.is_torn}:
        rest = [source for source in inputs if source not in torn]
        again = read_batch(rest, graph=graph, ground=ground, watch=watch)
        whole = {reading.source: reading for reading in again.readings}
        return Batch(again.store, tuple((torn | whole)[source] for source in inputs))
    return Batch(store, tuple(readings))


def exchange(ground: Store, batch: Store) -> Difference:
    """Tell what has to change for a ground to hold the documents of a batch instead of its own.

    A graph of the batch replaces the graph of that name, a document with a number all graphs of that document; in a
    common graph, what is about those graphs or rests on those documents; judgements are only added. The work depends on
    the size of what is replaced and of the batch, not on that of the ground.
    """
    given = {graph for graph in batch.named_graphs() if isinstance(graph, NamedNode) and graph not in COMMON}
    numbers = {number for graph in given if (number := document_of(graph))}
    graphs = given.union(*((stated(number), inferred(number)) for number in numbers))
    old = [quad for graph in graphs for quad in ground.quads_for_pattern(None, None, None, graph)]
    shared = {quad for quad in _common_quads(batch) if quad in ground}
    return Difference.between([*old, *shared.union(_common_to_replace(ground, graphs, old))], batch)


def _common_to_replace(ground: Store, graphs: Collection[NamedNode], old: Collection[Quad]) -> Iterator[Quad]:
    """List the quads of common graphs about what is replaced, graphs and documents, or that rest on these alone."""
    numbers = {number for graph in graphs if (number := document_of(graph))}
    documents = {document(number) for number in numbers}
    parts = {quad.object for node in documents for quad in ground.quads_for_pattern(node, _PART, None, META)}
    grounds = documents | {quad.subject for quad in old if document_of(quad.subject)}
    for common in set(COMMON) - {_LASTING}:
        for node in {*graphs, *documents, *parts}:
            yield from ground.quads_for_pattern(cast(NamedNode, node), None, None, common)
        found = (quad for node in grounds | set(graphs) for quad in ground.quads_for_pattern(None, None, node, common))
        for subject in {quad.subject for quad in found}.difference(graphs):
            yield from _resting(ground.quads_for_pattern(subject, None, None, common), numbers)


def _resting(quads: Iterable[Quad], numbers: Collection[str]) -> Iterator[Quad]:
    """Of what is said of a node, give what goes with some documents: everything, or what points to them alone."""
    quads = list(quads)
    rests_elsewhere = {document_of(quad.object) for quad in quads}.difference(numbers, {None})
    return (quad for quad in quads if not rests_elsewhere or document_of(quad.object) in numbers)


def by_document(quads: Iterable[Quad], graphs: Collection[str]) -> Iterator[tuple[str, Quad]]:
    """Tell the document of each quad of a common graph, among the named ``graphs`` or by what its subject rests on.

    A subject that rests on several documents goes with the first of them; one that rests on none goes by itself.
    """
    groups: dict[tuple[object, object], list[Quad]] = defaultdict(list)
    for quad in quads:
        groups[quad.subject, quad.graph_name].append(quad)
    for (subject, common), group in groups.items():
        numbers = {document_of(node) for quad in group for node in (subject, quad.object)} - {None}
        is_graph = isinstance(subject, NamedNode) and subject.value in graphs
        name = document_name(subject if is_graph else common)  # type: ignore[arg-type]
        yield from ((name if is_graph or not numbers else min(map(str, numbers)), quad) for quad in group)


def _common_quads(store: Store) -> Iterator[Quad]:
    """List the quads of the common graphs."""
    return (quad for common in COMMON for quad in store.quads_for_pattern(None, None, None, common))


def _plant(source: Input) -> Block | SourceError:
    """Read an authored document, or tell why that fails."""
    try:
        tree = sources.read_yaml(source.file)
        described(tree)
    except SourceError as error:
        return error
    return tree


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

    taken: list[Future[None]] = []
    quads = sift()
    try:
        # The engine takes one portion in while the next is read.
        with ThreadPoolExecutor(max_workers=1) as hand:
            while portion := list(islice(quads, _PORTION)):
                if taken:
                    taken[-1].result()
                taken.append(hand.submit(store.extend, portion))
    except SourceError as error:
        return Reading(source, fault=error, is_torn=bool(taken))
    for each in taken:
        each.result()
    return Reading(source, count, passed_over, frozenset(graphs))


def _index(ground: Store, kind: str) -> Index:
    """Index what a ground knows of organizations or another kind."""
    return Index.of(lambda query: cast(QuerySolutions, ground.query(query, use_default_graph_as_union=True)), (kind,))


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
