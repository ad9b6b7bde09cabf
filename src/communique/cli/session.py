"""The snapshot in force, opened for one command."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from pyoxigraph import DefaultGraph, NamedNode, Quad, QuerySolutions, Store

from communique.graph.engine.evaluation import evaluate
from communique.graph.engine.protocol import JSON_RESULTS, Request
from communique.graph.queries.answers import solve
from communique.graph.queries.editions import LoadedEdition, loaded_editions
from communique.graph.settings import Settings, read_settings
from communique.graph.store.merged import MergedDataset
from communique.graph.store.workspace import Snapshot, Workspace
from communique.graph.terms.identifiers import META, inferred, stated

if TYPE_CHECKING:
    from communique.graph.linking.index import Index


@dataclass(frozen=True)
class Session:
    """Settings, and what they lead to: a workspace, the snapshot in force and its data in memory."""

    settings: Settings

    @classmethod
    def start(cls) -> Session:
        """Read the settings of this run."""
        return cls(read_settings())

    @cached_property
    def workspace(self) -> Workspace:
        """The folder of the store."""
        return Workspace(self.settings.home)

    @cached_property
    def snapshot(self) -> Snapshot:
        """The snapshot in force; StoreError when nothing has been built."""
        return self.workspace.current()

    @cached_property
    def store(self) -> Store:
        """The quads of the snapshot, each in its graph."""
        return self.snapshot.load()

    @cached_property
    def dataset(self) -> MergedDataset:
        """The data of the snapshot, to be asked."""
        return MergedDataset(self.snapshot.load())

    @cached_property
    def editions(self) -> list[LoadedEdition]:
        """The editions of sources in the data; one graph describes them, and no other is read for it."""
        described = Store()
        described.extend(self.snapshot.quads_of(META))
        dataset = MergedDataset(described)
        return loaded_editions(lambda text: evaluate(dataset, Request(text)).read(), self.snapshot.graphs)

    @cached_property
    def names(self) -> Index:
        """The names of all nodes that people look up by one."""
        from communique.graph.linking.index import ROOTS, Index  # takes long to import, and few commands need it

        return Index.of(lambda text: solve(self.run, text), ROOTS)

    def documents(self) -> Iterator[Quad]:
        """Return the quads of all graphs but those of editions of sources, which hold rows and no paragraphs."""
        rows = {graph for each in self.editions for graph in (stated(each.edition), inferred(each.edition))}
        for name in self.snapshot.graphs:
            graph = NamedNode(name) if name else DefaultGraph()
            if graph not in rows:
                yield from self.store.quads_for_pattern(None, None, None, graph)

    def ask(self, text: str, solutions: str = JSON_RESULTS) -> tuple[str, bytes]:
        """Evaluate a query as the endpoint does; returns the media type and the bytes of the answer.

        ``solutions`` is the media type for SELECT and ASK; CONSTRUCT and DESCRIBE have Turtle. Raises QueryError.
        """
        # A query runs in native code that no handler can interrupt: let ctrl-C end the process instead.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        written = evaluate(self.dataset, Request(text, solutions=solutions))
        return written.media_type, written.read()

    def solve(self, text: str) -> QuerySolutions:
        """Evaluate a SELECT of ours, without turning its rows into text."""
        found = self.dataset.query(text)
        assert isinstance(found, QuerySolutions)
        return found

    def run(self, text: str) -> bytes:
        """Evaluate a SELECT and return its answer as SPARQL 1.1 JSON."""
        return self.ask(text)[1]
