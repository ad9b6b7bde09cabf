"""Files in: authored YAML → trees, source texts → paragraphs, RDF files → quads.

Every fault is a ``SourceError`` that names path, line and column, what was found and what was expected.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from types import MappingProxyType
from typing import Any
from xml.parsers import expat

import pyoxigraph
import yaml
from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat

from communique.graph.errors import SourceError
from communique.graph.mapping.tree import Block, Listing, Part, Place, Scalar

FORMATS: Mapping[str, RdfFormat] = MappingProxyType(
    {
        ".ttl": RdfFormat.TURTLE,
        ".trig": RdfFormat.TRIG,
        ".nt": RdfFormat.N_TRIPLES,
        ".nq": RdfFormat.N_QUADS,
        ".rdf": RdfFormat.RDF_XML,
        ".owl": RdfFormat.RDF_XML,
        ".jsonld": RdfFormat.JSON_LD,
    }
)

_NULL = "tag:yaml.org,2002:null"
_MERGE = "tag:yaml.org,2002:merge"


def documents() -> list[Traversable]:
    """List the authored documents of the package, in the order of their names."""
    folder = files("communique.graph") / "documents"
    return sorted((entry for entry in folder.iterdir() if entry.name.endswith(".yaml")), key=lambda entry: entry.name)


def background() -> Traversable:
    """Give the authored background facts of the package."""
    return files("communique.graph") / "background.yaml"


def read_yaml(file: Path | Traversable) -> Block:
    """Read a YAML file as a tree with places; the file is UTF-8 and holds one mapping.

    SourceError: the file is missing, not UTF-8 or not YAML, repeats a key, uses an alias, or holds no mapping.
    """
    return parse_yaml(_read_text(file), _name(file))


def parse_yaml(text: str, path: str) -> Block:
    """Parse YAML as ``read_yaml`` does; ``path`` is the name that errors give."""
    try:
        node = _Loader(text).get_single_node()
        tree = None if node is None else _plant(node, path)
    except yaml.MarkedYAMLError as error:
        raise _explain_yaml(error, path) from error
    except yaml.reader.ReaderError as error:
        line, column = _count(text, error.position)
        message = f"character U+{ord(text[error.position]):04X}"
        raise SourceError(message, path=path, line=line, column=column, expected="printable text") from error
    except RecursionError as error:
        raise SourceError("nested too deeply", path=path, expected="a document as people write it") from error
    if not isinstance(tree, Block):
        raise SourceError("no mapping", path=path, line=1, column=1, expected="keys with values, such as document: …")
    return tree


def read_texts(folder: Path) -> dict[str, list[str]]:
    """Read the source texts (``*.txt``) of a folder: SHA-256 of the file → its paragraphs.

    One line is one paragraph, empty lines counted: paragraph n of a text is item n - 1 of its list.
    """
    if not folder.is_dir():
        raise SourceError("no such folder", path=str(folder), expected="a folder with *.txt")
    return dict(read_text(path) for path in sorted(folder.glob("*.txt")))


def read_text(path: Path) -> tuple[str, list[str]]:
    """Read one source text: the SHA-256 of the file, and its paragraphs."""
    return hashlib.sha256(path.read_bytes()).hexdigest(), re.split(r"\r\n|\n|\r", _read_text(path))


def read_rdf(file: Path | Traversable, graph: NamedNode | None = None) -> Iterator[Quad]:
    """Read an RDF file, its format told by its suffix (``FORMATS``), statement by statement.

    ``graph`` takes the statements that stand in no graph of their own; SourceError at the first of them without it.
    Contexts of JSON-LD are never fetched. SourceError: at once for a missing file and an unknown suffix, on reaching it
    for wrong syntax, with line and column where the parser tells them.
    """
    path, suffix = _name(file), Path(file.name).suffix.lower()
    if suffix not in FORMATS:
        raise SourceError(f"unknown suffix {suffix!r}", path=path, expected=" ".join(FORMATS))
    return _parse_rdf(_read_bytes(file), FORMATS[suffix], path, graph)


def _parse_rdf(content: bytes, form: RdfFormat, path: str, graph: NamedNode | None) -> Iterator[Quad]:
    """Parse RDF and put statements that stand in no graph into the target graph."""
    try:
        for quad in pyoxigraph.parse(content, format=form):
            if not isinstance(quad.graph_name, DefaultGraph):
                yield quad
            elif graph is not None:
                yield Quad(quad.subject, quad.predicate, quad.object, graph)
            else:
                expected = "a named graph in the file, or a target graph"
                raise SourceError("a statement outside any graph", path=path, expected=expected)
    except SyntaxError as error:
        raise _explain_rdf(error, content, path) from error


def _explain_rdf(error: SyntaxError, content: bytes, path: str) -> SourceError:
    """Translate the parser's error; of ill-formed XML, which it does not locate, expat tells the place."""
    message = re.sub(r"^Parser error at .*?: ", "", error.msg)
    line, column = error.lineno, error.offset
    if line is None and message.startswith("ill-formed"):
        line, column = _locate_xml(content)
    if "LoadDocumentCallback" in message:
        message, hint = "a JSON-LD context that would have to be fetched", "write the context into the file"
        return SourceError(message, path=path, expected="a context inside the file", hint=hint)
    return SourceError(message, path=path, line=line, column=column, expected="well-formed RDF")


