"""Responses: entity tags from the snapshot, headers that every response carries, hints beside an answer (RFC 9457)."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Sequence
from urllib.parse import urlencode

from flask import Response, current_app, render_template, request
from werkzeug.exceptions import PreconditionFailed

from communique import __version__
from communique.api import limits
from communique.api.negotiation import HTML, PROBLEM, asked_format, pairs_of_request
from communique.api.snapshot import engine
from communique.graph.hints.hint import Hint
from communique.graph.terms.namespaces import BASE

# Pages load one style sheet of their own and nothing else; forms go back to this server.
_POLICY = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'"
# Headers of every response: everything here is public to read, so any origin may read it.
ALWAYS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Link, Content-Disposition, Retry-After, RateLimit, RateLimit-Policy, "
    "Communique-Snapshot, Communique-Hints, Communique-Limits, Communique-Request",
    "Content-Security-Policy": f"{_POLICY}; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
# Headers that scripts of other pages may send; a wildcard would not cover Authorization (Fetch, 4.9).
_ALLOWED = "Accept, Authorization, Content-Type, If-Match, If-None-Match, Prefer"
# Functions whose value differs from one evaluation to the next.
_VOLATILE = re.compile(r"\b(?:now|rand|uuid|struuid)\s*\(", re.IGNORECASE)
# What this application is told in the environment of a request, and what it tells: an id, and the rule that answered.
REQUEST_ID, ROUTE = "communique.request", "communique.route"
# Whose answers are those of queries that a client wrote or chose.
_QUERIED = {"sparql", "questions"}
HINTS = "Communique-Hints"
_LONGEST = 6_000  # characters of an address that servers and proxies still pass on in a header


def tagged(form: str, make: Callable[[], tuple[Response, str]]) -> Response:
    """Return a response with an entity tag, or "not modified" without making it.

    ``form`` is what was negotiated; ``make`` says with the response which snapshot it is from after all. The tag is
    weak: rows without an order may come in another one.
    """
    snapshot = engine().snapshot()
    if request.method != "POST" and request.if_none_match.contains_weak(_tag(snapshot, form)):
        return _finish(Response(), snapshot, form)
    response, snapshot = make()
    return _finish(response, snapshot, form)


def entity_tag(snapshot: str, form: str, target: str) -> str:
    """Make the opaque part of a tag from the data version, what was negotiated, and the path with its query."""
    parts = "\n".join((__version__, snapshot, form, target))
    return hashlib.sha256(parts.encode()).hexdigest()[:24]


def tagged_by_content(response: Response) -> Response:
    """Return a response that depends on no snapshot, with a tag made of its bytes."""
    response.headers["Cache-Control"] = "no-cache"
    response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:24])
    return conditional(response)


def conditional(response: Response) -> Response:
    """Apply the conditions of the request (RFC 9110, 13.1) by the tag of the response, which 304 empties.

    PreconditionFailed where one does not hold: werkzeug itself would send the answer with the status 412.
    """
    response.make_conditional(request)
    if response.status_code == PreconditionFailed.code:
        raise PreconditionFailed("The data is in another version than the one named.")
    return response


def named(response: Response, file: str) -> Response:
    """Propose the name of a file to whoever asked for a format by ``?format=``, which browsers do to save it."""
    if asked_format(pairs_of_request()):
        response.headers["Content-Disposition"] = disposition(file)
    return response


def disposition(file: str) -> str:
    """Write the header that names a file (RFC 6266); a table is to be saved, anything else may be shown."""
    return f"{'attachment' if file.endswith(('.csv', '.tsv')) else 'inline'}; filename={file}"


def untagged(response: Response, snapshot: str) -> Response:
    """Return a response that differs each time it is asked for."""
    response.headers["Communique-Snapshot"] = snapshot
    response.headers["Cache-Control"] = "no-store"
    return response


def is_volatile(text: str) -> bool:
    """Say whether a query may have another answer each time, such as one with ``NOW()``."""
    return bool(_VOLATILE.search(text))


def complete(response: Response) -> Response:
    """Add what was not set already; everything here is public to read, so any origin may read it."""
    for name, value in ALWAYS.items():
        response.headers.setdefault(name, value)
    request.environ[ROUTE] = request.url_rule.rule if request.url_rule else ""
    if request_id := request.environ.get(REQUEST_ID):
        response.headers["Communique-Request"] = request_id
    if request.blueprint in _QUERIED:
        response.headers[limits.HEADER] = limits.header(current_app.extensions["settings"])
    response.vary.add("Accept")
    if request.method == "OPTIONS":  # let scripts of other pages ask with the methods and headers that make sense here
        response.headers["Access-Control-Allow-Methods"] = response.headers.get("Allow", "GET, HEAD, OPTIONS")
        response.headers["Access-Control-Allow-Headers"] = _ALLOWED
        response.headers["Access-Control-Max-Age"] = "86400"
    return response


def hints_link(address: str, pairs: Iterable[tuple[str, str]]) -> str:
    """Write the link to hints at an address; where the query makes it too long, the query has to be sent there."""
    link = f"{address}?{query}" if (query := urlencode(list(pairs))) else address
    if len(link) > _LONGEST:
        return f'<{address}>; rel="describedby"; type="{PROBLEM}"; method="POST"'
    return f'<{link}>; rel="describedby"; type="{PROBLEM}"'


def announce(response: Response, hints: Sequence[Hint], address: str, pairs: Iterable[tuple[str, str]]) -> Response:
    """Add the link to hints, if there are any."""
    if hints:
        response.headers[HINTS] = hints_link(address, pairs)
    return response


def write_hints(hints: Sequence[Hint], media_type: str) -> Response:
    """Write hints as a problem document, or as a page."""
    title = "Hints about the answer" if hints else "No hints: nothing seems to be wrong"
    if media_type == HTML:
        return Response(render_template("hints.html", title=title, hints=hints), mimetype=HTML)
    head = {"type": f"{BASE}problem/hints", "title": title, "status": 200}
    body = head | {"detail": "; ".join(hint.message for hint in hints), "hints": [hint.to_json() for hint in hints]}
    return Response(json.dumps(body, ensure_ascii=False), mimetype=media_type)


def _finish(response: Response, snapshot: str, form: str) -> Response:
    # werkzeug empties the response when the client has it already; a POST is not asked for again
    response.headers["Communique-Snapshot"] = snapshot
    response.headers["Cache-Control"] = "no-cache"
    if request.method != "POST":
        response.set_etag(_tag(snapshot, form), weak=True)
        return conditional(response)
    return response


def _tag(snapshot: str, form: str) -> str:
    return entity_tag(snapshot, form, request.full_path)
