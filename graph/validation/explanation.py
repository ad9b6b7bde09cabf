"""A result in the words of those who have to act on it: which rule, which node, where it is said, what to do.

What the store knows is fetched for many results at once, one query per batch and kind of knowledge; nothing of a batch
is kept when the next one begins.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain, islice
from types import MappingProxyType

from pyoxigraph import BlankNode, Literal, NamedNode, QuerySolution, QuerySolutions, Store

from communique.graph.store.merged import query_union
from communique.graph.terms.identifiers import document_of
from communique.graph.terms.namespaces import SH, prologue, shorten, term
from communique.graph.validation.catalogue import Rule, numbers, rules
from communique.graph.validation.inventory import short_path
from communique.graph.validation.results import Shape, Term, ValidationResult
from communique.graph.validation.rules import set_rules

RECOMMENDATION = "https://www.w3.org/TR/shacl/"
_ENDING = "ConstraintComponent"

# Component without its ending → section of SHACL 1.0, and what is wrong where a shape has no message of its own.
_CLAUSES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "Class": ("4.1.1", "The value is not an instance of the class."),
        "Datatype": ("4.1.2", "The value does not have the datatype, or is ill-formed for it."),
        "NodeKind": ("4.1.3", "The value is of another kind: IRI, blank node or literal."),
        "MinCount": ("4.2.1", "There are fewer values than required."),
        "MaxCount": ("4.2.2", "There are more values than allowed."),
        "MinExclusive": ("4.3.1", "The value is not above the bound."),
        "MinInclusive": ("4.3.2", "The value is below the bound."),
        "MaxExclusive": ("4.3.3", "The value is not below the bound."),
        "MaxInclusive": ("4.3.4", "The value is above the bound."),
        "MinLength": ("4.4.1", "The value is too short."),
        "MaxLength": ("4.4.2", "The value is too long."),
        "Pattern": ("4.4.3", "The value does not match the pattern."),
        "LanguageIn": ("4.4.4", "The language of the value is not on the list."),
        "UniqueLang": ("4.4.5", "Several values have the same language."),
        "Equals": ("4.5.1", "The values differ from those of the other property."),
        "Disjoint": ("4.5.2", "The value is also a value of the other property."),
        "LessThan": ("4.5.3", "The value is not less than those of the other property."),
        "LessThanOrEquals": ("4.5.4", "The value is greater than one of the other property."),
        "Not": ("4.6.1", "The value conforms to a shape to which it must not."),
        "And": ("4.6.2", "The value does not conform to all of the shapes."),
        "Or": ("4.6.3", "The value conforms to none of the shapes."),
        "Xone": ("4.6.4", "The value does not conform to exactly one of the shapes."),
        "Node": ("4.7.1", "The value does not conform to the shape that it must have."),
        "Property": ("4.7.2", "The value does not conform to the property shape."),
        "QualifiedMinCount": ("4.7.3", "Fewer values than required conform to the shape."),
        "QualifiedMaxCount": ("4.7.3", "More values than allowed conform to the shape."),
        "Closed": ("4.8.1", "The property is not one of those that the closed shape allows."),
        "HasValue": ("4.8.2", "The required value is missing."),
        "In": ("4.8.3", "The value is not on the list."),
        "SPARQL": ("5", "The query of the shape found this."),
    }
)


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

# So many results are explained with one set of queries.
BATCH = 250

_NO_NAMES: Mapping[Shape, str] = MappingProxyType({})

__all__ = ["Explained", "Passage", "explain", "explain_all", "rule_of", "show"]


def phrase(component: NamedNode) -> str:
    """Say in a sentence what a result of a component means; of a component of other people's, what it is called."""
    known = _CLAUSES.get(component.value.removeprefix(SH).removesuffix(_ENDING))
    return known[1] if known else f"The constraint {shorten(component.value)} is violated."


def clause(component: NamedNode) -> str:
    """Say which section of SHACL 1.0 defines a component, with its address."""
    local = component.value.removeprefix(SH).removesuffix(_ENDING)
    if local not in _CLAUSES:
        return f"{shorten(component.value)} is defined by the shapes themselves (SHACL 1.0, section 6)"
    anchor = "QualifiedValueShape" if local.startswith("Qualified") else local
    place = f"{RECOMMENDATION}#{anchor}{_ENDING}"
    return f"sh:{local} is defined in section {_CLAUSES[local][0]} of SHACL 1.0: {place}"


@dataclass(frozen=True, slots=True, order=True)
class Passage:
    """Where something is said; ``paragraph`` is the 1-based line of the document, 0 when only the document is known."""

    document: str
    paragraph: int = 0

    def __str__(self) -> str:
        """Write document and paragraph the short way, ``003 ¶11``."""
        return f"{self.document} ¶{self.paragraph}" if self.paragraph else self.document


