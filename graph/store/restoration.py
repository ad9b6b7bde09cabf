"""Restoring a backup: all of it, compared with its checksums, in the place of what a home holds; or nothing.

``home/.restoring/``
├── home/             the files of the backup, until all of them are there
├── old/              what they replace, until they are in its place
└── replacing         only while one is exchanged for the other; ``Workspace`` opens no such home

Restoring once more completes what was interrupted.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from communique.graph.errors import StoreError
from communique.graph.store.backup import HOME, Backup, FileCopies
from communique.graph.store.files import explained, sync, write_durably
from communique.graph.store.workspace import RESTORING, Snapshot, Workspace

# Files of this size or more that are equal, as those that snapshots share, become one again.
_LARGE = 1 << 16


def restore(folder: Path, home: Path, *, replace: bool = False, wait: float = 0.0) -> Backup:
    """Put the backup in ``folder`` in the place of what ``home`` holds, and compare it with its checksums.

    What the home held is deleted, and that only when ``replace`` is set. A service that runs on it takes the restored
    snapshot up by itself. Waits up to ``wait`` seconds for a writer.

    Raises
    ------
    StoreError : there is no whole backup, a checksum differs, the home holds something, or the disk is full
    StoreLocked : another process writes
    """
    backup, workspace = Backup.read(folder), Workspace(home)
    with explained(workspace.home):
        workspace.home.mkdir(parents=True, exist_ok=True)
        with workspace.locked(wait):
            marker = workspace.home / RESTORING
            if not replace and not marker.exists() and (found := next(_contents(workspace.home), None)):
                hint = "choose another by COMMUNIQUE_HOME; or communique restore --replace, which deletes what is there"
                raise StoreError(f"{workspace.home} is not empty: it has {found.name}", hint=hint)
            try:
                _copy(backup, marker.parent)
            except (StoreError, OSError):
                if not marker.exists():  # else it has the only copy of what was there
                    shutil.rmtree(marker.parent, ignore_errors=True)
                raise
            _exchange(workspace, backup, marker)
    return backup


def _contents(home: Path) -> Iterator[Path]:
    """List what a home holds, but for the pointer, and what belongs to running processes."""
    found = (path for path in sorted(home.iterdir()) if path.suffix not in {".lock", ".sock"})
    return (path for path in found if path.name != "current" and not path.name.startswith("."))


def _copy(backup: Backup, draft: Path) -> None:
    """Copy the files of a backup into the draft, and read the copies once more."""
    backup.check_names()
    shutil.rmtree(draft / HOME, ignore_errors=True)
    copies = FileCopies(draft / HOME)
    for name, file in backup.files.items():
        is_shared = name.startswith("snapshots/") and file.size >= _LARGE
        with (backup.folder / HOME / name).open("rb") as source:
            copies.add(name, source, same=file.sha256 if is_shared else None)
        (draft / HOME / name).chmod(int(file.mode, 8))
    copies.settle()
    Backup(draft, backup.snapshot, backup.created, backup.version, backup.files).check()


def _exchange(workspace: Workspace, backup: Backup, marker: Path) -> None:
    """Put the copies in the place of what is there; as long as the marker stands, the home is not opened."""
    draft, old = marker.parent, marker.with_name("old")
    write_durably(marker, f"{backup.folder}\n")
    sync(draft)
    shutil.rmtree(old, ignore_errors=True)
    old.mkdir()
    for path in _contents(workspace.home):
        path.rename(old / path.name)
    for path in _contents(draft / HOME):
        path.rename(workspace.home / path.name)
    workspace.point(Snapshot.read(workspace.shelf / backup.snapshot))
    marker.unlink()
    sync(draft)
    shutil.rmtree(draft)
