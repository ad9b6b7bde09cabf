"""Checks → results: asks the queries of a plan with whatever function answers SPARQL."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import islice

from pyoxigraph import BlankNode, QuerySolutions

from communique.graph.validation.compiled.checks import Check, Found, value_text
from communique.graph.validation.compiled.scopes import COUNT, ROOT, Scope
from communique.graph.validation.compiled.shapes_graph import Term
from communique.graph.validation.compiled.sparql import bound

Run = Callable[[str], QuerySolutions]

# So many focus nodes are named in one query; measured at 1M triples, 100 to 2,000 take the same time.
CHUNK = 500
# To name a focus node costs as much as to find and check so many (measured at 1M triples).
_NAMED = 8


def count_focus(scope: Scope, run: Run) -> int:
    """Count the focus nodes of a shape."""
    return sum(int(value_text(bound(row, COUNT))) for row in run(scope.count()))


def find_focus(scope: Scope, run: Run) -> list[Term]:
    """Find the focus nodes of a shape."""
    return list(_roots(run(scope.find())))


def choose_focus(scope: Scope, nodes: Iterable[Term], run: Run) -> list[Term]:
    """Find those of the given nodes that are focus nodes; blank nodes, which no query can name, are compared here."""
    nodes = list(nodes)
    named = [node for node in nodes if not isinstance(node, BlankNode)]
    found = [node for chunk in chunks(named) for node in _roots(run(scope.among(chunk)))]
    blank = set(nodes) - set(named)
    return found + [node for node in find_focus(scope, run) if node in blank] if blank else found


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


def chunks(nodes: Iterable[Term]) -> Iterator[list[Term]]:
    """Cut nodes into lists that one query can name."""
    rest = iter(nodes)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


def _roots(rows: QuerySolutions) -> Iterator[Term]:
    """Give the focus nodes of rows."""
    return (node for row in rows if (node := bound(row, ROOT)) is not None)
