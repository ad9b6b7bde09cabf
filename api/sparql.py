"""``/sparql``: the SPARQL 1.1 Protocol, query operation."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import BadRequest, Forbidden, UnsupportedMediaType

from communique.api import description, responses, tables
from communique.api.negotiation import HTML, SOLUTIONS, Choice, choose, choose_for_query
from communique.graph.client import Answer, Client

_FORM, _DIRECT, _UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"
_READ_ONLY = "Updates are disabled: this endpoint only answers queries."


@dataclass(frozen=True, slots=True)
class Operation:
    """A query operation as it arrived."""

    text: str
    default_graphs: tuple[str, ...] | None
    named_graphs: tuple[str, ...] | None


class Sparql:
    """The endpoint."""

    def __init__(self, client: Client) -> None:
        """Answer from the engine behind ``client``."""
        self._client = client

    def blueprint(self) -> Blueprint:
        """Give its routes."""
        routes = Blueprint("sparql", __name__)
        routes.add_url_rule("/sparql", "answer", self.answer, methods=["GET", "POST"])
        return routes

    def answer(self) -> Response:
        """Answer a query; without one describe the service."""
        if request.method != "POST" and not request.args.keys() & {"query", "update"}:
            return self.describe()
        operation, choice = _read_operation(), choose_for_query()
        if responses.is_volatile(operation.text):
            return responses.untagged(*self._ask(operation, choice))
        return responses.tagged(self._client.snapshot(), str(choice), lambda: self._ask(operation, choice))

    def describe(self) -> Response:
        """Describe the service in RDF, or show the form to people."""
        media_type = choose(description.FORMATS)
        if media_type == HTML:
            return Response(
                render_template("sparql.html", text=render_template("example.rq"), table=None), mimetype=HTML
            )
        return Response(description.write(request.base_url, media_type), mimetype=media_type)

    def _ask(self, operation: Operation, choice: Choice) -> tuple[Response, str]:
        """Ask the engine and pass on its bytes."""
        dataset = {"default_graphs": operation.default_graphs, "named_graphs": operation.named_graphs}
        answer = self._client.query(choice.request(operation.text, **dataset))
        media_type = choice.media_type(answer.media_type)
        if media_type == HTML:
            page = render_template("sparql.html", text=operation.text, table=read_table(answer))
            return Response(page, mimetype=HTML), answer.snapshot
        return Response(answer.body, mimetype=media_type), answer.snapshot


def read_table(answer: Answer) -> tables.Table | bool:
    """Lay an answer out for a page."""
    is_graph = answer.media_type != SOLUTIONS[HTML]
    return tables.read_graph(answer.body) if is_graph else tables.read_solutions(answer.body)


def _read_operation() -> Operation:
    """Read a query from the address, a form or the body."""
    if request.method == "POST" and request.mimetype == _DIRECT:
        texts = [_read_body(), *request.args.getlist("query")]
    elif request.method != "POST" or request.mimetype == _FORM:
        _refuse_update("update" in request.form, "update" in request.args)
        texts = request.values.getlist("query")
    else:
        _refuse_update(request.mimetype == _UPDATE, False)
        found = request.mimetype or "no media type"
        raise UnsupportedMediaType(f"The body has {found}; send a query as {_DIRECT} or {_FORM}.")
    if len(texts) != 1:
        raise BadRequest(f"The request has {len(texts)} queries; send one, as the parameter query or as the body.")
    # A byte order mark belongs to the file in which somebody kept the query.
    return Operation(texts[0].removeprefix("\ufeff"), _graphs("default-graph-uri"), _graphs("named-graph-uri"))


def _read_body() -> str:
    """Decode a query sent directly, which the protocol wants in UTF-8."""
    charset = request.mimetype_params.get("charset", "utf-8")
    try:
        if charset.lower().replace("-", "") != "utf8":
            raise UnsupportedMediaType(f"The body is in {charset}; send it in UTF-8.")
        return request.get_data().decode()
    except UnicodeDecodeError as error:
        raise BadRequest(f"The body is not UTF-8: {error}.") from error


def _refuse_update(posted: bool, in_address: bool) -> None:
    """Refuse an update: forbidden where it is well asked, bad where it is not."""
    if in_address:
        raise BadRequest(f"An update cannot stand in the address. {_READ_ONLY}")
    if posted:
        raise Forbidden(_READ_ONLY)


def _graphs(name: str) -> tuple[str, ...] | None:
    """Read the graphs of a dataset from the address and a form; None when there are none."""
    return tuple(request.values.getlist(name)) or None
