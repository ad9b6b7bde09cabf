"""Headers that every response carries: who may read it, what a page may load, what it depends on."""

from __future__ import annotations

from flask import Response, request

# Pages load one style sheet of their own and nothing else; forms go back to this server.
_POLICY = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'"
_ALWAYS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Retry-After, Communique-Snapshot, Communique-Hints",
    "Content-Security-Policy": f"{_POLICY}; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def complete(response: Response) -> Response:
    """Add what was not set already; everything here is public to read, so any origin may read it."""
    for name, value in _ALWAYS.items():
        response.headers.setdefault(name, value)
    response.vary.add("Accept")
    if request.method == "OPTIONS":
        _answer_preflight(response)
    return response


def _answer_preflight(response: Response) -> None:
    """Let scripts of other pages ask with the methods and headers that make sense here."""
    response.headers["Access-Control-Allow-Methods"] = response.headers.get("Allow", "GET, HEAD, OPTIONS")
    response.headers["Access-Control-Allow-Headers"] = "Accept, Content-Type, If-None-Match"
    response.headers["Access-Control-Max-Age"] = "86400"
