"""A change in the making: a private copy of a snapshot, on disk and as text, with its counts and fingerprint."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path
from threading import Event
from typing import BinaryIO

from pyoxigraph import NamedNode, Quad, RdfFormat, Store, parse

from communique import __version__
from communique.graph.store.canonical import fingerprint, line_of, snapshot_id
from communique.graph.store.dump import Dump
from communique.graph.store.files import explained, write_durably

# Below this many bytes one transaction is faster than a bulk load, which writes files of its own. More than a portion
# is loaded portion by portion: the engine would hold up to a million quads in memory. Measured on 1M quads, 8 MiB take
# as long as 24 and half the memory; of 4 or 2 the engine writes so many files that it is long in joining them.
_BULK, _PORTION = 3 << 20, 8 << 20
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Ground:
    """What a draft begins with: the folder of a snapshot, its quads per graph and its fingerprint."""

    path: Path
    graphs: Mapping[str, int]
    mark: int


@dataclass(frozen=True, slots=True)
class Difference:
    """What a change takes out and brings in.

    Attributes
    ----------
    removed : quads that hold and go
    added : quads that do not hold yet and come
    kept : quads that would go, did they not come at once
    """

    removed: Collection[Quad] = ()
    added: Iterable[Quad] = ()
    kept: Collection[Quad] = frozenset()

    @classmethod
    def between(cls, old: Collection[Quad], new: Store) -> Difference:
        """Compare what holds with what shall hold instead; lexical forms are compared as a store keeps them."""
        kept = {quad for quad in old if quad in new}
        removed = [quad for quad in old if quad not in kept]
        return cls(removed, [quad for quad in new if quad not in kept] if kept else new, kept)


class Draft:
    """A private copy of a snapshot; only ``Workspace.draft`` makes one.

    A change is written down when ``apply`` returns; a thread reckons it up and brings it to the disk.
    """

    def __init__(self, folder: Path, ground: Ground | None) -> None:
        """Copy the ground into ``folder``: hard links, some milliseconds whatever its size."""
        self.folder = folder
        self._graphs = Counter(ground.graphs if ground else {})
        self._mark = ground.mark if ground else 0
        with explained(folder):
            folder.mkdir()
            self._dump = Dump(ground.path).fork(folder) if ground else Dump(folder)
            self._store = _open(folder / "store", ground)
        self._stopped, self._numbers = Event(), count()
        self._hand = ThreadPoolExecutor(max_workers=1)
        self._tasks: list[Future[None]] = []

    @property
    def id(self) -> str:
        """Name the content."""
        self._catch_up()
        return snapshot_id(self._mark)

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
        """Give the quads on disk, all changes made; let go of it before the draft is published."""
        self._catch_up()
        return self._store

    def replace_all(self, quads: Iterable[Quad]) -> None:
        """Hold exactly ``quads``; a blank node raises MappingError before anything is changed."""
        wanted = Store()
        wanted.extend(quads)
        self.apply(Difference.between(set(self.store), wanted))

    def apply(self, difference: Difference) -> None:
        """Carry out a difference; a blank node raises MappingError before anything is changed."""
        with explained(self.folder):
            added = self.folder / f".batch{next(self._numbers)}.nq"
            _write(difference.added, added)
        self._tasks.append(self._hand.submit(self._work_in, difference.removed, added))

    def finish(self, at: datetime) -> Path:
        """Close the draft, wait until the disk has all of it, and give its folder; only its place is missing."""
        self._catch_up()
        with explained(self.folder):
            self._store.flush()
            self._close()
            self._dump.settle()
        graphs = {name: count for name, count in sorted(self._graphs.items()) if count}
        content = {"id": self.id, "graphs": graphs, "created": at.isoformat(), "version": __version__}
        text = json.dumps({**content, "fingerprint": f"{self._mark % (1 << 256):064x}"}, indent=1)
        write_durably(self.folder / "manifest.json", text + "\n")
        return self.folder

    def discard(self) -> None:
        """Throw the draft away, also in the middle of a bulk load; nothing happens when it has been published."""
        self._stopped.set()
        self._close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _work_in(self, removed: Collection[Quad], added: Path) -> None:
        """Reckon up a difference, and bring it to the text and to the disk."""
        lines = list(map(line_of, removed))
        with added.open("rb") as file:
            self._mark += fingerprint(_counted(file, self._graphs)) - fingerprint(lines)
        self._graphs.subtract(_name(quad) for quad in removed)
        self._dump.remove(lines)
        self._dump.add(added)
        self._store_away(removed, added)

    def _store_away(self, removed: Collection[Quad], added: Path) -> None:
        """Bring a difference to the disk; the draft is private, so that this need not be one transaction."""
        for quad in removed:
            self._store.remove(quad)
        load = self._store.load if added.stat().st_size < _BULK else self._store.bulk_load
        with added.open("rb") as text:
            while portion := text.read(_PORTION) + text.readline():
                if self._stopped.is_set():
                    raise InterruptedError("the draft was thrown away")
                load(portion, format=RdfFormat.N_QUADS)
        added.unlink()

    def _catch_up(self) -> None:
        """Wait until the disk has followed; what went wrong there is raised here."""
        with explained(self.folder):
            while self._tasks:
                self._tasks.pop(0).result()

    def _close(self) -> None:
        """Close the on-disk store."""
        self._hand.shutdown(wait=True, cancel_futures=True)
        self._tasks.clear()
        if hasattr(self, "_store"):
            del self._store


def _open(place: Path, ground: Ground | None) -> Store:
    """Open a new store, or a copy of the ground's."""
    if ground:
        Store.read_only(str(ground.path / "store")).backup(str(place))
    return Store(str(place))


def _write(quads: Iterable[Quad], path: Path) -> None:
    """Write quads as lines of a file, from which the disk is loaded; MappingError for a blank node."""
    if not isinstance(quads, Store):
        with path.open("wb") as file:
            file.writelines(map(line_of, quads))
        return
    quads.dump(str(path), format=RdfFormat.N_QUADS)
    with path.open("rb") as file:
        for line in _suspicious(file):
            line_of(next(parse(line, format=RdfFormat.N_QUADS)))


def _suspicious(file: BinaryIO) -> Iterator[bytes]:
    """Give the lines in which a blank node may be; whole blocks without the mark of one are passed over."""
    while block := file.read(_BLOCK) + file.readline():
        if b"_:" in block:
            yield from (line for line in block.splitlines(keepends=True) if b"_:" in line)


def _counted(lines: Iterable[bytes], counts: Counter[str]) -> Iterator[bytes]:
    """Count canonical N-Quads lines by graph, and give each."""
    found: Counter[bytes] = Counter()
    for line in lines:
        # Without a graph and without a space in its literal, a line has three spaces, and its object is no graph.
        found[line.rsplit(b" ", 2)[1] if line.count(b" ") > 3 else b""] += 1
        yield line
    for name, number in found.items():
        # What stands there without a graph is the end of a literal: alone that can have a quotation mark.
        counts[name[1:-1].decode() if name.startswith(b"<") and b'"' not in name else ""] += number


def _name(quad: Quad) -> str:
    """Name the graph of a quad; the default graph is the empty string."""
    return quad.graph_name.value if isinstance(quad.graph_name, NamedNode) else ""
