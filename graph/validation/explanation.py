"""A result in the words of those who have to act on it: which rule, which node, where it is said, what to do.

What the store knows is fetched for many results at once, one query per batch and kind of knowledge; nothing of a batch
is kept when the next one begins.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain, islice
from types import MappingProxyType

from pyoxigraph import BlankNode, Literal, NamedNode, Store

from communique.graph.terms.namespaces import shorten
from communique.graph.validation.catalogue import Rule, numbers, rules
from communique.graph.validation.clauses import phrase
from communique.graph.validation.knowledge import Knowledge, Passage, learn
from communique.graph.validation.names import short_path
from communique.graph.validation.results import Shape, Term, ValidationResult
from communique.graph.validation.rules import set_rules

# So many results are explained with one set of queries.
BATCH = 250

_NO_NAMES: Mapping[Shape, str] = MappingProxyType({})

__all__ = ["Explained", "Passage", "explain", "explain_all", "rule_of", "show"]


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
        known = learn({result.focus for result in batch}, store)
        yield from (_explained(result, known, names) for result in batch)


def rule_of(result: ValidationResult, names: Mapping[Shape, str] = _NO_NAMES) -> Rule:
    """Find the numbered rule that the source shape of a result checks; without one, a rule that only has a name."""
    number = _numbers().get(result.shape)
    return rules()[number] if number is not None else Rule("", names.get(result.shape) or show(result.shape), "")


def show(value: Term) -> str:
    """Write a term for people: names short, literals without their datatype."""
    return value.value if isinstance(value, Literal) else shorten(_plain(value))


def _explained(result: ValidationResult, known: Knowledge, names: Mapping[Shape, str]) -> Explained:
    """Explain a result with what is known."""
    rule = rule_of(result, names)
    return Explained(
        rule=rule,
        severity=_severity(result.severity),
        node=_plain(result.focus),
        label=known.labels.get(result.focus) or show(result.focus),
        passages=known.passages_of(result.focus, result.document),
        cure=result.message or rule.definition or phrase(result.component),
        path="" if result.path is None else _short_path(result.path),
        value="" if result.value is None else show(result.value),
        result=result,
    )


@cache
def _numbers() -> Mapping[Shape, str]:
    """Join shapes and set queries to the numbers of their rules."""
    queries = ((rule.shape, rule.number) for rule in set_rules())
    return dict(chain(numbers().items(), queries))


@cache
def _severity(severity: NamedNode) -> str:
    """Write a severity for people."""
    return shorten(severity.value).removeprefix("sh:")


def _plain(value: Term) -> str:
    """Write a term without the marks of its syntax, except those of a blank node."""
    return str(value) if isinstance(value, BlankNode) else value.value


@lru_cache(maxsize=4096)
def _short_path(path: str) -> str:
    """Write a path with prefixed names where there are some."""
    return short_path(path, shorten)