@dataclass(frozen=True, slots=True)
class NodeFacts:
    """What a store says of some nodes.

    Attributes
    ----------
    labels : the English label of a node, else any
    passages : where a node is said to be, by its evidence
    describing : documents whose graphs describe a node, for nodes without such a passage
    """

    labels: Mapping[Term, str]
    passages: Mapping[Term, Collection[Passage]]
    describing: Mapping[Term, Collection[str]]

    @classmethod
    def of(cls, nodes: Iterable[Term], store: Store) -> NodeFacts:
        """Ask a store, over all its graphs; literals are not asked about, blank nodes only for a label."""
        asked = [node for node in nodes if not isinstance(node, Literal)]
        named = [node for node in asked if isinstance(node, NamedNode)]
        written: list[tuple[Term, NamedNode, Term]] = [
            (node, naming, quad.object)  # type: ignore[misc]  # no triple terms
            for node in asked
            if isinstance(node, BlankNode)  # which no query can name
            for naming in _NAMING
            for quad in store.quads_for_pattern(node, naming, None, None)
        ]
        written += ((row["node"], row["naming"], row["label"]) for row in _ask(store, _LABELS, named))
        passages: dict[Term, set[Passage]] = defaultdict(set)
        for row in _ask(store, _EVIDENCE, named):
            line = row["line"].value if isinstance(row["line"], Literal) else "0"
            if (number := document_of(row["document"])) is not None:
                passages[row["node"]].add(Passage(number, int(line) if line.isdecimal() else 0))
        describing: dict[Term, set[str]] = defaultdict(set)
        for row in _ask(store, _GRAPHS, [node for node in named if node not in passages]):
            if number := document_of(row["graph"]):
                describing[row["node"]].add(number)
        return cls(_best_labels(written), passages, describing)

    def passages_of(self, node: Term, document: str | None) -> tuple[Passage, ...]:
        """Find where a node is said to be, only in one document when just that was looked at."""
        if isinstance(node, Literal):
            return ()
        found = sorted(each for each in self.passages.get(node, ()) if document in {None, each.document})
        if found:
            return tuple(found)
        return tuple(map(Passage, sorted(self.describing.get(node, ())) if document is None else [document]))


def _ask(store: Store, query: str, nodes: Collection[NamedNode]) -> Iterator[QuerySolution]:
    """Run a query on nodes; none at all needs no query."""
    if nodes:
        found = query_union(store, query % " ".join(map(str, nodes)))
        assert isinstance(found, QuerySolutions)
        yield from found


def _best_labels(found: Iterable[tuple[Term, NamedNode, Term]]) -> dict[Term, str]:
    """Choose a label for each node: the preferred property first, English first, then by the alphabet."""
    ranked: dict[Term, list[tuple[int, bool, str]]] = defaultdict(list)
    for node, naming, label in found:
        if isinstance(label, Literal):
            ranked[node].append((_NAMING.index(naming), not (label.language or "").startswith("en"), label.value))
    return {node: min(labels)[2] for node, labels in ranked.items()}


@dataclass(frozen=True, slots=True)
class Explained:
    """One result, explained.

    Attributes
    ----------
    rule : its number and name; number ``""`` when the shape belongs to no numbered rule
    severity : Violation, Warning or Info
    node : IRI of the focus node, or its text when it is a literal
    label : English label of the node, else its IRI in short
    passages : where the node is said to be, by its evidence; else the documents whose graphs describe it; may be empty
    cure : what is wrong and what to do
    path, value : the offending property and value in short, empty when there is none
    result : the result itself
    """

    rule: Rule
    severity: str
    node: str
    label: str
    passages: tuple[Passage, ...]
    cure: str
    path: str
    value: str
    result: ValidationResult


def explain(result: ValidationResult, store: Store) -> Explained:
    """Explain a result with what the store knows about its focus node."""
    return next(explain_all([result], store))


def explain_all(
    results: Iterable[ValidationResult], store: Store, names: Mapping[Shape, str] = _NO_NAMES
) -> Iterator[Explained]:
    """Explain results in their order, batch by batch; ``names`` are those of shapes that check no numbered rule."""
    rest = iter(results)
    while batch := list(islice(rest, BATCH)):
        known = NodeFacts.of({result.focus for result in batch}, store)
        for result in batch:
            rule = rule_of(result, names)
            yield Explained(
                rule=rule,
                severity=_short_name(result.severity).removeprefix("sh:"),
                node=_without_marks(result.focus),
                label=known.labels.get(result.focus) or show(result.focus),
                passages=known.passages_of(result.focus, result.document),
                cure=result.message or rule.definition or phrase(result.component),
                path="" if result.path is None else _short_path(result.path),
                value="" if result.value is None else show(result.value),
                result=result,
            )


def rule_of(result: ValidationResult, names: Mapping[Shape, str] = _NO_NAMES) -> Rule:
    """Find the numbered rule that the source shape of a result checks; without one, a rule that only has a name."""
    number = _rule_numbers().get(result.shape)
    return rules()[number] if number is not None else Rule("", names.get(result.shape) or show(result.shape), "")


def show(value: Term) -> str:
    """Write a term for people: names short, literals without their datatype."""
    return value.value if isinstance(value, Literal) else shorten(_without_marks(value))


@cache
def _rule_numbers() -> Mapping[Shape, str]:
    queries = ((rule.shape, rule.number) for rule in set_rules())
    return dict(chain(numbers().items(), queries))


def _without_marks(value: Term) -> str:
    """Write a term without the marks of its syntax, except those of a blank node."""
    return str(value) if isinstance(value, BlankNode) else value.value


@lru_cache(maxsize=256)
def _short_name(node: NamedNode) -> str:
    return shorten(node.value)


@lru_cache(maxsize=4096)
def _short_path(path: str) -> str:
    return short_path(path, shorten)
