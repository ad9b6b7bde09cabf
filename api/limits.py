"""The limits of the service: told in headers and at ``/info``, and the shorter time that a client may ask for."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, request, url_for

from communique import __version__
from communique.api.negotiation import refuse_others
from communique.api.pages import LONGEST as LONGEST_PAGE
from communique.graph.engine.guard import DEEPEST
from communique.graph.engine.pool import LONG
from communique.graph.errors import InvalidParameter
from communique.graph.settings import Settings

routes = Blueprint("limits", __name__)

LARGEST_BODY, LONGEST_ADDRESS = 1 << 20, 8190

HEADER = "Communique-Limits"
# RFC 7240, 4.3.
_WAIT = re.compile(r"(?:^|[,;\s])wait\s*=\s*\"?(\d+)", re.IGNORECASE)


@routes.get("/info")
def info() -> Response:
    """Say what this service allows, in numbers."""
    refuse_others()
    settings = _settings()
    return jsonify(
        version=__version__,
        limits={
            "query": {
                "seconds": settings.query_seconds,
                "megabytes": settings.query_megabytes,
                "characters": settings.query_characters,
                "nesting": DEEPEST,
            },
            "answer": {"megabytes": settings.answer_megabytes, "rows_of_a_page": LONGEST_PAGE},
            "request": {"body_bytes": LARGEST_BODY, "address_characters": LONGEST_ADDRESS},
            "queue": {
                "workers": settings.engine_workers,
                "long_queries": settings.engine_workers // 2,
                "long_seconds": LONG,
                "length": settings.queue_length,
                "seconds": settings.queue_seconds,
            },
            "client": {
                "query_seconds_per_minute": settings.client_seconds,
                "connections": settings.client_connections,
            },
        },
        links={"documentation": url_for("limits.info", _external=True)},
    )


def header(settings: Settings) -> str:
    """Write the limits of a query as a list of parameters."""
    pairs: dict[str, Any] = {
        "seconds": f"{settings.query_seconds:g}",
        "megabytes": settings.query_megabytes,
        "answer-megabytes": settings.answer_megabytes,
        "characters": settings.query_characters,
    }
    return ", ".join(f"{name}={value}" for name, value in pairs.items())


def asked_seconds() -> float | None:
    """Return the seconds that the client gives its query: ``timeout=``, or ``Prefer: wait=`` (RFC 7240, 4.3).

    None when it leaves them to the service; InvalidParameter when they make no sense or are more than are given.
    """
    return read_seconds(request.values.get("timeout"), request.headers.get("Prefer"), _settings().query_seconds)


def read_seconds(parameter: str | None, prefer: str | None, most: float) -> float | None:
    """Read the same from the parameter and the header. A preference beyond the limit is only not followed."""
    if parameter is not None:
        return _read_parameter(parameter, most)
    found = _WAIT.search(prefer or "")
    seconds = float(found[1]) if found else 0.0
    return seconds if 0 < seconds <= most else None


def _read_parameter(text: str, most: float) -> float:
    expected = f"seconds, above 0 and up to {most:g}"
    try:
        seconds = float(text)
    except ValueError as error:
        raise InvalidParameter(f"timeout: {text!r} is no number", expected=expected) from error
    if not 0 < seconds <= most:
        raise InvalidParameter(f"timeout: {text} seconds are not given here", expected=expected)
    return seconds


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings
