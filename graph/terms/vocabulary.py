"""The ontology as values: terms by key, concepts by scheme and the class tree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import combinations
from types import MappingProxyType

import pyoxigraph
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from communique.graph.errors import MappingError
from communique.graph.terms.identifiers import ONTOLOGY
from communique.graph.terms.namespaces import BASE, COM, DCT, OWL, RDF, RDFS, SCHEMA, SKOS, VOCAB, VS, XSD
from communique.graph.terms.spelling import did_you_mean
from communique.graph.terms.turtle import collections

Index = Mapping[NamedNode, Mapping[NamedNode, tuple[NamedNode | Literal, ...]]]

KINDS = {f"{OWL}{kind.title()}Property": kind for kind in ("object", "datatype", "annotation")} | {
    OWL + "Class": "class"
}
LANG_STRING = NamedNode(RDF + "langString")


@dataclass(frozen=True, slots=True)
class Edge:
    """How a node of a class stands for one tie: the properties to its two ends, and whether it has a direction."""

    source: NamedNode
    target: NamedNode
    directed: bool


@dataclass(frozen=True, slots=True)
class Term:
    """A class or property, of this ontology or reused from another.

    Attributes
    ----------
    key : its name in authored documents and JSON-LD, such as ``participant`` or ``label``
    kind : class, object, datatype or annotation
    definition : English; for a reused term, how it is used here
    module : stem of the file that defines it; of a reused term, ``reused``
    parents : direct superclasses or superproperties
    domain_includes, range_includes : soft hints, never axioms
    scheme : name of the concept scheme its values come from, such as ``role``
    constructed : its triples are only ever built by a query
    edge : on a class whose nodes stand for ties
    search_words : words of other vocabularies or of everyday speech by which people look for it, and its former names
    status : ``testing`` or ``unstable``; empty for a reused term
    """

    iri: NamedNode
    key: str
    kind: str
    label: str
    definition: str
    module: str
    parents: tuple[NamedNode, ...] = ()
    domain_includes: tuple[NamedNode, ...] = ()
    range_includes: tuple[NamedNode, ...] = ()
    scheme: str | None = None
    constructed: bool = False
    edge: Edge | None = None
    search_words: tuple[str, ...] = ()
    status: str = ""

    @property
    def datatype(self) -> NamedNode | None:
        """The datatype of its values; None for a class and for a property that leads to nodes."""
        literal = (iri for iri in self.range_includes if iri == LANG_STRING or iri.value.startswith(XSD))
        return next(literal, None)


@dataclass(frozen=True, slots=True)
class Concept:
    """A value of a concept scheme; ``broader`` is the slug of the concept above it."""

    iri: NamedNode
    slug: str
    scheme: str
    label: str
    definition: str
    broader: str | None = None


def modules() -> Iterator[tuple[str, str]]:
    """Yield (path under ``ontology/``, Turtle) of each module and each concept scheme, in order of path."""
    root = files("communique.ontology")
    for folder, prefix in ((root, ""), (root / "vocabularies", "vocabularies/")):
        for entry in sorted(folder.iterdir(), key=lambda item: item.name):
            if entry.name.endswith(".ttl"):
                yield prefix + entry.name, entry.read_text(encoding="utf-8")


@cache
def ontology_quads() -> tuple[Quad, ...]:
    """Read the ontology and its concept schemes, every statement in ``graph/ontology``; no blank nodes.

    What the files say of several classes at once (``owl:AllDisjointClasses``) becomes ``owl:disjointWith`` of each two.
    """
    statements = dict.fromkeys(triple for _, text in modules() for triple in _without_blank_nodes(text))
    return tuple(Quad(triple.subject, triple.predicate, triple.object, ONTOLOGY) for triple in statements)


def facts() -> Index:
    """What the ontology and its concept schemes say, by subject and predicate, in the order of the files."""
    return _index()


@cache
def terms() -> Mapping[str, Term]:
    """All terms that data may use, by key, such as ``participant``, ``Event``, ``label`` or ``organization``."""
    index = _index()
    found = (_read_term(iri, index) for iri in index)
    return MappingProxyType({term.key: term for term in found if term is not None})


@cache
def classes() -> Mapping[str, Term]:
    """The classes among the terms, by key."""
    return MappingProxyType({key: term for key, term in terms().items() if term.kind == "class"})


@cache
def concepts(scheme: str) -> Mapping[str, Concept]:
    """The concepts of a scheme (``role``, ``name-status``, …) by slug; MappingError when there is no such scheme."""
    inside, index = NamedNode(VOCAB + scheme), _index()
    if inside not in index:
        raise MappingError(f"no concept scheme {scheme!r}", expected=", ".join(schemes()))
    members = (iri for iri, facts in index.items() if inside in facts.get(NamedNode(SKOS + "inScheme"), ()))
    return MappingProxyType({concept.slug: concept for concept in (_read_concept(iri, scheme) for iri in members)})


@cache
def schemes() -> tuple[str, ...]:
    """The names of the concept schemes."""
    kind = NamedNode(SKOS + "ConceptScheme")
    found = (iri for iri, facts in _index().items() if kind in facts.get(NamedNode(RDF + "type"), ()))
    return tuple(sorted(iri.value.removeprefix(VOCAB) for iri in found if iri.value.startswith(VOCAB)))


@cache
def superclasses(iri: NamedNode) -> tuple[NamedNode, ...]:
    """All classes above ``iri``, nearest first, without itself and ``owl:Thing``; empty for an unknown class."""
    above, queue = [], [iri]
    while queue:
        for parent in _nodes(queue.pop(0), RDFS + "subClassOf"):
            if parent not in above and parent.value != OWL + "Thing":
                above.append(parent)
                queue.append(parent)
    return tuple(above)


@cache
def deprecated() -> Mapping[NamedNode, NamedNode]:
    """Former names of terms with the term that took the place of each."""
    gone, place = NamedNode(OWL + "deprecated"), DCT + "isReplacedBy"
    return MappingProxyType({iri: _nodes(iri, place)[0] for iri, facts in _index().items() if gone in facts})


def cure_of(key: str, known: Iterable[str]) -> str | None:
    """Say what to write for a key that is no term: the name that took its place, else the closest one that is known."""
    if (now := deprecated().get(NamedNode(COM + key))) is not None:
        return f"{key} is deprecated, write {now.value.removeprefix(COM)!r}"
    return did_you_mean(key, known)


def _without_blank_nodes(text: str) -> Iterator[Triple]:
    """Parse Turtle and write out the sets of disjoint classes, two by two; other statements stay as they are."""
    statements = list(pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.TURTLE))
    lists, members = collections(statements), NamedNode(OWL + "members")
    for one in statements:
        if not isinstance(one.subject, BlankNode):
            yield Triple(one.subject, one.predicate, one.object)
        elif one.predicate == members and isinstance(one.object, BlankNode):
            classes = [item for item in lists[one.object] if isinstance(item, NamedNode)]
            for left, right in combinations(classes, 2):
                yield Triple(left, NamedNode(OWL + "disjointWith"), right)


@cache
def _index() -> Index:
    """Group the ontology by subject and predicate, in the order of the files."""
    index: dict[NamedNode, dict[NamedNode, list[NamedNode | Literal]]] = defaultdict(lambda: defaultdict(list))
    for quad in ontology_quads():
        if not isinstance(quad.subject, NamedNode) or not isinstance(quad.object, NamedNode | Literal):
            raise MappingError(f"no IRI in {quad}", expected="an IRI for every node of the ontology")
        index[quad.subject][quad.predicate].append(quad.object)
    return {iri: {predicate: tuple(values) for predicate, values in facts.items()} for iri, facts in index.items()}


def _nodes(iri: NamedNode, predicate: str) -> tuple[NamedNode, ...]:
    """The IRIs that a subject has for a predicate."""
    values = _index().get(iri, {}).get(NamedNode(predicate), ())
    return tuple(value for value in values if isinstance(value, NamedNode))


def _text(iri: NamedNode, *predicates: str) -> str:
    """The first literal of the first predicate that has one; empty when there is none."""
    facts = _index()[iri]
    values = (value for predicate in predicates for value in facts.get(NamedNode(predicate), ()))
    return next((value.value for value in values if isinstance(value, Literal)), "")


def _read_term(iri: NamedNode, index: Index) -> Term | None:
    """Read a term; None for former names and for what has no key: ontologies, concepts, terms only declared."""
    kind = next((KINDS[node.value] for node in _nodes(iri, RDF + "type") if node.value in KINDS), None)
    if iri in deprecated():
        return None
    key = iri.value.removeprefix(COM) if iri.value.startswith(COM) else _text(iri, COM + "shortName")
    if kind is None or not key:
        return None
    scheme = next(iter(_nodes(iri, COM + "conceptScheme")), None)
    home = next((node.value for node in _nodes(iri, RDFS + "isDefinedBy")), "")
    return Term(
        iri=iri,
        key=key,
        kind=kind,
        label=_text(iri, RDFS + "label"),
        definition=_text(iri, SKOS + "definition", SKOS + "scopeNote"),
        module=_module(iri, home),
        parents=_nodes(iri, RDFS + "subClassOf") + _nodes(iri, RDFS + "subPropertyOf"),
        domain_includes=_nodes(iri, SCHEMA + "domainIncludes"),
        range_includes=_nodes(iri, SCHEMA + "rangeIncludes"),
        scheme=scheme.value.removeprefix(VOCAB) if scheme else None,
        constructed=_text(iri, COM + "constructed") == "true",
        edge=_read_edge(iri),
        search_words=(
            *(word.value for word in index[iri].get(NamedNode(SKOS + "hiddenLabel"), ())),
            *(former.value.removeprefix(COM) for former, now in deprecated().items() if now == iri),
        ),
        status=_text(iri, VS + "term_status"),
    )


def _module(iri: NamedNode, home: str) -> str:
    """Name the stem of the file that defines a term; the header defines terms too."""
    if not iri.value.startswith(COM):
        return "reused"
    return "communique" if home == BASE + "ns" else home.rpartition("/")[2]


def _read_edge(iri: NamedNode) -> Edge | None:
    """Read the edge annotations of a class; None when it has none."""
    source, target = _nodes(iri, COM + "edgeSource"), _nodes(iri, COM + "edgeTarget")
    return Edge(source[0], target[0], _text(iri, COM + "edgeDirected") == "true") if source and target else None


def _read_concept(iri: NamedNode, scheme: str) -> Concept:
    """Read one concept."""
    broader = next((node.value.rpartition("/")[2] for node in _nodes(iri, SKOS + "broader")), None)
    label, definition = _text(iri, SKOS + "prefLabel"), _text(iri, SKOS + "definition")
    return Concept(iri, iri.value.rpartition("/")[2], scheme, label, definition, broader)
