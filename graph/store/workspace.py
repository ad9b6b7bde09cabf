"""The durable store: one writer, snapshots that never change, and a pointer to the one in force.

``home/``
├── snapshots/<id>/   see ``snapshots``
├── current           link to the snapshot in force; moving it is the publication
├── .restoring/       only while a backup is restored, see ``restoration``
└── writer.lock

A change is made on a working copy of the snapshot in force that nobody else sees. It is published by giving the copy
its place among the snapshots and moving the pointer, two renames; otherwise it is deleted. Whatever stops a writer, the
pointer shows the old state or the new one, and the next writer deletes what was left.
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from pyoxigraph import NamedNode, Quad

from communique.graph.errors import StoreError, StoreLocked
from communique.graph.store.dump import Dump
from communique.graph.store.files import explained, hold, sync
from communique.graph.store.snapshots import Snapshot
from communique.graph.store.working_copy import WorkingCopy

__all__ = ["Snapshot", "WorkingCopy", "Workspace"]

KEPT = 3
# It is there while a restore puts the files of a backup in the place of what was there.
RESTORING = ".restoring/replacing"


class Workspace:
    """The folder that holds the snapshots."""

    def __init__(self, home: Path) -> None:
        """Point at ``home``, which need not exist yet."""
        self.home = Path(home).absolute()
        self.pointer = self.home / "current"
        self.shelf = self.home / "snapshots"

    @contextmanager
    def working_copy(self, *, wait: float = 0.0, fresh: bool = False) -> Iterator[WorkingCopy]:
        """Begin a change: yield a copy of the snapshot in force, empty when ``fresh`` or when nothing is in force.

        The copy is deleted at the end unless it was published. A second writer waits up to ``wait`` seconds.

        Raises
        ------
        StoreLocked : another process writes; the message names it
        StoreError : the folder cannot be used, the disk is full, or the snapshot in force is damaged
        """
        with self.exclusive(wait):
            base = None if fresh or self.current_id() is None else self.current()
            copy = WorkingCopy(self.shelf / f".copy-{secrets.token_hex(4)}", base)
            try:
                yield copy
            finally:
                copy.discard()

    @contextmanager
    def exclusive(self, wait: float = 0.0) -> Iterator[None]:
        """Be the only writer, and first delete what an interrupted one left; raises as ``working_copy``."""
        with explained(self.home):
            self.shelf.mkdir(parents=True, exist_ok=True)
        with self.locked(wait):
            self._check_restored()
            for leftover in self.shelf.glob(".*"):
                shutil.rmtree(leftover)
            yield

    @contextmanager
    def locked(self, wait: float = 0.0) -> Iterator[None]:
        """Be the only writer, of a home that exists; raises as ``working_copy``."""
        try:
            with hold(self.home / "writer.lock", wait):
                yield
        except BlockingIOError as error:
            message = f"process {error} is writing to {self.home}"
            raise StoreLocked(message, hint="wait for it (--wait SECONDS), or end it") from error

    def publish(self, copy: WorkingCopy, at: datetime | None = None) -> Snapshot:
        """Put a copy in force at the time ``at``, now when None; a snapshot of equal content is used again."""
        path = self.shelf / copy.id
        with explained(self.home):
            if not path.exists():
                copy.finish(at or datetime.now(UTC)).rename(path)
                sync(self.shelf)
            return self.point(Snapshot.read(path))

    def point(self, snapshot: Snapshot) -> Snapshot:
        """Move the pointer to a snapshot in one step, then delete the oldest snapshots.

        The link is relative, so that the home can be moved. A snapshot is renamed before it is deleted, so that none is
        ever seen half deleted.
        """
        link = self.pointer.with_name(".current")
        link.unlink(missing_ok=True)
        link.symlink_to(snapshot.path.relative_to(self.home))
        link.replace(self.pointer)
        sync(self.home)
        for old in self.snapshots()[KEPT:]:
            if old.id != snapshot.id:
                shutil.rmtree(old.path.rename(old.path.with_name(f".{old.id}")))
        return snapshot

    def current(self) -> Snapshot:
        """Return the snapshot in force; StoreError when nothing has been published."""
        self._check_restored()
        try:
            return Snapshot.read(self.pointer.resolve(strict=True))
        except FileNotFoundError:
            raise StoreError(f"nothing built yet in {self.home}", hint="communique build") from None

    def _check_restored(self) -> None:
        """Refuse what a restore left half done: it may look like another state, or like none."""
        if (self.home / RESTORING).exists():
            raise StoreError(f"a restore into {self.home} was interrupted", hint="communique restore DIR once more")

    def current_id(self) -> str | None:
        """Return the id of the snapshot in force without reading it; None before the first publication.

        StoreError when what should be the pointer to it is none, as in a copy that followed links.
        """
        try:
            return self.pointer.readlink().name
        except FileNotFoundError:
            return None
        except OSError as error:
            hint = "communique backup and restore copy a store as it is"
            raise StoreError(f"{self.pointer} is no link to a snapshot: {error.strerror}", hint=hint) from error

    def snapshots(self) -> tuple[Snapshot, ...]:
        """List the snapshots that are kept, newest first."""
        found = (Snapshot.read(path) for path in self.shelf.glob("[!.]*"))
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

    def salvage(self, graph: NamedNode) -> list[Quad]:
        """Read one graph of the snapshot in force; if that is damaged, of the newest that can be read, if any.

        The count in the manifest is not checked: some quads are better than none.
        """
        paths = sorted(self.shelf.glob("[!.]*"), key=lambda path: path.stat().st_mtime, reverse=True)
        if self.current_id() is not None:
            paths.insert(0, self.pointer.resolve())
        for path in paths:
            with suppress(StoreError, OSError, SyntaxError):
                return Dump(path).quads_of(graph) if graph.value in Snapshot.read(path).graphs else []
        return []
