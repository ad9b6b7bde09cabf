"""Descriptions of graphs: where each comes from and under which licence it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pyoxigraph import Literal, NamedNode, Quad

from communique.graph.terms import identifiers
from communique.graph.terms.identifiers import META, certainty_of
from communique.graph.terms.namespaces import concept, term

# Of all that this project records itself: Creative Commons Attribution 4.0.
LICENCE = NamedNode("https://creativecommons.org/licenses/by/4.0/")


def describe_graph(
    graph: NamedNode,
    title: str,
    *,
    derived_from: Sequence[NamedNode] = (),
    source: NamedNode | None = None,
    licence: NamedNode | None = LICENCE,
) -> Iterator[Quad]:
    """Describe a graph as an entity with provenance: title, licence if known, what it was derived from, its source.

    With them goes how certain it is of its statements (``state_certainty``).
    """
    yield Quad(graph, term("rdf:type"), term("prov:Entity"), META)
    yield from state_certainty(graph)
    yield Quad(graph, term("dct:title"), Literal(title, language="en"), META)
    if licence is not None:
        yield Quad(graph, term("dct:license"), licence, META)
    for origin in derived_from:
        yield Quad(graph, term("prov:wasDerivedFrom"), origin, META)
    if source is not None:
        yield Quad(graph, term("dct:source"), source, META)


def state_certainty(graph: NamedNode) -> Iterator[Quad]:
    """State how certain a graph is of its statements, if that is known by its name."""
    certainty = certainty_of(graph)
    if certainty is not None:
        yield Quad(graph, term("com:certainty"), concept("certainty", certainty), META)


def describe_document(number: str, graphs: Mapping[NamedNode, Sequence[object]]) -> Iterator[Quad]:
    """Describe those graphs of a document that hold something."""
    document, stated = identifiers.document(number), identifiers.stated(number)
    origins = {
        stated: (f"What document {number} states", document),
        identifiers.inferred(number): (f"What follows from document {number} by recorded rules", stated),
        identifiers.CANDIDATES: ("Possible identities that await judgement", stated),
    }
    for graph, (title, origin) in origins.items():
        if graphs.get(graph):
            yield from describe_graph(graph, title, derived_from=(origin,), source=document)
