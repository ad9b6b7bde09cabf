"""The rows of a SELECT as values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from pyoxigraph import BlankNode, Literal, NamedNode, QueryResultsFormat, QuerySolutions, Triple, parse_query_results

Run = Callable[[str], bytes]
Term = NamedNode | BlankNode | Literal | Triple


def solve(run: Run, query: str) -> QuerySolutions:
    """Ask a SELECT; what is unbound in a row is None."""
    found = parse_query_results(run(query), format=QueryResultsFormat.JSON)
    assert isinstance(found, QuerySolutions)
    return found


def holds(run: Run, query: str) -> bool:
    """Ask an ASK."""
    return bool(parse_query_results(run(query), format=QueryResultsFormat.JSON))


def ask(run: Run, query: str) -> Iterator[dict[str, Term]]:
    """Ask a SELECT; each row holds the variables that are bound."""
    found = solve(run, query)
    names = [variable.value for variable in found.variables]
    for solution in found:
        yield {name: value for name in names if (value := solution[name]) is not None}


def text(row: Mapping[str, Term], name: str) -> str:
    """Return the text of a literal or the IRI of a node; empty when it is not bound."""
    value = row.get(name)
    return value.value if isinstance(value, Literal | NamedNode) else ""


def node(row: Mapping[str, Term], name: str) -> NamedNode:
    """Return the node of a variable that is always bound to one."""
    value = row[name]
    assert isinstance(value, NamedNode)
    return value


def listed(nodes: Iterator[NamedNode] | list[NamedNode]) -> str:
    """Write nodes as the data of a VALUES clause."""
    return " ".join(map(str, nodes))
