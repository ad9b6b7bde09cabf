"""What the compiler does not know and pySHACL does: the constructs, and where shapes use them.

They belong to SHACL Advanced Features (Working Group Note of 2017, https://www.w3.org/TR/shacl-af/), of which the
compiler knows the targets. A construct that is listed neither here nor there is known to no engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from pyoxigraph import Literal, NamedNode, Triple

from communique.graph.namespaces import term
from communique.graph.validation.compiled.shapes_graph import Node, ShapesGraph, sh

# Predicate of a shape → what it is called and where it is described.
ADVANCED: Mapping[NamedNode, str] = MappingProxyType(
    {sh("expression"): "sh:expression (SHACL-AF, expression constraints)"}
)
# Properties that lead from a shape to a shape, or to a list of shapes.
LINKS = tuple(map(sh, ("property", "node", "not", "and", "or", "xone", "qualifiedValueShape")))
LIST = tuple(map(term, ("rdf:first", "rdf:rest")))


def constructs(graph: ShapesGraph, shape: Node) -> tuple[str, ...]:
    """Name the advanced constructs that a shape uses, itself or in the shapes it leads to."""
    used = (predicate for node in reachable(graph, shape) for predicate in graph.predicates(node))
    return tuple(dict.fromkeys(ADVANCED[predicate] for predicate in used if predicate in ADVANCED))


def reachable(graph: ShapesGraph, shape: Node) -> tuple[Node, ...]:
    """List a shape and the shapes and lists that it leads to."""
    found: dict[Node, None] = {shape: None}
    queue = [shape]
    while queue:
        for node in _linked(graph, queue.pop()):
            if node not in found:
                found[node] = None
                queue.append(node)
    return tuple(found)


def without(triples: Iterable[Triple]) -> list[Triple]:
    """Give the shapes without advanced constructs: the rest of them has to be well-formed nevertheless."""
    return [triple for triple in triples if triple.predicate not in ADVANCED]


def _linked(graph: ShapesGraph, node: Node) -> Iterator[Node]:
    """List what a node of the shapes leads to."""
    for predicate in graph.predicates(node):
        if predicate in LINKS or predicate in LIST:
            yield from (value for value in graph.objects(node, predicate) if not isinstance(value, Literal))
