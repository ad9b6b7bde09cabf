"""Who loaded what, when, from where, and what came of it: PROV as N-Quads beside the data.

``home/``
├── journal.nq        one activity after another, only ever appended to; a dataset of its own (``graph/journal``)
└── journal.pending   the activity that is about to be published, until it stands in the journal

The journal is no part of a snapshot: equal content has equal names, whoever loaded it and however often. The activity
is written down before the pointer moves, so that a publication and its record are there together or not at all:
``settle`` finishes what a killed process began.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pyoxigraph import RdfFormat, Store

from communique.graph.errors import StoreError
from communique.graph.store.files import write_durably
from communique.graph.store.records import PUBLISHED, ROLLBACK, Record, read_records, to_nquads


class Journal:
    """The journal of a workspace."""

    def __init__(self, home: Path) -> None:
        """Point at the journal in ``home``, which need not exist yet."""
        self.path = home / "journal.nq"
        self._pending = home / "journal.pending"

    def store(self) -> Store:
        """Load the journal, to be queried; StoreError when it is damaged."""
        store = Store()
        try:
            if self.path.exists():
                store.load(path=str(self.path), format=RdfFormat.N_QUADS)
        except (OSError, SyntaxError) as error:
            hint = "move the file away: the journal then begins anew, the data are not concerned"
            raise StoreError(f"the journal {self.path} cannot be read: {error}", hint=hint) from error
        return store

    def records(self) -> tuple[Record, ...]:
        """Read all activities, oldest first."""
        return tuple(sorted(read_records(self.store()), key=lambda record: record.started))

    def before(self, snapshot: str) -> str:
        """Find the id that was in force before a snapshot was published; StoreError when the journal knows of none."""
        published = (each for each in reversed(self.records()) if each.kind != ROLLBACK and each.outcome == PUBLISHED)
        found = next((each.previous for each in published if each.snapshot == snapshot), "")
        if not found:
            hint = "communique history, then communique rollback SNAPSHOT"
            raise StoreError("the journal knows of no snapshot before the one in force", hint=hint)
        return found

    def append(self, record: Record) -> None:
        """Write an activity down and wait until the disk has it: the whole of it, or nothing."""
        text, descriptor = to_nquads(record), os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            before = os.fstat(descriptor).st_size
            if os.write(descriptor, text) < len(text):
                os.ftruncate(descriptor, before)
                raise StoreError(f"no room left for {self.path}", hint="free some space and try again")
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    @contextmanager
    def announced(self, record: Record) -> Iterator[None]:
        """Note an activity around the publication that it leads to.

        An exception may come after the pointer has moved (ctrl-C does): then the note stays, and ``settle`` decides.
        """
        write_durably(self._pending, to_nquads(record))
        yield
        self.append(record)
        self._pending.unlink()

    def settle(self, current: str | None) -> Record | None:
        """Finish what a killed writer began; ``current`` is the id in force.

        The activity that was about to be published is written down when its snapshot is in force. Otherwise it never
        came about, and is given back for its quarantine to be cleared away.
        """
        record = self._interrupted()
        if record is None:
            return None
        is_known = any(each.id == record.id for each in self.records())
        if record.snapshot == current and not is_known:
            self.append(record)
        self._pending.unlink()
        return None if record.snapshot == current else record

    def _interrupted(self) -> Record | None:
        """Read the activity that was about to be published; one half written was not yet about to."""
        store = Store()
        with suppress(FileNotFoundError, SyntaxError):
            store.load(path=str(self._pending), format=RdfFormat.N_QUADS)
            for record in read_records(store):
                return record
        self._pending.unlink(missing_ok=True)
        return None
