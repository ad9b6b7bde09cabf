"""Backups: the whole of a home in another folder, each file with its checksum.

``folder/``
├── home/             the files of the home, but for locks, sockets, drawings and what is in the making
├── manifest.json     size, SHA-256 and permissions of each file, and which snapshot is in force
└── .partial/         only while a backup is made; the manifest leaves it last, and without one there is no backup

A backup takes no lock: the home may be served and loaded into meanwhile. It shows the store as it was at one moment,
when the pointer, the journal and the files of the snapshots were looked at together; what a load does afterwards is
not in it.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, BinaryIO

from communique import __version__
from communique.graph.errors import StoreError
from communique.graph.store.canonical import fingerprint
from communique.graph.store.dump import Dump
from communique.graph.store.files import explained, hold, sync, write_durably
from communique.graph.store.journal import Journal, read_text
from communique.graph.store.snapshots import Snapshot
from communique.graph.store.workspace import Workspace

HOME, MANIFEST, PARTIAL = "home", "manifest.json", ".partial"
FORMAT = 1

_BLOCK = 1 << 20
_ATTEMPTS = 20
# What of a home belongs to running processes, is read together at one moment, or is made anew when it is missing.
_APART = ("*.lock", "*.sock", "journal.*", "current", "snapshots", "drawn")
# Folders in which a load has a folder of its own.
_PER_LOAD = ("quarantine", "rejects")
# What came of a change over HTTP after the moment of a backup is no part of it: the journal then says what is true.
_JOBS = "jobs"
# To the second, an id of the journal tells when its load began.
_SECOND = len("20261201T000000Z")


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of a backup: its size in bytes, the SHA-256 of its bytes, its permissions in octal."""

    size: int
    sha256: str
    mode: str


@dataclass(frozen=True, slots=True)
class Backup:
    """A whole backup.

    Attributes
    ----------
    folder : where it is
    snapshot : id of the snapshot in force
    created : when it was begun, UTC
    version : of the product that made it
    files : by their paths below ``home/``
    """

    folder: Path
    snapshot: str
    created: datetime
    version: str
    files: Mapping[str, StoredFile]

    @classmethod
    def read(cls, folder: Path) -> Backup:
        """Read the manifest; StoreError when there is no whole backup, or one of a format of later versions."""
        try:
            content: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
            if content["format"] > FORMAT:
                message = f"the backup {folder} has format {content['format']}, written by version {content['version']}"
                raise StoreError(message, expected=f"format {FORMAT} at most", hint="use that version, or a later one")
            files = {name: StoredFile(**each) for name, each in content["files"].items()}
            created = datetime.fromisoformat(content["created"])
            return cls(folder, content["snapshot"], created, content["version"], files)
        except FileNotFoundError as error:
            hint = "name the folder that was given to communique backup; an interrupted backup is none"
            raise StoreError(f"{folder} holds no whole backup: there is no {MANIFEST}", hint=hint) from error
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise StoreError(f"the backup {folder} is damaged: {MANIFEST}: {error!r}", hint="use another") from error

    @property
    def size(self) -> int:
        """Add up the sizes of the files, in bytes."""
        return sum(file.size for file in self.files.values())

    def check(self) -> None:
        """Compare every file with its checksum; StoreError names one that differs, is missing or too many."""
        self.check_names()
        for name, file in self.files.items():
            with explained(self.folder), (self.folder / HOME / name).open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
            if digest != file.sha256:
                message = f"the backup {self.folder} is damaged: {name} has the SHA-256 {digest}"
                raise StoreError(message, expected=file.sha256, hint="use another")

    def check_names(self) -> None:
        """Do as ``check``, but without reading the files."""
        found = {path.relative_to(self.folder / HOME).as_posix() for path in files_below(self.folder / HOME)}
        for name in sorted(found ^ self.files.keys()):
            wrong = "is too many" if name in found else "is missing"
            raise StoreError(f"the backup {self.folder} is damaged: {name} {wrong}", hint="use another")

    def write(self, folder: Path) -> None:
        """Write the manifest into a folder, and wait until the disk has it."""
        head = {"format": FORMAT, "version": self.version, "created": self.created.isoformat()}
        files = {name: asdict(file) for name, file in sorted(self.files.items())}
        text = json.dumps({**head, "snapshot": self.snapshot, "files": files}, indent=1)
        write_durably(folder / MANIFEST, text + "\n")


