"""``/terms``: every class, property and concept with its full name, its meaning and its values in use."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request, url_for

from communique.api import responses
from communique.api.negotiation import HTML, JSON, choose
from communique.api.parameters import refuse_others
from communique.api.reading import Run, read_steadily
from communique.graph.engine.client import Client
from communique.graph.hints import terms
from communique.graph.hints.terms import Entry

_TITLES = {
    "class": "Classes",
    "object": "Properties that lead to nodes",
    "datatype": "Properties with texts, numbers and days",
    "annotation": "Annotations of terms",
    "property": "Properties in use that the ontology does not define",
    "concept": "Concepts: the values of lists",
}


class Terms:
    """The terms of the graph; their numbers are counted once per snapshot."""

    def __init__(self, client: Client) -> None:
        """Count with the engine behind ``client``."""
        self._client = client
        self._known: tuple[str, list[Entry]] | None = None

    def blueprint(self) -> Blueprint:
        """Give its routes."""
        routes = Blueprint("terms", __name__)
        routes.add_url_rule("/terms", "index", self.index)
        routes.add_url_rule("/terms/<path:name>", "term", self.term)
        return routes

    def index(self) -> Response:
        """List all terms, or those that ``search`` finds."""
        refuse_others("search")
        media_type, word = choose((JSON, HTML)), request.args.get("search", "")

        def make() -> tuple[Response, str]:
            every, snapshot = read_steadily(self._client, self._entries)
            found = terms.search(every, word) if word.strip() else every
            return self._list(found, word, media_type), snapshot

        return responses.tagged(self._client.snapshot(), media_type, make)

    def term(self, name: str) -> Response:
        """Describe one term, by its name with the prefix; UnknownTerm gives near names."""
        refuse_others()
        media_type = choose((JSON, HTML))

        def look(run: Run, snapshot: str) -> Response:
            every = self._entries(run, snapshot)
            entry = terms.describe(run, terms.find(every, name))
            if media_type != HTML:
                return jsonify(terms.told(entry))
            parts = {"term": entry, "known": {each.name for each in every}, "written": terms.written}
            return Response(render_template("term.html", **parts), mimetype=HTML)

        return responses.tagged(self._client.snapshot(), media_type, lambda: read_steadily(self._client, look))

    def _entries(self, run: Run, snapshot: str) -> list[Entry]:
        """Count once per snapshot: it reads all of the data."""
        if self._known is None or self._known[0] != snapshot:
            self._known = snapshot, terms.entries(run)
        return self._known[1]

    def _list(self, found: list[Entry], word: str, media_type: str) -> Response:
        """Write a list; one that was searched for keeps the order of the search."""
        if media_type == HTML:
            groups = [("Found", found)] if word else _grouped(found)
            return Response(render_template("terms.html", groups=groups, word=word), mimetype=HTML)
        return jsonify(terms=[_summary(entry) for entry in found])


def _grouped(found: list[Entry]) -> list[tuple[str, list[Entry]]]:
    """Put the terms of each kind under a title."""
    return [(_TITLES[kind], list(group)) for kind, group in groupby(found, key=lambda entry: entry.kind)]


def _summary(entry: Entry) -> dict[str, Any]:
    """Describe a term in a list."""
    head = {name: getattr(entry, name) for name in ("name", "iri", "kind", "label", "definition", "uses")}
    return head | {"about": url_for("terms.term", name=entry.name, _external=True)}
