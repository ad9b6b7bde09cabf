"""Which graphs may be written over HTTP, and by which rules a change is judged."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Store

from communique.graph import sources
from communique.graph.errors import NotPermitted
from communique.graph.jobs.tokens import is_within
from communique.graph.loading.staging import Gate
from communique.graph.store.journal import GRAPH_NAME as JOURNAL
from communique.graph.terms.identifiers import (
    AUTHORITIES,
    BACKGROUND,
    CANDIDATES,
    DERIVED,
    JUDGEMENTS,
    META,
    ONTOLOGY,
    document,
    document_of,
    inferred,
    stated,
)
from communique.graph.terms.namespaces import GRAPH, term
from communique.graph.validation import validate

_BUILD = "it is made by communique build from files of the package"
_PROTECTED = {
    AUTHORITIES: _BUILD,
    BACKGROUND: _BUILD,
    ONTOLOGY: _BUILD,
    CANDIDATES: "it is made from the documents that are loaded, or by communique duplicates",
    DERIVED: "it follows from the other graphs by queries",
    JUDGEMENTS: "judgements are given with communique review",
    META: "it describes the other graphs and follows them by itself",
    JOURNAL: "the journal is no part of the data",
}
_NO_DEFAULT = "the default graph is the merge of all graphs"


@dataclass(frozen=True, slots=True)
class Rules:
    """By what a change is judged.

    Attributes
    ----------
    gate : judges the graph
    is_guarded : whether some graphs are protected and the default graph is the merge of the others; otherwise the store
        is a plain dataset, such as the conformance suites of the W3C assume
    """

    gate: Gate
    is_guarded: bool


GUARDED = Rules(validate, is_guarded=True)


def check(graphs: Iterable[NamedNode | BlankNode | DefaultGraph], patterns: Collection[str], store: Store) -> None:
    """Raise NotPermitted unless each of the graphs may be written, and by a token of these patterns.

    ``store`` holds the graph in force: it knows which graphs are tables of a source, with an account of their rows.
    """
    for graph in graphs:
        if not isinstance(graph, NamedNode):
            raise NotPermitted(f"{_NO_DEFAULT} and cannot be written", hint="name the graph")
        if reason := _reason(graph.value):
            raise NotPermitted(f"{graph.value} cannot be written: {reason}", hint="name another graph")
        if graph in _packaged():
            hint = f"name another graph, such as {GRAPH}doc/900, or load it with communique load"
            raise NotPermitted(f"{graph.value} cannot be written over HTTP: {_BUILD}", hint=hint)
        if _is_edition(graph, store):
            message = f"{graph.value} cannot be written over HTTP: its account of rows would no longer be true"
            raise NotPermitted(message, hint="load the table again with communique load")
        if not is_within(graph.value, patterns):
            allowed = ", ".join(patterns) or "no graph at all"
            hint = "ask the operator for a token with a scope write:PATTERN that it matches"
            raise NotPermitted(f"the token does not reach {graph.value}", expected=allowed, hint=hint)


def _reason(name: str) -> str | None:
    """Say why a graph of this name is protected, or a graph in which it lies; None when it is not."""
    return next((why for each, why in _PROTECTED.items() if f"{name}/".startswith(f"{each.value}/")), None)


def _is_edition(graph: NamedNode, store: Store) -> bool:
    """Say whether a graph holds the rows of a table."""
    number = document_of(graph)
    if number is None:
        return False
    counts = store.quads_for_pattern(document(number), term("com:rowsRead"), None, META)
    return next(counts, None) is not None


@cache
def _packaged() -> frozenset[NamedNode]:
    """List the graphs of the documents of the package."""
    numbers = [PurePosixPath(document.name).stem for document in sources.documents()]
    return frozenset(graph for number in numbers for graph in (stated(number), inferred(number)))
