"""Which editions of sources a graph holds: title, licence, citation and the counts of their rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pyoxigraph import NamedNode

from communique.graph.queries.answers import Run, ask, text
from communique.graph.terms.identifiers import document_of, inferred, stated
from communique.graph.terms.namespaces import prologue

_QUERY = f"""{prologue(("com", "dct", "skos"))}
SELECT ?document ?title ?date ?licence ?address ?citation ?read ?mapped ?rejected ?leftOut WHERE {{
  ?document com:rowsRead ?read ; com:rowsMapped ?mapped ; com:rowsRejected ?rejected .
  OPTIONAL {{ ?document skos:prefLabel ?title }}
  OPTIONAL {{ ?document com:documentDateLatest ?date }}
  OPTIONAL {{ ?document com:valuesLeftOut ?leftOut }}
  OPTIONAL {{ ?document dct:rights ?licence }}
  OPTIONAL {{ ?document dct:license ?address }}
  OPTIONAL {{ ?document dct:bibliographicCitation ?citation }}
}} ORDER BY ?document"""


@dataclass(frozen=True, slots=True)
class LoadedEdition:
    """An edition in the graph.

    Attributes
    ----------
    edition : key of its document
    read, mapped, rejected : rows; read = mapped + rejected
    left_out : single values left out of rows that were mapped
    quads : of its graphs
    licence, licence_iri : terms in words, and the address of a licence, empty when there is none
    """

    edition: str
    title: str
    date: str
    read: int
    mapped: int
    rejected: int
    left_out: int
    quads: int
    licence: str
    licence_iri: str
    citation: str


def loaded_editions(run: Run, graphs: Mapping[str, int]) -> list[LoadedEdition]:
    """List the editions of sources in a graph, by key; ``graphs`` gives the quads of each graph by IRI."""
    editions = []
    for row in ask(run, _QUERY):
        key = document_of(NamedNode(text(row, "document"))) or ""
        edition = LoadedEdition(
            edition=key,
            title=text(row, "title"),
            date=text(row, "date"),
            read=int(text(row, "read")),
            mapped=int(text(row, "mapped")),
            rejected=int(text(row, "rejected")),
            left_out=int(text(row, "leftOut") or 0),
            quads=sum(graphs.get(graph.value, 0) for graph in (stated(key), inferred(key))),
            licence=text(row, "licence"),
            licence_iri=text(row, "address"),
            citation=text(row, "citation"),
        )
        editions.append(edition)
    return editions
