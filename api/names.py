"""The names of all nodes of a snapshot, read once for whoever looks nodes up by a name."""

from __future__ import annotations

import logging
import time

from communique.api.reading import Run, read_steadily
from communique.graph.engine.client import Client
from communique.graph.linking.index import ROOTS, Index
from communique.graph.queries.answers import solve

_LOG = logging.getLogger(__name__)


class Names:
    """The index of names of the snapshot in force; it is kept until there is a newer one."""

    def __init__(self, client: Client) -> None:
        """Read from the engine behind ``client``."""
        self._client = client
        self._known: tuple[str, Index] | None = None

    def current(self) -> Index:
        """Give the index of the data that would answer now."""
        return read_steadily(self._client, self.of)[0]

    def of(self, run: Run, snapshot: str) -> Index:
        """Give the index of a snapshot that ``run`` answers from."""
        if self._known is None or self._known[0] != snapshot:
            start = time.perf_counter()
            index = Index.of(lambda query: solve(run, query), ROOTS)
            _LOG.info("%d names of %s in %.1f s", len(index.entities), snapshot, time.perf_counter() - start)
            self._known = snapshot, index
        return self._known[1]
