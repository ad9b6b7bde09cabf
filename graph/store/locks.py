"""Hold a file so that one process at a time does a thing, and say who does it."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PAUSE = 0.05


@contextmanager
def hold(path: Path, wait: float = 0.0) -> Iterator[int]:
    """Hold ``path`` exclusively and write this process's id into it; gives the open file descriptor.

    Waits up to ``wait`` seconds, then raises ``BlockingIOError`` with the holder's id as its text.
    The kernel releases the lock with the process, however it ends. A forked child shares the lock
    until it closes the descriptor.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _acquire(descriptor, time.monotonic() + wait)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield descriptor
    finally:
        os.close(descriptor)


def _acquire(descriptor: int, deadline: float) -> None:
    """Try until the deadline, at least once."""
    while True:
        try:
            return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                holder = os.pread(descriptor, 20, 0).decode().strip()
                raise BlockingIOError(holder or "unknown") from None
        time.sleep(_PAUSE)
