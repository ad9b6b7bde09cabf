"""``/queries``: the ready questions as resources that take typed parameters."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request, url_for

from communique.api import responses
from communique.api.hints import PROBLEM, announce, write
from communique.api.names import Names
from communique.api.negotiation import HTML, JSON, SOLUTIONS, Choice, choose, choose_for_query
from communique.api.parameters import refuse_others
from communique.api.sparql import read_table
from communique.graph.engine.client import Answer, Client
from communique.graph.hints import reasons
from communique.graph.hints.answers import has_no_rows
from communique.graph.hints.finding import Finder
from communique.graph.hints.hint import Hint
from communique.graph.queries import PackagedQuery, find, library

_FORMAT = "format"


class Questions:
    """The library of questions."""

    def __init__(self, client: Client, names: Names) -> None:
        """Answer from the engine behind ``client``, by the names of its data."""
        self._client = client
        self._finder = Finder(self._run, names.current)

    def blueprint(self) -> Blueprint:
        """Give its routes."""
        routes = Blueprint("questions", __name__)
        routes.add_url_rule("/queries", "index", self.index)
        routes.add_url_rule("/queries/<name>", "answer", self.answer)
        routes.add_url_rule("/queries/<name>/about", "about", self.about)
        routes.add_url_rule("/queries/<name>/sparql", "text", self.text)
        routes.add_url_rule("/queries/<name>/hints", "hints", self.hints)
        return routes

    def index(self) -> Response:
        """List the questions."""
        refuse_others()
        questions = library().values()
        if choose((JSON, HTML)) == HTML:
            return Response(render_template("questions.html", questions=questions), mimetype=HTML)
        return jsonify(questions=[describe(question) for question in questions])

    def answer(self, name: str) -> Response:
        """Ask one question with the parameters of the address."""
        question, choice = find(name), choose_for_query()
        text = question.bind(given(), self._finder.find)
        return responses.tagged(self._client.snapshot(), str(choice), lambda: self._ask(question, text, choice))

    def about(self, name: str) -> Response:
        """Say what a question asks, takes and gives."""
        refuse_others()
        question = find(name)
        if choose((JSON, HTML)) == HTML:
            return Response(render_template("about.html", question=question), mimetype=HTML)
        return jsonify(describe(question) | {"sparql": question.text})

    def text(self, name: str) -> Response:
        """Give the SPARQL, with the parameters of the address in it."""
        return Response(find(name).bind(given(), self._finder.find), mimetype="application/sparql-query")

    def hints(self, name: str) -> Response:
        """Say why the question has no rows with the parameters of the address."""
        question, media_type = find(name), choose((PROBLEM, JSON, HTML))
        text = question.bind(given(), self._finder.find)

        def make() -> tuple[Response, str]:
            answer = self._client.query(text)
            return write(self._reasons(question, text, answer), media_type), answer.snapshot

        return responses.tagged(self._client.snapshot(), media_type, make)

    def _ask(self, question: PackagedQuery, text: str, choice: Choice) -> tuple[Response, str]:
        """Ask the engine; a page shows the rows, other formats are passed on as they come."""
        answer = self._client.query(choice.request(text))
        media_type, hints = choice.media_type(answer.media_type), self._reasons(question, text, answer)
        if media_type == HTML:
            values = {parameter.name: _shown(parameter.name, parameter.default) for parameter in question.parameters}
            parts = {"table": read_table(answer), "values": values, "text": text, "hints": hints}
            response = Response(render_template("answer.html", question=question, **parts), mimetype=HTML)
        else:
            response = Response(answer.body, mimetype=media_type)
        return announce(response, hints, url_for("questions.hints", name=question.name), given()), answer.snapshot

    def _reasons(self, question: PackagedQuery, text: str, answer: Answer) -> list[Hint]:
        """Say why an answer has no rows; nothing of one that has some."""
        is_empty = has_no_rows(answer.media_type, answer.body)
        return reasons.explain(self._run, question, text, self._finder.alike) if is_empty else []

    def _run(self, text: str) -> bytes:
        """Evaluate SPARQL for those who look into the data."""
        return self._client.query(text).body


def given() -> list[tuple[str, str]]:
    """List the parameters of the address; an empty field of a form was not filled in."""
    return [(name, text) for name, text in request.args.items(multi=True) if text and name != _FORMAT]


def describe(question: PackagedQuery) -> dict[str, Any]:
    """Describe a question, ready for JSON."""
    parameters = [
        {
            "name": each.name,
            "datatype": each.datatype,
            "default": list(each.default),
            "repeatable": each.repeatable,
            "summary": each.summary,
        }
        for each in question.parameters
    ]
    columns = [{name: getattr(each, name) for name in _COLUMN} for each in question.columns]
    return {
        "name": question.name,
        "number": question.question,
        "summary": question.summary,
        "description": question.description.strip(),
        "tags": list(question.tags),
        "parameters": parameters,
        "columns": columns,
        "formats": sorted(set(SOLUTIONS.values())),
        "answer": url_for("questions.answer", name=question.name, _external=True),
        "about": url_for("questions.about", name=question.name, _external=True),
    }


def _shown(name: str, default: tuple[str, ...]) -> list[str]:
    """Give what stands in a field of the form: what was asked, else the default."""
    return [text for text in request.args.getlist(name) if text] or list(default)


_COLUMN = ("name", "kind", "datatype", "unit", "summary")
