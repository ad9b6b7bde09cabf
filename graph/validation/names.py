"""What people call the shapes of a graph, those without an IRI included."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from pyoxigraph import BlankNode, Literal, NamedNode

from communique.graph.errors import ShapesError
from communique.graph.terms.namespaces import PREFIXES, RDFS, Converter, term
from communique.graph.validation.compiled.path_reader import read_path
from communique.graph.validation.compiled.shapes_graph import ShapesGraph, sh
from communique.graph.validation.links import LINKS, LIST
from communique.graph.validation.results import Shape
from communique.graph.validation.targets import TARGETS

_IRI = re.compile(r"<([^>]*)>")
_KINDS = (sh("NodeShape"), sh("PropertyShape"))
_LABELS = (sh("name"), NamedNode(RDFS + "label"))


def name_shapes(graph: ShapesGraph, prefixes: Mapping[str, str] = PREFIXES) -> dict[Shape, str]:
    """Name every shape: by its label in English or any language, else by its IRI in short, else by its place."""
    return {node: _name(graph, node, prefixes) for node in _shapes(graph)}


def compact(iri: str, prefixes: Mapping[str, str]) -> str:
    """Write an IRI with the longest prefix that fits, else as it is."""
    return Converter(prefixes).compress(iri) or iri


def short_path(path: str, short: Callable[[str], str]) -> str:
    """Write a path with the names that ``short`` gives to IRIs; in a longer path, nameless ones keep their brackets."""
    if _IRI.fullmatch(path):
        return short(path[1:-1])
    return _IRI.sub(lambda iri: name if (name := short(iri[1])) != iri[1] else iri[0], path)


def _shapes(graph: ShapesGraph) -> Iterator[Shape]:
    """List the nodes that are shapes by their type, by a target, or because a shape refers to them."""
    for kind in _KINDS:
        yield from graph.subjects(term("rdf:type"), kind)
    for predicate in (*TARGETS, sh("path")):
        yield from graph.subjects(predicate)
    for predicate in LINKS:
        for subject in graph.subjects(predicate):
            for value in graph.objects(subject, predicate):
                members = graph.members(value) or (value,)
                yield from (node for node in members if not isinstance(node, Literal))


def _name(graph: ShapesGraph, node: Shape, prefixes: Mapping[str, str]) -> str:
    """Name one shape; a property shape also by the shape in which it stands, since others may have its label."""
    owner = _owner(graph, node, {node}) if isinstance(node, BlankNode) or graph.objects(node, sh("path")) else None
    inside = f"{_own_name(graph, owner, prefixes)}: " if owner else ""
    return inside + _own_name(graph, node, prefixes)


def _own_name(graph: ShapesGraph, node: Shape, prefixes: Mapping[str, str]) -> str:
    """Name a shape by its label, else its IRI, else its path."""
    found = [value for label in _LABELS for value in graph.objects(node, label) if isinstance(value, Literal)]
    if found:
        return min(found, key=lambda label: (label.language or "en") != "en").value
    return compact(node.value, prefixes) if isinstance(node, NamedNode) else _path(graph, node, prefixes)


def _path(graph: ShapesGraph, node: BlankNode, prefixes: Mapping[str, str]) -> str:
    """Name a shape without IRI by its path."""
    try:
        text = str(read_path(graph.at(node)) or "shape")
    except ShapesError:
        return "shape"
    return short_path(text, lambda iri: compact(iri, prefixes))


def _owner(graph: ShapesGraph, node: Shape, seen: set[Shape]) -> NamedNode | None:
    """Find the nearest node with an IRI that leads to a blank node."""
    for above in (each for predicate in (*LINKS, *LIST) for each in graph.subjects(predicate, node)):
        if isinstance(above, NamedNode):
            return above
        if above not in seen and (found := _owner(graph, above, seen | {above})):
            return found
    return None
