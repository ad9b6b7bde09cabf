"""The shapes of a graph: which there are, what people call them, their focus nodes, what they lead to and compare."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from pyoxigraph import BlankNode, Literal, NamedNode, Store

from communique.graph.errors import ShapesError
from communique.graph.terms.namespaces import PREFIXES, RDFS, SH, Converter, prologue, term
from communique.graph.validation.compiled.paths import read_path
from communique.graph.validation.compiled.shapes_graph import TYPE, Node, ShapesGraph, sh
from communique.graph.validation.compiled.targets import TARGETS, ObjectsOf, TargetNode, read_targets
from communique.graph.validation.results import Shape, Term
from communique.graph.validation.view import View, WrittenView

# Properties that lead from a shape to a shape, or to a list of shapes.
LINKS = tuple(map(sh, ("property", "node", "not", "and", "or", "xone", "qualifiedValueShape")))
LIST = tuple(map(term, ("rdf:first", "rdf:rest")))

# Aggregates but for those to which a repeat makes no difference, and what cuts a list of rows.
_COUNTING = re.compile(r"\b(COUNT|SUM|AVG|GROUP_CONCAT|LIMIT|OFFSET)\b", re.IGNORECASE)
# Numbers that are read as such, compared by value, or not at all; "01" and "1" mean the same there.
_BY_VALUE = frozenset(
    map(
        sh,
        (
            *("minCount", "maxCount", "minLength", "maxLength", "qualifiedMinCount", "qualifiedMaxCount"),
            *("minInclusive", "minExclusive", "maxInclusive", "maxExclusive", "order", "defaultValue"),
            *("deactivated", "closed", "uniqueLang", "qualifiedValueShapesDisjoint"),
        ),
    )
)

_IRI = re.compile(r"<([^>]*)>")
_KINDS = (sh("NodeShape"), sh("PropertyShape"))
_LABELS = (sh("name"), NamedNode(RDFS + "label"))

# A shape that another shape refers to is run from there; it needs no target of its own.
_INDEPENDENT = """
SELECT ?shape WHERE {
  ?shape a sh:NodeShape .
  FILTER NOT EXISTS { ?any sh:node|sh:not|sh:qualifiedValueShape|((sh:or|sh:and|sh:xone)/rdf:rest*/rdf:first) ?shape }
}"""


def reachable(graph: ShapesGraph, shape: Node) -> tuple[Node, ...]:
    """List a shape and the shapes and lists that it leads to."""
    found: dict[Node, None] = {shape: None}
    queue = [shape]
    while queue:
        node = queue.pop()
        for predicate in graph.predicates(node):
            for value in graph.objects(node, predicate) if predicate in (*LINKS, *LIST) else ():
                if not isinstance(value, Literal) and value not in found:
                    found[value] = None
                    queue.append(value)
    return tuple(found)


def compared(graph: ShapesGraph, shape: Node) -> Iterator[Literal]:
    """List the literals that a shape, or one it leads to, compares terms of the data with by their characters."""
    parameters = {
        path
        for subject in graph.subjects(sh("parameter"))
        for node in graph.objects(subject, sh("parameter"))
        for path in graph.objects(node, sh("path"))
    }
    for node in reachable(graph, shape):
        for predicate in graph.predicates(node):
            if predicate in parameters or (predicate.value.startswith(SH) and predicate not in _BY_VALUE):
                for value in graph.objects(node, predicate):
                    members = graph.members(value) or () if predicate == sh("in") else (value,)
                    yield from (member for member in members if isinstance(member, Literal))


def is_counting(graph: ShapesGraph) -> bool:
    """Say whether any query of the shapes depends on how often a triple comes, not only on whether it is there."""
    queries = (
        node
        for name in ("select", "ask")
        for subject in graph.subjects(sh(name))
        for node in graph.objects(subject, sh(name))
    )
    return any(_COUNTING.search(query.value) for query in queries if isinstance(query, Literal))


def name_shapes(graph: ShapesGraph, prefixes: Mapping[str, str] = PREFIXES) -> dict[Shape, str]:
    """Name every shape: by its label in English or any language, else by its IRI in short, else by its place.

    Shapes are nodes of such a type, with a target or a path, and those that a shape refers to. A property shape is also
    named by the shape in which it stands, since others may have its label.
    """
    shapes: list[Term] = [node for kind in _KINDS for node in graph.subjects(TYPE, kind)]
    shapes += (node for predicate in (*TARGETS, sh("path")) for node in graph.subjects(predicate))
    for predicate in LINKS:
        for subject in graph.subjects(predicate):
            for value in graph.objects(subject, predicate):
                shapes += graph.members(value) or (value,)
    names: dict[Shape, str] = {}
    for node in dict.fromkeys(shapes):
        if not isinstance(node, Literal):
            is_inside = isinstance(node, BlankNode) or graph.objects(node, sh("path"))
            owner = _owner(graph, node, {node}) if is_inside else None
            inside = f"{_own_name(graph, owner, prefixes)}: " if owner else ""
            names[node] = inside + _own_name(graph, node, prefixes)
    return names


def compact(iri: str, prefixes: Mapping[str, str]) -> str:
    """Write an IRI with the longest prefix that fits, else as it is."""
    return Converter(prefixes).compress(iri) or iri


def short_path(path: str, short: Callable[[str], str]) -> str:
    """Write a path with the names that ``short`` gives to IRIs; in a longer path, nameless ones keep their brackets."""
    if _IRI.fullmatch(path):
        return short(path[1:-1])
    return _IRI.sub(lambda iri: name if (name := short(iri[1])) != iri[1] else iri[0], path)


def _own_name(graph: ShapesGraph, node: Shape, prefixes: Mapping[str, str]) -> str:
    """Name a shape by its label, else its IRI, else its path."""
    found = [value for label in _LABELS for value in graph.objects(node, label) if isinstance(value, Literal)]
    if found:
        return min(found, key=lambda label: (label.language or "en") != "en").value
    if isinstance(node, NamedNode):
        return compact(node.value, prefixes)
    try:
        path = read_path(graph.at(node))
    except ShapesError:
        path = None
    return short_path(str(path or "shape"), lambda iri: compact(iri, prefixes))


def _owner(graph: ShapesGraph, node: Shape, seen: set[Shape]) -> NamedNode | None:
    """Find the nearest node with an IRI that leads to a blank node."""
    for above in (each for predicate in (*LINKS, *LIST) for each in graph.subjects(predicate, node)):
        if isinstance(above, NamedNode):
            return above
        if above not in seen and (found := _owner(graph, above, seen | {above})):
            return found
    return None


def node_shapes(shapes: Store) -> list[Shape]:
    """List the node shapes that stand by themselves, in the order of their names."""
    found = View(shapes).select(prologue(("rdf", "sh")) + _INDEPENDENT)
    return sorted((row["shape"] for row in found), key=str)


def count_focus_nodes(view: View, shapes: Store) -> dict[Shape, int]:
    """Count the focus nodes of each node shape.

    A shape that no other shape refers to and that has no target is listed with 0: it was not exercised.
    """
    graph = ShapesGraph(shapes)
    return {shape: len(focus_nodes(view, graph, shape)) for shape in node_shapes(shapes)}


def focus_nodes(view: View, graph: ShapesGraph, shape: Shape) -> set[Term]:
    """Collect the nodes of a view that the targets of a shape select (SHACL 1.0, section 2.1.3)."""
    found: set[Term] = set()
    for target in read_targets(graph.at(shape)):
        if isinstance(target, TargetNode):
            found.add(target.term)
        elif isinstance(target, ObjectsOf):
            # Literals among them are distinguished by how they are written.
            found.update(WrittenView.of(view).objects(target.predicate))
        else:
            rows = view.select(f"SELECT DISTINCT ?node WHERE {{ {target.pattern('?node')} }}")
            found.update(row["node"] for row in rows)
    return found
