"""Source texts → paragraphs."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from communique.graph.errors import SourceError
from communique.graph.sources.decoding import encodings


def read_texts(folder: Path) -> dict[str, list[str]]:
    """Read the source texts (``*.txt``) of a folder: SHA-256 of the file → its paragraphs.

    One line is one paragraph, empty lines counted: paragraph n of a text is item n - 1 of its list.
    """
    if not folder.is_dir():
        raise SourceError("no such folder", path=str(folder), expected="a folder with *.txt")
    return dict(read_text(path) for path in sorted(folder.glob("*.txt")))


def read_text(path: Path) -> tuple[str, list[str]]:
    """Read one source text: the SHA-256 of the file, and its paragraphs."""
    text = encodings.read_text(path)
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest(), re.split(r"\r\n|\n|\r", text)
