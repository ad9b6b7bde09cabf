"""Anybody's data against anybody's shapes: files in, a report out; no store and no rule of ours takes part."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from types import MappingProxyType
from typing import Any

from pyoxigraph import BlankNode, NamedNode, Quad

from communique.graph.errors import ShapesError, SourceError
from communique.graph.sources import FORMATS, Input, read_any_rdf
from communique.graph.store.lexical import EXAMPLES, brief
from communique.graph.terms.namespaces import PREFIXES, Converter
from communique.graph.validation.clauses import phrase
from communique.graph.validation.compiled import NO_TARGET
from communique.graph.validation.compiled.shapes_graph import ShapesGraph, sh
from communique.graph.validation.engines import Assignment, assign
from communique.graph.validation.names import compact
from communique.graph.validation.results import VIOLATION, Shape, ValidationReport, ValidationResult
from communique.graph.validation.shapes_of_shapes import check_shapes
from communique.graph.validation.suggestions import local_name, suggest
from communique.graph.validation.targets import TARGETS
from communique.graph.validation.view import View
from communique.graph.validation.written import Written, collect, whole

# So many hints are given for shapes that check nothing.
HINTS = 10

_IRI = re.compile(r"<(https?://[^>]*)>|(https?://[^\s<>\"{}|\\^`,;()]+)")
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
            path, message = ", ".join(self.files), self.shortened(error.message)
            raise SourceError(message, path=path, expected=error.expected, hint=error.hint) from error

    def shortened(self, text: str) -> str:
        """Write the IRIs in a text in short."""
        return _IRI.sub(lambda iri: compact(iri[1] or iri[2], self.prefixes), text)

    def name(self, node: Shape) -> str:
        """Write a shape in short."""
        return compact(node.value, self.prefixes) if isinstance(node, NamedNode) else str(node)

    def find(self, name: str) -> NamedNode:
        """Find a shape by its IRI, prefixed name or last part of its IRI; SourceError when there is none."""
        return find_iri(name, (node for node in self.assignment.names if isinstance(node, NamedNode)), self.prefixes)


def read_data(inputs: Iterable[Input]) -> Written:
    """Read RDF files together, graphs as they are named; blank nodes of two files are never the same.

    SourceError, with line and column, for the first file that is not RDF.
    """
    return collect(quad for each in inputs for quad in _read(each, {}))


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


def examine(data: Written, shapes: Shapes, *, is_union: bool = True) -> ValidationReport:
    """Check data with shapes, on the union of all graphs or on the default graph alone; terms count as written.

    Raises
    ------
    SourceError : the shapes are ill-formed or have no target at all; the hint says for which classes of the data they
        may be meant
    ShapesError : another engine than the compiled one is needed and the data is too large for it, or it fails
    """
    assignment = shapes.assignment
    view = whole(data, is_union=is_union, is_counted=assignment.is_counting)
    _check(shapes)
    plan = assignment.plan
    idle = (*plan.unused, *(node for node in plan.unsupported if node not in assignment.routed))
    hints = _hints(shapes, idle, view)
    if not (plan.shapes or assignment.routed):
        hint = "say for which class each is meant: " + (" ".join(hints) or "--target SHAPE=CLASS")
        raise SourceError(NO_TARGET, path=", ".join(shapes.files), expected="a target for some shape", hint=hint)
    try:
        report = assignment.validate(view)
    except ShapesError as error:
        others = " ".join(_hints(shapes, assignment.routed, view))
        hint = f"{error.hint}{f'; perhaps {others}' if others else ''}"
        raise ShapesError(error.message, expected=error.expected, hint=hint) from error
    notes = [*report.notes, *_writing(data)]
    if hints:
        notes.append(f"shapes without target check nothing by themselves; perhaps {' '.join(hints)}")
    return replace(report, notes=tuple(map(shapes.shortened, notes)), statements=data.read)


def find_iri(name: str, known: Iterable[NamedNode], prefixes: Mapping[str, str]) -> NamedNode:
    """Find an IRI by itself, by a prefixed name or by its last part, which must be unique; SourceError if it is not."""
    nodes = list(dict.fromkeys(known))
    iri = Converter(prefixes).expand(name) or (name if "://" in name else None)
    full = NamedNode(iri) if iri else None
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
    iri = Converter(prefixes).expand(name)
    if iri is None and ":" not in name:
        raise SourceError(f"{name!r} is no class", expected="an IRI or a prefixed name, such as foaf:Person")
    return iri or name


def _check(shapes: Shapes) -> None:
    """Check the shapes against the shapes of SHACL."""
    found = check_shapes(shapes.quads).results
    wrong = [each for each in found if each.severity == VIOLATION and not _is_about_path(each, shapes.graph)]
    if wrong:
        first = wrong[0]
        place = f"{first.focus}{f', {first.path}' if first.path else ''}"
        about = first.message or phrase(first.component)
        message = f"ill-formed shapes, {len(wrong)} findings, the first at {place}: {about}"
        raise SourceError(message, path=", ".join(shapes.files), hint="correct the shapes; the data was not judged")


def _is_about_path(result: ValidationResult, graph: ShapesGraph) -> bool:
    """Tell whether a finding says no more than that the path of a shape is ill-formed, when the compiler has read it.

    The shapes of SHACL want a shape to be a node shape or a property shape with a path that is well-formed to its last
    triple. A list with an inverse path beside it is a sequence all the same, as the test suite has it.
    """
    return result.component == sh("XoneConstraintComponent") and bool(graph.objects(result.focus, sh("path")))


def _writing(data: Written) -> Iterator[str]:
    """Say that terms were taken as they are written, where that makes a difference."""
    if data.changed:
        examples = ", ".join(islice(dict.fromkeys(brief(quad.object) for quad in data.changed), EXAMPLES))
        yield (
            f"{len(data.changed):,} of {data.read:,} statements have literals that the store would write otherwise, "
            f"such as {examples}; they were judged as written"
        )


def _hints(shapes: Shapes, nodes: Iterable[Shape], view: View) -> list[str]:
    """Write the options that would give shapes a target class, where the data has one that fits."""
    idle = [node for node in nodes if isinstance(node, NamedNode)]
    found = suggest(shapes.graph, idle, view) if idle else {}
    named = ((shapes.name(node), compact(cls.value, shapes.prefixes)) for node, cls in found.items())
    return [f"--target {shape}={cls}" for shape, cls in islice(named, HINTS)]
