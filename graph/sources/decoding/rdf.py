"""An RDF file → quads, with all of its faults that can be found: the part that runs in a process of its own."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast
from xml.parsers import expat

import pyoxigraph
from pyoxigraph import Quad, RdfFormat, Triple

from communique.graph.errors import TOLD, Faults, SourceLimit
from communique.graph.sources.decoding.encodings import looks_like, undecodable, xml_as_utf8
from communique.graph.sources.decoding.faults import explain, iris_of_xml, is_local, likely_form
from communique.graph.sources.decoding.streams import name_of, open_stream

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

# Triples that stand in triples: what handles them calls itself, and overflows its stack at some thousand.
DEEPEST_TRIPLES = 100
# Elements of RDF/XML in elements: the parser copies what one inherits, so that its time grows with the square.
DEEPEST_ELEMENTS = 1_000
# Longest term or comment that the parser takes, in MiB.
LONGEST = 16

# Expat begins an unfinished token anew with each chunk, so that small ones would make a long token cost its square.
_XML_CHUNK = 1 << 20
_BY_LINE = (RdfFormat.N_TRIPLES, RdfFormat.N_QUADS)


@dataclass(frozen=True, slots=True)
class ParseOptions:
    """How a file is to be parsed.

    Attributes
    ----------
    format : the RDF format
    base : where relative IRIs start; nowhere when None
    is_apart : its blank nodes get names that no other file has
    """

    format: RdfFormat
    base: str | None = None
    is_apart: bool = False


def parse(file: Path | Traversable, options: ParseOptions, faults: Faults, prefixes: dict[str, str]) -> Iterator[Quad]:
    """Parse a file up to its first fault, then read on for the others; ``prefixes`` takes those of the file.

    In N-Triples and N-Quads every line is looked at. In the other formats a fault inside a term (an IRI, an escape, an
    undeclared prefix) lets the parser go on; after a fault of structure the next statement may begin
    anywhere, and it is the last one listed.

    SourceLimit: a term is longer than ``LONGEST`` MiB, or elements or triples are nested too deep. SourceError: the
    file cannot be decompressed or is no text.
    """
    with open_stream(file) as stream:
        if options.format == RdfFormat.RDF_XML:
            content = cast(BinaryIO, _WellFormedXml(xml_as_utf8(stream, name_of(file)), name_of(file)))
        else:
            head = cast("io.BufferedReader", stream).peek(1024)[:1024]
            if looks_like(head) not in (None, "a binary file"):
                raise undecodable(head, 0, "", name_of(file), "utf-8")
            content = stream
        parser = pyoxigraph.parse(
            content, format=options.format, base_iri=options.base, rename_blank_nodes=options.is_apart
        )
        while True:
            try:
                for quad in parser:
                    if isinstance(quad.object, Triple):
                        _refuse_deep(quad, file)
                    if not faults.count:
                        yield quad
                break
            except SyntaxError as error:
                if len(faults.told) == TOLD and is_local(error):
                    faults.count += 1
                    continue
                is_right = likely_form(file, options.format) == options.format
                if is_right and options.format in _BY_LINE:
                    return _look_at_lines(file, options, error.lineno or 1, faults)
                if is_right and options.format == RdfFormat.RDF_XML and is_local(error):
                    for fault in iris_of_xml(file, has_base=options.base is not None):
                        faults.add(fault)
                    if faults.count:
                        return None
                faults.add(explain(error, file, options.format))
                if not (is_right and is_local(error)):
                    return None
            except MemoryError as error:
                if "buffer" not in str(error):
                    raise
                message, hint = f"a term of more than {LONGEST} MiB", "keep such a text outside of the graph"
                raise SourceLimit(message, path=name_of(file), expected="shorter terms", hint=hint) from error
        while content.read(1 << 16):  # so that broken compression and XML behind the last statement are noticed too
            pass
        prefixes.update(parser.prefixes)
    return None


def _look_at_lines(file: Path | Traversable, options: ParseOptions, first: int, faults: Faults) -> None:
    """Find the faulty lines of a format in which every line stands for itself, from the first one on."""
    found = Faults()
    with open_stream(file) as stream:
        for number, line in enumerate(stream, 1):
            if number < first:
                continue
            try:
                for _ in pyoxigraph.parse(line, format=options.format):
                    pass
            except SyntaxError as error:
                if len(found.told) == TOLD:
                    found.count += 1
                    continue
                error.lineno = error.end_lineno = number
                found.add(explain(error, file, options.format))
    # Not before the end: where the file itself is broken, its lines do not count.
    faults.join(found)


def _refuse_deep(quad: Quad, file: Path | Traversable) -> None:
    """Raise SourceLimit for triples in triples in triples."""
    depth, inner = 0, quad.object
    while isinstance(inner, Triple):
        depth, inner = depth + 1, inner.object
        if depth > DEEPEST_TRIPLES:
            message = f"triples nested more than {DEEPEST_TRIPLES} deep"
            raise SourceLimit(message, path=name_of(file), expected="a triple that is about nodes and literals")


class _WellFormedXml:
    """A stream of XML that ends in a SyntaxError, with its place, where the XML is not well-formed.

    So ends one whose entities expand to a multiple of the file, as expat limits it. SourceLimit: elements are nested
    more than ``DEEPEST_ELEMENTS`` deep.
    """

    def __init__(self, stream: BinaryIO, path: str) -> None:
        """Read from ``stream``."""
        self._stream, self._path, self._parser = stream, path, expat.ParserCreate()
        self._parser.StartElementHandler, self._parser.EndElementHandler = self._open, self._close
        self._depth, self._checked, self._is_done = 0, memoryview(b""), False

    def read(self, size: int = _XML_CHUNK, /) -> bytes:
        """Read some bytes that are checked."""
        if not self._checked and not self._is_done:
            content = self._stream.read(_XML_CHUNK)
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
        if self._depth > DEEPEST_ELEMENTS:
            line, hint = self._parser.CurrentLineNumber, "write the inner nodes beside each other, with rdf:about"
            message = f"elements nested more than {DEEPEST_ELEMENTS:,} deep"
            raise SourceLimit(message, path=self._path, line=line, expected="a flatter file", hint=hint)

    def _close(self, _name: str) -> None:
        self._depth -= 1
