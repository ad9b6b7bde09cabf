"""Anybody's data against anybody's shapes: files in, a report out; no store and no rule of ours takes part.

The shapes are checked first, by the shapes of SHACL itself (SHACL 1.0, appendix C), which are compiled like any others.
Where shapes have no target, a class is suggested for people; no suggestion is ever applied by itself.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pyoxigraph import BlankNode, NamedNode, Quad, RdfFormat, Store, parse

from communique.graph.errors import ShapesError, SourceError
from communique.graph.sources import FORMATS, Input, read_any_rdf
from communique.graph.store.lexical import EXAMPLES, brief
from communique.graph.terms.namespaces import PREFIXES, Converter
from communique.graph.validation.compiled import NO_TARGET, Plan, compile_shapes
from communique.graph.validation.compiled.shapes_graph import TYPE, ShapesGraph, sh
from communique.graph.validation.compiled.targets import TARGETS
from communique.graph.validation.engines import Assignment, assign
from communique.graph.validation.explanation import phrase
from communique.graph.validation.inventory import compact
from communique.graph.validation.results import VIOLATION, Shape, ValidationReport
from communique.graph.validation.view import View, WrittenData, collect, whole

# So many hints are given for shapes that check nothing.
HINTS = 10
# A class that is suggested has to have this share of the properties of a shape.
_SHARE = 0.6

_IRI = re.compile(r"<(https?://[^>]*)>|(https?://[^\s<>\"{}|\\^`,;()]+)")
_NO_TARGETS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class ForeignShapes:
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
        """The statements, indexed."""
        return ShapesGraph(self.quads)

    @cached_property
    def assignment(self) -> Assignment:
        """The shapes compiled; SourceError where that fails, since the file is wrong."""
        try:
            return assign(self.quads, self.prefixes)
        except ShapesError as error:
            path, message = ", ".join(self.files), self.shortened(error.message)
            raise SourceError(message, path=path, expected=error.expected, hint=error.hint) from error

    def shortened(self, text: str) -> str:
        """Write the IRIs in a text in short."""
        return _IRI.sub(lambda iri: compact(iri[1] or iri[2], self.prefixes), text)

    def find(self, name: str) -> NamedNode:
        """Find a shape by its IRI, prefixed name or last part of its IRI; SourceError when there is none."""
        return find_iri(name, (node for node in self.assignment.names if isinstance(node, NamedNode)), self.prefixes)


def read_data(inputs: Iterable[Input]) -> WrittenData:
    """Read RDF files together, graphs as they are named; blank nodes of two files are never the same.

    SourceError, with line and column, for the first file that is not RDF.
    """
    return collect(quad for each in inputs for quad in _read(each, {}))


def read_shapes(inputs: Iterable[Input], targets: Mapping[str, str] = _NO_TARGETS) -> ForeignShapes:
    """Read files of shapes as one graph.

    ``targets`` gives shapes, by name, a target class in the place of the targets they have. SourceError, with line and
    column, for the first file that is not RDF.
    """
    prefixes: dict[str, str] = {}
    files = list(inputs)
    # Blank nodes are named in the order in which they come, so that equal shapes give equal reports.
    numbers: dict[BlankNode, BlankNode] = {}

    def name_of(node: Any) -> Any:
        if not isinstance(node, BlankNode):
            return node
        return numbers.setdefault(node, BlankNode(f"shape{len(numbers) + 1:05}"))

    quads = tuple(
        Quad(name_of(quad.subject), quad.predicate, name_of(quad.object), quad.graph_name)
        for each in files
        for quad in _read(each, prefixes)
    )
    shapes = ForeignShapes(quads, {**PREFIXES, **prefixes}, tuple(each.name for each in files))
    for name, cls in targets.items():
        node, target = shapes.find(name), _class_named(cls, shapes.prefixes)
        kept = (quad for quad in shapes.quads if quad.subject != node or quad.predicate not in TARGETS)
        shapes = replace(shapes, quads=(*kept, Quad(node, sh("targetClass"), target)))
    return shapes


def validate(data: WrittenData, shapes: ForeignShapes, *, is_union: bool = True) -> ValidationReport:
    """Check data with shapes, on the union of all graphs or on the default graph alone; terms count as written.

    Raises
    ------
    SourceError : the shapes are ill-formed or have no target at all; the hint says for which classes of the data they
        may be meant
    ShapesError : another engine than the compiled one is needed and the data is too large for it, or it fails
    """
    assignment = shapes.assignment
    view = whole(data, is_union=is_union, is_counted=assignment.is_counting)
    _refuse_ill_formed(shapes)
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
    notes = [*report.notes]
    if data.changed:
        examples = ", ".join(islice(dict.fromkeys(brief(quad.object) for quad in data.changed), EXAMPLES))
        notes.append(
            f"{len(data.changed):,} of {data.read:,} statements have literals that the store would write otherwise, "
            f"such as {examples}; they were judged as written"
        )
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


def local_name(iri: str) -> str:
    """Return what follows the last ``#``, ``/`` or ``:`` of an IRI."""
    return iri.rpartition("#")[2].rpartition("/")[2].rpartition(":")[2]


