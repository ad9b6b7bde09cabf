"""``python -m communique.graph.federation``: ask other endpoints; the task is JSON on standard input.

Standard output gets the query with the solutions in it, or why there are none, as JSON.
"""

from __future__ import annotations

import json
import resource
import sys
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue

from communique import __version__
from communique.graph.errors import QueryError, QueryRefused, ServiceFailed
from communique.graph.federation.clauses import ServiceClause, find_clauses, prologue_of, replace_clauses
from communique.graph.federation.solutions import write_block

_MEGABYTES = 1024
# Seconds of silence after which an endpoint is given up; all of them together are timed from outside.
_SILENCE = 30.0
_JSON = "application/sparql-results+json"


class _NoRedirects(HTTPRedirectHandler):
    """An endpoint is asked at the very address that is allowed."""

    def redirect_request(self, *_args: Any, **_options: Any) -> None:
        """Follow none."""


def main() -> None:
    """Do the task."""
    task = json.loads(sys.stdin.readline())
    resource.setrlimit(resource.RLIMIT_AS, (_MEGABYTES << 20,) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        answer: dict[str, Any] = {"text": resolve(task["text"], task["allowed"], task["longest"])}
    except QueryError as error:
        parts = {name: value for name, value in vars(error).items() if value is not None}
        answer = {"error": type(error).__name__, **parts}
    json.dump(answer, sys.stdout)


def resolve(text: str, allowed: list[str], longest: int) -> str:
    """Ask each clause, and put its solutions in its place; see ``process.resolve``."""
    clauses = find_clauses(text, allowed)
    _check_reading(text, clauses)
    blocks, size = [], len(text)
    for clause in clauses:
        block = write_block(clause, _ask(clause, prologue_of(text), longest))
        size += len(block)
        if size > longest:
            raise _too_long(clause, longest)
        blocks.append(block)
    return replace_clauses(text, clauses, blocks)


def _check_reading(text: str, clauses: list[ServiceClause]) -> None:
    """Compare the clauses that were found with those that a parser finds; QueryRefused where they differ."""
    found: list[str] = []

    def visit(node: Any) -> None:
        if isinstance(node, CompValue):
            if node.name == "ServiceGraphPattern":
                found.append(str(node.term))
            for value in node.values():
                visit(value)
        elif isinstance(node, list | tuple) or hasattr(node, "asList"):
            for value in node:
                visit(value)

    try:
        visit(parseQuery(text))
    except Exception as error:  # what rdflib raises is not documented
        message = f"a query with SERVICE cannot be read: {' '.join(str(error).split())}"
        raise QueryRefused(message, hint="try it without SERVICE first") from error
    if sorted(found) != sorted(clause.endpoint for clause in clauses):
        raise QueryRefused("the SERVICE clauses of this query are not clear", hint="put spaces around < and >")


def _ask(clause: ServiceClause, prologue: str, longest: int) -> bytes:
    """Ask an endpoint for all solutions of a pattern (SPARQL 1.1 Protocol, 2.1.2)."""
    query = f"{prologue}SELECT * WHERE {{{clause.pattern}}}"
    headers = {"Accept": _JSON, "User-Agent": f"communique/{__version__}"}
    request = Request(clause.endpoint, urlencode({"query": query}).encode(), headers)
    # SPARQL JSON is longer than the VALUES that are made of it, though not by so much.
    most = 20 * longest
    try:
        with build_opener(_NoRedirects, ProxyHandler({})).open(request, timeout=_SILENCE) as response:
            body: bytes = response.read(most + 1)
    except HTTPError as error:
        told = error.read(300).decode("utf-8", "replace")
        raise ServiceFailed(f"{clause.endpoint} answered {error.code}: {told}") from error
    except (OSError, HTTPException, ValueError) as error:
        raise ServiceFailed(f"{clause.endpoint} cannot be asked: {error}", hint="ask it yourself") from error
    if len(body) > most:
        raise _too_long(clause, longest)
    return body


def _too_long(clause: ServiceClause, longest: int) -> QueryRefused:
    return QueryRefused(
        f"the solutions of {clause.endpoint} make the query longer than {longest:,} characters",
        hint="narrow its pattern, by VALUES or LIMIT inside of the braces; it is asked by itself",
    )


if __name__ == "__main__":
    main()
