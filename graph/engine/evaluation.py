"""Evaluate one query of a dataset and write its answer."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import NamedNode, QueryBoolean, QueryResultsFormat, QueryTriples, RdfFormat, serialize

from communique.graph.engine.columns import in_order
from communique.graph.engine.dataset_clauses import listed_graphs
from communique.graph.engine.output import FirstLines, SpooledOutput, as_file
from communique.graph.engine.protocol import PAGE, AnswerFile, Request
from communique.graph.errors import InvalidParameter, QueryAborted, UnacceptableFormat
from communique.graph.hints.syntax import explain
from communique.graph.queries.media import GRAPHS, SOLUTIONS
from communique.graph.store.merged import Found, MergedDataset
from communique.graph.terms.namespaces import PREFIXES

_SHORT = 300


@dataclass(frozen=True, slots=True)
class WrittenAnswer:
    """An answer as it goes to the asker; ``rows`` counts all rows of an answer for a page, None otherwise."""

    media_type: str
    body: bytes | AnswerFile
    rows: int | None = None

    def read(self) -> bytes:
        """Return all of it in memory."""
        return self.body.read() if isinstance(self.body, AnswerFile) else self.body


@dataclass(frozen=True, slots=True)
class AnswerStore:
    """Where large answers are kept until they are sent: a folder, and the most bytes of one."""

    folder: Path = Path(tempfile.gettempdir())
    largest: int = 1 << 30


def evaluate(dataset: MergedDataset, request: Request, store: AnswerStore = AnswerStore()) -> WrittenAnswer:
    """Answer a query, always with the whole answer, or with its first rows when the request says so.

    Relative IRIs are resolved against the base of the data, so ``<state/KOR>`` names a state.

    Raises
    ------
    QuerySyntaxError : not SPARQL 1.1; with line and column
    UnacceptableFormat : the asker takes no format in which this form of query is answered
    InvalidParameter : a dataset IRI is none
    QueryRefused : the dataset lists too many graphs, or too large ones
    QueryAborted : evaluation failed, or the answer is too large
    """
    try:
        found = _ask(dataset, request)
        wanted = request.graph if isinstance(found, QueryTriples) else request.solutions
        return _write_first(found, request.rows) if wanted == PAGE else _write(found, request, store)
    except SyntaxError as error:
        raise explain(request.text, error) from error
    except (OSError, RuntimeError, ValueError) as error:
        line = " ".join(str(error).split())
        message = line if len(line) <= _SHORT else line[: _SHORT - 1] + "…"
        raise QueryAborted(f"evaluation failed: {message}") from error


def _ask(dataset: MergedDataset, request: Request) -> Found:
    """Ask the dataset of the request, else that of the FROM clauses, else the whole."""
    default, named = request.default_graphs, request.named_graphs
    text = in_order(request.text)
    if default is None and named is None:
        listed = listed_graphs(request.text)
        if listed is None:
            return dataset.query(text)
        default, named = listed
    return dataset.query_graphs(text, _nodes(default), _nodes(named))


def _nodes(iris: Iterable[str] | None) -> list[NamedNode]:
    """Read graph IRIs, each once; they are looked up here and never fetched."""
    try:
        return [NamedNode(iri) for iri in dict.fromkeys(iris or ())]
    except ValueError as error:
        raise InvalidParameter(f"not a graph IRI: {error}", expected="an absolute IRI") from error


def _write(found: Found, request: Request, store: AnswerStore) -> WrittenAnswer:
    """Write what was found in the media type asked for."""
    output = SpooledOutput(store.folder, store.largest)
    try:
        if isinstance(found, QueryTriples):
            media_type = _acceptable(request.graph, GRAPHS, "CONSTRUCT and DESCRIBE")
            serialize(found, as_file(output), format=GRAPHS[media_type], prefixes=dict(PREFIXES))
        else:
            media_type = _acceptable(request.solutions, SOLUTIONS, "SELECT and ASK")
            found.serialize(as_file(output), format=SOLUTIONS[media_type])
        return WrittenAnswer(media_type, output.take())
    finally:
        output.close()


def _write_first(found: Found, rows: int) -> WrittenAnswer:
    """Write the first rows in a format with a row on each line, and count the others."""
    if isinstance(found, QueryTriples):
        output = FirstLines(rows)
        serialize(found, as_file(output), format=RdfFormat.N_TRIPLES)
        return WrittenAnswer("application/n-triples", output.take(), output.lines)
    if isinstance(found, QueryBoolean):
        truth = found.serialize(format=QueryResultsFormat.JSON)
        assert truth is not None
        return WrittenAnswer("application/sparql-results+json", truth, 1)
    output = FirstLines(rows + 1)  # the first line names the columns
    found.serialize(as_file(output), format=QueryResultsFormat.TSV)
    return WrittenAnswer("text/tab-separated-values", output.take(), output.lines - 1)


def _acceptable(media_type: str | None, offered: Iterable[str], form: str) -> str:
    """Refuse to write what the asker cannot take."""
    if media_type is None or media_type not in offered:
        found = "none of the accepted media types fits" if media_type is None else f"{media_type} does not fit"
        raise UnacceptableFormat(f"{found} this form of query", expected=f"{form} give {', '.join(offered)}")
    return media_type
