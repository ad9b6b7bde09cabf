"""Who may write: the token of a request, and what it allows."""

from __future__ import annotations

from flask import current_app, request
from werkzeug.datastructures import Authorization

from communique.api.limits import LARGEST_BODY
from communique.graph.errors import CommuniqueError, NotAuthenticated, NotPermitted
from communique.graph.jobs.tokens import Token, TokenFile
from communique.graph.settings import Settings

_DISABLED = "Updates are disabled: this endpoint only answers queries."


def current_token(scope: str | None = None) -> Token:
    """Return the token of this request.

    NotPermitted when nobody may write here, or when the token has not the ``scope``; NotAuthenticated when there is no
    token, or an unknown one. From then on the body may be as long as the settings allow.
    """
    known: TokenFile | None = current_app.extensions["tokens"]
    if known is None:
        raise NotPermitted(_DISABLED, hint="an operator may enable them: COMMUNIQUE_TOKENS")
    token = _authenticate(known, request.headers.get("Authorization"))
    if scope is not None and not token.allows(scope):
        raise NotPermitted(f"the token {token.name!r} has no scope {scope}", expected=", ".join(token.scopes))
    settings: Settings = current_app.extensions["settings"]
    request.max_content_length = request.max_form_memory_size = settings.write_body_megabytes << 20
    return token


def largest_body(known: TokenFile | None, header: str | None, settings: Settings) -> int:
    """Return how many bytes the body of a request may have, by its Authorization header: more with a known token."""
    if known is None or header is None:
        return LARGEST_BODY
    try:
        _authenticate(known, header)
    except CommuniqueError:
        return LARGEST_BODY
    return max(LARGEST_BODY, settings.write_body_megabytes << 20)


def _authenticate(known: TokenFile, header: str | None) -> Token:
    """Find the token in a header: a bearer token, or the password of basic authentication; NotAuthenticated."""
    given = Authorization.from_header(header)
    text = given and (given.token if given.type == "bearer" else given.password if given.type == "basic" else None)
    if not text:
        raise NotAuthenticated("this needs a token", expected="Authorization: Bearer TOKEN", hint="ask the operator")
    return known.authenticate(text)
