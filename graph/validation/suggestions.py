"""Classes that shapes without target seem to be meant for: hints for people, never applied by themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from pyoxigraph import NamedNode

from communique.graph.terms.namespaces import term
from communique.graph.validation.compiled.shapes_graph import ShapesGraph, sh
from communique.graph.validation.results import Shape
from communique.graph.validation.view import View

_TYPE = term("rdf:type")
_PROPERTIES = f"SELECT DISTINCT ?class ?property WHERE {{ ?node {_TYPE} ?class ; ?property ?value }}"
# A class has to have this share of the properties of a shape.
_SHARE = 0.6
_SUFFIX = "shape"


def suggest(graph: ShapesGraph, shapes: Iterable[Shape], view: View) -> dict[Shape, NamedNode]:
    """Suggest a class of the data for each shape, where there is one.

    A class is suggested because the shape asks for it as ``rdf:type``, because it has the name of the shape, or
    because its instances have most of the properties that the shape speaks of.
    """
    classes = _classes(view)
    found = {shape: _class_of(graph, shape, classes) for shape in shapes}
    return {shape: cls for shape, cls in found.items() if cls is not None}


def local_name(iri: str) -> str:
    """Give what follows the last ``#``, ``/`` or ``:`` of an IRI."""
    return iri.rpartition("#")[2].rpartition("/")[2].rpartition(":")[2]


def _classes(view: View) -> Mapping[NamedNode, set[NamedNode]]:
    """Collect the classes of the data with the properties of their instances."""
    found: dict[NamedNode, set[NamedNode]] = defaultdict(set)
    for row in view.select(_PROPERTIES):
        if isinstance(row["class"], NamedNode):
            found[row["class"]].add(row["property"])
    return found


def _class_of(graph: ShapesGraph, shape: Shape, classes: Mapping[NamedNode, set[NamedNode]]) -> NamedNode | None:
    """Find the class of one shape."""
    properties = _properties(graph, shape)
    if asked := [cls for cls in properties.pop(_TYPE, ()) if cls in classes]:
        return asked[0]
    if named := [cls for cls in sorted(classes, key=str) if isinstance(shape, NamedNode) and _same(shape, cls)]:
        return named[0]
    shares = [(_share(set(properties), known), -len(known), cls.value) for cls, known in classes.items()]
    best = max(shares, default=(0.0, 0, ""))
    return NamedNode(best[2]) if best[0] >= _SHARE else None


def _properties(graph: ShapesGraph, shape: Shape) -> dict[NamedNode, list[NamedNode]]:
    """List the properties that a shape speaks of, each with the IRIs that it asks for as values."""
    found: dict[NamedNode, list[NamedNode]] = {}
    for part in graph.objects(shape, sh("property")):
        lists = [member for head in graph.objects(part, sh("in")) for member in graph.members(head) or ()]
        asked = [value for value in (*graph.objects(part, sh("hasValue")), *lists) if isinstance(value, NamedNode)]
        for path in graph.objects(part, sh("path")):
            if isinstance(path, NamedNode):
                found.setdefault(path, []).extend(asked)
    return found


def _same(shape: NamedNode, cls: NamedNode) -> bool:
    """Tell whether a shape is called like a class, perhaps with the word shape behind it."""
    name, other = local_name(shape.value).lower(), local_name(cls.value).lower()
    return bool(other) and name in {other, f"{other}{_SUFFIX}", f"{other}-{_SUFFIX}", f"{other}_{_SUFFIX}"}


def _share(wanted: set[NamedNode], known: set[NamedNode]) -> float:
    """Give the share of wanted properties that are known; one property alone says nothing."""
    return len(wanted & known) / len(wanted) if len(wanted) > 1 else 0.0
