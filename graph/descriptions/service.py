"""The endpoint in SPARQL 1.1 Service Description: what it understands, and the graphs that it answers from.

https://www.w3.org/TR/sparql11-service-description/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pyoxigraph import NamedNode

from communique.graph.descriptions.triples import (
    DATASET,
    ENDPOINT,
    LICENCE,
    TITLE,
    Statement,
    dump_of,
    part,
    state,
)
from communique.graph.terms.identifiers import DESCRIPTION, EXAMPLES
from communique.graph.terms.namespaces import BASE, FORMATS, RDF, SD, term

_RESULTS = (
    *("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV"),
    *("Turtle", "N-Triples", "N-Quads", "N3", "JSON-LD", "RDF_XML", "TriG"),
)
_TYPE = NamedNode(RDF + "type")


def describe_service(sizes: Mapping[str, int]) -> Iterator[Statement]:
    """Describe the endpoint: language, features, formats, and its dataset with its named graphs.

    ``sizes`` counts quads per graph IRI; the default graph is the empty string.
    That of the endpoint is the merge of all named graphs, hence ``sd:UnionDefaultGraph``.
    """
    yield ENDPOINT, _TYPE, _sd("Service")
    yield from state(ENDPOINT, rdf_type=term("dcat:DataService"), dct_title=TITLE, dct_license=LICENCE)
    yield from state(
        ENDPOINT,
        dcat_endpointURL=ENDPOINT,
        dcat_servesDataset=DATASET,
        dcat_endpointDescription=NamedNode(BASE + "openapi.json"),
    )
    yield ENDPOINT, _sd("endpoint"), ENDPOINT
    yield ENDPOINT, _sd("supportedLanguage"), _sd("SPARQL11Query")
    yield ENDPOINT, _sd("feature"), _sd("UnionDefaultGraph")
    for name in _RESULTS:
        yield ENDPOINT, _sd("resultFormat"), NamedNode(FORMATS + name)
    yield ENDPOINT, _sd("defaultDataset"), DATASET
    yield DATASET, _TYPE, _sd("Dataset")
    yield DATASET, _sd("defaultGraph"), part("graph", "default")
    yield part("graph", "default"), _TYPE, _sd("Graph")
    for graph in sorted({*filter(None, sizes), DESCRIPTION.value, EXAMPLES.value}):
        yield from _named_graph(graph, sizes)


def _named_graph(graph: str, sizes: Mapping[str, int]) -> Iterator[Statement]:
    """Describe a named graph; those that are made here, and not counted, have no size."""
    named, content = part("named-graph", graph), part("graph", graph)
    yield DATASET, _sd("namedGraph"), named
    yield named, _TYPE, _sd("NamedGraph")
    yield named, _sd("name"), NamedNode(graph)
    yield named, _sd("graph"), content
    yield content, _TYPE, _sd("Graph")
    yield from state(content, rdf_type=term("void:Dataset"), void_dataDump=dump_of(graph))
    if graph in sizes and graph not in {DESCRIPTION.value, EXAMPLES.value}:
        yield from state(content, void_triples=sizes[graph])


def _sd(name: str) -> NamedNode:
    return NamedNode(SD + name)
