"""Checks → results: asks the queries of a plan with whatever function answers SPARQL."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from pyoxigraph import BlankNode

from communique.graph.validation.compiled.checks import Check, Found
from communique.graph.validation.compiled.focus import CHUNK, Run, chunks, count_focus
from communique.graph.validation.compiled.scopes import Scope
from communique.graph.validation.compiled.shapes_graph import Term

# To name a focus node costs as much as to find and check so many (measured at 1M triples).
_NAMED = 8


def ask(check: Check, nodes: Collection[Term] | None, run: Run) -> Iterator[Found]:
    """Run a check on given focus nodes of its shape, or on all (None)."""
    if nodes is None or not _are_worth_naming(check.scope, nodes, run):
        for row in run(check.scope.full(check.template)):
            yield from (found for found in check.read(row) if nodes is None or found.root in nodes)
    else:
        for chunk in chunks(nodes):
            for row in run(check.scope.given(check.template, chunk)):
                yield from check.read(row)


def _are_worth_naming(scope: Scope, nodes: Collection[Term], run: Run) -> bool:
    """Tell whether a query should name the focus nodes, rather than find all and keep these."""
    if any(isinstance(node, BlankNode) for node in nodes):
        return False
    return len(nodes) <= CHUNK or len(nodes) * _NAMED < count_focus(scope, run)
