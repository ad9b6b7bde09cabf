"""``/sparql``: the SPARQL 1.1 Protocol, query operation; ``/hints``: what may be wrong with a query that was answered.

The answer stays what SPARQL says. Where there are hints, its header ``Communique-Hints`` is a link (RFC 8288) to them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from flask import Blueprint, Response, current_app, render_template, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import BadRequest

from communique.api import descriptions, limits, responses, updates
from communique.api.negotiation import GRAPHS, HTML, JSON, PROBLEM, AcceptedTypes, choose, choose_for_query, file_name
from communique.api.operations import DIRECT, Operation, read_operation
from communique.api.pages import read_table
from communique.api.snapshot import engine, run
from communique.graph.engine.client import Answer
from communique.graph.federation import process as federation
from communique.graph.hints import answers
from communique.graph.hints.hint import Hint
from communique.graph.queries.answers import Run
from communique.graph.settings import Settings

routes = Blueprint("sparql", __name__)


@routes.route("/sparql", methods=["GET", "POST"])
def answer() -> Response:
    """Answer a query, or carry out an update; without either describe the service."""
    if updates.is_asked():
        return updates.answer()
    if request.method != "POST" and not request.args.keys() & {"query", "update"}:
        return _service()
    operation, accepted = current_operation(), choose_for_query()
    seconds = limits.asked_seconds()
    settings: Settings = current_app.extensions["settings"]
    if federation.is_federated(operation.text, settings):
        resolved = replace(operation, text=federation.resolve(operation.text, settings))
        return responses.untagged(*_ask(resolved, accepted, seconds))
    if responses.is_volatile(operation.text):
        return responses.untagged(*_ask(operation, accepted, seconds))
    return responses.tagged(str(accepted), lambda: _ask(operation, accepted, seconds))


@routes.route("/hints", methods=["GET", "POST"])
def hints() -> Response:
    """Answer the query once more and return the hints about it; asked for as ``/sparql`` is."""
    operation, media_type = current_operation(), choose((PROBLEM, JSON, HTML))

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
    return descriptions.answer(media_type, of_service=True)


def _ask(operation: Operation, accepted: AcceptedTypes, seconds: float | None) -> tuple[Response, str]:
    """Ask the engine and pass on its bytes, with a link to hints where there are any."""
    answer = engine().query(accepted.request(operation.request(), seconds))
    media_type, found = accepted.media_type(answer), _hints_about(operation, answer)
    if media_type == HTML:
        page = render_template("sparql.html", text=operation.text, table=read_table(answer), hints=found)
        response = Response(page, mimetype=HTML)
    else:
        response = responses.named(Response(answer.body, mimetype=media_type), file_name("answer", media_type))
    return responses.announce(response, found, url_for("sparql.hints"), operation.pairs), answer.snapshot


def _hints_about(operation: Operation, answer: Answer) -> list[Hint]:
    return hints_about(run, operation, answers.has_no_rows(answer.media_type, answer.body))


def hints_about(run: Run, operation: Operation, is_empty: bool) -> list[Hint]:
    """Return hints about a query that has been answered, with rows or without."""
    return answers.explain(run, operation.text, is_empty=is_empty, graphs=operation.graphs)


def current_operation() -> Operation:
    """Read the query of the current request; what ``read_operation`` raises.

    A file in a form of several parts (``curl -F query=@name``) is as good as a field.
    """
    fields = [*request.form.items(multi=True), *decode_files(request.files.items(multi=True))]
    body = request.get_data() if request.mimetype == DIRECT else b""
    return read_operation(request.method, request.content_type, request.args.items(multi=True), fields, body)


def decode_files(files: Iterable[tuple[str, FileStorage]]) -> list[tuple[str, str]]:
    """Read the files of a form as the values of fields; BadRequest when one is not UTF-8."""
    fields = []
    for name, file in files:
        try:
            fields.append((name, file.read().decode()))
        except UnicodeDecodeError as error:
            raise BadRequest(f"The file {name} is not UTF-8: {error}.") from error
    return fields
