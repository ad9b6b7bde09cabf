"""A graph → its agreements or events as they are compared: titles, parties, dates, kinds, documents."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from pyoxigraph import Literal, NamedNode

from communique.graph.linking import states
from communique.graph.linking.normalization import expand, normalize
from communique.graph.linking.tables import read_words
from communique.graph.terms.identifiers import document_of
from communique.graph.terms.namespaces import COM, ID, prologue

Ask = Callable[[str], Iterable[Any]]

KINDS = ("Agreement", "Event")

_OF_KIND = "?class rdfs:subClassOf* com:{kind} . GRAPH ?graph {{ ?node a ?class }}"
_TITLES = "?node skos:prefLabel|skos:altLabel|dct:title ?value"
_CONCEPTS = "?node com:agreementKind ?value"
_PARTIES = {
    "Agreement": "?tie com:ofAgreement ?node ; com:party ?value",
    "Event": "?tie com:inEvent ?node ; com:participant ?value",
}
_DATES = {
    "Agreement": ("com:concludedEarliest", "com:concludedLatest"),
    "Event": ("com:beginEarliest", "com:beginLatest|com:endLatest"),
}
_LONGEST = 6  # words of the name of a state
_WORDS = read_words("communique.graph.curation")
_COMMON, _FIGURES = _WORDS["common"].keys(), _WORDS["number"]
_YEAR = re.compile(r"[12]\d{3}")
# Numbers that distinguish one protocol, round or edition from the next; years do not.
_NUMBER = re.compile(r"\b(?:\d{1,3}|[ivx]{1,5}|first|second|third|fourth|fifth|sixth)\b")


@dataclass(frozen=True)
class SourceRecord:
    """One agreement, event or commitment as documents describe it.

    Attributes
    ----------
    classes : its classes and all above them, as local names
    kind : the most special of its classes
    parties : parties or participants
    first, last : bounds of the day on which it was concluded or began; None where unknown
    documents : in which it is described
    concepts : what kind of agreement its sources say it is
    """

    node: NamedNode
    kind: str
    classes: frozenset[str]
    titles: tuple[str, ...]
    parties: frozenset[NamedNode]
    first: date | None
    last: date | None
    documents: frozenset[str]
    concepts: frozenset[NamedNode] = frozenset()

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The titles without case, accents, joining words, years and words that most titles have."""
        return tuple(dict.fromkeys(key for title in self.titles if (key := _without_common_words(title))))

    @cached_property
    def words(self) -> frozenset[str]:
        """All words of the titles."""
        return frozenset(word for key in self.keys for word in key.split())

    @cached_property
    def named_states(self) -> frozenset[frozenset[NamedNode]]:
        """The states that the titles name, each as all that it can mean, for sources that list no parties."""
        return frozenset(meant for key in self.keys for meant in _find_states(key.split()))

    @cached_property
    def numbers(self) -> frozenset[str]:
        """The numbers in the titles that are no years, be they figures, Roman or words."""
        found = (number for title in self.titles for number in _NUMBER.findall(normalize(title)))
        return frozenset(_FIGURES.get(number, number.lstrip("0")) for number in found)


def read_records(ask: Ask, kind: str) -> list[SourceRecord]:
    """Read all agreements or all events that a document describes, in order of their IRIs.

    ``ask`` evaluates SPARQL over the union of all graphs; ``kind`` is one of ``KINDS``.
    """
    classes, documents = _read_classes(ask, kind)
    titles, parties = _read_values(ask, kind, _TITLES), _read_values(ask, kind, _PARTIES[kind])
    concepts = _read_values(ask, kind, _CONCEPTS)
    first, last = (_read_values(ask, kind, f"?node {path} ?value") for path in _DATES[kind])
    return [
        SourceRecord(
            node=node,
            # The most special class, the first by name among several.
            kind=min(classes[node], key=lambda name: (-len(classes[node][name]), name), default=kind),
            classes=frozenset().union(*classes[node].values()),
            concepts=frozenset(value for value in concepts[node] if isinstance(value, NamedNode)),
            titles=tuple(sorted(value.value for value in titles[node])),
            parties=frozenset(value for value in parties[node] if isinstance(value, NamedNode)),
            first=min(_read_days(first[node]), default=None),
            last=max(_read_days(last[node]), default=None),
            documents=frozenset(documents[node]),
        )
        for node in sorted(documents, key=lambda node: node.value)
    ]


def _read_classes(ask: Ask, kind: str) -> tuple[dict[NamedNode, dict[str, frozenset[str]]], dict[NamedNode, set[str]]]:
    """Read the classes of nodes with those above them, and the documents that give them."""
    above: dict[str, set[str]] = defaultdict(set)
    for row in ask(
        prologue() + f"SELECT ?class ?over {{ ?class rdfs:subClassOf* com:{kind} ; rdfs:subClassOf* ?over }}"
    ):
        if row["over"].value.startswith(COM):
            above[row["class"].value.removeprefix(COM)].add(row["over"].value.removeprefix(COM))
    classes: dict[NamedNode, dict[str, frozenset[str]]] = defaultdict(dict)
    documents: dict[NamedNode, set[str]] = defaultdict(set)
    for row in ask(prologue() + f"SELECT DISTINCT ?node ?class ?graph {{ {_OF_KIND.format(kind=kind)} }}"):
        document, name = document_of(row["graph"]), row["class"].value.removeprefix(COM)
        if document is not None and row["node"].value.startswith(ID):
            classes[row["node"]][name] = frozenset(above[name] | {name})
            documents[row["node"]].add(document)
    return classes, documents


def _read_values(ask: Ask, kind: str, pattern: str) -> Mapping[NamedNode, set[Literal | NamedNode]]:
    """Read the values of a pattern by node."""
    found: dict[NamedNode, set[Literal | NamedNode]] = defaultdict(set)
    query = f"SELECT DISTINCT ?node ?value {{ ?class rdfs:subClassOf* com:{kind} . ?node a ?class . {pattern} }}"
    for row in ask(prologue() + query):
        found[row["node"]].add(row["value"])
    return found


def _without_common_words(title: str) -> str:
    """Leave years out of a title, and words that most titles have, unless nothing else is left."""
    words = [word for word in expand(normalize(title)).split() if not _YEAR.fullmatch(word)]
    return " ".join([word for word in words if word not in _COMMON] or words)


def _find_states(words: Sequence[str]) -> Iterator[frozenset[NamedNode]]:
    """Find names of states in a title, the longest first, none inside another; of each all that it can mean."""
    start = 0
    while start < len(words):
        for end in range(min(len(words), start + _LONGEST), start, -1):
            is_name = end - start > 1 or len(words[start]) > 3
            if is_name and (meant := states.candidates(" ".join(words[start:end]))):
                yield frozenset(meant)
                start = end - 1
                break
        start += 1


def _read_days(values: Iterable[Literal | NamedNode]) -> Iterator[date]:
    """Read days; values that are none are left out."""
    for value in values:
        try:
            yield date.fromisoformat(value.value[:10])
        except ValueError:
            continue
