"""A graph → what is known of its nodes for linking: names with their days, kinds, countries, and whom they belong to.

Runs on a query function handed in, which asks the union of all graphs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pyoxigraph import Literal, NamedNode

from communique.graph.linking.forms import Spelling, plain
from communique.graph.namespaces import COM, ID, prologue

Ask = Callable[[str], Iterable[Any]]

_NAMES = """SELECT DISTINCT ?node ?text ?way WHERE {
  VALUES (?property ?way) { (skos:prefLabel "label") (skos:altLabel "other name") (skos:notation "code") }
  ?node ?property ?text }"""
_NAMINGS = """SELECT DISTINCT ?node ?text ?first ?last WHERE {
  ?node com:hasNaming ?naming . ?naming com:nameText ?text .
  OPTIONAL { ?naming com:validFrom ?first } OPTIONAL { ?naming com:validTo ?last } }"""
_KINDS = "SELECT DISTINCT ?node ?kind WHERE { ?node a ?kind }"
_SUPERCLASSES = "SELECT DISTINCT ?kind ?over WHERE { ?kind rdfs:subClassOf ?over }"
_COUNTRIES = """SELECT DISTINCT ?node ?country WHERE {
  { ?node com:actsFor ?country } UNION { ?node com:ofState ?country }
  UNION { ?node org:unitOf ?whole . ?whole com:actsFor ?country }
  UNION { ?node com:territory ?place . ?country com:hasTerritory ?place }
  UNION { ?node com:locatedIn ?place . ?country com:hasTerritory ?place }
  UNION { ?node com:situatedIn ?city . ?city com:locatedIn ?place . ?country com:hasTerritory ?place } }"""
_TIES = """SELECT DISTINCT ?node ?other WHERE {
  ?node a com:Person .
  { ?holding com:postHolder ?node ; org:organization ?other }
  UNION { ?membership org:member ?node ; org:organization ?other }
  UNION { ?part com:participant ?node . { ?part com:inEvent ?other } UNION { ?part com:representing ?other } } }"""
_POSTS = """SELECT DISTINCT ?node ?text WHERE { ?holding com:postHolder ?node ; com:post ?text }"""
_LIVES = """SELECT DISTINCT ?node ?first ?last WHERE {
  ?node com:hasNaming|skos:prefLabel ?name .
  OPTIONAL { ?node com:validFrom ?first } OPTIONAL { ?node com:validTo ?last }
  FILTER(BOUND(?first) || BOUND(?last)) }"""


@dataclass(frozen=True)
class Name(Spelling):
    """A name of a node and the days between which it was valid; ``way`` is label, other name, code or naming."""

    way: str
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Entity:
    """What is known of a node; two are equal only when they are one.

    Attributes
    ----------
    kinds : its classes and all above them, as local names
    names : the label first
    countries : states for which it acts, to which it is assigned, or in which it lies
    ties : of a person: organizations, events, and whom it represented there
    posts : of a person: the posts it held, as plain keys
    first, last : days between which it existed
    """

    node: NamedNode
    kinds: frozenset[str]
    names: tuple[Name, ...]
    countries: frozenset[NamedNode] = frozenset()
    ties: frozenset[NamedNode] = frozenset()
    posts: frozenset[str] = frozenset()
    first: date | None = None
    last: date | None = None

    @property
    def label(self) -> str:
        """Give the name by which it is shown."""
        return self.names[0].text


def read_entities(ask: Ask) -> Iterator[Entity]:
    """Read all named nodes of the data that have a class of the ontology."""
    names = _read_names(ask)
    kinds = _read_kinds(ask, names)
    ties = _pairs(ask, _TIES, "other")
    countries = _with_ties(_pairs(ask, _COUNTRIES, "country"), ties)
    posts: dict[NamedNode, set[str]] = defaultdict(set)
    for row in ask(prologue() + _POSTS):
        posts[row["node"]].add(plain(row["text"].value))
    lives = {row["node"]: (_day(row["first"]), _day(row["last"])) for row in ask(prologue() + _LIVES)}
    for node in kinds:
        first, last = lives.get(node, (None, None))
        yield Entity(
            node,
            kinds[node],
            tuple(names[node]),
            countries=frozenset(countries.get(node, ())),
            ties=frozenset(ties.get(node, ())),
            posts=frozenset(posts.get(node, ())),
            first=first,
            last=last,
        )


def _read_names(ask: Ask) -> dict[NamedNode, list[Name]]:
    """Read names, labels in English first."""
    found: dict[NamedNode, dict[Name, int]] = defaultdict(dict)
    for row in ask(prologue() + _NAMES):
        if row["node"].value.startswith(ID):
            rank = ("label", "other name", "code").index(row["way"].value) * 2 + (_language(row["text"]) != "en")
            found[row["node"]].setdefault(Name(row["text"].value, row["way"].value), rank)
    for row in ask(prologue() + _NAMINGS):
        found[row["node"]][Name(row["text"].value, "naming", _day(row["first"]), _day(row["last"]))] = 3
    return {node: sorted(names, key=lambda name: (names[name], name.text)) for node, names in found.items()}


def _read_kinds(ask: Ask, named: Container[NamedNode]) -> dict[NamedNode, frozenset[str]]:
    """Read the classes of each named node with all classes above them; nodes of the same classes share one set."""
    over = _pairs(ask, _SUPERCLASSES, "over", of="kind")
    direct: dict[NamedNode, set[NamedNode]] = defaultdict(set)
    for row in ask(prologue() + _KINDS):
        if row["node"] in named:
            direct[row["node"]].add(row["kind"])
    shared = {classes: _names_above(classes, over) for classes in {*map(frozenset, direct.values())}}
    return {node: shared[frozenset(classes)] for node, classes in direct.items()}


def _names_above(classes: Iterable[NamedNode], over: Mapping[NamedNode, set[NamedNode]]) -> frozenset[str]:
    """Give the local names of classes and of all above them, of this ontology."""
    reached = {kind.value for each in classes for kind in _upwards(each, over)}
    return frozenset(kind.removeprefix(COM) for kind in reached if kind.startswith(COM))


def _upwards(kind: NamedNode, over: Mapping[NamedNode, set[NamedNode]]) -> set[NamedNode]:
    """Give a class and all above it."""
    reached, front = {kind}, {kind}
    while front := {above for each in front for above in over.get(each, ())} - reached:
        reached |= front
    return reached


def _pairs(ask: Ask, query: str, name: str, of: str = "node") -> dict[NamedNode, set[NamedNode]]:
    """Read pairs of nodes."""
    pairs: dict[NamedNode, set[NamedNode]] = defaultdict(set)
    for row in ask(prologue() + query):
        if isinstance(row[of], NamedNode) and isinstance(row[name], NamedNode):
            pairs[row[of]].add(row[name])
    return pairs


def _with_ties(
    countries: dict[NamedNode, set[NamedNode]], ties: Mapping[NamedNode, set[NamedNode]]
) -> dict[NamedNode, set[NamedNode]]:
    """Give persons the countries of those to whom they are tied, and the states they represented."""
    for person, others in ties.items():
        states = {other for other in others if other.value.startswith(f"{ID}state/")}
        states |= {country for other in others if "/org/" in other.value for country in countries.get(other, ())}
        countries[person] |= states
    return countries


def _language(text: Literal) -> str:
    """Give the language of a text; names without one are read as English."""
    return text.language or "en"


def _day(value: Literal | None) -> date | None:
    """Read a day; None where it is missing or none."""
    try:
        return date.fromisoformat(value.value) if value else None
    except ValueError:
        return None
