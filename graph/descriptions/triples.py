"""Triples from short notation, and the names of what is described."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode

from communique.graph.terms.namespaces import BASE, XSD, shorten, term

Statement = tuple[NamedNode, NamedNode, NamedNode | Literal]
Value = NamedNode | Literal | str | int

DATASET = NamedNode(BASE + "dataset")
# Where the service is on the web, and its name; who answers elsewhere writes its own address in their place.
ENDPOINT = NamedNode(BASE + "sparql")
GRAPH_STORE = NamedNode(BASE + "rdf-graph-store")

LICENCE = NamedNode("https://creativecommons.org/licenses/by/4.0/")
PUBLISHER = NamedNode(BASE + "project")
TITLE = "Communique"
SUMMARY = (
    "Who cooperates with whom on digital government, and who says so: agreements, events, commitments, programmes and "
    "rankings of states and organizations, each statement with its source, its status and its date."
)
KEYWORDS = ("digital government", "e-government", "international cooperation", "knowledge graph", "SPARQL", "RDF")


def state(subject: NamedNode, **values: Value | tuple[Value, ...]) -> list[Statement]:
    """Make the triples of one subject: ``void_triples=12`` is ``void:triples 12``.

    A number becomes an ``xsd:integer``, a text an English one; for others give the literal. Several values are a tuple.
    """
    made: list[Statement] = []
    for name, given in values.items():
        predicate = _property(name)
        made += [(subject, predicate, _object(value)) for value in (given if isinstance(given, tuple) else (given,))]
    return made


@lru_cache(maxsize=4096)
def part(*names: str) -> NamedNode:
    """Name a part of the dataset: ``part("class", "…ns#Event")`` is ``…/dataset/class/com:Event``."""
    return NamedNode(DATASET.value + "".join(f"/{quote(shorten(name), safe=':')}" for name in names))


def dump_of(graph: str = "") -> NamedNode:
    """Return the address of all statements, or of those of a graph."""
    return NamedNode(f"{GRAPH_STORE.value}?" + (f"graph={quote(graph, safe='')}" if graph else "default"))


@lru_cache
def _property(name: str) -> NamedNode:
    return term(name.replace("_", ":", 1))


def _object(value: Value) -> NamedNode | Literal:
    if isinstance(value, int):
        return Literal(str(value), datatype=NamedNode(XSD + "integer"))
    return Literal(value, language="en") if isinstance(value, str) else value
