"""What expat knows of an RDF/XML file and the RDF parser does not say: whether it is whole, how deep it is, where."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from xml.parsers import expat

from communique.graph.errors import SourceLimit
from communique.graph.sources.decoding.encodings import xml_as_utf8
from communique.graph.sources.decoding.streams import name_of, open_stream

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

# The parser copies what an element inherits, so that its time grows with the square of the depth.
DEEPEST = 1_000

# Expat begins an unfinished token anew with each chunk, so that small ones would make a long token cost its square.
_CHUNK = 1 << 20


class WellFormed:
    """A stream of XML that ends in a SyntaxError, with its place, where the XML is not well-formed.

    So ends one whose entities expand to a multiple of the file, as expat limits it. SourceLimit: elements are nested
    more than ``DEEPEST`` deep.
    """

    def __init__(self, stream: BinaryIO, path: str) -> None:
        """Read from ``stream``."""
        self._stream, self._path, self._parser = stream, path, expat.ParserCreate()
        self._parser.StartElementHandler, self._parser.EndElementHandler = self._open, self._close
        self._depth, self._checked, self._is_done = 0, memoryview(b""), False

    def read(self, size: int = _CHUNK, /) -> bytes:
        """Read some bytes that are checked."""
        if not self._checked and not self._is_done:
            content = self._stream.read(_CHUNK)
            self._checked, self._is_done = memoryview(content), not content
            try:
                self._parser.Parse(content, not content)
            except expat.ExpatError as error:
                message = expat.ErrorString(error.code)
                raise SyntaxError(message, ("", error.lineno, error.offset + 1, None)) from error
        part, self._checked = self._checked[:size], self._checked[size:]
        return bytes(part)

    def _open(self, _name: str, _attributes: Mapping[str, str]) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            line, hint = self._parser.CurrentLineNumber, "write the inner nodes beside each other, with rdf:about"
            message = f"elements nested more than {DEEPEST:,} deep"
            raise SourceLimit(message, path=self._path, line=line, expected="a flatter file", hint=hint)

    def _close(self, _name: str) -> None:
        self._depth -= 1


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of an element: ``name`` is its namespace and local name with nothing between, as in an IRI."""

    name: str
    value: str
    line: int
    column: int


def attributes(file: Path | Traversable) -> Iterator[Attribute]:
    """List the attributes of a file in their order, as far as it is well-formed; each stands where its element does."""
    parser = expat.ParserCreate(namespace_separator="")
    found: list[Attribute] = []

    def look(_: str, attributes: Mapping[str, str]) -> None:
        place = parser.CurrentLineNumber, parser.CurrentColumnNumber + 1
        found.extend(Attribute(name, value, *place) for name, value in attributes.items())

    parser.StartElementHandler = look
    with open_stream(file) as stream:
        content = xml_as_utf8(stream, name_of(file))
        while part := content.read(_CHUNK):
            try:
                parser.Parse(part, False)
            except expat.ExpatError:
                break
            yield from found
            found.clear()
    yield from found
