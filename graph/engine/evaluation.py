"""Evaluate one query of a dataset and write its answer."""

from __future__ import annotations

from collections.abc import Iterable

from pyoxigraph import NamedNode, QueryTriples, serialize

from communique.graph.engine.dataset_clauses import listed_graphs
from communique.graph.engine.protocol import Request
from communique.graph.errors import InvalidParameter, QueryAborted, UnacceptableFormat
from communique.graph.hints.syntax import explain
from communique.graph.queries.media import GRAPHS, SOLUTIONS
from communique.graph.store.merged import Found, MergedDataset
from communique.graph.terms.namespaces import PREFIXES

_SHORT = 300


def evaluate(dataset: MergedDataset, request: Request) -> tuple[str, bytes]:
    """Answer a query: the media type and the bytes, always the whole answer.

    Relative IRIs are resolved against the base of the data, so ``<state/KOR>`` names a state.

    Raises
    ------
    QuerySyntaxError : not SPARQL 1.1; with line and column
    UnacceptableFormat : the asker takes no format in which this form of query is answered
    InvalidParameter : a dataset IRI is none
    QueryRefused : the dataset lists too many graphs, or too large ones
    QueryAborted : evaluation failed
    """
    try:
        return _write(_ask(dataset, request), request)
    except SyntaxError as error:
        raise explain(request.text, error) from error
    except (OSError, RuntimeError, ValueError) as error:
        line = " ".join(str(error).split())
        message = line if len(line) <= _SHORT else line[: _SHORT - 1] + "…"
        raise QueryAborted(f"evaluation failed: {message}") from error


def _ask(dataset: MergedDataset, request: Request) -> Found:
    """Ask the dataset of the request, else that of the FROM clauses, else the whole."""
    default, named = request.default_graphs, request.named_graphs
    if default is None and named is None:
        listed = listed_graphs(request.text)
        if listed is None:
            return dataset.query(request.text)
        default, named = listed
    return dataset.query_graphs(request.text, _nodes(default), _nodes(named))


def _nodes(iris: Iterable[str] | None) -> list[NamedNode]:
    """Read graph IRIs, each once; they are looked up here and never fetched."""
    try:
        return [NamedNode(iri) for iri in dict.fromkeys(iris or ())]
    except ValueError as error:
        raise InvalidParameter(f"not a graph IRI: {error}", expected="an absolute IRI") from error


def _write(found: Found, request: Request) -> tuple[str, bytes]:
    """Write what was found in the media type asked for."""
    if isinstance(found, QueryTriples):
        media_type = _acceptable(request.graph, GRAPHS, "CONSTRUCT and DESCRIBE")
        return media_type, _bytes(serialize(found, format=GRAPHS[media_type], prefixes=dict(PREFIXES)))
    media_type = _acceptable(request.solutions, SOLUTIONS, "SELECT and ASK")
    return media_type, _bytes(found.serialize(format=SOLUTIONS[media_type]))


def _acceptable(media_type: str | None, offered: Iterable[str], form: str) -> str:
    """Refuse to write what the asker cannot take."""
    if media_type is None or media_type not in offered:
        found = "none of the accepted media types fits" if media_type is None else f"{media_type} does not fit"
        raise UnacceptableFormat(f"{found} this form of query", expected=f"{form} give {', '.join(offered)}")
    return media_type


def _bytes(written: bytes | None) -> bytes:
    """Narrow what pyoxigraph returns when it is given no file."""
    assert written is not None
    return written