def check_shapes(shapes: Iterable[Quad]) -> ValidationReport:
    """Check a shapes graph of any size; what no shape can say of shapes, such as recursion, is left to the compiler."""
    store = Store()
    store.extend(Quad(quad.subject, quad.predicate, quad.object) for quad in shapes)
    return _shapes_of_shapes().validate(View(store).select)


def suggest(graph: ShapesGraph, shapes: Iterable[Shape], view: View) -> dict[Shape, NamedNode]:
    """Suggest a class of the data for each shape, where there is one.

    A class is suggested because the shape asks for it as ``rdf:type``, because it has the name of the shape, or
    because its instances have most of the properties that the shape speaks of.
    """
    classes: dict[NamedNode, set[NamedNode]] = defaultdict(set)
    for row in view.select(f"SELECT DISTINCT ?class ?property WHERE {{ ?node {TYPE} ?class ; ?property ?value }}"):
        if isinstance(row["class"], NamedNode):
            classes[row["class"]].add(row["property"])
    found = {shape: _class_for(graph, shape, classes) for shape in shapes}
    return {shape: cls for shape, cls in found.items() if cls is not None}


def _read(source: Input, prefixes: dict[str, str]) -> Iterator[Quad]:
    """Read a file of any content; its prefixes are added when it has been read."""
    if source.is_authored:
        hint = "leave --shapes out: authored documents are judged by the rules of the project"
        raise SourceError("an authored document", path=source.name, expected=" ".join(FORMATS), hint=hint)
    return read_any_rdf(source.file, prefixes, form=source.form)


def _class_named(name: str, prefixes: Mapping[str, str]) -> NamedNode:
    """Read the name of a class: an IRI or a prefixed name."""
    iri = Converter(prefixes).expand(name)
    if iri is None and ":" not in name:
        raise SourceError(f"{name!r} is no class", expected="an IRI or a prefixed name, such as foaf:Person")
    return find_iri(name, [NamedNode(iri or name)], prefixes)


@cache
def _shapes_of_shapes() -> Plan:
    """Compile the file that pySHACL brings, without importing pySHACL, which takes longer than all the rest."""
    found = find_spec("pyshacl")
    folders = found.submodule_search_locations if found else None
    if not folders:
        raise ShapesError("pyshacl is not installed", hint="pip install pyshacl")
    path, base = Path(folders[0]) / "assets/shacl-shacl.ttl", "http://www.w3.org/ns/shacl-shacl"
    return compile_shapes(parse(path=str(path), format=RdfFormat.TURTLE, base_iri=base))


def _refuse_ill_formed(shapes: ForeignShapes) -> None:
    """Check the shapes against the shapes of SHACL.

    These want a shape to be a node shape, or a property shape with a path that is well-formed to its last triple. A
    list with an inverse path beside it is a sequence all the same, as the test suite has it, so findings about no more
    than a path that the compiler has read do not count.
    """
    wrong = [
        result
        for result in check_shapes(shapes.quads).results
        if result.severity == VIOLATION
        and not (result.component == sh("XoneConstraintComponent") and shapes.graph.objects(result.focus, sh("path")))
    ]
    if wrong:
        first = wrong[0]
        place = f"{first.focus}{f', {first.path}' if first.path else ''}"
        about = first.message or phrase(first.component)
        message = f"ill-formed shapes, {len(wrong)} findings, the first at {place}: {about}"
        raise SourceError(message, path=", ".join(shapes.files), hint="correct the shapes; the data was not judged")


def _hints(shapes: ForeignShapes, nodes: Iterable[Shape], view: View) -> list[str]:
    """Write the options that would give shapes a target class, where the data has one that fits."""
    idle = [node for node in nodes if isinstance(node, NamedNode)]
    found = suggest(shapes.graph, idle, view) if idle else {}
    named = (
        (compact(node.value, shapes.prefixes) if isinstance(node, NamedNode) else str(node), cls)
        for node, cls in found.items()
    )
    return [f"--target {shape}={compact(cls.value, shapes.prefixes)}" for shape, cls in islice(named, HINTS)]


def _class_for(graph: ShapesGraph, shape: Shape, classes: Mapping[NamedNode, set[NamedNode]]) -> NamedNode | None:
    asked: list[NamedNode] = []
    properties: set[NamedNode] = set()
    for part in graph.objects(shape, sh("property")):
        lists = [member for head in graph.objects(part, sh("in")) for member in graph.members(head) or ()]
        values = [value for value in (*graph.objects(part, sh("hasValue")), *lists) if isinstance(value, NamedNode)]
        for path in graph.objects(part, sh("path")):
            if path == TYPE:
                asked += values
            elif isinstance(path, NamedNode):
                properties.add(path)
    if offered := [cls for cls in asked if cls in classes]:
        return offered[0]
    if isinstance(shape, NamedNode):
        name = re.sub("[-_]?shape$", "", local_name(shape.value).lower())
        names = {local_name(shape.value).lower(), name}
        for cls in sorted(classes, key=str):
            if (other := local_name(cls.value).lower()) and other in names:
                return cls
    if len(properties) < 2:  # one property alone says nothing
        return None
    shares = [(len(properties & known) / len(properties), -len(known), cls.value) for cls, known in classes.items()]
    best = max(shares, default=(0.0, 0, ""))
    return NamedNode(best[2]) if best[0] >= _SHARE else None
