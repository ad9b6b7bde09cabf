"""The SERVICE clauses of a query: where they stand, whom and what they ask."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from communique.graph.errors import QueryRefused
from communique.graph.hints.tokens import SparqlToken, declared, read_tokens

_FULL = "the IRI of an endpoint in full: SERVICE <https://…> { … }"


@dataclass(frozen=True, slots=True)
class ServiceClause:
    """One clause; ``start`` and ``end`` count characters of the query, ``pattern`` is the text within its braces."""

    start: int
    end: int
    endpoint: str
    pattern: str


def has_clauses(text: str) -> bool:
    """Say whether the word stands in a query."""
    return "service" in text.lower() and any(token.is_word("SERVICE") for token in read_tokens(text))


def find_clauses(text: str, allowed: Collection[str]) -> list[ServiceClause]:
    """Find the clauses of a query; QueryRefused for one that is not asked: nested, silent, or of another endpoint."""
    tokens = read_tokens(text)
    clauses: list[ServiceClause] = []
    for place, token in enumerate(tokens):
        if not token.is_word("SERVICE"):
            continue
        if clauses and token.start < clauses[-1].end:
            raise QueryRefused("a SERVICE stands in another one", hint="ask each endpoint in a clause of its own")
        clauses.append(_read_clause(text, tokens[place:], allowed))
    return clauses


def replace_clauses(text: str, clauses: Sequence[ServiceClause], blocks: Sequence[str]) -> str:
    """Put a block in the place of each clause."""
    for clause, block in sorted(zip(clauses, blocks, strict=True), key=lambda pair: -pair[0].start):
        text = f"{text[: clause.start]} {block} {text[clause.end :]}"
    return text


def prologue_of(text: str) -> str:
    """Write the prefixes that a query declares, for a query of its own."""
    prefixes: Mapping[str, str] = declared(read_tokens(text))
    return "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in prefixes.items())


def _read_clause(text: str, tokens: Sequence[SparqlToken], allowed: Collection[str]) -> ServiceClause:
    """Read the clause that begins with the first token."""
    named = tokens[1] if len(tokens) > 1 else None
    if named is not None and named.is_word("SILENT"):
        message = "SERVICE SILENT would let an endpoint that fails pass for one that knows nothing"
        raise QueryRefused(message, expected="SERVICE without SILENT")
    if named is None or named.kind != "iri":
        raise QueryRefused("the endpoint of a SERVICE is not written in full", expected=_FULL)
    endpoint = named.text[1:-1]
    if endpoint not in allowed:
        listed = ", ".join(allowed)
        raise QueryRefused(f"the endpoint {endpoint} is not asked from here", expected=f"one of {listed}")
    depth = 0
    for token in tokens[2:]:
        depth += (token.text == "{") - (token.text == "}")
        if depth == 0:
            break
    opening = tokens[2].start if len(tokens) > 2 else -1
    if depth or opening < 0 or text[opening] != "{":
        raise QueryRefused("a SERVICE has no pattern in braces", expected=_FULL)
    return ServiceClause(tokens[0].start, token.end, endpoint, text[opening + 1 : token.start])
