"""A change in the making: a private copy of a snapshot, on disk and as text, with its counts and fingerprint."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from itertools import count
from pathlib import Path
from threading import Event
from typing import BinaryIO

from pyoxigraph import NamedNode, Quad, RdfFormat, Store, parse

from communique.graph.store.canonical import fingerprint, line_of, snapshot_id
from communique.graph.store.changes import Change
from communique.graph.store.dump import Dump
from communique.graph.store.files import explained
from communique.graph.store.snapshots import ON_DISK, Snapshot

# Below this many bytes one transaction is faster than a bulk load, which writes files of its own. More than a portion
# is loaded portion by portion: the engine would hold up to a million quads in memory. Measured on 1M quads, 8 MiB take
# as long as 24 and half the memory; of 4 or 2 the engine writes so many files that it is long in joining them.
_BULK, _PORTION = 3 << 20, 8 << 20
_BLOCK = 1 << 20


class WorkingCopy:
    """A private copy of a snapshot; only ``Workspace.working_copy`` makes one.

    The quads that a change adds are written to a file when ``apply`` returns; a thread counts them and brings the
    change to the text and to the on-disk store.
    """

    def __init__(self, folder: Path, base: Snapshot | None) -> None:
        """Copy ``base`` into ``folder``, or begin empty: hard links, some milliseconds whatever its size."""
        self.folder, self.base = folder, base
        self._graphs = Counter(base.graphs if base else {})
        self._fingerprint = base.fingerprint if base else 0
        with explained(folder):
            folder.mkdir()
            self._dump = Dump(base.path).fork(folder) if base else Dump(folder)
            if base:
                Store.read_only(str(base.path / ON_DISK)).backup(str(folder / ON_DISK))
            self._store = Store(str(folder / ON_DISK))
        self._stopped, self._numbers = Event(), count()
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._tasks: list[Future[None]] = []

    @property
    def id(self) -> str:
        """Compute the snapshot id of the content."""
        self._catch_up()
        return snapshot_id(self._fingerprint)

    @property
    def graphs(self) -> Counter[str]:
        """Count the quads per graph IRI; the default graph is the empty string."""
        self._catch_up()
        return self._graphs

    @property
    def quads(self) -> int:
        """Count the quads."""
        return self.graphs.total()

    @property
    def store(self) -> Store:
        """Return the quads on disk, with all changes; drop every reference to it before the copy is published."""
        self._catch_up()
        return self._store

    def replace_all(self, quads: Iterable[Quad]) -> None:
        """Hold exactly ``quads``; a blank node raises MappingError before anything is changed."""
        wanted = Store()
        wanted.extend(quads)
        self.apply(Change.between(set(self.store), wanted))

    def apply(self, change: Change) -> None:
        """Carry out a change; a blank node raises MappingError before anything is changed."""
        with explained(self.folder):
            added = self.folder / f".batch{next(self._numbers)}.nq"
            _write(change.added, added)
        self._tasks.append(self._thread.submit(self._carry_out, change.removed, added))

    def finish(self, at: datetime) -> Path:
        """Close the copy, wait until the disk has all of it, and return its folder, which is complete as a snapshot."""
        self._catch_up()
        with explained(self.folder):
            self._store.flush()
            self._close()
            self._dump.settle()
        graphs = {name: number for name, number in sorted(self._graphs.items()) if number}
        return Snapshot.write(self.folder, graphs, self._fingerprint, at).path

    def discard(self) -> None:
        """Delete the copy, also in the middle of a bulk load; nothing happens when it has been published."""
        self._stopped.set()
        self._close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _carry_out(self, removed: Collection[Quad], added: Path) -> None:
        """Count a change, and bring it to the text and to the disk."""
        lines = list(map(line_of, removed))
        with added.open("rb") as file:
            self._fingerprint += fingerprint(_counted(file, self._graphs)) - fingerprint(lines)
        self._graphs.subtract(
            quad.graph_name.value if isinstance(quad.graph_name, NamedNode) else "" for quad in removed
        )
        self._dump.remove(lines)
        self._dump.add(added)
        self._write_to_disk(removed, added)

    def _write_to_disk(self, removed: Collection[Quad], added: Path) -> None:
        """Change the on-disk store; since the copy is private, this need not be one transaction."""
        for quad in removed:
            self._store.remove(quad)
        load = self._store.load if added.stat().st_size < _BULK else self._store.bulk_load
        with added.open("rb") as text:
            while portion := text.read(_PORTION) + text.readline():
                if self._stopped.is_set():
                    raise InterruptedError("the working copy was deleted")
                load(portion, format=RdfFormat.N_QUADS)
        added.unlink()

    def _catch_up(self) -> None:
        """Wait until the disk has every change; what went wrong there is raised here."""
        with explained(self.folder):
            while self._tasks:
                self._tasks.pop(0).result()

    def _close(self) -> None:
        self._thread.shutdown(wait=True, cancel_futures=True)
        self._tasks.clear()
        if hasattr(self, "_store"):
            del self._store


def _write(quads: Iterable[Quad], path: Path) -> None:
    """Write quads as canonical lines, from which the disk is loaded; MappingError for a blank node."""
    if not isinstance(quads, Store):
        with path.open("wb") as file:
            file.writelines(map(line_of, quads))
        return
    quads.dump(str(path), format=RdfFormat.N_QUADS)
    with path.open("rb") as file:
        for line in _with_blank_mark(file):
            line_of(next(parse(line, format=RdfFormat.N_QUADS)))


def _with_blank_mark(file: BinaryIO) -> Iterator[bytes]:
    """List the lines in which a blank node may be; a block without the mark of one is skipped as a whole."""
    while block := file.read(_BLOCK) + file.readline():
        if b"_:" in block:
            yield from (line for line in block.splitlines(keepends=True) if b"_:" in line)


def _counted(lines: Iterable[bytes], counts: Counter[str]) -> Iterator[bytes]:
    """Yield canonical N-Quads lines, and count them by graph."""
    found: Counter[bytes] = Counter()
    for line in lines:
        # Without a graph and without a space in its literal, a line has three spaces, and its object is no graph.
        found[line.rsplit(b" ", 2)[1] if line.count(b" ") > 3 else b""] += 1
        yield line
    for name, number in found.items():
        # What stands there without a graph is the end of a literal: alone that can have a quotation mark.
        counts[name[1:-1].decode() if name.startswith(b"<") and b'"' not in name else ""] += number
