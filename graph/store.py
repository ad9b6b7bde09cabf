"""The durable store: one writer, snapshots that never change, and a pointer to the one in force.

``home/``
├── store/                the working copy, pyoxigraph on disk; one writer at a time
├── snapshots/<id>/
│   ├── dataset.nq        canonical N-Quads; the id is the head of its SHA-256
│   ├── manifest.json     what it holds, when and by which version it was made
│   └── store/            a backup of the working copy (hard links), for tools that read from disk
├── current               link to the snapshot in force; moving it is the publication
└── writer.lock

Readers load ``dataset.nq``: a process that has opened an on-disk store keeps RocksDB's threads and must not fork.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store

from communique import __version__
from communique.graph.dataset import canonical_lines, count_by_graph, snapshot_id
from communique.graph.errors import StoreError, StoreLocked
from communique.graph.locks import hold

_KEPT = 3


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One published state of the data.

    Attributes
    ----------
    id : first 16 hexadecimal digits of the SHA-256 of ``dataset.nq``
    path : its folder
    graphs : quads per graph IRI; the default graph is the empty string
    created : when it was first published, UTC
    version : of the product that wrote it
    """

    id: str
    path: Path
    graphs: Mapping[str, int]
    created: datetime
    version: str

    @property
    def dataset(self) -> Path:
        """Name the file of its canonical N-Quads."""
        return self.path / "dataset.nq"

    @property
    def quads(self) -> int:
        """Count its quads."""
        return sum(self.graphs.values())


class Workspace:
    """The folder that holds the working copy and the snapshots."""

    def __init__(self, home: Path) -> None:
        """Point at ``home``, which need not exist yet."""
        self.home = Path(home).absolute()
        self.pointer = self.home / "current"
        self.shelf = self.home / "snapshots"

    @contextmanager
    def writer(self, *, wait: float = 0.0) -> Iterator[Writer]:
        """Open the working copy for writing; a second writer waits up to ``wait`` seconds.

        Raises
        ------
        StoreLocked : another process writes; the message names it
        StoreError : the folder cannot be used, or the store on disk cannot be opened
        """
        with ExitStack() as stack:
            yield self._open(stack, wait)

    def _open(self, stack: ExitStack, wait: float) -> Writer:
        """Take the lock and open the store; ``stack`` will close the store first, then release the lock."""
        try:
            self.shelf.mkdir(parents=True, exist_ok=True)
            stack.enter_context(hold(self.home / "writer.lock", wait))
            _sweep(self.shelf)
            return stack.enter_context(closing(Writer(self, Store(str(self.home / "store")))))
        except BlockingIOError as error:
            message = f"process {error} is writing to {self.home}"
            raise StoreLocked(message, hint="wait for it, or end it") from error
        except OSError as error:
            raise StoreError(f"the store in {self.home} cannot be opened: {error}") from error

    def current(self) -> Snapshot:
        """Give the snapshot in force; StoreError when nothing has been published."""
        try:
            return _read_manifest(self.pointer.resolve(strict=True))
        except FileNotFoundError:
            raise StoreError(f"nothing built yet in {self.home}", hint="communique build") from None

    def current_id(self) -> str | None:
        """Give the id of the snapshot in force without reading it; None before the first publication."""
        try:
            return self.pointer.readlink().name
        except FileNotFoundError:
            return None

    def snapshots(self) -> tuple[Snapshot, ...]:
        """List the snapshots that are kept, newest first."""
        found = (_read_manifest(path) for path in self.shelf.glob("[!.]*"))
        return tuple(sorted(found, key=lambda snapshot: snapshot.created, reverse=True))

    def read(self, snapshot: Snapshot) -> Store:
        """Load a snapshot into memory; no file stays open and no thread is left behind."""
        store = Store()
        try:
            store.bulk_load(path=str(snapshot.dataset), format=RdfFormat.N_QUADS)
        except (OSError, SyntaxError) as error:
            raise StoreError(f"snapshot {snapshot.id} cannot be read: {error}", hint="communique build") from error
        return store


