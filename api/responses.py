"""Responses that can be asked for again: entity tags from the snapshot, the request and the form of the answer."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

from flask import Response, request

from communique import __version__

# Functions whose value differs from one evaluation to the next.
_VOLATILE = re.compile(r"\b(?:now|rand|uuid|struuid)\s*\(", re.IGNORECASE)


def tagged(snapshot: str, form: str, make: Callable[[], tuple[Response, str]]) -> Response:
    """Give a response with an entity tag, or "not modified" without making it.

    ``snapshot`` is the data that would answer now and ``form`` what was negotiated; ``make`` says with the response
    which snapshot it is from after all. The tag is weak: rows without an order may come in another one.
    """
    if request.method != "POST" and request.if_none_match.contains_weak(_tag(snapshot, form)):
        return _finish(Response(), snapshot, form)
    response, snapshot = make()
    return _finish(response, snapshot, form)


def untagged(response: Response, snapshot: str) -> Response:
    """Give a response that differs each time it is asked for."""
    response.headers["Communique-Snapshot"] = snapshot
    response.headers["Cache-Control"] = "no-store"
    return response


def is_volatile(text: str) -> bool:
    """Tell whether a query may have another answer each time, such as one with ``NOW()``."""
    return bool(_VOLATILE.search(text))


def _finish(response: Response, snapshot: str, form: str) -> Response:
    """Add the tag; werkzeug empties the response when the client has it already. A POST is not asked for again."""
    response.headers["Communique-Snapshot"] = snapshot
    response.headers["Cache-Control"] = "no-cache"
    if request.method != "POST":
        response.set_etag(_tag(snapshot, form), weak=True)
        response.make_conditional(request)
    return response


def _tag(snapshot: str, form: str) -> str:
    """Digest all that the response depends on."""
    parts = "\n".join((__version__, snapshot, form, request.full_path))
    return hashlib.sha256(parts.encode()).hexdigest()[:24]
