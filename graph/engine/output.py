"""Where the engine writes an answer: to memory, to a file when it is large, or only its first lines for a page.

All are written by pyoxigraph's serializers, in pieces of some kilobytes, and have of a file only what those use.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import IO, cast

from communique.graph.engine.protocol import AnswerFile
from communique.graph.errors import QueryAborted

# An answer up to this many bytes is sent as a message; a larger one as a file.
LARGEST_MESSAGE = 1 << 18


class SpooledOutput:
    """Keeps an answer in memory up to ``LARGEST_MESSAGE`` bytes, and in a file without a name from there on.

    The file goes with its last descriptor, however the processes that hold it end.
    """

    def __init__(self, folder: Path, largest: int) -> None:
        """Make files in ``folder``, and take at most ``largest`` bytes."""
        self._folder, self._largest = folder, largest
        self._buffer = bytearray()
        self._file: IO[bytes] | None = None
        self._size = 0

    def write(self, piece: bytes) -> int:
        """Take a piece; QueryAborted when the answer becomes too large, or finds no room on the disk."""
        self._size += len(piece)
        if self._size > self._largest:
            raise QueryAborted(
                f"the answer has more than {self._largest >> 20:,} MiB", hint="ask for less at a time, with LIMIT"
            )
        self._buffer += piece
        if len(self._buffer) > LARGEST_MESSAGE:
            self._flush_to_file()
        return len(piece)

    def flush(self) -> None:
        """Do nothing: what is written is kept until it is taken."""

    def take(self) -> bytes | AnswerFile:
        """Return what was written, as a file when it did not stay in memory."""
        if self._file is None:
            return bytes(self._buffer)
        self._flush_to_file()
        return AnswerFile(os.dup(self._file.fileno()), self._size)

    def close(self) -> None:
        """Forget what was written; a file that was taken stays open for its taker."""
        if self._file is not None:
            with contextlib.suppress(OSError):  # a disk that was full still is
                self._file.close()

    def _flush_to_file(self) -> None:
        try:
            if self._file is None:
                self._file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 closed by close()
            self._file.write(self._buffer)
            self._file.flush()
        except OSError as error:
            raise QueryAborted(
                f"the answer could not be kept for sending: {error.strerror}", hint="ask for less at a time"
            ) from error
        self._buffer = bytearray()


class FirstLines:
    """Keeps the first lines of an answer and counts all of them."""

    def __init__(self, lines: int) -> None:
        """Keep ``lines`` lines."""
        self._most = lines
        self._kept: list[bytes] = []
        self.lines = 0

    def write(self, piece: bytes) -> int:
        """Take a piece; a line may go on in the next one."""
        if self.lines < self._most:
            self._kept.append(self._up_to(piece, self._most - self.lines))
        self.lines += piece.count(b"\n")
        return len(piece)

    def flush(self) -> None:
        """Do nothing: what is written is kept until it is taken."""

    def take(self) -> bytes:
        """Return the first lines."""
        return b"".join(self._kept)

    @staticmethod
    def _up_to(piece: bytes, lines: int) -> bytes:
        """Cut a piece after so many lines."""
        end = 0
        for _ in range(lines):
            if not (end := piece.find(b"\n", end) + 1):
                return piece
        return piece[:end]


def as_file(output: SpooledOutput | FirstLines) -> IO[bytes]:
    """Pass for a file, which the serializers claim to want as a whole."""
    return cast(IO[bytes], output)
