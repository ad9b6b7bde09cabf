"""A graph → what is known of its nodes for linking: names with their days, kinds, countries, and what they belong to.

Runs on a query function handed in, which asks the union of all graphs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pyoxigraph import Literal, NamedNode

from communique.graph.linking.normalization import Spelling, normalize
from communique.graph.terms.namespaces import COM, ID, prologue

Ask = Callable[[str], Iterable[Any]]

_NAMES = """SELECT DISTINCT ?node ?text ?way WHERE {
  VALUES (?property ?way) { (skos:prefLabel "label") (skos:altLabel "other name") (skos:notation "code") }
  ?node ?property ?text }"""
_NAMINGS = """SELECT DISTINCT ?node ?text ?first ?last WHERE {
  ?node com:hasName ?naming . ?naming com:nameText ?text .
  OPTIONAL { ?naming com:validFrom ?first } OPTIONAL { ?naming com:validTo ?last } }"""
# In the place of %s stands nothing, or of which classes nodes are wanted.
_KINDS = "SELECT DISTINCT ?node ?kind WHERE { %s ?node a ?kind }"
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
  { ?node com:validFrom ?day } UNION { ?node com:validTo ?day }
  OPTIONAL { ?node com:validFrom ?first } OPTIONAL { ?node com:validTo ?last } }"""

_NO_CLASS: frozenset[NamedNode] = frozenset()


@dataclass(frozen=True)
class Name(Spelling):
    """A name of a node and the days between which it was valid; ``way`` is label, other name, code or attested name."""

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
    posts : of a person: the posts it held, normalized
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
        """The name by which it is shown."""
        return self.names[0].text


def read_entities(ask: Ask, kinds: Collection[str] = ()) -> Iterator[Entity]:
    """Read the named nodes of the data that have a class of the ontology.

    ``kinds`` are local names of classes; only nodes of these, and of classes below them, are read. All are without any.
    """
    classes = _read_kinds(ask, kinds)
    names = _read_names(ask, classes)
    ties = _read_pairs(ask, _TIES, "other")
    countries = _read_pairs(ask, _COUNTRIES, "country")
    for person, others in ties.items():
        # Persons belong to the countries of those to whom they are tied, and to the states they represented.
        countries[person] |= {other for other in others if other.value.startswith(f"{ID}state/")}
        for other in (other for other in others if "/org/" in other.value):
            countries[person] |= countries.get(other, set())
    posts: dict[NamedNode, set[str]] = defaultdict(set)
    for row in ask(prologue() + _POSTS):
        posts[row["node"]].add(normalize(row["text"].value))
    lives = {row["node"]: (_read_day(row["first"]), _read_day(row["last"])) for row in ask(prologue() + _LIVES)}
    for node in names:
        first, last = lives.get(node, (None, None))
        yield Entity(
            node,
            classes[node],
            tuple(names[node]),
            countries=frozenset(countries.get(node, ())),
            ties=frozenset(ties.get(node, ())),
            posts=frozenset(posts.get(node, ())),
            first=first,
            last=last,
        )


def _read_kinds(ask: Ask, kinds: Collection[str]) -> dict[NamedNode, frozenset[str]]:
    """Read the classes of each node with all classes above them; nodes of the same classes share one set."""
    over = _read_pairs(ask, _SUPERCLASSES, "over", of="kind")
    pattern = ""
    if kinds:
        wanted = {NamedNode(COM + kind) for kind in kinds}
        wanted |= {kind for kind in over if not wanted.isdisjoint(_upwards(kind, over))}
        pattern = f"VALUES ?wanted {{ {' '.join(map(str, sorted(wanted, key=str)))} }} ?node a ?wanted ."
    direct: dict[NamedNode, frozenset[NamedNode]] = {}
    grown: dict[tuple[frozenset[NamedNode], NamedNode], frozenset[NamedNode]] = {}
    for row in ask(prologue() + _KINDS % pattern):
        if isinstance(row["node"], NamedNode) and row["node"].value.startswith(ID):
            step = (direct.get(row["node"], _NO_CLASS), row["kind"])
            if step not in grown:
                grown[step] = step[0] | {step[1]}
            direct[row["node"]] = grown[step]
    shared: dict[frozenset[NamedNode], frozenset[str]] = {}
    for classes in {*direct.values()}:
        reached = {kind.value for each in classes for kind in _upwards(each, over)}
        shared[classes] = frozenset(kind.removeprefix(COM) for kind in reached if kind.startswith(COM))
    return {node: shared[classes] for node, classes in direct.items()}


def _read_names(ask: Ask, wanted: Container[NamedNode]) -> dict[NamedNode, list[Name]]:
    """Read the names of some nodes, labels in English first; a name without a language is read as English."""
    found: dict[NamedNode, dict[Name, int]] = defaultdict(dict)
    for row in ask(prologue() + _NAMES):
        node, text = row["node"], row["text"]
        if node in wanted:
            rank = ("label", "other name", "code").index(row["way"].value) * 2 + ((text.language or "en") != "en")
            found[node].setdefault(Name(text.value, row["way"].value), rank)
    for row in ask(prologue() + _NAMINGS):
        if row["node"] in wanted:
            name = Name(row["text"].value, "attested name", _read_day(row["first"]), _read_day(row["last"]))
            found[row["node"]][name] = 3
    return {node: sorted(names, key=lambda name: (names[name], name.text)) for node, names in found.items()}


def _upwards(kind: NamedNode, over: Mapping[NamedNode, set[NamedNode]]) -> set[NamedNode]:
    """Return a class and all above it."""
    reached, front = {kind}, {kind}
    while front := {above for each in front for above in over.get(each, ())} - reached:
        reached |= front
    return reached


def _read_pairs(ask: Ask, query: str, name: str, of: str = "node") -> dict[NamedNode, set[NamedNode]]:
    pairs: dict[NamedNode, set[NamedNode]] = defaultdict(set)
    for row in ask(prologue() + query):
        if isinstance(row[of], NamedNode) and isinstance(row[name], NamedNode):
            pairs[row[of]].add(row[name])
    return pairs


def _read_day(value: Literal | None) -> date | None:
    """Read a day; None where it is missing or none."""
    try:
        return date.fromisoformat(value.value) if value else None
    except ValueError:
        return None
