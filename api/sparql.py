"""``/sparql``: the SPARQL 1.1 Protocol, query operation."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from communique.api import description, hints, responses, tables
from communique.api.negotiation import HTML, SOLUTIONS, Choice, choose, choose_for_query
from communique.api.operation import Operation, read_operation
from communique.graph.engine.client import Answer, Client


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
        operation, choice = read_operation(), choose_for_query()
        if responses.is_volatile(operation.text):
            return responses.untagged(*self._ask(operation, choice))
        return responses.tagged(self._client.snapshot(), str(choice), lambda: self._ask(operation, choice))

    def describe(self) -> Response:
        """Describe the service in RDF, or show the form to people."""
        media_type = choose(description.FORMATS)
        if media_type == HTML:
            return Response(
                render_template("sparql.html", text=render_template("example.rq"), table=None, hints=[]), mimetype=HTML
            )
        return Response(description.write(request.base_url, media_type), mimetype=media_type)

    def _ask(self, operation: Operation, choice: Choice) -> tuple[Response, str]:
        """Ask the engine and pass on its bytes, with a link to hints where there are any."""
        dataset = {"default_graphs": operation.default_graphs, "named_graphs": operation.named_graphs}
        answer = self._client.query(choice.request(operation.text, **dataset))
        media_type, found = choice.media_type(answer.media_type), hints.about(self._client, operation, answer)
        if media_type == HTML:
            page = render_template("sparql.html", text=operation.text, table=read_table(answer), hints=found)
            response = Response(page, mimetype=HTML)
        else:
            response = Response(answer.body, mimetype=media_type)
        pairs = [("query", operation.text), *(("default-graph-uri", each) for each in operation.default_graphs or ())]
        pairs += [("named-graph-uri", each) for each in operation.named_graphs or ()]
        return hints.announce(response, found, hints.address(), pairs), answer.snapshot


def read_table(answer: Answer) -> tables.Table | bool:
    """Lay an answer out for a page."""
    is_graph = answer.media_type != SOLUTIONS[HTML]
    return tables.read_graph(answer.body) if is_graph else tables.read_solutions(answer.body)
