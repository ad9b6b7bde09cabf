"""Source texts → paragraphs; text files and their faults."""

from __future__ import annotations

import hashlib
import re
from importlib.resources.abc import Traversable
from pathlib import Path

from communique.graph.errors import SourceError
from communique.graph.sources.streams import name_of, open_stream


def read_texts(folder: Path) -> dict[str, list[str]]:
    """Read the source texts (``*.txt``) of a folder: SHA-256 of the file → its paragraphs.

    One line is one paragraph, empty lines counted: paragraph n of a text is item n - 1 of its list.
    """
    if not folder.is_dir():
        raise SourceError("no such folder", path=str(folder), expected="a folder with *.txt")
    return dict(read_text(path) for path in sorted(folder.glob("*.txt")))


def read_text(path: Path) -> tuple[str, list[str]]:
    """Read one source text: the SHA-256 of the file, and its paragraphs."""
    return hashlib.sha256(path.read_bytes()).hexdigest(), re.split(r"\r\n|\n|\r", decode_file(path))


def decode_file(file: Path | Traversable) -> str:
    """Read a UTF-8 file, a byte order mark left out; SourceError names the first byte that is no UTF-8."""
    with open_stream(file) as stream:
        content = stream.read()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line, column = locate(content[: error.start].decode("utf-8", "replace"), error.start)
        message = f"byte 0x{content[error.start]:02x}"
        raise SourceError(message, path=name_of(file), line=line, column=column, expected="text in UTF-8") from error


def locate(text: str, position: int) -> tuple[int, int]:
    """Give line and column, 1-based, of a position in a text."""
    before = text[:position]
    return before.count("\n") + 1, len(before) - before.rfind("\n")
