"""Anybody's data against anybody's shapes: files in, a report out; no store and no rule of ours takes part."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from types import MappingProxyType
from typing import Any

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, Store

from communique.graph.errors import ShapesError, SourceError
from communique.graph.namespaces import PREFIXES
from communique.graph.sources import FORMATS, Input, read_any_rdf
from communique.graph.validation.compiled.shapes_graph import ShapesGraph
from communique.graph.validation.engines import NO_TARGET, Assignment, assign
from communique.graph.validation.names import compact
from communique.graph.validation.results import VIOLATION, Shape, ValidationReport
from communique.graph.validation.shapes_of_shapes import check_shapes
from communique.graph.validation.suggestions import local_name, suggest
from communique.graph.validation.targets import TARGETS
from communique.graph.validation.view import View

# So many hints are given for shapes that check nothing.
HINTS = 10

_IRI = re.compile(r"https?://[^\s<>\"{}|\\^`,;()]+")
_TARGET_CLASS = NamedNode("http://www.w3.org/ns/shacl#targetClass")
_NO_TARGETS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Shapes:
    """A shapes graph as it was written.

    Attributes
    ----------
    quads : its statements, with their lexical forms
    prefixes : those of the files and of the project
    files : where it was read
    """

    quads: tuple[Quad, ...]
    prefixes: Mapping[str, str]
    files: tuple[str, ...]

    @cached_property
    def graph(self) -> ShapesGraph:
        """Index the statements."""
        return ShapesGraph(self.quads)

    @cached_property
    def assignment(self) -> Assignment:
        """Compile the shapes; SourceError where that fails, since the file is wrong."""
        try:
            return assign(self.quads, self.prefixes)
        except ShapesError as error:
            path, message = ", ".join(self.files), _IRI.sub(lambda iri: compact(iri[0], self.prefixes), error.message)
            raise SourceError(message, path=path, expected=error.expected, hint=error.hint) from error

    def name(self, node: Shape) -> str:
        """Write a shape in short."""
        return compact(node.value, self.prefixes) if isinstance(node, NamedNode) else str(node)

    def find(self, name: str) -> NamedNode:
        """Find a shape by its IRI, prefixed name or last part of its IRI; SourceError when there is none."""
        return find_iri(name, (node for node in self.assignment.names if isinstance(node, NamedNode)), self.prefixes)


def read_data(inputs: Iterable[Input]) -> Store:
    """Read RDF files into one store, graphs as they are named; blank nodes of two files are never the same.

    SourceError, with line and column, for the first file that is not RDF.
    """
    store = Store()
    for each in inputs:
        store.bulk_extend(_read(each, {}))
    return store


def read_shapes(inputs: Iterable[Input], targets: Mapping[str, str] = _NO_TARGETS) -> Shapes:
    """Read files of shapes as one graph.

    ``targets`` gives shapes, by name, a target class in the place of the targets they have. SourceError, with line and
    column, for the first file that is not RDF.
    """
    prefixes: dict[str, str] = {}
    files = list(inputs)
    quads = tuple(_numbered(quad for each in files for quad in _read(each, prefixes)))
    shapes = Shapes(quads, {**PREFIXES, **prefixes}, tuple(each.name for each in files))
    for name, cls in targets.items():
        shapes = _retarget(shapes, name, cls)
    return shapes


def examine(store: Store, shapes: Shapes, *, is_union: bool = True) -> ValidationReport:
    """Check data with shapes, on the union of all graphs or on the default graph alone.

    Raises
    ------
    SourceError : the shapes are ill-formed, recursive, or have no target at all; the hint says for which classes of
        the data they may be meant
    ShapesError : pySHACL is needed for a shape and the data is too large for it, or it fails
    """
    view = View(store, None if is_union else (DefaultGraph(),))
    assignment = shapes.assignment
    _check(shapes)
    hints = _hints(shapes, assignment.plan.unused, view)
    if not (assignment.plan.shapes or assignment.routed):
        hint = "say for which class each is meant: " + (" ".join(hints) or "--target SHAPE=CLASS")
        raise SourceError(NO_TARGET, path=", ".join(shapes.files), expected="a target for some shape", hint=hint)
    try:
        report = assignment.validate(view)
    except ShapesError as error:
        others = " ".join(_hints(shapes, assignment.routed, view))
        hint = f"{error.hint}{f'; perhaps {others}' if others else ''}"
        raise ShapesError(error.message, expected=error.expected, hint=hint) from error
    notes = [f"shapes without target check nothing by themselves; perhaps {' '.join(hints)}"] if hints else []
    return replace(report, notes=(*report.notes, *notes))


def find_iri(name: str, known: Iterable[NamedNode], prefixes: Mapping[str, str]) -> NamedNode:
    """Find an IRI by itself, by a prefixed name or by its last part, which must be unique; SourceError if it is not."""
    nodes = list(dict.fromkeys(known))
    prefix, _, local = name.partition(":")
    full = NamedNode(prefixes[prefix] + local) if prefix in prefixes else NamedNode(name) if "://" in name else None
    found = [node for node in nodes if node == full] or [node for node in nodes if local_name(node.value) == name]
    if len(found) == 1:
        return found[0]
    expected = ", ".join(sorted(compact(node.value, prefixes) for node in found or nodes)[:HINTS])
    raise SourceError(f"{len(found) or 'no'} IRIs are called {name!r}", expected=expected, hint="write the whole IRI")


def _read(source: Input, prefixes: dict[str, str]) -> Iterator[Quad]:
    """Read a file of any content; its prefixes are added when it has been read."""
    if source.is_authored:
        hint = "leave --shapes out: authored documents are judged by the rules of the project"
        raise SourceError("an authored document", path=source.name, expected=" ".join(FORMATS), hint=hint)
    return read_any_rdf(source.file, prefixes, form=source.form)


def _numbered(quads: Iterable[Quad]) -> Iterator[Quad]:
    """Name blank nodes in the order in which they come, so that equal shapes give equal reports."""
    names: dict[BlankNode, BlankNode] = {}

    def name(node: Any) -> Any:
        return names.setdefault(node, BlankNode(f"shape{len(names) + 1:05}")) if isinstance(node, BlankNode) else node

    for quad in quads:
        yield Quad(name(quad.subject), quad.predicate, name(quad.object), quad.graph_name)


def _retarget(shapes: Shapes, name: str, cls: str) -> Shapes:
    """Give a shape a target class in the place of its targets."""
    node = shapes.find(name)
    full = find_iri(cls, [NamedNode(_expanded(cls, shapes.prefixes))], shapes.prefixes)
    kept = (quad for quad in shapes.quads if quad.subject != node or quad.predicate not in TARGETS)
    return replace(shapes, quads=(*kept, Quad(node, _TARGET_CLASS, full)))


def _expanded(name: str, prefixes: Mapping[str, str]) -> str:
    """Write a name as an IRI."""
    prefix, mark, local = name.partition(":")
    if prefix in prefixes:
        return prefixes[prefix] + local
    if not mark:
        raise SourceError(f"{name!r} is no class", expected="an IRI or a prefixed name, such as foaf:Person")
    return name


def _check(shapes: Shapes) -> None:
    """Check the shapes against the shapes of SHACL."""
    wrong = [result for result in check_shapes(shapes.quads).results if result.severity == VIOLATION]
    if wrong:
        first = wrong[0]
        place = f"{first.focus}{f', {first.path}' if first.path else ''}"
        message = f"ill-formed shapes, {len(wrong)} findings, the first at {place}: {first.message}"
        raise SourceError(message, path=", ".join(shapes.files), hint="correct the shapes; the data was not judged")


def _hints(shapes: Shapes, nodes: Iterable[Shape], view: View) -> list[str]:
    """Write the options that would give shapes a target class, where the data has one that fits."""
    idle = [node for node in nodes if isinstance(node, NamedNode)]
    found = suggest(shapes.graph, idle, view) if idle else {}
    named = ((shapes.name(node), compact(cls.value, shapes.prefixes)) for node, cls in found.items())
    return [f"--target {shape}={cls}" for shape, cls in islice(named, HINTS)]
