"""A stream of XML → the children of its root element, one after another; a file with entities of its own is refused."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from typing import BinaryIO

from communique.graph.errors import SourceError

_CHUNK = 1 << 16


def read_children(stream: BinaryIO, file: str, tag: str) -> Iterator[ET.Element]:
    """Read the children of the root that have a tag.

    Raises
    ------
    SourceError : no XML, or a document type is declared: entities could make a small file grow without end
    """
    yield from (child for _, child in _read(stream, file) if child.tag == tag)


def read_head(stream: BinaryIO, file: str) -> tuple[ET.Element, ET.Element] | None:
    """Read the root, without what it holds, and its first child; None where there is none. SourceError as above."""
    return next(_read(stream, file), None)


def _read(stream: BinaryIO, file: str) -> Iterator[tuple[ET.Element, ET.Element]]:
    """Read the children of the root, each with the root."""
    children = _Children(file)
    parser = ET.XMLParser(target=children)
    try:
        while chunk := stream.read(_CHUNK):
            parser.feed(chunk)
            found, children.found = children.found, []
            yield from ((children.root, each) for each in found)
        parser.close()
    except ET.ParseError as error:
        raise SourceError(f"not XML: {error}", path=file, line=error.position[0], expected="well-formed XML") from error


class _Children:
    """Builds the children of the root element, one after another, into ``found``."""

    def __init__(self, file: str) -> None:
        self._file, self._depth = file, 0
        self._builder = ET.TreeBuilder()
        self.root = ET.Element("none")
        self.found: list[ET.Element] = []

    def doctype(self, name: str, _public: str | None, _system: str | None) -> None:
        """Refuse a declaration of entities."""
        message = f"the file declares a document type, {name}"
        raise SourceError(message, path=self._file, expected="XML without <!DOCTYPE …>", hint="remove the declaration")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Begin an element."""
        self._depth += 1
        if self._depth > 1:
            self._builder.start(tag, attributes)
        else:
            self.root = ET.Element(tag, attributes)

    def end(self, tag: str) -> None:
        """End an element; a child of the root is complete."""
        self._depth -= 1
        if self._depth:
            self._builder.end(tag)
        if self._depth == 1:
            self.found.append(self._builder.close())
            self._builder = ET.TreeBuilder()

    def data(self, text: str) -> None:
        """Take text."""
        if self._depth > 1:
            self._builder.data(text)

    def close(self) -> None:
        """End the document."""