class FileCopies:
    """Copies of files in a folder, each with its checksum; what is one file in several places is copied once."""

    def __init__(self, folder: Path) -> None:
        """Begin in ``folder``, which is made when missing."""
        self.folder = folder
        self.files: dict[str, StoredFile] = {}
        self._copied: dict[object, str] = {}

    def add(self, name: str, source: BinaryIO, same: object = None) -> StoredFile:
        """Copy an open file, from where it stands to its end, to ``name``; of equal ``same`` only the first is read."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if same is not None and same in self._copied:
            first = self._copied[same]
            _link(self.folder / first, path)
            self.files[name] = self.files[first]
            return self.files[name]
        digest = hashlib.sha256()
        with path.open("wb") as target:
            while block := source.read(_BLOCK):
                digest.update(block)
                target.write(block)
            target.flush()
            os.fsync(target.fileno())
        mode = os.fstat(source.fileno()).st_mode & 0o777
        path.chmod(mode)
        self.files[name] = StoredFile(path.stat().st_size, digest.hexdigest(), f"{mode:o}")
        if same is not None:
            self._copied[same] = name
        return self.files[name]

    def add_bytes(self, name: str, content: bytes) -> None:
        """Write a file with this content, for this user alone."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_durably(path, content)
        path.chmod(0o600)
        self.files[name] = StoredFile(len(content), hashlib.sha256(content).hexdigest(), "600")

    def settle(self) -> None:
        """Wait until the disk has the names, too."""
        for folder in {self.folder, *(path for path in self.folder.rglob("*") if path.is_dir())}:
            sync(folder)


def back_up(home: Path, folder: Path) -> Backup:
    """Write a backup of ``home`` into ``folder``, which is new or empty, and compare it with its checksums.

    StoreError when nothing is published, the folder holds something else or lies in the home, the disk is full, a file
    cannot be read, or the snapshot in force or the journal is damaged: of that no backup is made.
    """
    created = datetime.now(UTC)
    if folder.resolve().is_relative_to(home.resolve()):
        raise StoreError(f"{folder} lies in {home}, of which it shall be a backup", hint="name a folder elsewhere")
    with explained(folder), _making(folder) as draft:
        copies = FileCopies(draft / HOME)
        with _moment(Workspace(home)) as moment:
            copies.add_bytes("journal.nq", moment.journal)
            if moment.pending:
                copies.add_bytes("journal.pending", moment.pending)
            for name, file in moment.files.items():
                copies.add(name, file, same=file.fileno())
        for name in _loose_files(home, moment.journal + moment.pending, moment.at):
            _add_steady(copies, home, name)
        _check_content(Snapshot.read(draft / HOME / "snapshots" / moment.current))
        backup = Backup(folder, moment.current, created, __version__, copies.files)
        backup.write(draft)
        copies.settle()
        (draft / HOME).rename(folder / HOME)
        (draft / MANIFEST).rename(folder / MANIFEST)
        sync(folder)
    backup.check()
    return backup


def files_below(folder: Path) -> Iterator[Path]:
    """List the files in a folder and in those below it, links to folders followed."""
    for place, _, names in os.walk(folder, followlinks=True):
        yield from (path for name in names if (path := Path(place, name)).is_file())


@contextmanager
def _making(folder: Path) -> Iterator[Path]:
    """Yield the folder of a draft, which is deleted at the end; what an interrupted backup left is deleted first."""
    draft = folder / PARTIAL
    if folder.exists() and not draft.exists() and any(folder.iterdir()):
        raise StoreError(f"{folder} is not empty", expected="a new or empty folder", hint="name one for each backup")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft.mkdir(exist_ok=True)
    try:
        with hold(draft / "making.lock"):
            if (folder / MANIFEST).exists():  # the last step of another backup was left: to delete its draft
                raise StoreError(f"{folder} holds a backup already", hint="name one for each backup")
            for leftover in (folder / HOME, draft / HOME):
                if leftover.exists():
                    shutil.rmtree(leftover)
            try:
                yield draft
            finally:
                shutil.rmtree(draft, ignore_errors=True)
    except BlockingIOError as error:
        raise StoreError(f"process {error} makes a backup in {folder}", hint="name another folder") from error


