"""``/terms``: every class, property and concept with its full name, its meaning and its values in use."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request, url_for

from communique.api import responses
from communique.api.negotiation import HTML, JSON, choose, refuse_others
from communique.api.snapshot import once, read_steadily
from communique.graph.hints import terms
from communique.graph.hints.terms import TermEntry
from communique.graph.queries.answers import Run

routes = Blueprint("terms", __name__)

_TITLES = {
    "class": "Classes",
    "object": "Properties that lead to nodes",
    "datatype": "Properties with texts, numbers and days",
    "annotation": "Annotations of terms",
    "property": "Properties in use that the ontology does not define",
    "concept": "Concepts: the values of lists",
}


@routes.get("/terms")
def index() -> Response:
    """List all terms, or those that ``search`` finds; these in the order of the search."""
    refuse_others("search")
    media_type, word = choose((JSON, HTML)), request.args.get("search", "")

    def make() -> tuple[Response, str]:
        every, snapshot = read_steadily(_entries)
        found = terms.search(every, word) if word.strip() else every
        if media_type != HTML:
            return jsonify(terms=[_summary(entry) for entry in found]), snapshot
        kinds = groupby(found, key=lambda entry: entry.kind)
        groups = [("Found", found)] if word else [(_TITLES[kind], list(group)) for kind, group in kinds]
        return Response(render_template("terms.html", groups=groups, word=word), mimetype=HTML), snapshot

    return responses.tagged(media_type, make)


@routes.get("/terms/<path:name>")
def term(name: str) -> Response:
    """Describe one term, by its name with the prefix; UnknownTerm has near names."""
    refuse_others()
    media_type = choose((JSON, HTML))

    def look(run: Run, snapshot: str) -> Response:
        every = _entries(run, snapshot)
        entry = terms.describe(run, terms.find(every, name))
        if media_type != HTML:
            return jsonify(terms.to_json(entry))
        parts = {"term": entry, "known": {each.name for each in every}, "written": terms.written}
        return Response(render_template("term.html", **parts), mimetype=HTML)

    return responses.tagged(media_type, lambda: read_steadily(look))


def _entries(run: Run, snapshot: str) -> list[TermEntry]:
    """Count the uses of all terms, once per snapshot: it reads all of the data."""
    return once("terms", snapshot, lambda: terms.entries(run))


def _summary(entry: TermEntry) -> dict[str, Any]:
    """Describe a term in a list."""
    head = {name: getattr(entry, name) for name in ("name", "iri", "kind", "label", "definition", "uses")}
    return head | {"about": url_for("terms.term", name=entry.name, _external=True)}
