"""Bytes of a file as a stream: decompressed, free of a byte order mark, counted as they are read.

Compression is recognised by the first bytes, so that a pipe needs no name; a name that promises gzip or Zstandard
has to keep its word.
"""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, BinaryIO, cast

import zstandard

from communique.graph.errors import SourceError

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

# Takes how many bytes, as they lie on disk, have been read since the last time.
Notice = Callable[[int], object]

_MAGIC = {b"\x1f\x8b": ".gz", b"\x28\xb5\x2f\xfd": ".zst"}
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_CHUNK = 1 << 17


@contextmanager
def open_stream(file: Path | Traversable, notice: Notice | None = None) -> Iterator[BinaryIO]:
    """Open a file to be read as plain bytes.

    SourceError: the file cannot be read, is not compressed as its name says, or its compressed data are broken or end
    too early.
    """
    with readable(file), file.open("rb") as raw:
        content = buffered(_Counted(cast(BinaryIO, raw), notice or ignore))
        with _decompressed(content, file) as stream:
            plain = cast(io.BufferedReader, stream)
            if plain.peek(3).startswith(_BYTE_ORDER_MARK):
                plain.read(3)
            yield cast(BinaryIO, plain)


@contextmanager
def readable(file: Path | Traversable) -> Iterator[None]:
    """Translate errors of the system and of the decompression into SourceError."""
    try:
        yield
    except (EOFError, gzip.BadGzipFile, zlib.error, zstandard.ZstdError) as error:
        expected = "a whole compressed file"
        hint = "fetch it again, or test it with gzip -t or zstd -t"
        raise SourceError(f"broken compression: {error}", path=name_of(file), expected=expected, hint=hint) from error
    except OSError as error:
        raise SourceError(
            f"cannot be read: {error.strerror}", path=name_of(file), expected="a readable file"
        ) from error


def name_of(file: Path | Traversable) -> str:
    """Return the name of a file as it was given; of a file of the package its own name."""
    return str(file) if isinstance(file, Path) else file.name


def plain_name(name: str) -> str:
    """Return a file name without the suffix of a compression, in lower case."""
    lower = name.lower()
    return next((lower.removesuffix(suffix) for suffix in _MAGIC.values() if lower.endswith(suffix)), lower)


def ignore(_: int) -> None:
    """Do nothing."""


def buffered(raw: io.RawIOBase) -> io.BufferedReader:
    """Read ahead in chunks."""
    return io.BufferedReader(raw, _CHUNK)


class _Counted(io.RawIOBase):
    """Raw bytes that are counted as they pass."""

    def __init__(self, raw: BinaryIO, notice: Notice) -> None:
        self._raw, self._notice = raw, notice

    def readable(self) -> bool:
        """It can be read."""
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        """Fill a buffer as far as the file goes."""
        content = self._raw.read(len(buffer))
        buffer[: len(content)] = content
        self._notice(len(content))
        return len(content)


class _Zstandard(io.RawIOBase):
    """Zstandard frames one after another; unlike the library's own reader it misses the end of a truncated file."""

    def __init__(self, raw: io.BufferedReader) -> None:
        self._raw, self._frame, self._begun = raw, _new_frame(), False
        self._ready = b""

    def readable(self) -> bool:
        """It can be read."""
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        """Fill a buffer; EOFError when the data end inside a frame."""
        while not self._ready:
            content = self._frame.unused_data if self._frame.eof else b""
            content = content or self._raw.read(_CHUNK)
            if not content:
                if self._begun and not self._frame.eof:
                    raise EOFError("the data end inside a frame")
                return 0
            if self._frame.eof:
                self._frame = _new_frame()
            self._begun = True
            self._ready = self._frame.decompress(content)
        taken = self._ready[: len(buffer)]
        buffer[: len(taken)] = taken
        self._ready = self._ready[len(taken) :]
        return len(taken)


def _new_frame() -> zstandard.ZstdDecompressionObj:
    return zstandard.ZstdDecompressor().decompressobj()


def _decompressed(content: io.BufferedReader, file: Path | Traversable) -> io.BufferedIOBase:
    """Choose the decompression by the first bytes."""
    head = content.peek(4)
    found = next((suffix for magic, suffix in _MAGIC.items() if head.startswith(magic)), "")
    named = next((suffix for suffix in _MAGIC.values() if file.name.lower().endswith(suffix)), "")
    if named and named != found:
        said = {"": "is not compressed", ".gz": "is gzip", ".zst": "is Zstandard"}[found]
        message = f"the name ends in {named}, but the content {said if head else 'is empty'}"
        hint = f"rename it to {PurePath(file.name).name[: -len(named)]}{found}" if head else "fetch it again"
        raise SourceError(message, path=name_of(file), expected=f"content as {named} has it", hint=hint)
    if found == ".gz":
        return gzip.GzipFile(fileobj=content)
    return buffered(_Zstandard(content)) if found else content
