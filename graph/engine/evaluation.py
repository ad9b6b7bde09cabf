"""Evaluate one query on a store and write its answer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pyoxigraph import NamedNode, QueryBoolean, QuerySolutions, QueryTriples, Store, serialize

from communique.graph.engine.guard import has_dataset_clause
from communique.graph.errors import (
    InvalidParameter,
    QueryAborted,
    QueryRefused,
    UnacceptableFormat,
)
from communique.graph.hints.syntax import explain
from communique.graph.media import GRAPHS, SOLUTIONS
from communique.graph.namespaces import ID, PREFIXES
from communique.graph.wire import Request

# A dataset of many listed graphs is evaluated graph by graph, hundreds of times slower than the union.
MOST_GRAPHS = 20

_SHORT = 300


def evaluate(store: Store, request: Request) -> tuple[str, bytes]:
    """Answer a query: the media type and the bytes, always the whole answer.

    Relative IRIs are resolved against the base of the data, so ``<state/KOR>`` names a state.

    Raises
    ------
    QuerySyntaxError : not SPARQL 1.1; with line and column
    UnacceptableFormat : the asker takes no format in which this form of query is answered
    InvalidParameter : a dataset IRI is none
    QueryRefused : too many graphs in the dataset
    QueryAborted : evaluation failed
    """
    try:
        found = store.query(request.text, base_iri=ID, **_dataset(request))
        return _write(found, request)
    except SyntaxError as error:
        raise explain(request.text, error) from error
    except (OSError, RuntimeError, ValueError) as error:
        raise QueryAborted(f"evaluation failed: {_shorten(str(error))}") from error


def _dataset(request: Request) -> dict[str, Any]:
    """Choose the dataset: the request's own, else that of a FROM clause, else the union of all graphs."""
    if request.default_graphs is None and request.named_graphs is None:
        return {"use_default_graph_as_union": not has_dataset_clause(request.text)}
    default, named = request.default_graphs or (), request.named_graphs or ()
    if len(default) + len(named) > MOST_GRAPHS:
        raise QueryRefused(f"the dataset lists {len(default) + len(named)} graphs", expected=f"at most {MOST_GRAPHS}")
    return {"default_graph": _nodes(default), "named_graphs": _nodes(named)}


def _nodes(iris: Iterable[str]) -> list[NamedNode]:
    """Read graph IRIs; they are looked up here and never fetched."""
    try:
        return [NamedNode(iri) for iri in iris]
    except ValueError as error:
        raise InvalidParameter(f"not a graph IRI: {error}", expected="an absolute IRI") from error


def _write(found: QuerySolutions | QueryBoolean | QueryTriples, request: Request) -> tuple[str, bytes]:
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


def _shorten(message: str) -> str:
    """Put a message on one line of readable length."""
    line = " ".join(message.split())
    return line if len(line) <= _SHORT else line[: _SHORT - 1] + "…"
