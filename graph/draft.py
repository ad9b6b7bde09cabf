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

from pyoxigraph import NamedNode, Quad, RdfFormat, Store, parse

from communique import __version__
from communique.graph.dataset import fingerprint, line_of, snapshot_id
from communique.graph.disk import explained, write_durably
from communique.graph.dump import Dump

# Below this many bytes one transaction is faster than a bulk load, which writes files of its own. More than a portion
# is loaded portion by portion: the engine would hold up to a million quads in memory.
_BULK, _PORTION = 3 << 20, 24 << 20


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
    added: Collection[Quad] | Store = ()
    kept: Collection[Quad] = frozenset()

    @classmethod
    def between(cls, old: Collection[Quad], new: Store) -> Difference:
        """Compare what holds with what shall hold instead; lexical forms are compared as a store keeps them."""
        kept = {quad for quad in old if quad in new}
        removed = [quad for quad in old if quad not in kept]
        return cls(removed, [quad for quad in new if quad not in kept] if kept else new, kept)


class Draft:
    """A private copy of a snapshot; only ``Workspace.draft`` makes one.

    The text, counts and fingerprint of a change are ready when ``apply`` returns; the disk follows in a thread.

    Attributes
    ----------
    graphs : quads per graph IRI; the default graph is the empty string
    """

    def __init__(self, folder: Path, ground: Ground | None) -> None:
        """Copy the ground into ``folder``: hard links, some milliseconds whatever its size."""
        self.folder = folder
        self.graphs = Counter(ground.graphs if ground else {})
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
        return snapshot_id(self._mark)

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
            counts: Counter[str] = Counter()
            gained = fingerprint(_written(difference.added, added, counts))
            removed = list(map(line_of, difference.removed))
            self._mark += gained - fingerprint(removed)
            self.graphs.update(counts)
            self.graphs.subtract(_name(quad) for quad in difference.removed)
            self._dump.remove(removed)
            self._dump.add(added)
        self._tasks.append(self._hand.submit(self._store_away, difference.removed, added))

    def finish(self, at: datetime) -> Path:
        """Close the draft, wait until the disk has all of it, and give its folder; only its place is missing."""
        self._catch_up()
        with explained(self.folder):
            self._store.flush()
            self._close()
            self._dump.settle()
        graphs = {name: self.graphs[name] for name in sorted(self.graphs) if self.graphs[name]}
        content = {"id": self.id, "graphs": graphs, "created": at.isoformat(), "version": __version__}
        text = json.dumps({**content, "fingerprint": f"{self._mark % (1 << 256):064x}"}, indent=1)
        write_durably(self.folder / "manifest.json", text + "\n")
        return self.folder

    def discard(self) -> None:
        """Throw the draft away, also in the middle of a bulk load; nothing happens when it has been published."""
        self._stopped.set()
        self._close()
        shutil.rmtree(self.folder, ignore_errors=True)

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


def _written(quads: Iterable[Quad], path: Path, counts: Counter[str]) -> Iterator[bytes]:
    """Write quads as lines of a file, from which the disk is loaded; count them by graph, and give each line."""
    if isinstance(quads, Store):
        quads.dump(str(path), format=RdfFormat.N_QUADS)
    else:
        with path.open("wb") as file:
            file.writelines(map(line_of, quads))
    with path.open("rb") as file:
        for line in file:
            counts[_graph_of(line)] += 1
            yield line


def _graph_of(line: bytes) -> str:
    """Name the graph of a canonical N-Quads line, empty for the default graph; MappingError for a blank node."""
    if b"_:" in line:
        line_of(next(parse(line, format=RdfFormat.N_QUADS)))
    name = line.rsplit(b" ", 2)[1]
    # Without graph, the last term is the object: a literal, or an IRI behind two others.
    has_graph = name.startswith(b"<") and line.count(b" ") > 3
    return name[1:-1].decode() if has_graph else ""


def _name(quad: Quad) -> str:
    """Name the graph of a quad; the default graph is the empty string."""
    return quad.graph_name.value if isinstance(quad.graph_name, NamedNode) else ""
