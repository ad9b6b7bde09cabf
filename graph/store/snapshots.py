"""Snapshots: published states of the data, each in a folder of its own that never changes.

``snapshots/<id>/``
├── store/            the quads on disk (pyoxigraph); shared with other snapshots by hard links
├── dataset.nq …      the same as text (see ``dump``), from which readers load
└── manifest.json     what it holds, when and by which version it was made

Readers never open the on-disk store: a process that has done so keeps RocksDB's threads and must not fork.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pyoxigraph import NamedNode, Quad, Store

from communique import __version__
from communique.graph.errors import StoreError
from communique.graph.store.canonical import snapshot_id
from communique.graph.store.dump import Dump
from communique.graph.store.files import write_durably

MANIFEST, ON_DISK = "manifest.json", "store"
# Of a snapshot and what stands beside it in a home. A manifest without the number has format 1. Whoever changes the
# format raises it, reads the older ones, and adds a store of each release to ``tests/fixtures/stores``.
FORMAT = 1

_RECOVER = "communique rollback, or communique build --fresh"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One published state of the data.

    Attributes
    ----------
    id : name of the content, see ``canonical.snapshot_id``
    path : its folder
    graphs : quads per graph IRI; the default graph is the empty string
    created : when it was first published, UTC
    version : of the product that wrote it
    fingerprint : of the content, see ``canonical.fingerprint``
    """

    id: str
    path: Path
    graphs: Mapping[str, int]
    created: datetime
    version: str
    fingerprint: int

    @classmethod
    def read(cls, path: Path) -> Snapshot:
        """Read the manifest in a folder; StoreError when it is missing, damaged or of a format of later versions."""
        try:
            manifest: dict[str, Any] = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
            if (form := int(manifest.get("format", 1))) > FORMAT:
                message = f"snapshot {path} has format {form}, written by communique {manifest['version']}"
                hint = (
                    f"install that version or a later one; or restore a backup that communique {__version__} can read"
                )
                raise StoreError(message, expected=f"format {FORMAT} at most", hint=hint)
            return cls(
                id=manifest["id"],
                path=path,
                graphs=MappingProxyType(manifest["graphs"]),
                created=datetime.fromisoformat(manifest["created"]),
                version=manifest["version"],
                fingerprint=int(manifest["fingerprint"], 16),
            )
        except (OSError, ValueError, KeyError) as error:
            raise StoreError(f"snapshot {path} is damaged: {error!r}", hint=_RECOVER) from error

    @classmethod
    def write(cls, path: Path, graphs: Mapping[str, int], fingerprint: int, created: datetime) -> Snapshot:
        """Write the manifest into a folder that holds the quads already, and wait until the disk has it."""
        mark = fingerprint % (1 << 256)
        found = cls(snapshot_id(mark), path, MappingProxyType(dict(graphs)), created, __version__, mark)
        content = {
            "format": FORMAT,
            "id": found.id,
            "graphs": dict(graphs),
            "created": created.isoformat(),
            "version": __version__,
        }
        text = json.dumps({**content, "fingerprint": f"{mark:064x}"}, indent=1)
        write_durably(path / MANIFEST, text + "\n")
        return found

    @property
    def quads(self) -> int:
        """Count its quads."""
        return sum(self.graphs.values())

    def load(self) -> Store:
        """Load it into memory; no file stays open and no thread is left behind. StoreError when it is damaged."""
        with self._readable():
            store = Dump(self.path).load()
        self._check_count(len(store), self.quads)
        return store

    def quads_of(self, graph: NamedNode) -> list[Quad]:
        """Read one graph without the others; none when there is no such graph. StoreError when it is damaged."""
        if graph.value not in self.graphs:
            return []
        with self._readable():
            quads = Dump(self.path).quads_of(graph)
        self._check_count(len(quads), self.graphs[graph.value])
        return quads

    @contextmanager
    def _readable(self) -> Iterator[None]:
        try:
            yield
        except (OSError, SyntaxError) as error:
            raise StoreError(f"snapshot {self.id} cannot be read: {error}", hint=_RECOVER) from error

    def _check_count(self, found: int, expected: int) -> None:
        if found != expected:
            raise StoreError(f"snapshot {self.id} has {found} quads, not {expected}", hint=_RECOVER)
