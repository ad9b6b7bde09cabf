"""The columns of ``SELECT *`` in the order in which the query names them, and not by the alphabet.

SPARQL leaves the order open (16.1), but who writes ``?s ?p ?o`` expects to read it so, in CSV above all.
"""

from __future__ import annotations

from pyoxigraph import QuerySolutions, Store

from communique.graph.hints.tokens import SparqlToken, read_tokens
from communique.graph.terms.namespaces import ID


def in_order(text: str) -> str:
    """Write the variables for the star of a query's outermost ``SELECT *``; any other text is returned as it is.

    Which variables these are the engine says, on a store without data and with a filter that nothing passes, since it
    sorts before it is asked for rows; only their order is read from the tokens. A text that is no SPARQL is returned
    too, for others to refuse.
    """
    if "*" not in text:
        return text
    tokens = read_tokens(text)
    star = _star(tokens)
    if star is None:
        return text
    known = _columns(_without_rows(text, tokens, star)) or _columns(text)
    if not known:
        return text
    appearing = [token.text[1:] for token in tokens if token.kind == "variable" and token.start > star.start]
    names = dict.fromkeys([name for name in appearing if name in known] + sorted(known))
    return f"{text[: star.start]} {' '.join(f'?{name}' for name in names)} {text[star.end :]}"


def _without_rows(text: str, tokens: list[SparqlToken], star: SparqlToken) -> str:
    """Put a filter that nothing passes into the outermost group: the columns stay."""
    opening = next((token for token in tokens if token.start > star.start and token.text == "{"), star)
    return f"{text[: opening.end]} FILTER(false) {text[opening.end :]}"


def _columns(text: str) -> set[str]:
    """Return the columns of a SELECT; none for what is none, or no SPARQL, such as a filter before a SELECT."""
    try:
        found = Store().query(text, base_iri=ID)
    except (SyntaxError, OSError, RuntimeError, ValueError):
        return set()
    return {variable.value for variable in found.variables} if isinstance(found, QuerySolutions) else set()


def _star(tokens: list[SparqlToken]) -> SparqlToken | None:
    """Find the star of the first SELECT, which is the outermost one of a query: a prologue has no such word."""
    at = next((n for n, token in enumerate(tokens) if token.is_word("SELECT")), None)
    if at is None:
        return None
    following = [token for token in tokens[at + 1 : at + 3] if not token.is_word("DISTINCT", "REDUCED")][:1]
    return following[0] if following and following[0].text == "*" else None
