"""``/queries``: the ready questions as resources that take typed parameters."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request, url_for

from communique.api import limits, responses
from communique.api.negotiation import (
    HTML,
    JSON,
    PROBLEM,
    SOLUTIONS,
    AcceptedTypes,
    choose,
    choose_for_query,
    file_name,
    refuse_others,
)
from communique.api.operations import Pairs
from communique.api.pages import read_table
from communique.api.snapshot import current_names, engine, run
from communique.graph.engine.client import Answer
from communique.graph.engine.protocol import Request
from communique.graph.hints import reasons
from communique.graph.hints.answers import has_no_rows
from communique.graph.hints.finding import Finder
from communique.graph.hints.hint import Hint
from communique.graph.queries import PackagedQuery, find, library
from communique.graph.queries.answers import Run

routes = Blueprint("questions", __name__)

# Parameters of the address that say how to answer; the others are the question's.
_OF_THE_ANSWER = ("format", "timeout")
_COLUMN = ("name", "kind", "datatype", "unit", "summary")
# Finds the nodes that texts mean in the data in force.
FINDER = Finder(run, current_names)


@routes.get("/queries")
def index() -> Response:
    """List the questions."""
    refuse_others()
    questions = library().values()
    if choose((JSON, HTML)) == HTML:
        page = Response(render_template("questions.html", questions=questions), mimetype=HTML)
        return responses.tagged_by_content(page)
    return responses.tagged_by_content(jsonify(questions=[describe(question) for question in questions]))


@routes.get("/queries/<name>")
def answer(name: str) -> Response:
    """Ask one question with the parameters of the address."""
    question, accepted = find(name), choose_for_query()
    text = question.bind(given(), FINDER.find)
    seconds = limits.asked_seconds()
    return responses.tagged(str(accepted), lambda: _ask(question, text, accepted, seconds))


@routes.get("/queries/<name>/about")
def about(name: str) -> Response:
    """Say what a question asks, takes and returns."""
    refuse_others()
    question = find(name)
    if choose((JSON, HTML)) == HTML:
        return responses.tagged_by_content(Response(render_template("about.html", question=question), mimetype=HTML))
    return responses.tagged_by_content(jsonify(describe(question) | {"sparql": question.text}))


@routes.get("/queries/<name>/sparql")
def text(name: str) -> Response:
    """Return the SPARQL, with the parameters of the address in it."""
    text = find(name).bind(given(), FINDER.find)
    return responses.tagged_by_content(Response(text, mimetype="application/sparql-query"))


@routes.get("/queries/<name>/hints")
def hints(name: str) -> Response:
    """Say why the question has no rows with the parameters of the address."""
    question, media_type = find(name), choose((PROBLEM, JSON, HTML))
    text = question.bind(given(), FINDER.find)

    def make() -> tuple[Response, str]:
        answer = engine().query(text)
        return responses.write_hints(_reasons(question, text, answer), media_type), answer.snapshot

    return responses.tagged(media_type, make)


def _ask(question: PackagedQuery, text: str, accepted: AcceptedTypes, seconds: float | None) -> tuple[Response, str]:
    """Ask the engine; a page shows the rows, other formats are passed on as they come."""
    answer = engine().query(accepted.request(Request(text), seconds))
    media_type, hints = accepted.media_type(answer), _reasons(question, text, answer)
    if media_type == HTML:
        asked = {each.name: [text for text in request.args.getlist(each.name) if text] for each in question.parameters}
        values = {each.name: asked[each.name] or list(each.default) for each in question.parameters}
        parts = {"table": read_table(answer), "values": values, "text": text, "hints": hints}
        response = Response(render_template("answer.html", question=question, **parts), mimetype=HTML)
    else:
        response = responses.named(Response(answer.body, mimetype=media_type), file_name(question.name, media_type))
    address = url_for("questions.hints", name=question.name)
    return responses.announce(response, hints, address, given()), answer.snapshot


def _reasons(question: PackagedQuery, text: str, answer: Answer) -> list[Hint]:
    return reasons_for(run, question, text, has_no_rows(answer.media_type, answer.body))


def reasons_for(run: Run, question: PackagedQuery, text: str, is_empty: bool) -> list[Hint]:
    """Say why an answer has no rows; nothing of one that has some."""
    return reasons.explain(run, question, text, FINDER.alike) if is_empty else []


def given() -> list[tuple[str, str]]:
    """List the parameters of the question in the address of the current request."""
    return of_the_question(request.args.items(multi=True))


def of_the_question(address: Pairs) -> list[tuple[str, str]]:
    """Take the parameters of the question out of those of an address; an empty field of a form was not filled in."""
    return [(name, text) for name, text in address if text and name not in _OF_THE_ANSWER]


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
