"""The quads of a store as plain Python sets: what the second formulations of the questions read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import product

from pyoxigraph import Literal, NamedNode, Quad, Store

from communique.graph.terms.namespaces import GRAPH, ID, concept, term

Term = NamedNode | Literal
Row = tuple[Term | None, ...]
Maybe = list[Term | None]

OCCURRED, ONGOING, PLANNED, CANCELLED = (
    concept("realization", slug) for slug in ("occurred", "ongoing", "planned", "cancelled")
)
REAL = frozenset({OCCURRED, ONGOING})
SECONDARY = frozenset(NamedNode(GRAPH + name) for name in ("derived", "meta", "ontology", "judgements"))
SHORT, OFFICIAL = concept("name-status", "short"), concept("name-status", "official")


class Facts:
    """An index over triples, each once, and over the graphs in which they stand."""

    def __init__(self, store: Store) -> None:
        self.about: defaultdict[object, set[Quad]] = defaultdict(set)
        self.spelt: defaultdict[tuple[str, str], set[tuple[NamedNode, Term]]] = defaultdict(set)
        self._objects: defaultdict[tuple[object, str], set[Term]] = defaultdict(set)
        self._subjects: defaultdict[tuple[str, object], set[NamedNode]] = defaultdict(set)
        self._stated: defaultdict[tuple[object, str], set[tuple[Term, NamedNode]]] = defaultdict(set)
        self._pairs: defaultdict[str, set[tuple[NamedNode, Term]]] = defaultdict(set)
        self.quads = list(store)
        for quad in self.quads:
            self.about[quad.subject].add(quad)
            self.about[quad.object].add(quad)
            if isinstance(quad.object, Literal):
                self.spelt[quad.predicate.value, quad.object.value.lower()].add((quad.subject, quad.object))
            self._objects[quad.subject, quad.predicate.value].add(quad.object)
            self._subjects[quad.predicate.value, quad.object].add(quad.subject)
            self._stated[quad.subject, quad.predicate.value].add((quad.object, quad.graph_name))
            self._pairs[quad.predicate.value].add((quad.subject, quad.object))

    def of(self, node: object, *keys: str) -> set[Term]:
        """Give the values of some properties of a node, whichever graph states them."""
        return set().union(*(self._objects[node, iri(key)] for key in keys))

    def maybe(self, node: object, *keys: str) -> Maybe:
        """Give the same as an OPTIONAL does: one None where there is no value."""
        return [*self.of(node, *keys)] or [None]

    def where(self, key: str, value: object) -> set[NamedNode]:
        """Give the nodes of which a property has a value."""
        return set(self._subjects[iri(key), value])

    def pairs(self, key: str) -> set[tuple[NamedNode, Term]]:
        """Give subject and object of a property."""
        return self._pairs[iri(key)]

    def named(self, key: str, words: str) -> set[tuple[NamedNode, Term]]:
        """Give the nodes of which a property has this text, without regard to capitals, each with the text."""
        return self.spelt[iri(key), words.lower()]

    def stated(self, node: object, *keys: str) -> set[tuple[Term, NamedNode]]:
        """Give the values of some properties of a node, each with the graph that states it."""
        return set().union(*(self._stated[node, iri(key)] for key in keys))

    def within(self, node: object, graph: NamedNode, *keys: str) -> set[Term]:
        """Give the values that one graph states."""
        return {value for value, place in self.stated(node, *keys) if place == graph}

    def is_a(self, node: object, name: str) -> bool:
        return term(name) in self.of(node, "rdf:type")

    def classes(self, node: object) -> set[Term]:
        """Give the classes of a node and all above them."""
        return set().union(*(self.above(kind, "rdfs:subClassOf") for kind in self.of(node, "rdf:type")))

    def above(self, node: Term, key: str) -> set[Term]:
        """Follow a property upwards; the node itself is the first."""
        found, rest = {node}, [node]
        while rest:
            new = self.of(rest.pop(), key) - found
            found |= new
            rest += new
        return found

    def english(self, node: object) -> Maybe:
        """Give the English labels of a node, or one None."""
        return [label for label in self.of(node, "skos:prefLabel") if label.language == "en"] or [None]

    def english_of(self, node: object, key: str) -> Maybe:
        """Give the English labels of what a property of a node leads to, or one None."""
        return [label for value in self.of(node, key) for label in self.english(value) if label is not None] or [None]

    def called(self, node: NamedNode) -> set[str]:
        """Give what a person would call a node: its English label, else its relative identifier."""
        return {label.value if label is not None else node.value.removeprefix(ID) for label in self.english(node)}

    def places(self, evidences: Iterable[object]) -> Iterator[tuple[Term, Term]]:
        """Give document and paragraph of each piece of evidence."""
        for evidence in evidences:
            yield from product(self.of(evidence, "com:inDocument"), self.of(evidence, "com:locator"))

    def told(self, node: object) -> Iterator[tuple[Term, NamedNode, Term, Term]]:
        """Give each standing of a node with the graph, the document and the paragraph that state it."""
        for status, graph in self.stated(node, "com:realization"):
            for document, paragraph in self.places(self.within(node, graph, "com:evidence")):
                yield status, graph, document, paragraph

    def documents(self, node: object) -> set[Term]:
        """Give the documents in which the evidence of a node stands."""
        return {document for document, _ in self.places(self.of(node, "com:evidence"))}

    def longest(self, node: object, document: Term) -> Maybe:
        """Give the longest names that a document uses for a node, or one None."""
        texts = [
            text
            for naming in self.of(node, "com:hasName")
            if document in self.documents(naming)
            for text in self.of(naming, "com:nameText")
        ]
        return [text for text in set(texts) if len(text.value) == max(len(other.value) for other in texts)] or [None]

    def acting(self, state: Term) -> set[Term]:
        """Give a state and the bodies that act for it."""
        return {state, *self.where("com:actsFor", state)}

    def dating(self, node: object, graph: NamedNode) -> set[Term]:
        """Give the days as of which a graph, or what is inferred from it, speaks of a node."""
        return self.within(node, graph, "com:asOf") | self.within(
            node, NamedNode(f"{graph.value}/inferred"), "com:asOf"
        )

    def dates(self, node: object) -> Maybe:
        """Give the times of a node as shown, those without a year only where no other is known."""
        texts = self.of(node, "com:edtfText")
        return [text for text in texts if "X" not in text.value] or [*texts] or [None]


@cache
def iri(key: str) -> str:
    """Expand a prefixed name."""
    return term(key).value


def text(value: str | None) -> Literal | None:
    """Make a plain string."""
    return None if value is None else Literal(value)


def last_step(node: NamedNode) -> str:
    """Give the last step of an IRI, such as the slug of a concept."""
    return node.value.rpartition("/")[2]


def bounds(node: object, facts: Facts, first: str, last: str) -> str | None:
    """Write the bounds of a time as the questions do; None where there is none."""
    begin, end = facts.maybe(node, *first.split("|"))[0], facts.maybe(node, *last.split("|"))[0]
    return f"{begin.value if begin else '..'}/{end.value if end else '..'}" if begin or end else None
