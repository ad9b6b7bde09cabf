"""The disk: wait for it, and tell its failures in words that help."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from communique.graph.errors import StoreError

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FULL_WORDS = ("No space left", "File too large", "quota")


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
