"""The columns of ``SELECT *`` in the order in which the query names them, and not by the alphabet.

SPARQL leaves the order open (16.1), but who writes ``?s ?p ?o`` expects to read it so, in CSV above all.
"""

from __future__ import annotations

from pyoxigraph import QuerySolutions, Store

from communique.graph.hints.tokens import SparqlToken, read_tokens
from communique.graph.terms.namespaces import ID


def in_order(text: str) -> str:
    """Write the variables for the star of a query's outermost ``SELECT *``; any other text is returned as it is.

    Which variables these are the engine says, on a store without data; only their order is read from the tokens. A text
    that is no SPARQL is returned too, for others to refuse.
    """
    if "*" not in text:
        return text
    tokens = read_tokens(text)
    star = _star(tokens)
    if star is None:
        return text
    try:
        found = Store().query(text, base_iri=ID)
    except (SyntaxError, OSError, RuntimeError, ValueError):
        return text
    if not isinstance(found, QuerySolutions) or not (known := {variable.value for variable in found.variables}):
        return text
    appearing = [token.text[1:] for token in tokens if token.kind == "variable" and token.start > star.start]
    names = dict.fromkeys([name for name in appearing if name in known] + sorted(known))
    return f"{text[: star.start]} {' '.join(f'?{name}' for name in names)} {text[star.end :]}"


def _star(tokens: list[SparqlToken]) -> SparqlToken | None:
    """Find the star of the first SELECT, which is the outermost one of a query: a prologue has no such word."""
    at = next((n for n, token in enumerate(tokens) if token.is_word("SELECT")), None)
    if at is None:
        return None
    following = [token for token in tokens[at + 1 : at + 3] if not token.is_word("DISTINCT", "REDUCED")][:1]
    return following[0] if following and following[0].text == "*" else None
