"""``/openapi.json``: the routes of this application in OpenAPI 3.1; ``/documentation``: the same for people.

The document is made from the routes themselves: path, method and the first line of each view's docstring. What a view
takes beside its path stands in ``parameters``; a route that nobody described there is an error, so none is left out.
(https://spec.openapis.org/oas/v3.1.0)
"""

from __future__ import annotations

import inspect
import re
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, render_template, request
from werkzeug.routing import Rule

from communique import __version__
from communique.api import responses
from communique.api.negotiation import HTML, PROBLEM, choose, refuse_others
from communique.api.parameters import TAKEN, RouteDescription, describe_question
from communique.graph.descriptions.triples import LICENCE, SUMMARY, TITLE
from communique.graph.queries import library

routes = Blueprint("openapi", __name__)

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_VARIABLE = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")
_QUESTION = "questions.answer"
_PROBLEM_SCHEMA = {
    "type": "object",
    "description": "RFC 9457",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "what, and where"},
        "expected": {"type": "string"},
        "hint": {"type": "string", "description": "what to do next"},
        "line": {"type": "integer", "description": "of a query, from 1"},
        "column": {"type": "integer", "description": "of a query, from 1"},
    },
}
_FAILURE = {
    "description": "A problem: what is wrong, where, and what to do next",
    "content": {
        PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}},
        HTML: {"schema": {"type": "string"}},
        "text/plain": {"schema": {"type": "string"}},
    },
}


@routes.get("/openapi.json")
def document() -> Response:
    """Describe every route in OpenAPI 3.1."""
    refuse_others()
    return responses.tagged_by_content(jsonify(describe()))


@routes.get("/documentation")
def page() -> Response:
    """Show every route, what it takes and what it gives, to people."""
    refuse_others()
    choose((HTML,))
    return responses.tagged_by_content(Response(render_template("openapi.html", document=describe()), mimetype=HTML))


def describe() -> dict[str, Any]:
    """Make the OpenAPI document of the current application, at the address that was asked."""
    paths: dict[str, dict[str, Any]] = {}
    for rule in sorted(current_app.url_map.iter_rules(), key=lambda each: each.rule):
        if rule.endpoint == "static":
            continue
        for method in _METHODS:
            if method in (rule.methods or ()):
                paths.setdefault(_path(rule), {})[method.lower()] = _operation(rule, method)
        if rule.endpoint == _QUESTION:
            # Each question has parameters of its own.
            paths |= {f"/queries/{each.name}": {"get": _question(each.name)} for each in library().values()}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": TITLE,
            "version": __version__,
            "summary": "A knowledge graph of international digital-government cooperation",
            "description": SUMMARY,
            "license": {"name": "CC BY 4.0 (data)", "url": LICENCE.value},
        },
        "servers": [{"url": request.url_root.rstrip("/")}],
        "paths": paths,
        "components": {
            "schemas": {"Problem": _PROBLEM_SCHEMA},
            "responses": {"Problem": _FAILURE},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _path(rule: Rule) -> str:
    return _VARIABLE.sub(r"{\1}", rule.rule)


def _operation(rule: Rule, method: str) -> dict[str, Any]:
    """Describe one method of a route; KeyError when nobody did."""
    described = TAKEN[rule.endpoint]
    view = inspect.getdoc(current_app.view_functions[rule.endpoint]) or ""
    summary, _, more = view.partition("\n\n")
    named = [described.parameter_in_path(name) for name in _VARIABLE.findall(rule.rule)]
    operation = {
        "operationId": f"{rule.endpoint}.{method.lower()}"
        + ("." + "-".join(n["name"] for n in named) if named else ""),
        "tags": [described.tag],
        "summary": " ".join(summary.split()),
        **({"description": " ".join(more.split())} if more else {}),
        "parameters": [*named, *described.in_address(method)],
        "responses": _responses(described, method),
    }
    if method in {"POST", "PUT", "PATCH"} and described.body:
        operation["requestBody"] = described.request_body(method)
    if described.needs_token(method):
        operation["security"] = [{"token": []}]
    return operation


def _question(name: str) -> dict[str, Any]:
    """Describe the route of one ready question, with its own parameters."""
    question, described = library()[name], TAKEN[_QUESTION]
    return {
        "operationId": f"{_QUESTION}.get.{name}",
        "tags": [described.tag],
        "summary": question.summary,
        **({"description": question.description.strip()} if question.description else {}),
        "parameters": [*describe_question(question), *described.in_address("GET")],
        "responses": _responses(described, "GET"),
    }


def _responses(described: RouteDescription, method: str) -> dict[str, Any]:
    """Describe what comes back: of what a view gives, and of any failure."""
    content = {each: {"schema": described.schema(each)} for each in described.media_types}
    good: dict[str, Any] = {"description": described.gives}
    if content:
        good["content"] = content
    known = {str(status): good for status in described.statuses(method)}
    return {**known, "default": {"$ref": "#/components/responses/Problem"}}
