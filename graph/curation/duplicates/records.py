"""A graph → what is known of its agreements or events for comparing them: titles, parties, dates, kinds, documents."""

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
from communique.graph.linking.forms import expanded, plain
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
# Words of which a title says nothing by itself; those that tell one agreement of the same parties from another stay.
_COMMON = frozenset(
    [
        *("agreement", "treaty", "free", "trade", "area", "fta", "pta", "economic", "partnership", "comprehensive"),
        *("preferential", "between", "concerning", "regarding", "on", "for", "establishing", "closer", "international"),
    ]
)
_YEAR = re.compile(r"[12]\d{3}")
# Numbers that tell one protocol, round or edition from the next; years do not.
_NUMBER = re.compile(r"\b(?:\d{1,3}|[ivx]{1,5}|first|second|third|fourth|fifth|sixth)\b")
_ROMAN = {
    "i": "1",
    "ii": "2",
    "iii": "3",
    "iv": "4",
    "v": "5",
    "vi": "6",
    "vii": "7",
    "viii": "8",
    "ix": "9",
    "x": "10",
}
_ORDINAL = {"first": "1", "second": "2", "third": "3", "fourth": "4", "fifth": "5", "sixth": "6"}


@dataclass(frozen=True)
class Record:
    """One agreement or event.

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
        """Give the titles without case, accents, joining words, years and words that most titles have."""
        return tuple(dict.fromkeys(key for title in self.titles if (key := _telling(expanded(plain(title))))))

    @cached_property
    def words(self) -> frozenset[str]:
        """Give all words of the titles."""
        return frozenset(word for key in self.keys for word in key.split())

    @cached_property
    def named(self) -> frozenset[frozenset[NamedNode]]:
        """Give the states that the titles name, for sources that list no parties; Korea may be either."""
        return frozenset(meant for key in self.keys for meant in _states(key.split()))

    @cached_property
    def numbers(self) -> frozenset[str]:
        """Give the numbers in the titles that are no years, be they figures, Roman or words."""
        found = (number for title in self.titles for number in _NUMBER.findall(plain(title)))
        return frozenset(_ROMAN.get(number, _ORDINAL.get(number, number.lstrip("0"))) for number in found)


def read_records(ask: Ask, kind: str) -> list[Record]:
    """Read all agreements or all events that a document describes, in order of their IRIs.

    ``ask`` evaluates SPARQL over the union of all graphs; ``kind`` is one of ``KINDS``.
    """
    classes, documents = _read_classes(ask, kind)
    titles, parties = _collect(ask, kind, _TITLES), _collect(ask, kind, _PARTIES[kind])
    concepts = _collect(ask, kind, _CONCEPTS)
    first, last = (_collect(ask, kind, f"?node {path} ?value") for path in _DATES[kind])
    return [
        Record(
            node=node,
            kind=_special(classes[node], kind),
            classes=frozenset().union(*classes[node].values()),
            concepts=frozenset(value for value in concepts[node] if isinstance(value, NamedNode)),
            titles=tuple(sorted(value.value for value in titles[node])),
            parties=frozenset(value for value in parties[node] if isinstance(value, NamedNode)),
            first=min(_days(first[node]), default=None),
            last=max(_days(last[node]), default=None),
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
            above[_local(row["class"])].add(_local(row["over"]))
    classes: dict[NamedNode, dict[str, frozenset[str]]] = defaultdict(dict)
    documents: dict[NamedNode, set[str]] = defaultdict(set)
    for row in ask(prologue() + f"SELECT DISTINCT ?node ?class ?graph {{ {_OF_KIND.format(kind=kind)} }}"):
        document, name = document_of(row["graph"]), _local(row["class"])
        if document is not None and row["node"].value.startswith(ID):
            classes[row["node"]][name] = frozenset(above[name] | {name})
            documents[row["node"]].add(document)
    return classes, documents


def _collect(ask: Ask, kind: str, pattern: str) -> Mapping[NamedNode, set[Literal | NamedNode]]:
    """Collect the values of a pattern by node."""
    found: dict[NamedNode, set[Literal | NamedNode]] = defaultdict(set)
    query = f"SELECT DISTINCT ?node ?value {{ ?class rdfs:subClassOf* com:{kind} . ?node a ?class . {pattern} }}"
    for row in ask(prologue() + query):
        found[row["node"]].add(row["value"])
    return found


def _special(classes: Mapping[str, frozenset[str]], kind: str) -> str:
    """Choose the most special class, the first by name among several."""
    return min(classes, key=lambda name: (-len(classes[name]), name), default=kind)


def _telling(key: str) -> str:
    """Leave years out of a title, and words that most titles have, unless nothing else is left."""
    words = [word for word in key.split() if not _YEAR.fullmatch(word)]
    return " ".join([word for word in words if word not in _COMMON] or words)


def _states(words: Sequence[str]) -> Iterator[frozenset[NamedNode]]:
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


def _days(values: Iterable[Literal | NamedNode]) -> Iterator[date]:
    """Read days, leaving out what is none."""
    for value in values:
        try:
            yield date.fromisoformat(value.value[:10])
        except ValueError:
            continue


def _local(node: NamedNode) -> str:
    """Give the local name of a class."""
    return node.value.removeprefix(COM)
