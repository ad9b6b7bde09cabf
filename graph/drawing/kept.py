"""What was drawn, kept in files that all processes of a home share; bounded in bytes."""

from __future__ import annotations

import logging
import os
import tempfile
from pathlib import Path

from communique.graph.settings import Settings

_LOG = logging.getLogger(__name__)


class KeptDrawings:
    """Contents under keys; when they become too many, those used least recently go.

    A key names the snapshot and everything that was asked, so that what is kept never becomes wrong.
    """

    def __init__(self, folder: Path, most: int) -> None:
        """Keep up to ``most`` bytes in ``folder``, which is made when the first is kept."""
        self._folder, self._most = folder, most

    @classmethod
    def of(cls, settings: Settings) -> KeptDrawings:
        """Return what is kept in a home."""
        return cls(settings.home / "drawn", settings.drawn_megabytes << 20)

    def find(self, key: str) -> bytes | None:
        """Return the content under a key, a hexadecimal digest; None when it is not kept."""
        path = self._folder / key
        try:
            content = path.read_bytes()
            os.utime(path)
        except OSError:
            return None
        return content

    def keep(self, key: str, content: bytes) -> None:
        """Keep a content; where the disk does not take it, that is only logged."""
        if len(content) > self._most:
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self._folder, prefix=".", delete=False) as file:
                file.write(content)
            Path(file.name).replace(self._folder / key)
            self._forget_oldest()
        except OSError as error:
            _LOG.warning("a drawing is not kept: %s", error.strerror)

    def clear(self) -> None:
        """Forget everything."""
        for path in self._folder.glob("*"):
            path.unlink(missing_ok=True)

    def _forget_oldest(self) -> None:
        """Forget until the rest has room; what a process left half written when it was ended goes the same way."""
        files = sorted(
            (entry.stat().st_mtime_ns, entry.stat().st_size, entry.path) for entry in os.scandir(self._folder)
        )
        size = sum(each for _, each, _ in files)
        for _, each, path in files:
            if size <= self._most:
                return
            Path(path).unlink(missing_ok=True)
            size -= each
