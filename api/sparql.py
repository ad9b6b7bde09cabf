"""``/sparql``: the SPARQL 1.1 Protocol, query operation; ``/hints``: what may be wrong with a query that was answered.

The answer stays what SPARQL says. Where there are hints, its header ``Communique-Hints`` is a link (RFC 8288) to them.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, render_template, request, url_for
from pyoxigraph import RdfFormat, parse, serialize
from werkzeug.exceptions import BadRequest, Forbidden, UnsupportedMediaType

from communique.api import limits, responses
from communique.api.negotiation import GRAPHS, HTML, JSON, PROBLEM, AcceptedTypes, choose, choose_for_query
from communique.api.pages import read_table
from communique.api.snapshot import engine, run
from communique.graph.engine.client import Answer
from communique.graph.engine.protocol import Request
from communique.graph.hints import answers
from communique.graph.hints.hint import Hint
from communique.graph.queries import media
from communique.graph.terms.namespaces import PREFIXES

routes = Blueprint("sparql", __name__)

_FORM, _DIRECT, _UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"
_READ_ONLY = "Updates are disabled: this endpoint only answers queries."
_MARK = "\ufeff"  # of byte order; it belongs to the file in which somebody kept the query
_PREFIXES = {name: PREFIXES[name] for name in ("dct", "void")}


@dataclass(frozen=True, slots=True)
class Operation:
    """A query and the graphs of its dataset; None for both lists where the request names none."""

    text: str
    default_graphs: tuple[str, ...] | None
    named_graphs: tuple[str, ...] | None

    @property
    def graphs(self) -> tuple[str, ...]:
        """All graphs that the request names."""
        return (*(self.default_graphs or ()), *(self.named_graphs or ()))

    def request(self) -> Request:
        """Write the request to the engine for SPARQL JSON or Turtle."""
        return Request(self.text, default_graphs=self.default_graphs, named_graphs=self.named_graphs)


@routes.route("/sparql", methods=["GET", "POST"])
def answer() -> Response:
    """Answer a query; without one describe the service."""
    if request.method != "POST" and not request.args.keys() & {"query", "update"}:
        return _service()
    operation, accepted = read_operation(), choose_for_query()
    seconds = limits.asked_seconds()
    if responses.is_volatile(operation.text):
        return responses.untagged(*_ask(operation, accepted, seconds))
    return responses.tagged(str(accepted), lambda: _ask(operation, accepted, seconds))


@routes.route("/hints", methods=["GET", "POST"])
def hints() -> Response:
    """Answer the query once more and return the hints about it; asked for as ``/sparql`` is."""
    operation, media_type = read_operation(), choose((PROBLEM, JSON, HTML))

    def make() -> tuple[Response, str]:
        answer = engine().query(operation.request())
        return responses.write_hints(_hints_about(operation, answer), media_type), answer.snapshot

    return responses.tagged(media_type, make)


def _service() -> Response:
    """Describe the service in RDF, or show the form to people."""
    media_type = choose(GRAPHS)
    if media_type == HTML:
        page = render_template("sparql.html", text=render_template("example.rq"), table=None, hints=[])
        return Response(page, mimetype=HTML)
    return Response(_describe(request.base_url, media_type), mimetype=media_type)


def _describe(endpoint: str, media_type: str) -> bytes:
    """Write the service description (SPARQL 1.1 Service Description) in a media type of ``GRAPHS`` other than HTML."""
    turtle = render_template("service.ttl", endpoint=endpoint)
    triples = parse(turtle, format=RdfFormat.TURTLE)
    written = serialize((quad.triple for quad in triples), format=media.GRAPHS[GRAPHS[media_type]], prefixes=_PREFIXES)
    assert written is not None
    return written


def _ask(operation: Operation, accepted: AcceptedTypes, seconds: float | None) -> tuple[Response, str]:
    """Ask the engine and pass on its bytes, with a link to hints where there are any."""
    dataset = {"default_graphs": operation.default_graphs, "named_graphs": operation.named_graphs}
    answer = engine().query(accepted.request(operation.text, seconds=seconds, **dataset))
    media_type, found = accepted.media_type(answer), _hints_about(operation, answer)
    if media_type == HTML:
        page = render_template("sparql.html", text=operation.text, table=read_table(answer), hints=found)
        response = Response(page, mimetype=HTML)
    else:
        response = Response(answer.body, mimetype=media_type)
    pairs = [("query", operation.text), *(("default-graph-uri", each) for each in operation.default_graphs or ())]
    pairs += [("named-graph-uri", each) for each in operation.named_graphs or ()]
    return responses.announce(response, found, url_for("sparql.hints"), pairs), answer.snapshot


def _hints_about(operation: Operation, answer: Answer) -> list[Hint]:
    is_empty = answers.has_no_rows(answer.media_type, answer.body)
    return answers.explain(run, operation.text, is_empty=is_empty, graphs=operation.graphs)


def read_operation() -> Operation:
    """Read a query from the address, a form or the body; werkzeug's HTTPException when it is none, or an update."""
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
    return Operation(texts[0].removeprefix(_MARK), _graphs("default-graph-uri"), _graphs("named-graph-uri"))


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
    return tuple(request.values.getlist(name)) or None
