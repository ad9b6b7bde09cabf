"""``/hints``: what may be wrong with a query that was answered, as a problem document without a failure (RFC 9457).

The answer stays what SPARQL says. Where there are hints, its header ``Communique-Hints`` is a link (RFC 8288) to them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, url_for

from communique.api import responses
from communique.api.negotiation import HTML, JSON, choose
from communique.api.operation import Operation, read_operation
from communique.graph.engine.client import Answer, Client
from communique.graph.hints import answers
from communique.graph.hints.hint import Hint
from communique.graph.terms.namespaces import BASE

HEADER = "Communique-Hints"
PROBLEM = "application/problem+json"
_LONGEST = 6_000  # characters of an address that servers and proxies still pass on in a header


class Hints:
    """Hints about queries."""

    def __init__(self, client: Client) -> None:
        """Look into the data behind ``client``."""
        self._client = client

    def blueprint(self) -> Blueprint:
        """Give its route."""
        routes = Blueprint("hints", __name__)
        routes.add_url_rule("/hints", "answer", self.answer, methods=["GET", "POST"])
        return routes

    def answer(self) -> Response:
        """Answer the query once more and give the hints about it; asked for as ``/sparql`` is."""
        operation, media_type = read_operation(), choose((PROBLEM, JSON, HTML))

        def make() -> tuple[Response, str]:
            answer = self._client.query(operation.request())
            return write(about(self._client, operation, answer), media_type), answer.snapshot

        return responses.tagged(self._client.snapshot(), media_type, make)


def about(client: Client, operation: Operation, answer: Answer) -> list[Hint]:
    """Give the hints about a query and its answer."""
    return answers.explain(
        lambda text: client.query(text).body,
        operation.text,
        is_empty=answers.has_no_rows(answer.media_type, answer.body),
        graphs=operation.graphs,
    )


def announce(response: Response, hints: Sequence[Hint], address: str, pairs: Iterable[tuple[str, str]]) -> Response:
    """Add the link to hints, if there are any; where the query makes it too long, the query has to be sent there."""
    if hints:
        link = f"{address}?{query}" if (query := urlencode(list(pairs))) else address
        if len(link) > _LONGEST:
            response.headers[HEADER] = f'<{address}>; rel="describedby"; type="{PROBLEM}"; method="POST"'
        else:
            response.headers[HEADER] = f'<{link}>; rel="describedby"; type="{PROBLEM}"'
    return response


def address() -> str:
    """Give the address of this resource."""
    return url_for("hints.answer")


def write(hints: Sequence[Hint], media_type: str) -> Response:
    """Write hints as a problem document, or as a page."""
    title = "Hints about the answer" if hints else "No hints: nothing seems to be wrong"
    if media_type == HTML:
        return Response(render_template("hints.html", title=title, hints=hints), mimetype=HTML)
    head = {"type": f"{BASE}problem/hints", "title": title, "status": 200}
    told = head | {"detail": "; ".join(hint.message for hint in hints), "hints": [hint.told() for hint in hints]}
    return Response(json.dumps(told, ensure_ascii=False), mimetype=media_type)
