"""SPARQL Update at ``/sparql``: the update operation of the SPARQL 1.1 Protocol (2.2), for who has a token."""

from __future__ import annotations

from flask import Response, request
from werkzeug.exceptions import BadRequest

from communique.api import orders
from communique.api.access import current_token
from communique.api.operations import FORM, MULTIPART
from communique.api.operations import UPDATE as DIRECT
from communique.graph.jobs.job import UPDATE as KIND
from communique.graph.jobs.job import Order
from communique.graph.jobs.tokens import UPDATE


def is_asked() -> bool:
    """Say whether the request is an update, sent as the protocol wants it."""
    if request.method != "POST":
        return False
    is_form = request.mimetype in {FORM, MULTIPART}
    if is_form and request.authorization:
        current_token()  # allows a longer body, before it is read
    return request.mimetype == DIRECT or (is_form and bool(_texts()))


def answer() -> Response:
    """Carry out an update."""
    token = current_token(UPDATE)
    orders.check_body((DIRECT, FORM, MULTIPART))
    if "query" in request.values:
        raise BadRequest("The request has an update and a query; send one of them.")
    direct = [request.get_data()] if request.mimetype == DIRECT else []
    texts = [*direct, *_texts(), *request.args.getlist("update")]
    if len(texts) != 1:
        raise BadRequest(f"The request has {len(texts)} updates; send one.")
    order = Order(
        kind=KIND,
        agent=token.name,
        patterns=token.patterns,
        media_types=(DIRECT,),
        versions=orders.versions(),
        using=_graphs("using-graph-uri"),
        using_named=_graphs("using-named-graph-uri"),
    )
    return orders.carry_out(order, direct or _texts())


def _texts() -> list[bytes]:
    """List the updates of a form, also those in files (``curl -F update=@name``)."""
    files = [file.stream for file in request.files.getlist("update")]
    for file in files:
        file.seek(0)
    return [*(text.encode() for text in request.form.getlist("update")), *(file.read() for file in files)]


def _graphs(name: str) -> tuple[str, ...] | None:
    return tuple(request.values.getlist(name)) or None
