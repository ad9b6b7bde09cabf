"""Every failure as an HTTP response (RFC 9457); the only place that knows status numbers.

``explain``, ``form_for`` and ``write`` are functions of plain values; what follows them is Flask's.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from flask import Flask, Response, render_template, request
from pyoxigraph import RdfFormat, parse, serialize
from werkzeug.exceptions import BadHost, HTTPException

from communique.api.log import new_id
from communique.api.negotiation import HTML, JSON, PROBLEM, best, read_accept
from communique.api.operations import check_encoding
from communique.api.responses import REQUEST_ID
from communique.graph.errors import (
    ChangeAborted,
    CommuniqueError,
    ConformanceError,
    EngineBusy,
    EngineError,
    InvalidParameter,
    NetworkAborted,
    NetworkError,
    NotAuthenticated,
    NotPermitted,
    QueryAborted,
    QueryRefused,
    QuerySecondsSpent,
    QuerySyntaxError,
    QueryTimeout,
    QueueFull,
    ServiceFailed,
    SourceError,
    StaleVersion,
    StoreLocked,
    UnacceptableFormat,
    UnknownGraph,
    UnknownJob,
    UnknownNode,
    UnknownQuery,
    UnknownTerm,
    brief,
    one_line,
)
from communique.graph.queries import media
from communique.graph.terms.namespaces import BASE

# What stands before the application puts an exception here into the environment of a request that it refuses.
REFUSED = "communique.refused"

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Problem:
    """A kind of failure: HTTP status, last step of its type IRI, title; seconds after which to try again."""

    status: int
    name: str
    title: str
    retry: int | None = None


Page = Callable[[Problem, Mapping[str, Any]], str]

_PARTS = ("expected", "hint", "line", "column", "job", "report")
PROBLEMS: Mapping[type[CommuniqueError], Problem] = MappingProxyType(
    {
        QuerySyntaxError: Problem(400, "query-syntax", "The query is not SPARQL 1.1"),
        QueryRefused: Problem(400, "query-refused", "The query asks for what is never done here"),
        InvalidParameter: Problem(400, "invalid-parameter", "A parameter is unknown, wrong or ambiguous"),
        NetworkAborted: Problem(503, "network-aborted", "A limit ended the drawing of the network", retry=30),
        NetworkError: Problem(400, "network", "No such network or measure"),
        UnknownQuery: Problem(404, "unknown-question", "No such question"),
        UnknownNode: Problem(404, "unknown-node", "A parameter names a node that is in no graph"),
        UnknownTerm: Problem(404, "unknown-term", "No such class, property or concept"),
        UnacceptableFormat: Problem(406, "format", "The answer has none of the accepted formats"),
        ServiceFailed: Problem(502, "service", "Another endpoint failed"),
        QueryTimeout: Problem(503, "query-timeout", "The time limit ended the query", retry=30),
        QueryAborted: Problem(503, "query-aborted", "A limit ended the query", retry=30),
        EngineBusy: Problem(503, "busy", "More is asked than can be answered now", retry=5),
        QuerySecondsSpent: Problem(429, "query-seconds", "This client has used its query time for now"),
        EngineError: Problem(503, "engine", "The query engine cannot be reached", retry=5),
        NotAuthenticated: Problem(401, "token", "This needs a token"),
        NotPermitted: Problem(403, "forbidden", "This is not allowed"),
        SourceError: Problem(400, "unreadable", "The body cannot be read"),
        ConformanceError: Problem(422, "rules-violated", "The data would violate the rules; nothing has changed"),
        StaleVersion: Problem(412, "version", "The data in force is another version"),
        UnknownGraph: Problem(404, "unknown-graph", "No such graph"),
        UnknownJob: Problem(404, "unknown-job", "No such job"),
        ChangeAborted: Problem(503, "change-aborted", "The change was ended"),
        QueueFull: Problem(503, "queue-full", "Too many changes wait already", retry=5),
        StoreLocked: Problem(503, "locked", "Somebody else is writing", retry=10),
        CommuniqueError: Problem(500, "failure", "Something failed here"),
    }
)


def explain(error: CommuniqueError) -> tuple[Problem, dict[str, Any]]:
    """Say which kind of problem a failure is that the product names, and what is known about it."""
    problem = next(PROBLEMS[kind] for kind in type(error).__mro__ if kind in PROBLEMS)
    if (retry := getattr(error, "retry", None)) is not None:
        problem = replace(problem, retry=retry)
    return problem, {"detail": error.message} | {name: getattr(error, name, None) for name in _PARTS}


def translate(error: HTTPException) -> tuple[Problem, dict[str, Any]]:
    """Say the same of what HTTP itself forbids: no such path, method, media type, too large a body."""
    assert error.code is not None
    return Problem(error.code, error.name.lower().replace(" ", "-"), error.name), {"detail": error.description}


def confess(id: str) -> tuple[Problem, dict[str, Any]]:
    """Say that there is a fault of ours, which the log has under an id."""
    detail = f"An unexpected error; the server's log has the details under {id}."
    return PROBLEMS[CommuniqueError], {"detail": detail, "request": id}


def form_for(accept: str | None, asked: str | None = None) -> str:
    """Choose JSON, a page or plain text: a client that takes JSON of any kind reads a problem in JSON.

    ``accept`` is the text of the Accept header, ``asked`` the value of ``?format=``.
    """
    ranges = [each for each in read_accept(accept) if each.weight]
    if not ranges or asked == "json":
        return PROBLEM
    chosen = best((JSON, HTML), accept)
    if chosen == HTML:
        return HTML
    return PROBLEM if chosen or any("json" in each.name for each in ranges) else "text/plain"


def write(
    problem: Problem, parts: Mapping[str, Any], form: str, page: Page | None = None
) -> tuple[int, dict[str, str], bytes]:
    """Write a problem: status, headers and body.

    Parameters
    ----------
    parts : what is known, by its name in the document; None is left out
    form : media type, from ``form_for``
    page : writes HTML from the problem and its parts; without it HTML is answered in plain text
    """
    given = {name: value for name, value in parts.items() if value is not None}
    found = {name: brief(value) if isinstance(value, str) else value for name, value in given.items()}
    if form == HTML and page is not None:
        body = page(problem, found)
    elif form == PROBLEM:
        head = {"type": f"{BASE}problem/{problem.name}", "title": problem.title, "status": problem.status}
        body = json.dumps(head | found, ensure_ascii=False)
    else:
        form = "text/plain"
        lines = (f"{name}: {value}" for name, value in found.items())
        body = "\n".join([f"{problem.status} {problem.title}", *lines, ""])
    kind = form if form == PROBLEM else f"{form}; charset=utf-8"
    headers = {"Content-Type": kind, "Cache-Control": "no-store"}
    if problem.retry is not None:
        headers["Retry-After"] = str(problem.retry)
    return problem.status, headers, body.encode()


def register(app: Flask) -> None:
    """Answer every exception with a problem."""
    app.before_request(_refuse)
    app.register_error_handler(CommuniqueError, _explain)
    app.register_error_handler(HTTPException, _translate)
    app.register_error_handler(Exception, _confess)


def _refuse() -> None:
    """Raise what was found wrong before the request came here."""
    if error := request.environ.get(REFUSED):
        raise error
    if request.method not in {"GET", "HEAD", "OPTIONS"}:
        check_encoding(request.headers.get("Content-Encoding"))


def _explain(error: CommuniqueError) -> Response:
    response = _respond(*explain(error))
    if isinstance(error, NotAuthenticated):
        response.headers["WWW-Authenticate"] = 'Bearer realm="communique"'
    return response


def respond_with_report(turtle: bytes, media_type: str) -> Response:
    """Answer a change that violates the rules with the SHACL report itself, in a media type of ``queries.media``."""
    triples = (quad.triple for quad in parse(turtle, format=RdfFormat.TURTLE))
    body = serialize(triples, format=media.GRAPHS[media_type])
    response = Response(body, PROBLEMS[ConformanceError].status, mimetype=media_type)
    response.headers["Cache-Control"] = "no-store"
    return response


def _translate(error: HTTPException) -> Response:
    if error.code is None or error.code < 400:
        return Response(error.get_response(request.environ).get_data(), error.code, error.get_headers(request.environ))
    response = _respond(*translate(error))
    response.headers.extend((name, value) for name, value in error.get_headers() if name != "Content-Type")
    return response


def _confess(error: Exception) -> Response:
    """Answer a defect of ours: the log has the details, the response has none."""
    id = request.environ.get(REQUEST_ID) or new_id()
    _LOG.exception("%s: %s %s failed", id, request.method, one_line(request.path))
    return _respond(*confess(id))


def _respond(problem: Problem, parts: Mapping[str, Any]) -> Response:
    form = form_for(request.headers.get("Accept"), request.args.get("format"))
    # a page needs addresses, which nobody can write for a host whose name is none
    page = None if isinstance(request.routing_exception, BadHost) else _page
    status, headers, body = write(problem, parts, form, page)
    return Response(body, status, headers)


def _page(problem: Problem, parts: Mapping[str, Any]) -> str:
    return render_template("problem.html", problem=problem, parts=parts)