@dataclass(frozen=True, slots=True)
class _Moment:
    """What was in force at one moment, ``at`` nanoseconds: id of the snapshot, journal, open files of all snapshots.

    An open file can be read to its end though its snapshot is pruned. What snapshots share is opened once.
    """

    at: int
    current: str
    journal: bytes
    pending: bytes
    files: Mapping[str, BinaryIO]


@contextmanager
def _moment(workspace: Workspace) -> Iterator[_Moment]:
    """Look at the store until nothing was published, and no line of the journal written, between two looks.

    A load writes the note of what it is about to publish, moves the pointer, and appends to the journal. So a journal
    that did not grow, read after the note and under one pointer, says with the note what led to that pointer.
    """
    journal = Journal(workspace.home)
    for _ in range(_ATTEMPTS):
        with ExitStack() as stack:
            at = time.time_ns()
            current, size = workspace.current().id, journal.size
            pending, text = journal.read_texts()
            files = _open_snapshots(workspace.shelf, stack)
            is_whole = f"snapshots/{current}/manifest.json" in files
            if is_whole and (workspace.current_id(), journal.size) == (current, size):
                yield _Moment(at, current, text, pending, files)
                return
    raise StoreError(f"{workspace.home} is changed again and again", hint="try again when fewer loads run")


def _open_snapshots(shelf: Path, stack: ExitStack) -> Mapping[str, BinaryIO]:
    """Open the files of all snapshots that are there from the first of their files to the last."""
    found: dict[str, BinaryIO] = {}
    opened: dict[tuple[int, int], BinaryIO] = {}
    for folder in sorted(shelf.glob("[!.]*")):
        files: dict[str, BinaryIO] = {}
        with suppress(FileNotFoundError):  # it is being pruned
            for path in sorted(files_below(folder)):
                key = ((status := path.stat()).st_dev, status.st_ino)
                if key not in opened:
                    opened[key] = stack.enter_context(path.open("rb"))
                files[f"snapshots/{path.relative_to(shelf).as_posix()}"] = opened[key]
            if (folder / "manifest.json").exists():
                found |= files
    return found


def _loose_files(home: Path, journal: bytes, moment: int) -> Iterator[str]:
    """List the files beside the snapshots and the journal; not those of a load or a change that came later."""
    try:
        known = {activity.id for activity in read_text(journal)}
    except SyntaxError as error:
        hint = "move the file away: the journal then begins anew, the data are not concerned"
        raise StoreError(f"the journal of {home} cannot be read: {error}", hint=hint) from error
    newest = max(known, default="")[:_SECOND]
    for path in sorted(files_below(home)):
        first, *others = path.relative_to(home).parts
        if any(fnmatch(first, pattern) for pattern in _APART) or any(part.startswith(".") for part in (first, *others)):
            continue
        is_running = first in _PER_LOAD and others[0] not in known and others[0][:_SECOND] >= newest
        with suppress(FileNotFoundError):  # it is listed, and gone
            is_running |= first == _JOBS and path.stat().st_mtime_ns > moment
        if not is_running:
            yield path.relative_to(home).as_posix()


def _add_steady(copies: FileCopies, home: Path, name: str) -> None:
    """Copy a file that somebody may be writing: again, until it stays the same meanwhile; nothing when it vanishes."""
    for _ in range(_ATTEMPTS):
        try:
            with (home / name).open("rb") as file:
                before = os.fstat(file.fileno())
                copies.add(name, file)
                after = os.fstat(file.fileno())
        except FileNotFoundError:
            return
        if (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns):
            return
    raise StoreError(f"{home / name} is written to again and again", hint="try again when it is finished")


def _check_content(snapshot: Snapshot) -> None:
    """Compare the text of a snapshot with the fingerprint in its manifest."""
    if fingerprint(Dump(snapshot.path).lines()) != snapshot.fingerprint:
        hint = "communique rollback, or restore an earlier backup; no backup was made"
        raise StoreError(f"snapshot {snapshot.id}, which is in force, is damaged", hint=hint)


def _link(first: Path, path: Path) -> None:
    """Give a file a second name, or a copy where the file system has no links."""
    try:
        os.link(first, path)
    except OSError:
        shutil.copy(first, path)
        sync(path)