class Writer:
    """Changes to the working copy, each in one transaction, and their publication."""

    def __init__(self, workspace: Workspace, store: Store) -> None:
        """Take the open working copy; only ``Workspace.writer`` makes one."""
        self._workspace = workspace
        self._store = store

    def replace_all(self, quads: Iterable[Quad]) -> None:
        """Make the working copy hold exactly ``quads``: afterwards it holds these, or the old ones.

        A blank node raises MappingError before anything is changed.
        """
        self._change(set(self._store), _as_stored(quads))

    def replace_graphs(self, graphs: Mapping[NamedNode, Iterable[Quad]]) -> None:
        """Replace the content of some graphs, leave the others; a quad of another graph is a StoreError."""
        wanted = _as_stored(quad for quads in graphs.values() for quad in quads)
        strangers = [quad for quad in wanted if quad.graph_name not in graphs]
        if strangers:
            raise StoreError(f"{strangers[0]} is in none of the graphs to replace", expected=_enumerate(graphs))
        self._change({quad for graph in graphs for quad in self._in_graph(graph)}, wanted)

    def publish(self, at: datetime | None = None) -> Snapshot:
        """Make a snapshot of the working copy and put it in force; one of equal content is used again.

        Its manifest records the time ``at``, now when None. The cost is one sorted list of all lines in memory,
        less than the engine needs to serve them.
        """
        lines = canonical_lines(self._store)
        path = self._workspace.shelf / snapshot_id(lines)
        if not path.exists():
            self._write(path, lines, at or datetime.now(UTC))
        snapshot = _read_manifest(path)
        _point(self._workspace.pointer, path)
        _prune(self._workspace, keep=snapshot)
        return snapshot

    def close(self) -> None:
        """Close the working copy; the writer is of no use afterwards."""
        del self._store

    def _in_graph(self, graph: NamedNode) -> Iterator[Quad]:
        """List the stored quads of one graph."""
        return self._store.quads_for_pattern(None, None, None, graph)

    def _change(self, old: set[Quad], new: set[Quad]) -> None:
        """Commit the difference: pyoxigraph runs the operations of one update as one transaction."""
        removed, added = old - new, new - old
        canonical_lines(added)  # refuses blank nodes
        if removed:
            self._store.update(f"DELETE DATA {{ {_as_data(removed)} }} ; INSERT DATA {{ {_as_data(added)} }}")
        elif added:
            self._store.extend(added)
        self._store.flush()

    def _write(self, path: Path, lines: list[str], at: datetime) -> None:
        """Write a snapshot under a name of its own, then give it its place in one step."""
        draft = path.with_name(f".{path.name}")
        draft.mkdir()
        self._store.backup(str(draft / "store"))
        _write_durably(draft / "dataset.nq", "".join(f"{line}\n" for line in lines))
        counts = {"graphs": count_by_graph(self._store), "created": at.isoformat(), "version": __version__}
        _write_durably(draft / "manifest.json", json.dumps({"id": path.name, **counts}, indent=2) + "\n")
        draft.rename(path)
        _sync(path.parent)


def _as_stored(quads: Iterable[Quad]) -> set[Quad]:
    """Give quads the lexical forms that the store will keep, so that equal data makes no difference."""
    scratch = Store()
    scratch.extend(quads)
    return set(scratch)


def _as_data(quads: Iterable[Quad]) -> str:
    """Write quads as the body of INSERT DATA and DELETE DATA."""
    return "\n".join(map(_as_datum, quads))


def _as_datum(quad: Quad) -> str:
    """Write one quad in SPARQL."""
    if isinstance(quad.graph_name, DefaultGraph):
        return f"{quad.triple} ."
    return f"GRAPH {quad.graph_name} {{ {quad.triple} }}"


def _enumerate(graphs: Iterable[NamedNode]) -> str:
    """List graphs for a message."""
    return ", ".join(graph.value for graph in graphs) or "no graph at all"


def _read_manifest(path: Path) -> Snapshot:
    """Read what a snapshot says of itself; StoreError when it is damaged."""
    try:
        manifest: dict[str, Any] = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
        return Snapshot(
            id=manifest["id"],
            path=path,
            graphs=MappingProxyType(manifest["graphs"]),
            created=datetime.fromisoformat(manifest["created"]),
            version=manifest["version"],
        )
    except (OSError, ValueError, KeyError) as error:
        raise StoreError(f"snapshot {path} is damaged: {error!r}", hint="communique build") from error


def _point(pointer: Path, path: Path) -> None:
    """Move the pointer in one step; a relative link lets the home be moved."""
    draft = pointer.with_name(".current")
    draft.unlink(missing_ok=True)
    draft.symlink_to(path.relative_to(pointer.parent))
    draft.replace(pointer)
    _sync(pointer.parent)


def _prune(workspace: Workspace, *, keep: Snapshot) -> None:
    """Remove all but the newest few snapshots; renamed first, so that none is ever seen half removed."""
    for snapshot in workspace.snapshots()[_KEPT:]:
        if snapshot.id != keep.id:
            snapshot.path.rename(snapshot.path.with_name(f".{snapshot.id}"))
    _sweep(workspace.shelf)


def _sweep(shelf: Path) -> None:
    """Remove what an interrupted writer left."""
    for leftover in shelf.glob(".*"):
        shutil.rmtree(leftover)


def _write_durably(path: Path, text: str) -> None:
    """Write a file and wait until the disk has it."""
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """Wait until the disk has the names in a folder."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
