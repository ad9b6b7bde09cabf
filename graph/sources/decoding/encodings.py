"""Bytes → text: in the encoding that is meant, or told from which byte on they are none."""

from __future__ import annotations

import codecs
import io
import re
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from communique.graph.errors import SourceError, SourceLimit
from communique.graph.sources.decoding.streams import buffered, name_of, open_stream

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

# The longest text that is read as a whole, in MiB: a document, a mapping, a query, a table of judgements.
LONGEST = 64

_UTF16 = "UTF-16"
_SIGNATURES = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, _UTF16),
    (codecs.BOM_UTF16_BE, _UTF16),
    (b"PK\x03\x04", "a ZIP archive or a workbook"),
    (b"%PDF-", "a PDF"),
    (b"\xd0\xcf\x11\xe0", "an old office document"),
    (b"\x7fELF", "a program"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"\x1f\x8b", "compressed by gzip"),
    (b"\x28\xb5\x2f\xfd", "compressed by Zstandard"),
)
_DECLARED = re.compile(rb"""<\?xml[^>]*?\sencoding\s*=\s*["'](?P<name>[^"'>]*)["']""")
_DECLARATION = re.compile(r"""(?P<head><\?xml[^>]*?)\sencoding\s*=\s*(?:"[^"]*"|'[^']*')""")
_CHUNK = 1 << 16


def read_text(file: Path | Traversable, encoding: str = "utf-8-sig") -> str:
    """Read a text file whole, a byte order mark left out.

    SourceError: the file cannot be read, is in another encoding, holds U+0000, or there is no such encoding;
    SourceLimit: it has more than ``LONGEST`` MiB, once decompressed.
    """
    with open_stream(file) as stream:
        content = stream.read((LONGEST << 20) + 1)
    if len(content) > LONGEST << 20:
        raise SourceLimit(f"more than {LONGEST} MiB of text", path=name_of(file), hint="part it into several files")
    return decode(content, name_of(file), encoding)


def decode(content: bytes, path: str, encoding: str = "utf-8-sig") -> str:
    """Decode bytes as ``read_text`` does; ``path`` is the name that errors give."""
    check_encoding(encoding, path)
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        before = content[: error.start].decode(encoding, "replace")
        raise undecodable(content, error.start, before, path, encoding) from error
    if "\0" in text:
        raise undecodable(content, content.find(b"\0"), text[: text.index("\0")], path, encoding)
    return text


def undecodable(content: bytes, start: int, before: str, path: str, encoding: str) -> SourceError:
    """Make the error that says which byte is no text, what the bytes look like, and how to convert them.

    ``before`` is the text in front of the byte at offset ``start``.
    """
    line, column = locate(before, len(before))
    likely = looks_like(content)
    found = f"byte 0x{content[start]:02x} at offset {start:,}" + (f"; the file looks like {likely}" if likely else "")
    plain = plain_encoding(encoding)
    source = likely if likely and likely.startswith("UTF") else "LATIN1"
    hint = f"convert it, for instance: iconv -f {source} -t UTF-8" if not likely or likely.startswith("UTF") else None
    return SourceError(found, path=path, line=line, column=column, expected=f"text in {plain}", hint=hint)


def plain_encoding(encoding: str) -> str:
    """Name an encoding as people do."""
    return "UTF-8" if encoding.lower().replace("_", "-") in ("utf-8", "utf-8-sig", "utf8") else encoding


def check_encoding(encoding: str, path: str | None = None) -> None:
    """Raise SourceError for what is not the name of an encoding of text."""
    try:
        # Some codecs turn bytes into bytes; only the attempt tells them apart, and no bytes at all are no attempt.
        b"<>".decode(encoding, "ignore")
    except (LookupError, ValueError) as error:
        expected = "utf-8, utf-16, latin-1, cp1252, mac_roman or another name that Python knows"
        raise SourceError(f"{encoding!r} is no encoding", path=path, expected=expected) from error


def looks_like(content: bytes) -> str | None:
    """Guess by their beginning what bytes are that are no UTF-8; None where nothing speaks for anything."""
    head = content[:1024]
    if found := next((name for signature, name in _SIGNATURES if head.startswith(signature)), None):
        return found
    zeros = head.count(b"\0")
    if zeros and zeros == max(head[0::2].count(b"\0"), head[1::2].count(b"\0")) and zeros > len(head) // 4:
        return _UTF16
    return "a binary file" if zeros else None


def locate(text: str, position: int) -> tuple[int, int]:
    """Give line and column, 1-based, of a position in a text."""
    before = text[:position]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def xml_as_utf8(stream: BinaryIO, path: str) -> BinaryIO:
    """Give XML in UTF-8, whatever encoding its byte order mark or its declaration names (XML 1.0, section 4.3.3).

    SourceError: the declaration names no encoding that is known; while reading, bytes that are no text in it.
    """
    head = cast(io.BufferedReader, stream).peek(1024)[:1024]
    encoding = next((name for mark, name in _SIGNATURES[:4] if head.startswith(mark)), None)
    if encoding is None and head.startswith((b"<\0?\0", b"\0<\0?")):
        encoding = "utf-16-le" if head.startswith(b"<") else "utf-16-be"
    declared = _DECLARED.match(head.lstrip())
    if encoding is None and declared is not None:
        encoding = declared["name"].decode("ascii", "replace")
        check_encoding(encoding, path)
    if encoding is None or plain_encoding(encoding) == "UTF-8":
        return stream
    return buffered(_Transcoded(stream, encoding, path))


class _Transcoded(io.RawIOBase):
    """XML in UTF-8 and without an encoding in its declaration, made of XML in another encoding."""

    def __init__(self, stream: BinaryIO, encoding: str, path: str) -> None:
        self._stream, self._encoding, self._path = stream, encoding, path
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._ready, self._line, self._is_begun, self._is_done = b"", 1, False, False

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        """Fill a buffer as far as the text goes."""
        while not self._ready and not self._is_done:
            content = self._stream.read(_CHUNK)
            self._is_done = not content
            try:
                text = self._decoder.decode(content, self._is_done)
            except UnicodeDecodeError as error:
                message = f"bytes that are no text in {self._encoding}: {error.reason}"
                expected = "text in the encoding that the file declares"
                raise SourceError(message, path=self._path, line=self._line, expected=expected) from error
            self._line += text.count("\n")
            if not self._is_begun:
                self._is_begun = bool(text)
                text = _DECLARATION.sub(r"\g<head>", text, count=1)
            self._ready = text.encode("utf-8", "replace")
        taken = self._ready[: len(buffer)]
        buffer[: len(taken)] = taken
        self._ready = self._ready[len(taken) :]
        return len(taken)
