"""Every failure as an HTTP response (RFC 9457); the only place that knows status numbers."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException

from communique.api.log import new_id
from communique.api.responses import REQUEST_ID
from communique.graph.errors import (
    CommuniqueError,
    EngineBusy,
    EngineError,
    InvalidParameter,
    NetworkError,
    QueryAborted,
    QueryRefused,
    QuerySecondsSpent,
    QuerySyntaxError,
    QueryTimeout,
    UnacceptableFormat,
    UnknownNode,
    UnknownQuery,
    UnknownTerm,
    brief,
    one_line,
)
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


PROBLEMS: Mapping[type[CommuniqueError], Problem] = MappingProxyType(
    {
        QuerySyntaxError: Problem(400, "query-syntax", "The query is not SPARQL 1.1"),
        QueryRefused: Problem(400, "query-refused", "The query asks for what is never done here"),
        InvalidParameter: Problem(400, "invalid-parameter", "A parameter is unknown, wrong or ambiguous"),
        NetworkError: Problem(400, "network", "No such network or measure"),
        UnknownQuery: Problem(404, "unknown-question", "No such question"),
        UnknownNode: Problem(404, "unknown-node", "A parameter names a node that is in no graph"),
        UnknownTerm: Problem(404, "unknown-term", "No such class, property or concept"),
        UnacceptableFormat: Problem(406, "format", "The answer has none of the accepted formats"),
        QueryTimeout: Problem(503, "query-timeout", "The time limit ended the query", retry=30),
        QueryAborted: Problem(503, "query-aborted", "A limit ended the query", retry=30),
        EngineBusy: Problem(503, "busy", "More is asked than can be answered now", retry=5),
        QuerySecondsSpent: Problem(429, "query-seconds", "This client has used its query time for now"),
        EngineError: Problem(503, "engine", "The query engine cannot be reached", retry=5),
        CommuniqueError: Problem(500, "failure", "Something failed here"),
    }
)


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


def _explain(error: CommuniqueError) -> Response:
    """Answer a failure that the product names."""
    problem = next(PROBLEMS[kind] for kind in type(error).__mro__ if kind in PROBLEMS)
    parts = {name: getattr(error, name, None) for name in ("expected", "hint", "line", "column")}
    response = _respond(problem, {"detail": error.message, **parts})
    if (retry := getattr(error, "retry", problem.retry)) is not None:
        response.headers["Retry-After"] = str(retry)
    return response


def _translate(error: HTTPException) -> Response:
    """Answer what HTTP itself forbids: no such path, method, media type, too large a body."""
    if error.code is None or error.code < 400:
        return Response(error.get_response(request.environ).get_data(), error.code, error.get_headers(request.environ))
    problem = Problem(error.code, error.name.lower().replace(" ", "-"), error.name)
    response = _respond(problem, {"detail": error.description})
    response.headers.extend((name, value) for name, value in error.get_headers() if name != "Content-Type")
    return response


def _confess(error: Exception) -> Response:
    """Answer a defect of ours: the log has the details, the response has none."""
    id = request.environ.get(REQUEST_ID) or new_id()
    _LOG.exception("%s: %s %s failed", id, request.method, one_line(request.path))
    detail = f"An unexpected error; the server's log has the details under {id}."
    return _respond(PROBLEMS[CommuniqueError], {"detail": detail, "request": id})


def _respond(problem: Problem, parts: Mapping[str, Any]) -> Response:
    """Write a problem as JSON, as a page, or as plain text with the same words."""
    given = {name: value for name, value in parts.items() if value is not None}
    found = {name: brief(value) if isinstance(value, str) else value for name, value in given.items()}
    head = {"type": f"{BASE}problem/{problem.name}", "title": problem.title, "status": problem.status}
    kind = _form()
    if kind == "html":
        body, mimetype = render_template("problem.html", problem=problem, parts=found), "text/html"
    elif kind == "json":
        body, mimetype = json.dumps(head | found, ensure_ascii=False), "application/problem+json"
    else:
        lines = (f"{name}: {value}" for name, value in found.items())
        body, mimetype = "\n".join([f"{problem.status} {problem.title}", *lines, ""]), "text/plain"
    response = Response(body, problem.status, mimetype=mimetype)
    response.headers["Cache-Control"] = "no-store"
    return response


def _form() -> str:
    """Choose page, JSON or text: a client that takes JSON of any kind reads a problem in JSON."""
    accept = request.accept_mimetypes
    if not accept or request.args.get("format") == "json":
        return "json"
    if accept["text/html"] > accept["application/json"]:
        return "html"
    return "json" if any("json" in kind or kind in {"*/*", "application/*"} for kind in accept.values()) else "text"
