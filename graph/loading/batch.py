"""A batch: the quads of a load, the readings they come from, and the documents in it.

A *document* is what is admitted or set aside as a whole: the graphs of one source document, or any other named graph.
Some graphs are common to several documents; each of their quads belongs to the document that its subject is about or
rests on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import cast

from pyoxigraph import NamedNode, Quad, Store

from communique.graph.errors import SourceError
from communique.graph.loading.releases import Harvest, Release
from communique.graph.sources import Input
from communique.graph.store.lexical import Restated
from communique.graph.store.working_copy import Difference
from communique.graph.terms.identifiers import CANDIDATES, JUDGEMENTS, META, document, document_of, inferred, stated
from communique.graph.terms.namespaces import term

COMMON = (CANDIDATES, META, JUDGEMENTS)

# What people decided is only ever added to, whatever becomes of the documents.
_LASTING = JUDGEMENTS

_PART = term("dct:hasPart")


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of one input.

    Attributes
    ----------
    statements : those read, repeated ones included; 0 when the input is at fault
    passed_over : those of ``graph/derived`` among them, which queries build anew
    graphs : the graphs to which it contributes
    restated : those whose literals the store holds in another form
    fault : why it could not be read
    harvest : of a source of rows, the account of its rows and those that were rejected
    is_torn : the fault came up when a part of it had been taken in already
    """

    source: Input
    statements: int = 0
    passed_over: int = 0
    graphs: frozenset[NamedNode] = frozenset()
    restated: Restated = field(default_factory=Restated)
    fault: SourceError | None = None
    harvest: Harvest | None = None
    is_torn: bool = False


@dataclass(frozen=True)
class Batch:
    """The quads of a load, each once, in memory, and the readings they come from.

    The store may later take in the graph that the batch is added to; ``documents`` and ``size`` are asked for before.
    ``added`` are those of its quads that no input holds: what is known of a graph by its name.
    """

    store: Store
    readings: tuple[Reading, ...]
    added: frozenset[Quad] = frozenset()
    _withdrawn: dict[str, Store] = field(default_factory=dict)

    @property
    def faults(self) -> list[Reading]:
        """List the inputs that could not be read."""
        return [reading for reading in self.readings if reading.fault]

    @property
    def restated(self) -> Restated:
        """Count the statements whose literals the store holds in another form."""
        found = Restated()
        for reading in self.readings:
            found.merge(reading.restated)
        return found

    @cached_property
    def size(self) -> int:
        """Count the quads that were read."""
        return len(self.store) - len(self.added)

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
