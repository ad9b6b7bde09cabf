"""An RDF file → quads, with all of its faults that can be told: the part that runs in a process of its own."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

import pyoxigraph
from pyoxigraph import Quad, RdfFormat, Triple

from communique.graph.errors import TOLD, Faults, SourceLimit
from communique.graph.sources.decoding.encodings import looks_like, undecodable, xml_as_utf8
from communique.graph.sources.decoding.faults import explain, iris_of_xml, is_local, likely_form
from communique.graph.sources.decoding.streams import name_of, open_stream
from communique.graph.sources.decoding.xml import WellFormed

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

# Triples that stand in triples: what handles them calls itself, and overflows its stack at some thousand.
DEEPEST = 100
# Longest term or comment that the parser takes, in MiB.
LONGEST = 16

_BY_LINE = (RdfFormat.N_TRIPLES, RdfFormat.N_QUADS)


@dataclass(frozen=True, slots=True)
class Form:
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


def parse(file: Path | Traversable, form: Form, faults: Faults, prefixes: dict[str, str]) -> Iterator[Quad]:
    """Parse a file up to its first fault, then read on for the others; ``prefixes`` takes those of the file.

    In N-Triples and N-Quads every line is looked at. In the other formats a fault inside a term (an IRI, an escape, an
    undeclared prefix) lets the parser go on; after a fault of structure nobody can tell where the next statement
    begins, and it is the last one told.

    SourceLimit: a term is longer than ``LONGEST`` MiB, or elements or triples are nested too deep. SourceError: the
    file cannot be decompressed or is no text.
    """
    with open_stream(file) as stream:
        if form.format == RdfFormat.RDF_XML:
            content = cast(BinaryIO, WellFormed(xml_as_utf8(stream, name_of(file)), name_of(file)))
        else:
            _refuse_foreign(stream, file)
            content = stream
        parser = pyoxigraph.parse(content, format=form.format, base_iri=form.base, rename_blank_nodes=form.is_apart)
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
                is_right = likely_form(file, form.format) == form.format
                if is_right and form.format in _BY_LINE:
                    return _look_at_lines(file, form, error.lineno or 1, faults)
                if is_right and form.format == RdfFormat.RDF_XML and is_local(error):
                    for fault in iris_of_xml(file, has_base=form.base is not None):
                        faults.add(fault)
                    if faults.count:
                        return None
                faults.add(explain(error, file, form.format))
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


def _look_at_lines(file: Path | Traversable, form: Form, first: int, faults: Faults) -> None:
    """Find the faulty lines of a format in which every line stands for itself, from the first one on."""
    found = Faults()
    with open_stream(file) as stream:
        for number, line in enumerate(stream, 1):
            if number < first:
                continue
            try:
                for _ in pyoxigraph.parse(line, format=form.format):
                    pass
            except SyntaxError as error:
                if len(found.told) == TOLD:
                    found.count += 1
                    continue
                error.lineno = error.end_lineno = number
                found.add(explain(error, file, form.format))
    # Not before the end: where the file itself is broken, its lines do not count.
    faults.join(found)


def _refuse_foreign(stream: BinaryIO, file: Path | Traversable) -> None:
    """Raise SourceError for what is plainly not text in UTF-8, from its first bytes."""
    head = cast("io.BufferedReader", stream).peek(1024)[:1024]
    if looks_like(head) not in (None, "a binary file"):
        raise undecodable(head, 0, "", name_of(file), "utf-8")


def _refuse_deep(quad: Quad, file: Path | Traversable) -> None:
    """Raise SourceLimit for triples in triples in triples."""
    depth, inner = 0, quad.object
    while isinstance(inner, Triple):
        depth, inner = depth + 1, inner.object
        if depth > DEEPEST:
            message = f"triples nested more than {DEEPEST} deep"
            raise SourceLimit(message, path=name_of(file), expected="a triple that is about nodes and literals")
