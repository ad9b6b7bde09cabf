"""Counts of a dataset: classes, their properties, the classes and datatypes of the values, links to other datasets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pyoxigraph import QuerySolutions

from communique.graph.store.merged import MergedDataset
from communique.graph.terms.namespaces import BASE, SKOS

# Properties that link one thing here to one elsewhere.
LINKS = tuple(SKOS + name for name in ("exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch"))

_TOTALS = """SELECT (COUNT(*) AS ?triples) (COUNT(DISTINCT ?s) AS ?subjects) (COUNT(DISTINCT ?o) AS ?objects)
{ ?s ?p ?o }"""
_ENTITIES = "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s a ?class FILTER(ISIRI(?class)) }"
_PROPERTIES = """SELECT ?p (COUNT(*) AS ?triples) (COUNT(DISTINCT ?s) AS ?subjects) (COUNT(DISTINCT ?o) AS ?objects)
{ ?s ?p ?o } GROUP BY ?p"""
_CLASSES = "SELECT ?class (COUNT(*) AS ?n) { ?s a ?class FILTER(ISIRI(?class)) } GROUP BY ?class"
_CLASS_PROPERTIES = "SELECT ?class ?p (COUNT(*) AS ?n) { ?s a ?class ; ?p ?o FILTER(ISIRI(?class)) } GROUP BY ?class ?p"
_VALUE_CLASSES = """SELECT ?class ?p ?kind (COUNT(*) AS ?n) {
  ?s a ?class ; ?p ?o . ?o a ?kind FILTER(ISIRI(?class) && ISIRI(?kind))
} GROUP BY ?class ?p ?kind"""
_DATATYPES = """SELECT ?class ?p ?kind (COUNT(*) AS ?n) {
  ?s a ?class ; ?p ?o FILTER(ISIRI(?class) && ISLITERAL(?o)) BIND(DATATYPE(?o) AS ?kind)
} GROUP BY ?class ?p ?kind"""
_TARGETS = f"""SELECT ?link ?space (COUNT(*) AS ?n) {{
  VALUES ?link {{ {" ".join(f"<{link}>" for link in LINKS)} }}
  ?s ?link ?o FILTER(ISIRI(?o) && !STRSTARTS(STR(?o), "{BASE}"))
  BIND(REPLACE(STR(?o), "[^/#]*$", "") AS ?space)
}} GROUP BY ?link ?space"""


@dataclass(frozen=True, slots=True)
class PropertyCount:
    """Statements with a property, their different subjects and values."""

    triples: int
    subjects: int
    objects: int


@dataclass(frozen=True, slots=True)
class Statistics:
    """Counts of a dataset, in which a triple of several graphs counts once.

    Attributes
    ----------
    total : of all triples
    entities : nodes that have a class
    properties : by property IRI
    classes : nodes by class IRI
    class_properties : statements by class of the subject and property
    value_classes, datatypes : statements by class of the subject, property, and class or datatype of the value
    links : statements by property and beginning of the IRIs that they lead to, up to the last ``/`` or ``#``
    """

    total: PropertyCount
    entities: int
    properties: Mapping[str, PropertyCount]
    classes: Mapping[str, int]
    class_properties: Mapping[tuple[str, str], int]
    value_classes: Mapping[tuple[str, str, str], int]
    datatypes: Mapping[tuple[str, str, str], int]
    links: Mapping[tuple[str, str], int]


def count(dataset: MergedDataset) -> Statistics:
    """Count what the default graph of a dataset holds; some seconds per million statements."""
    properties = {row[0]: PropertyCount(*map(int, row[1:])) for row in _rows(dataset, _PROPERTIES)}
    return Statistics(
        PropertyCount(*map(int, _rows(dataset, _TOTALS)[0])),
        int(_rows(dataset, _ENTITIES)[0][0]),
        properties,
        {name: int(n) for name, n in _rows(dataset, _CLASSES)},
        {(name, property): int(n) for name, property, n in _rows(dataset, _CLASS_PROPERTIES)},
        {(name, property, kind): int(n) for name, property, kind, n in _rows(dataset, _VALUE_CLASSES)},
        {(name, property, kind): int(n) for name, property, kind, n in _rows(dataset, _DATATYPES)},
        {(link, space): int(n) for link, space, n in _rows(dataset, _TARGETS)},
    )


def _rows(dataset: MergedDataset, text: str) -> list[tuple[str, ...]]:
    """Evaluate a SELECT; the texts of its rows, sorted."""
    found = dataset.query(text)
    assert isinstance(found, QuerySolutions)
    return sorted(tuple(term.value for term in row) for row in found)
