"""A batch: the quads of a load, the readings they come from, and the documents in it.

A *document* is what is admitted or quarantined as a whole: the graphs of one source document, or any other named graph.
Some graphs are shared by several documents; each of their quads belongs to the document that its subject is about or
rests on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import cast

from pyoxigraph import NamedNode, Quad, QuerySolutions, Store

from communique.graph.errors import SourceError, StoreError
from communique.graph.loading.releases import Release, RowReport
from communique.graph.sources import Input
from communique.graph.store.changes import Change
from communique.graph.store.lexical import Restated
from communique.graph.terms.identifiers import CANDIDATES, JUDGEMENTS, META, document, document_of, inferred, stated
from communique.graph.terms.namespaces import term

# Judgements are people's work: a batch only ever adds to them, whatever becomes of the documents.
SHARED = (CANDIDATES, META, JUDGEMENTS)
_REPLACED = (CANDIDATES, META)

_PART = term("dct:hasPart")


@dataclass(frozen=True, slots=True)
class InputReading:
    """What came of one input.

    Attributes
    ----------
    statements : those read, repeated ones included; 0 when the input is at fault
    skipped : those of ``graph/derived`` among them, which queries build anew
    graphs : the graphs to which it contributes
    restated : those whose literals the store holds in another form
    fault : why it could not be read
    report : of a table, the account of its rows and those that were rejected
    is_partial : the fault came up when a part of it was in the store already
    """

    source: Input
    statements: int = 0
    skipped: int = 0
    graphs: frozenset[NamedNode] = frozenset()
    restated: Restated = field(default_factory=Restated)
    fault: SourceError | None = None
    report: RowReport | None = None
    is_partial: bool = False


@dataclass(frozen=True)
class Batch:
    """The quads of a load, each once, in memory, and the readings they come from.

    The store may later take in the graph that the batch is added to; ``documents`` and ``size`` are asked for before.
    ``added`` are those of its quads that no input holds: what is known of a graph by its name.
    """

    store: Store
    readings: tuple[InputReading, ...]
    added: frozenset[Quad] = frozenset()
    _withdrawn: dict[str, Store] = field(default_factory=dict)

    @property
    def faults(self) -> list[InputReading]:
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
        """List each document with its graphs, and with the quads that it has in shared graphs."""
        found: dict[str, list[Quad | NamedNode]] = {}
        graphs = [graph for graph in self.store.named_graphs() if isinstance(graph, NamedNode)]
        for graph in graphs:
            if graph not in SHARED:
                found.setdefault(document_name(graph), []).append(graph)
        shared = (quad for graph in SHARED for quad in self.store.quads_for_pattern(None, None, None, graph))
        for name, quad in by_document(shared, set(graphs)):
            found.setdefault(name, []).append(quad)
        return found

    @cached_property
    def numbers(self) -> list[str]:
        """List the documents that have a number; the others are called by the IRI of their graph."""
        graphs = {part for parts in self.documents.values() for part in parts if isinstance(part, NamedNode)}
        return sorted(set(self.documents).difference(graph.value for graph in graphs.union(SHARED)))

    def quads_of(self, name: str) -> Iterator[Quad]:
        """List the quads of one document, also when it was withdrawn."""
        if name in self._withdrawn:
            yield from self._withdrawn[name]
            return
        for part in self.documents[name]:
            yield from [part] if isinstance(part, Quad) else self.store.quads_for_pattern(None, None, None, part)

    def count(self, name: str) -> int:
        """Count the quads of one document that were read."""
        return sum(quad not in self.added for quad in self.quads_of(name))

    def inputs_of(self, name: str) -> list[Input]:
        """List the inputs that contribute to the graphs of a document."""
        graphs = {part for part in self.documents[name] if isinstance(part, NamedNode)}
        return [reading.source for reading in self.readings if not graphs.isdisjoint(reading.graphs)]

    def replacement(self, base: Store) -> Change:
        """Compute what has to change for a graph to hold the documents of this batch instead of its own.

        A graph of the batch replaces the graph of that name, a document with a number all graphs of that document; in a
        shared graph, what is about those graphs or rests on those documents; judgements are only added. The work
        depends on the size of what is replaced and of the batch, not on that of the base.
        """
        parts = [part for parts in self.documents.values() for part in parts]
        graphs = {part for part in parts if isinstance(part, NamedNode)}
        numbers = {name for name in self.numbers if graphs.intersection(self.documents[name])}
        graphs = graphs.union(*((stated(number), inferred(number)) for number in numbers))
        old = [quad for graph in graphs for quad in base.quads_for_pattern(None, None, None, graph)]
        again = {part for part in parts if isinstance(part, Quad) and part in base}
        return Change.between([*old, *again.union(_shared_with(base, graphs, numbers, old))], self.store)

    def withdraw(self, name: str, replacement: Change) -> Change:
        """Take a document out again: return the change that removes it and brings back what it replaced.

        Its quads are kept apart, because the store may lose them.
        """
        kept = Store()
        kept.extend(self.quads_of(name))
        self._withdrawn[name] = kept
        own = {part for part in self.documents[name] if isinstance(part, NamedNode)}
        shared = [quad for quad in replacement.removed if quad.graph_name in SHARED]
        restored = [quad for document, quad in by_document(shared, own) if document == name]
        restored += [
            quad
            for quad in replacement.removed
            if quad.graph_name not in SHARED and document_name(cast(NamedNode, quad.graph_name)) == name
        ]
        return Change([quad for quad in kept if quad not in replacement.kept], restored)

    def write_rejects(self, folder: Path) -> None:
        """Write a CSV for each source of rows of which some were rejected, or values left out."""
        for reading in self.readings:
            if isinstance(reading.source, Release) and reading.report and reading.report.rejects.count:
                reading.report.rejects.write(folder / f"{reading.source.edition.key}.csv")

    def check_nothing_lost(self, stored: Mapping[str, int], quarantined: Collection[str]) -> None:
        """Compare the graphs of the admitted documents with the quads that are stored per graph; StoreError."""
        query = "SELECT ?graph (COUNT(*) AS ?quads) WHERE { GRAPH ?graph { ?s ?p ?o } } GROUP BY ?graph"
        counts = {row["graph"]: int(row["quads"].value) for row in cast(QuerySolutions, self.store.query(query))}
        for name in set(self.documents).difference(quarantined):
            for graph in self.documents[name]:
                if not isinstance(graph, NamedNode) or graph in SHARED:
                    continue
                read, kept = counts.get(graph, 0), stored[graph.value]
                if read != kept:
                    message = f"{graph.value}: {read} quads were read, but {kept} would be stored"
                    raise StoreError(message, hint="report this as a fault of the product; nothing was changed")


def document_name(graph: NamedNode) -> str:
    """Return the name of the document of a graph: its number, else the IRI of the graph."""
    return document_of(graph) or graph.value


def by_document(quads: Iterable[Quad], graphs: Collection[NamedNode]) -> Iterator[tuple[str, Quad]]:
    """Find the document of each quad of a shared graph: that of its subject among ``graphs``, or that it rests on.

    A subject that rests on several documents goes with the first of them; one that rests on none goes by itself.
    """
    groups: dict[tuple[object, object], list[Quad]] = defaultdict(list)
    for quad in quads:
        groups[quad.subject, quad.graph_name].append(quad)
    for (subject, shared), group in groups.items():
        numbers = {document_of(node) for quad in group for node in (subject, quad.object)} - {None}
        is_graph = subject in graphs
        name = document_name(subject if is_graph else shared)  # type: ignore[arg-type]
        yield from ((name if is_graph or not numbers else min(map(str, numbers)), quad) for quad in group)


def _shared_with(
    base: Store, graphs: Collection[NamedNode], numbers: Collection[str], old: Collection[Quad]
) -> Iterator[Quad]:
    """List the quads of shared graphs about what is replaced, graphs and documents, or that rest on these alone.

    Of a subject that rests on other documents too, only what points to the replaced ones is listed.
    """
    documents = {document(number) for number in numbers}
    parts = {quad.object for node in documents for quad in base.quads_for_pattern(node, _PART, None, META)}
    evidence = documents | {quad.subject for quad in old if document_of(quad.subject)}
    for shared in _REPLACED:
        for node in {*graphs, *documents, *parts}:
            yield from base.quads_for_pattern(cast(NamedNode, node), None, None, shared)
        found = (quad for node in evidence | set(graphs) for quad in base.quads_for_pattern(None, None, node, shared))
        for subject in {quad.subject for quad in found}.difference(graphs):
            quads = list(base.quads_for_pattern(subject, None, None, shared))
            rests_elsewhere = {document_of(quad.object) for quad in quads}.difference(numbers, {None})
            yield from (quad for quad in quads if not rests_elsewhere or document_of(quad.object) in numbers)