def _locate_xml(content: bytes) -> tuple[int | None, int | None]:
    """Find where XML stops being well-formed."""
    parser = expat.ParserCreate()
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        return error.lineno, error.offset + 1
    return None, None


class _Loader(yaml.SafeLoader):
    """Compose YAML nodes with their marks, but no alias: what is written out hides nothing and cannot explode."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """Compose one node, no alias."""
        if self.check_event(yaml.AliasEvent):
            event: yaml.AliasEvent = self.peek_event()  # type: ignore[no-untyped-call]
            problem = f"expected a value, but found the alias *{event.anchor}"
            raise yaml.composer.ComposerError(None, None, problem, event.start_mark)  # type: ignore[arg-type]
        return super().compose_node(parent, index)


def _plant(node: yaml.Node, path: str) -> Part:
    """Turn a composed node into a part of a tree."""
    place = Place(path, node.start_mark.line + 1, node.start_mark.column + 1)
    if isinstance(node, yaml.ScalarNode):
        return Block((), place) if node.tag == _NULL else Scalar(node.value, place)
    if isinstance(node, yaml.SequenceNode):
        return Listing(tuple(_plant(item, path) for item in node.value), place)
    return Block(tuple(_plant_entries(node, path)), place)


def _plant_entries(node: yaml.Node, path: str) -> Iterator[tuple[Scalar, Part]]:
    """Turn the pairs of a mapping into entries; SourceError for a key twice and a key that is no text."""
    seen: dict[str, int] = {}
    for name, value in node.value:
        key = _plant(name, path)
        line, column = name.start_mark.line + 1, name.start_mark.column + 1
        if not isinstance(key, Scalar):
            raise SourceError("a key that is no text", path=path, line=line, column=column, expected="a word as key")
        if key.text in seen:
            message = f"{key.text!r} again, first on line {seen[key.text]}"
            raise SourceError(message, path=path, line=line, column=column, expected="each key once in its mapping")
        seen[key.text] = line
        yield key, _plant(value, path)


def _explain_yaml(error: yaml.MarkedYAMLError, path: str) -> SourceError:
    """Translate a YAML error: what was found and what was expected, at its place."""
    mark = error.problem_mark or error.context_mark
    problem = error.problem or error.context or "not YAML"
    told = re.fullmatch(r"expected (?P<expected>.*?),? but (?:found|got) (?P<found>.*)", problem)
    message, expected = (f"found {told['found']}", told["expected"]) if told else (problem, "YAML")
    line, column = (mark.line + 1, mark.column + 1) if mark else (None, None)
    return SourceError(message, path=path, line=line, column=column, expected=expected)


def _read_text(file: Path | Traversable) -> str:
    """Read a UTF-8 file, a byte order mark left out; SourceError names the first byte that is no UTF-8."""
    content = _read_bytes(file)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line, column = _count(content[: error.start].decode("utf-8", "replace"), error.start)
        message = f"byte 0x{content[error.start]:02x}"
        raise SourceError(message, path=_name(file), line=line, column=column, expected="text in UTF-8") from error


def _read_bytes(file: Path | Traversable) -> bytes:
    """Read a file; SourceError when that fails."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror}", path=_name(file), expected="a readable file") from error


def _count(text: str, position: int) -> tuple[int, int]:
    """Give line and column, 1-based, of a position in a text."""
    before = text[:position]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def _name(file: Path | Traversable) -> str:
    """Name a file as it was given; a file of the package by its own name."""
    return str(file) if isinstance(file, Path) else file.name
