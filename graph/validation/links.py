"""What a shape leads to in its graph: other shapes, lists, and the literals that values are compared with."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pyoxigraph import Literal

from communique.graph.terms.namespaces import SH, term
from communique.graph.validation.compiled.shapes_graph import Node, ShapesGraph, sh

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
    """Tell whether any query of the shapes depends on how often a triple comes, not only on whether it is there."""
    queries = (
        node
        for name in ("select", "ask")
        for subject in graph.subjects(sh(name))
        for node in graph.objects(subject, sh(name))
    )
    return any(_COUNTING.search(query.value) for query in queries if isinstance(query, Literal))


def _linked(graph: ShapesGraph, node: Node) -> Iterator[Node]:
    """List what a node of the shapes leads to."""
    for predicate in graph.predicates(node):
        if predicate in LINKS or predicate in LIST:
            yield from (value for value in graph.objects(node, predicate) if not isinstance(value, Literal))
