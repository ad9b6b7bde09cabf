"""The durable store: one writer, snapshots that never change, and a pointer to the one in force.

``home/``
├── snapshots/<id>/
│   ├── store/            the quads on disk (pyoxigraph); shared with other snapshots by hard links
│   ├── dataset.nq …      the same as text (see ``dump``), from which readers load
│   └── manifest.json     what it holds, when and by which version it was made
├── current               link to the snapshot in force; moving it is the publication
└── writer.lock

A change is made on a draft: a copy of the snapshot in force that nobody else sees. It is published by giving the
draft its place among the snapshots and moving the pointer, two renames; otherwise it is thrown away. Whatever stops a
writer, the pointer shows the old state or the new one, and the next writer sweeps what was left.

Readers never open the on-disk store: a process that has done so keeps RocksDB's threads and must not fork.
"""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pyoxigraph import NamedNode, Quad, Store

from communique.graph.errors import StoreError, StoreLocked
from communique.graph.store.dump import Dump
from communique.graph.store.files import explained, sync
from communique.graph.store.locks import hold
from communique.graph.store.working_copy import Draft, Ground

__all__ = ["Draft", "Snapshot", "Workspace"]

KEPT = 3

_RECOVER = "communique rollback, or communique build --fresh"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One published state of the data.

    Attributes
    ----------
    id : name of the content, see ``dataset.snapshot_id``
    path : its folder
    graphs : quads per graph IRI; the default graph is the empty string
    created : when it was first published, UTC
    version : of the product that wrote it
    mark : fingerprint of the content, see ``dataset.fingerprint``
    """

    id: str
    path: Path
    graphs: Mapping[str, int]
    created: datetime
    version: str
    mark: int

    @property
    def dataset(self) -> Dump:
        """Give the text of its quads."""
        return Dump(self.path)

    @property
    def quads(self) -> int:
        """Count its quads."""
        return sum(self.graphs.values())


class Workspace:
    """The folder that holds the snapshots."""

    def __init__(self, home: Path) -> None:
        """Point at ``home``, which need not exist yet."""
        self.home = Path(home).absolute()
        self.pointer = self.home / "current"
        self.shelf = self.home / "snapshots"

    @contextmanager
    def draft(self, *, wait: float = 0.0, fresh: bool = False) -> Iterator[Draft]:
        """Begin a change: a draft of the snapshot in force, or an empty one when ``fresh`` or nothing is in force.

        The draft is thrown away at the end unless it was published. A second writer waits up to ``wait`` seconds.

        Raises
        ------
        StoreLocked : another process writes; the message names it
        StoreError : the folder cannot be used, the disk is full, or the snapshot in force is damaged
        """
        with self.exclusive(wait):
            ground = None if fresh or self.current_id() is None else _ground(self.current())
            draft = Draft(self.shelf / f".draft-{secrets.token_hex(4)}", ground)
            try:
                yield draft
            finally:
                draft.discard()

    @contextmanager
    def exclusive(self, wait: float = 0.0) -> Iterator[None]:
        """Be the only writer for a while, and begin by sweeping what an interrupted one left; raises as ``draft``."""
        with explained(self.home):
            self.shelf.mkdir(parents=True, exist_ok=True)
        try:
            with hold(self.home / "writer.lock", wait):
                _sweep(self.shelf)
                yield
        except BlockingIOError as error:
            message = f"process {error} is writing to {self.home}"
            raise StoreLocked(message, hint="wait for it (--wait SECONDS), or end it") from error

    def publish(self, draft: Draft, at: datetime | None = None) -> Snapshot:
        """Put a draft in force at the time ``at``, now when None; a snapshot of equal content is used again."""
        path = self.shelf / draft.id
        with explained(self.home):
            if not path.exists():
                draft.finish(at or datetime.now(UTC)).rename(path)
                sync(self.shelf)
            return self.point(_read_manifest(path))

    def point(self, snapshot: Snapshot) -> Snapshot:
        """Move the pointer to a snapshot, then remove the oldest ones."""
        _point(self.pointer, snapshot.path)
        _prune(self, keep=snapshot)
        return snapshot

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

    def find(self, name: str) -> Snapshot:
        """Find a snapshot that is kept by its id or the beginning of it; StoreError for none or several."""
        kept = self.snapshots()
        found = [snapshot for snapshot in kept if snapshot.id.startswith(name)]
        if len(found) == 1:
            return found[0]
        listed = ", ".join(snapshot.id for snapshot in kept) or "none is kept"
        message = f"{len(found) or 'no'} snapshot{'' if len(found) == 1 else 's'} {name!r} in {self.home}"
        raise StoreError(message, expected=f"one of {listed}", hint="communique history")

    def read(self, snapshot: Snapshot) -> Store:
        """Load a snapshot into memory; no file stays open and no thread is left behind."""
        with _readable(snapshot):
            store = snapshot.dataset.load()
        _check_count(snapshot, len(store), snapshot.quads)
        return store

    def read_graph(self, snapshot: Snapshot, graph: NamedNode) -> list[Quad]:
        """Read one graph of a snapshot without the others, none when there is no such graph; raises as ``read``."""
        if graph.value not in snapshot.graphs:
            return []
        with _readable(snapshot):
            quads = snapshot.dataset.quads_of(graph)
        _check_count(snapshot, len(quads), snapshot.graphs[graph.value])
        return quads

    def salvage(self, graph: NamedNode) -> list[Quad]:
        """Read one graph of the snapshot in force; if that is damaged, of the newest that can be read, if any."""
        paths = sorted(self.shelf.glob("[!.]*"), key=lambda path: path.stat().st_mtime, reverse=True)
        if self.current_id() is not None:
            paths.insert(0, self.pointer.resolve())
        for path in paths:
            with suppress(StoreError):
                snapshot = _read_manifest(path)
                with _readable(snapshot):
                    return snapshot.dataset.quads_of(graph) if graph.value in snapshot.graphs else []
        return []


@contextmanager
def _readable(snapshot: Snapshot) -> Iterator[None]:
    """Turn what comes up while a snapshot is read into StoreError."""
    try:
        yield
    except (OSError, SyntaxError) as error:
        raise StoreError(f"snapshot {snapshot.id} cannot be read: {error}", hint=_RECOVER) from error


def _check_count(snapshot: Snapshot, found: int, expected: int) -> None:
    """Hold what was read against the manifest."""
    if found != expected:
        raise StoreError(f"snapshot {snapshot.id} has {found} quads, not {expected}", hint=_RECOVER)


def _ground(snapshot: Snapshot) -> Ground:
    """Give what a draft begins with."""
    return Ground(snapshot.path, snapshot.graphs, snapshot.mark)


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
            mark=int(manifest["fingerprint"], 16),
        )
    except (OSError, ValueError, KeyError) as error:
        raise StoreError(f"snapshot {path} is damaged: {error!r}", hint=_RECOVER) from error


def _point(pointer: Path, path: Path) -> None:
    """Move the pointer in one step; a relative link lets the home be moved."""
    draft = pointer.with_name(".current")
    draft.unlink(missing_ok=True)
    draft.symlink_to(path.relative_to(pointer.parent))
    draft.replace(pointer)
    sync(pointer.parent)


def _prune(workspace: Workspace, *, keep: Snapshot) -> None:
    """Remove all but the newest few snapshots; renamed first, so that none is ever seen half removed."""
    for snapshot in workspace.snapshots()[KEPT:]:
        if snapshot.id != keep.id:
            shutil.rmtree(snapshot.path.rename(snapshot.path.with_name(f".{snapshot.id}")))


def _sweep(shelf: Path) -> None:
    """Remove what an interrupted writer left."""
    for leftover in shelf.glob(".*"):
        shutil.rmtree(leftover)
