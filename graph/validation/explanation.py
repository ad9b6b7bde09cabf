"""A result in the words of those who have to act on it: which rule, which node, where it is said, what to do."""

from __future__ import annotations

from dataclasses import dataclass

from pyoxigraph import BlankNode, Literal, NamedNode, Store

from communique.graph.identifiers import document_of
from communique.graph.namespaces import shorten, term
from communique.graph.validation.catalogue import Rule, numbers, rules
from communique.graph.validation.results import Term, ValidationResult
from communique.graph.validation.rules import set_rules

_LABEL = term("skos:prefLabel")
_EVIDENCE, _IN_DOCUMENT, _LOCATOR = term("com:evidence"), term("com:inDocument"), term("com:locator")


@dataclass(frozen=True, slots=True, order=True)
class Passage:
    """Where something is said; ``paragraph`` is the 1-based line of the document, 0 when only the document is known."""

    document: str
    paragraph: int = 0

    def __str__(self) -> str:
        """Write document and paragraph the short way, ``003 ¶11``."""
        return f"{self.document} ¶{self.paragraph}" if self.paragraph else self.document


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
    rule = rule_of(result)
    return Explained(
        rule=rule,
        severity=shorten(result.severity.value).rpartition(":")[2],
        node=_plain(result.focus),
        label=_label(result.focus, store),
        passages=_passages(result, store),
        cure=result.message or rule.definition,
        path="" if result.path is None else _short_path(result.path),
        value="" if result.value is None else show(result.value),
        result=result,
    )


def rule_of(result: ValidationResult) -> Rule:
    """Find the numbered rule that the source shape of a result checks."""
    source = result.shape
    number = numbers().get(source) if isinstance(source, NamedNode) else None
    if number is None:
        number = next((rule.number for rule in set_rules() if rule.shape == source), None)
    return rules()[number] if number is not None else Rule("", show(source), "")


def show(value: Term) -> str:
    """Write a term for people: names short, literals without their datatype."""
    return value.value if isinstance(value, Literal) else shorten(_plain(value))


def _plain(value: Term) -> str:
    """Write a term without the marks of its syntax, except those of a blank node."""
    return str(value) if isinstance(value, BlankNode) else value.value


def _short_path(path: str) -> str:
    """Write a path with prefixed names when it is one property; a longer path stays as it is."""
    name = path.removeprefix("<").removesuffix(">")
    return shorten(name) if ">" not in name else path


def _label(node: Term, store: Store) -> str:
    """Give the English label of a node, else any label, else its name in short."""
    if isinstance(node, Literal):
        return node.value
    found = [quad.object for quad in store.quads_for_pattern(node, _LABEL, None, None)]
    labels = sorted((label.language != "en", label.value) for label in found if isinstance(label, Literal))
    return labels[0][1] if labels else show(node)


def _passages(result: ValidationResult, store: Store) -> tuple[Passage, ...]:
    """Find where the focus node is said to be, only in the document looked at when there is just one."""
    node = result.focus
    if isinstance(node, Literal):
        return ()
    evidence = {quad.object for quad in store.quads_for_pattern(node, _EVIDENCE, None, None)}
    found = {_passage(item, store) for item in evidence if isinstance(item, NamedNode)} - {None}
    passages = sorted(passage for passage in found if passage is not None)
    here = tuple(passage for passage in passages if result.document in {None, passage.document})
    return here or tuple(Passage(number) for number in _describing(result, node, store))


def _passage(evidence: NamedNode, store: Store) -> Passage | None:
    """Read document and paragraph of an evidence; None when they are not there."""
    documents = [quad.object for quad in store.quads_for_pattern(evidence, _IN_DOCUMENT, None, None)]
    lines = [quad.object for quad in store.quads_for_pattern(evidence, _LOCATOR, None, None)]
    number = document_of(documents[0]) if documents else None
    if number is None:
        return None
    line = lines[0].value if lines and isinstance(lines[0], Literal) else "0"
    return Passage(number, int(line) if line.isdecimal() else 0)


def _describing(result: ValidationResult, node: NamedNode | BlankNode, store: Store) -> list[str]:
    """List the documents whose graphs describe a node; of one document looked at, just that."""
    if result.document is not None:
        return [result.document]
    graphs = {quad.graph_name for quad in store.quads_for_pattern(node, None, None, None)}
    return sorted({number for graph in graphs if (number := document_of(graph)) is not None})
