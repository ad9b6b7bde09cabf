"""What a parser of RDF complains of, told with its place, what was expected and what to do.

The parser does not locate faults of RDF/XML, and it takes a file that ends too early for a whole one. Expat knows
both; it runs beside the parser, and once more to find a node ID that is no name.
"""

from __future__ import annotations

import re
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import BinaryIO
from xml.parsers import expat

from pyoxigraph import RdfFormat

from communique.graph.errors import SourceError
from communique.graph.namespaces import RDF
from communique.graph.sources.streams import name_of, open_stream

_BEGINNINGS = (
    (re.compile(rb"\s*(<\?xml|<rdf:RDF|<!DOCTYPE)", re.IGNORECASE), RdfFormat.RDF_XML),
    (re.compile(rb"\s*[{\[]\s*[\"{\]}]"), RdfFormat.JSON_LD),
    (re.compile(rb"\s*(#.*\s+)*(@prefix|@base|prefix\b|base\b)", re.IGNORECASE), RdfFormat.TURTLE),
)
_TURTLE = (RdfFormat.TURTLE, RdfFormat.TRIG)
_IDENTIFIER = re.compile(r"(?P<value>\S+) is not a valid rdf:(?P<name>nodeID|ID|bagID) value")
_CHUNK = 1 << 16


class WellFormed:
    """A stream of XML that ends in a SyntaxError, with its place, where the XML is not well-formed."""

    def __init__(self, stream: BinaryIO) -> None:
        """Read from ``stream``."""
        self._stream, self._parser = stream, expat.ParserCreate()
        self._is_done = False

    def read(self, size: int = _CHUNK, /) -> bytes:
        """Read some bytes and check them."""
        content = self._stream.read(size)
        if not self._is_done:
            self._is_done = not content
            try:
                self._parser.Parse(content, not content)
            except expat.ExpatError as error:
                message = expat.ErrorString(error.code)
                raise SyntaxError(message, ("", error.lineno, error.offset + 1, None)) from error
        return content


def explain(error: SyntaxError, file: Path | Traversable, form: RdfFormat) -> SourceError:
    """Translate the parser's error."""
    message = re.sub(r"^Parser error at .*?: ", "", error.msg)
    path, line, column = name_of(file), error.lineno, error.offset
    if "LoadDocumentCallback" in message:
        message, hint = "a JSON-LD context that would have to be fetched", "write the context into the file"
        return SourceError(message, path=path, expected="a context inside the file", hint=hint)
    if "utf-8" in message.lower():
        hint = "convert it, for instance: iconv -f LATIN1 -t UTF-8"
        return SourceError(message, path=path, line=line, column=column, expected="text in UTF-8", hint=hint)
    if found := _IDENTIFIER.search(message):
        line, column = _locate_identifier(file, found["name"], found["value"])
        hint = "let the value begin with a letter or an underscore, wherever it occurs"
        expected = "an XML name, which begins with no digit"
        return SourceError(message, path=path, line=line, column=column, expected=expected, hint=hint)
    return SourceError(
        message, path=path, line=line, column=column, expected="well-formed RDF", hint=_guess(file, form)
    )


def _guess(file: Path | Traversable, form: RdfFormat) -> str | None:
    """Guess from the beginning of a file whether it is of another format than it was taken for."""
    with open_stream(file) as stream:
        head = stream.read(2000)
    likely = next((other for beginning, other in _BEGINNINGS if beginning.match(head)), form)
    if likely == form or (likely in _TURTLE and form in _TURTLE):
        return None
    return f"it was read as {form.name} but looks like {likely.name}: mend its suffix or name its --input-format"


def _locate_identifier(file: Path | Traversable, name: str, value: str) -> tuple[int | None, int | None]:
    """Find the first element that bears an identifier."""
    parser = expat.ParserCreate(namespace_separator=" ")
    places: list[tuple[int, int]] = []

    def look(_: str, attributes: dict[str, str]) -> None:
        if attributes.get(f"{RDF} {name}") == value and not places:
            places.append((parser.CurrentLineNumber, parser.CurrentColumnNumber + 1))

    parser.StartElementHandler = look
    with open_stream(file) as stream:
        while not places and (content := stream.read(_CHUNK)):
            parser.Parse(content, False)
    return places[0] if places else (None, None)
