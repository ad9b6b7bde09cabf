"""The snapshot in force, opened for one command."""

from __future__ import annotations

import signal
from dataclasses import dataclass
from functools import cached_property

import pyoxigraph
from pyoxigraph import QueryResultsFormat, Store

from communique.graph.errors import QuerySyntaxError
from communique.graph.settings import Settings, read_settings
from communique.graph.store import Snapshot, Workspace

Answer = pyoxigraph.QuerySolutions | pyoxigraph.QueryBoolean | pyoxigraph.QueryTriples


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
        """The data of the snapshot; its default graph is empty, ask for the union."""
        return self.workspace.read(self.snapshot)

    def ask(self, text: str) -> Answer:
        """Evaluate a query over the union of all graphs; QuerySyntaxError when it is not SPARQL 1.1."""
        # A query runs in native code that no handler can interrupt: let ctrl-C end the process instead.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        try:
            return self.store.query(text, use_default_graph_as_union=True)
        except SyntaxError as error:
            raise QuerySyntaxError(str(error), line=error.lineno, column=error.offset) from error

    def run(self, text: str) -> bytes:
        """Evaluate a SELECT and give its answer as SPARQL 1.1 JSON."""
        answer = self.ask(text)
        assert isinstance(answer, pyoxigraph.QuerySolutions)
        return answer.serialize(format=QueryResultsFormat.JSON) or b""
