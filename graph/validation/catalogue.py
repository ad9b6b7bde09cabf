"""The shapes as shipped: which there are, on what they are run, and which rule each of them checks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Store, Triple, parse

from communique.graph.errors import ShapesError
from communique.graph.terms.namespaces import SHAPES, term
from communique.graph.validation.inventory import node_shapes

# Shapes of the ontology itself are run on its source files, not on data.
NOT_FOR_DATA = frozenset({"ontology.ttl"})

DOCUMENT, UNION = "document", "union"
_SCOPE = NamedNode(SHAPES + "scope")
_IDENTIFIER = term("dct:identifier")


@dataclass(frozen=True, slots=True)
class Rule:
    """One numbered rule of data quality.

    Attributes
    ----------
    number : such as ``R04``
    name : a few words
    definition : what holds where the rule is kept
    note : how it is checked when neither a shape nor a query does it; else empty
    """

    number: str
    name: str
    definition: str
    note: str = ""


@cache
def rules() -> Mapping[str, Rule]:
    """All rules by number, from ``shapes/rules.ttl``."""
    store, found = shapes(), {}
    for quad in store.quads_for_pattern(None, _IDENTIFIER, None):
        if _is_rule(store, quad.subject):
            said = {each.predicate: each.object for each in store.quads_for_pattern(quad.subject, None, None)}
            number = text(quad.object)
            parts = (
                said.get(term(name), Literal("")) for name in ("skos:prefLabel", "skos:definition", "skos:scopeNote")
            )
            found[number] = Rule(number, *map(text, parts))
    return MappingProxyType(dict(sorted(found.items())))


@cache
def shapes() -> Store:
    """All shapes for data, in one store; it is shared, so its readers must not change it."""
    store = Store()
    for entry in sorted(files("communique.shapes").iterdir(), key=lambda item: item.name):
        if entry.name.endswith(".ttl") and entry.name not in NOT_FOR_DATA:
            store.extend(_parse(entry.name, entry.read_bytes()))
    return store


@cache
def shapes_for(scope: str) -> Store:
    """Select the shapes of one scope, ``document`` or ``union``, with the shapes and paths they refer to."""
    everything, kept = shapes(), Store()
    alone = {quad.subject for quad in everything.quads_for_pattern(None, _SCOPE, Literal(DOCUMENT))}
    queue: list[object] = [shape for shape in node_shapes(everything) if (shape in alone) == (scope == DOCUMENT)]
    while queue:
        node = queue.pop()
        if isinstance(node, NamedNode | BlankNode) and not any(kept.quads_for_pattern(node, None, None)):
            kept.extend(everything.quads_for_pattern(node, None, None))
            queue.extend(quad.object for quad in kept.quads_for_pattern(node, None, None))
    return kept


@cache
def numbers() -> Mapping[NamedNode, str]:
    """The number of the rule that each shape checks; shapes without a number of their own are left out."""
    store = shapes()
    found = (quad for quad in store.quads_for_pattern(None, _IDENTIFIER, None) if not _is_rule(store, quad.subject))
    return MappingProxyType({quad.subject: text(quad.object) for quad in found if isinstance(quad.subject, NamedNode)})


def text(node: object) -> str:
    """Return the lexical form of a literal; ShapesError for any other term."""
    if not isinstance(node, Literal):
        raise ShapesError(f"{node} stands where the shapes need a text")
    return node.value


def _parse(name: str, content: bytes) -> Iterator[Quad]:
    """Parse one file; blank nodes are renamed so that two files never share one."""
    try:
        yield from parse(content, format=RdfFormat.TURTLE, rename_blank_nodes=True)
    except SyntaxError as error:
        raise ShapesError(f"shapes/{name} is not Turtle: {error}") from error


def _is_rule(store: Store, node: NamedNode | BlankNode | Triple) -> bool:
    """Say whether a node is a rule, and no shape that checks one."""
    return Quad(node, term("rdf:type"), NamedNode(SHAPES + "Rule")) in store
