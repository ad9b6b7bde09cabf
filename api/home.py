"""``/``: what this is and what it holds, with a way to everything else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, url_for

from communique import __version__
from communique.api import responses
from communique.api.negotiation import HTML, JSON, choose
from communique.api.reading import Run, read_steadily
from communique.graph import networks
from communique.graph.engine.client import Client
from communique.graph.queries import library
from communique.graph.terms.namespaces import GRAPH, prologue

_SIZES = "SELECT ?graph (COUNT(*) AS ?n) { GRAPH ?graph { ?s ?p ?o } } GROUP BY ?graph ORDER BY ?graph"
_DOCUMENTS = (
    prologue(("com", "dct", "skos"))
    + """SELECT ?document (SAMPLE(?name) AS ?label) (MIN(?day) AS ?issued) {
  ?document a com:SourceDocument
  OPTIONAL { ?document skos:prefLabel ?name }
  OPTIONAL { ?document dct:issued ?day }
} GROUP BY ?document ORDER BY ?document"""
)


@dataclass(frozen=True, slots=True)
class Document:
    """A source and how many statements it gave: what it states, and what follows from it by a rule."""

    iri: str
    label: str
    issued: str | None
    stated: int
    inferred: int


@dataclass(frozen=True, slots=True)
class Holdings:
    """What a snapshot holds; ``sizes`` counts statements per graph IRI."""

    snapshot: str
    sizes: Mapping[str, int]
    documents: tuple[Document, ...]

    @property
    def statements(self) -> int:
        """Count all statements."""
        return sum(self.sizes.values())


class Home:
    """The landing page."""

    def __init__(self, client: Client) -> None:
        """Count with the engine behind ``client``."""
        self._client = client
        self._known: Holdings | None = None

    def blueprint(self) -> Blueprint:
        """Give its route."""
        routes = Blueprint("home", __name__)
        routes.add_url_rule("/", "landing", self.landing)
        return routes

    def landing(self) -> Response:
        """Introduce the service, as a page or as JSON."""
        media_type = choose((HTML, JSON))
        return responses.tagged(self._client.snapshot(), media_type, lambda: self._introduce(media_type))

    def _introduce(self, media_type: str) -> tuple[Response, str]:
        """Write the page, or the same in JSON."""
        holdings = self._count()
        if media_type == HTML:
            known = {"questions": library().values(), "layers": networks.layers()}
            return Response(render_template("home.html", holdings=holdings, **known), mimetype=HTML), holdings.snapshot
        return jsonify(_summarise(holdings)), holdings.snapshot

    def _count(self) -> Holdings:
        """Count once per snapshot: it reads all of the data."""
        if self._known and self._known.snapshot == self._client.snapshot():
            return self._known
        holdings, _ = read_steadily(self._client, count)
        self._known = holdings
        return holdings


def count(run: Run, snapshot: str) -> Holdings:
    """Ask the graph itself what it holds."""
    sizes = {row["graph"]: int(row["n"]) for row in _rows(run(_SIZES))}
    return Holdings(snapshot, sizes, tuple(_document(row, sizes) for row in _rows(run(_DOCUMENTS))))


def _document(row: Mapping[str, str], sizes: Mapping[str, int]) -> Document:
    """Join a document with the sizes of its two graphs."""
    graph = f"{GRAPH}doc/{row['document'].rpartition('/')[2]}"
    stated, inferred = sizes.get(graph, 0), sizes.get(f"{graph}/inferred", 0)
    return Document(row["document"], row.get("label", ""), row.get("issued"), stated, inferred)


def _rows(body: bytes) -> list[dict[str, str]]:
    """Read the values of SPARQL JSON."""
    bindings: list[dict[str, dict[str, str]]] = json.loads(body)["results"]["bindings"]
    return [{name: term["value"] for name, term in row.items()} for row in bindings]


def _summarise(holdings: Holdings) -> dict[str, Any]:
    """Write the landing page for programs."""
    ways = {
        "sparql": "sparql.answer",
        "queries": "questions.index",
        "terms": "terms.index",
        "networks": "networks.index",
        "reconcile": "reconcile.answer",
    }
    return {
        "name": "Communique",
        "version": __version__,
        "snapshot": holdings.snapshot,
        "statements": holdings.statements,
        "graphs": holdings.sizes,
        "documents": [asdict(document) for document in holdings.documents],
        "licence": "https://creativecommons.org/licenses/by/4.0/",
        "links": {name: url_for(endpoint, _external=True) for name, endpoint in ways.items()},
    }
