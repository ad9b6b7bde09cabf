"""Files that must not be half written or written twice at one time: durable writes, locks, failures explained."""

from __future__ import annotations

import errno
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from communique.graph.errors import StoreError

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FULL_WORDS = ("No space left", "File too large", "quota")

# Seconds between two attempts to get a lock.
_PAUSE = 0.05


@contextmanager
def explained(place: Path) -> Iterator[None]:
    """Turn failures of the file system and of RocksDB below ``place`` into StoreError."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL or any(word in str(error) for word in _FULL_WORDS):
            message, hint = f"no room left for {place}; nothing was changed", "free some space and try again"
            raise StoreError(message, hint=hint) from error
        raise StoreError(f"{place} cannot be used: {error}") from error


def sync(path: Path) -> None:
    """Wait until the disk has a file, or the names in a folder."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_durably(path: Path, content: str | bytes) -> None:
    """Write a file and wait until the disk has it."""
    with path.open("wb") as file:
        file.write(content.encode() if isinstance(content, str) else content)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def hold(path: Path, wait: float = 0.0) -> Iterator[int]:
    """Lock ``path`` exclusively and write the id of this process into it; yields the open file descriptor.

    Waits up to ``wait`` seconds, then raises ``BlockingIOError`` with the holder's id as its text.
    The kernel releases the lock with the process, however it ends. A forked child shares the lock
    until it closes the descriptor.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        deadline = time.monotonic() + wait
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    holder = os.pread(descriptor, 20, 0).decode().strip()
                    raise BlockingIOError(holder or "unknown") from None
            time.sleep(_PAUSE)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield descriptor
    finally:
        os.close(descriptor)
