"""What a store knows about many nodes at once: their labels and the passages of documents that speak of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from pyoxigraph import BlankNode, Literal, NamedNode, QuerySolution, QuerySolutions, Store

from communique.graph.store.merged import query_union
from communique.graph.terms.identifiers import document_of
from communique.graph.terms.namespaces import prologue, term
from communique.graph.validation.results import Term

# Properties that name a node; the first that a node has counts.
_NAMING = tuple(map(term, ("skos:prefLabel", "rdfs:label", "dct:title", "foaf:name", "schema:name")))

# A variable in the place of the property would be joined with the whole store.
_LABELS = f"""SELECT ?node ?naming ?label WHERE {{ VALUES ?node {{ %s }} {
    " UNION ".join(f"{{ ?node {naming} ?label BIND({naming} AS ?naming) }}" for naming in _NAMING)
} }}"""
_EVIDENCE = f"""{prologue(("com",))}SELECT DISTINCT ?node ?document ?line WHERE {{
  VALUES ?node {{ %s }} ?node com:evidence ?evidence . ?evidence com:inDocument ?document
  OPTIONAL {{ ?evidence com:locator ?line }}
}}"""
_GRAPHS = "SELECT DISTINCT ?node ?graph WHERE { VALUES ?node { %s } GRAPH ?graph { ?node ?property ?value } }"


@dataclass(frozen=True, slots=True, order=True)
class Passage:
    """Where something is said; ``paragraph`` is the 1-based line of the document, 0 when only the document is known."""

    document: str
    paragraph: int = 0

    def __str__(self) -> str:
        """Write document and paragraph the short way, ``003 ¶11``."""
        return f"{self.document} ¶{self.paragraph}" if self.paragraph else self.document


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is known about some nodes.

    Attributes
    ----------
    labels : the English label of a node, else any
    passages : where a node is said to be, by its evidence
    describing : documents whose graphs describe a node, for nodes without such a passage
    """

    labels: Mapping[Term, str]
    passages: Mapping[Term, Collection[Passage]]
    describing: Mapping[Term, Collection[str]]

    def passages_of(self, node: Term, document: str | None) -> tuple[Passage, ...]:
        """Find where a node is said to be, only in one document when just that was looked at."""
        if isinstance(node, Literal):
            return ()
        found = sorted(each for each in self.passages.get(node, ()) if document in {None, each.document})
        if found:
            return tuple(found)
        return tuple(map(Passage, sorted(self.describing.get(node, ())) if document is None else [document]))


def learn(nodes: Iterable[Term], store: Store) -> Knowledge:
    """Ask a store, over all its graphs, about nodes; literals are not asked about, blank nodes only for a label."""
    asked = [node for node in nodes if not isinstance(node, Literal)]
    named = [node for node in asked if isinstance(node, NamedNode)]
    labels = dict(_blank_labels((node for node in asked if isinstance(node, BlankNode)), store))
    labels.update(_best((row["node"], row["naming"], row["label"]) for row in _ask(store, _LABELS, named)))
    passages: dict[Term, set[Passage]] = defaultdict(set)
    for row in _ask(store, _EVIDENCE, named):
        if passage := _passage(row):
            passages[row["node"]].add(passage)
    describing: dict[Term, set[str]] = defaultdict(set)
    for row in _ask(store, _GRAPHS, [node for node in named if node not in passages]):
        if number := document_of(row["graph"]):
            describing[row["node"]].add(number)
    return Knowledge(labels, passages, describing)


def _ask(store: Store, query: str, nodes: Collection[NamedNode]) -> Iterator[QuerySolution]:
    """Run a query on nodes; none at all needs no query."""
    if nodes:
        found = query_union(store, query % " ".join(map(str, nodes)))
        assert isinstance(found, QuerySolutions)
        yield from found


def _best(found: Iterable[tuple[Term, NamedNode, Term]]) -> Iterator[tuple[Term, str]]:
    """Choose a label for each node: the preferred property first, English first, then by the alphabet."""
    ranked: dict[Term, list[tuple[int, bool, str]]] = defaultdict(list)
    for node, naming, label in found:
        if isinstance(label, Literal):
            ranked[node].append((_NAMING.index(naming), not (label.language or "").startswith("en"), label.value))
    return ((node, min(labels)[2]) for node, labels in ranked.items())


def _blank_labels(nodes: Iterable[BlankNode], store: Store) -> Iterator[tuple[Term, str]]:
    """Find labels of nodes that no query can name."""
    for node in nodes:
        quads = (quad for naming in _NAMING for quad in store.quads_for_pattern(node, naming, None, None))
        yield from _best((node, quad.predicate, quad.object) for quad in quads)  # type: ignore[misc]


def _passage(row: QuerySolution) -> Passage | None:
    """Read document and paragraph of an evidence; None when the document has no number."""
    number = document_of(row["document"])
    line = row["line"].value if isinstance(row["line"], Literal) else "0"
    return None if number is None else Passage(number, int(line) if line.isdecimal() else 0)
