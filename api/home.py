"""``/``: what this is and what it holds; ``/healthz`` and ``/readyz``: for those who watch the service."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, url_for

from communique import __version__
from communique.api import responses
from communique.api.descriptions import structured_data
from communique.api.negotiation import HTML, JSON, choose
from communique.api.snapshot import engine, once, read_steadily
from communique.graph import networks
from communique.graph.queries import library
from communique.graph.queries.answers import Run
from communique.graph.terms.identifiers import DESCRIPTION, EXAMPLES
from communique.graph.terms.namespaces import GRAPH, prologue

routes = Blueprint("home", __name__)

_SIZES = f"""SELECT ?graph (COUNT(*) AS ?n) {{
  GRAPH ?graph {{ ?s ?p ?o }} FILTER(?graph NOT IN ({DESCRIPTION}, {EXAMPLES}))
}} GROUP BY ?graph ORDER BY ?graph"""
_DOCUMENTS = (
    prologue(("com", "dct", "skos"))
    + """SELECT ?document (SAMPLE(?name) AS ?label) (MIN(?day) AS ?issued) {
  ?document a com:SourceDocument
  OPTIONAL { ?document skos:prefLabel ?name }
  OPTIONAL { ?document dct:issued ?day }
} GROUP BY ?document ORDER BY ?document"""
)


@dataclass(frozen=True, slots=True)
class DocumentSize:
    """A source and how many statements it gave: what it states, and what follows from it by a rule."""

    iri: str
    label: str
    issued: str | None
    stated: int
    inferred: int


@dataclass(frozen=True, slots=True)
class SnapshotSize:
    """What a snapshot holds; ``sizes`` counts statements per graph IRI."""

    snapshot: str
    sizes: Mapping[str, int]
    documents: tuple[DocumentSize, ...]

    @property
    def statements(self) -> int:
        """How many statements there are in all."""
        return sum(self.sizes.values())


@routes.get("/")
def landing() -> Response:
    """Introduce the service, as a page or as JSON."""
    media_type = choose((HTML, JSON))

    def make() -> tuple[Response, str]:
        # It reads all of the data.
        size, snapshot = read_steadily(lambda run, snapshot: once("size", snapshot, lambda: count(run, snapshot)))
        if media_type == HTML:
            known = {"questions": library().values(), "layers": networks.layers()}
            known["structured_data"] = structured_data(size.statements, snapshot)
            return Response(render_template("home.html", holdings=size, **known), mimetype=HTML), snapshot
        return jsonify(_summarise(size)), snapshot

    return responses.tagged(media_type, make)


@routes.get("/healthz")
def live() -> Response:
    """Say that this process answers at all."""
    return _uncached(jsonify(status="live", version=__version__))


@routes.get("/readyz")
def ready() -> Response:
    """Say that a query is answered, and from which snapshot; EngineError when not."""
    return _uncached(jsonify(status="ready", snapshot=engine().query("ASK {}").snapshot))


def _uncached(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


def count(run: Run, snapshot: str) -> SnapshotSize:
    """Ask the graph itself what it holds."""
    sizes = {row["graph"]: int(row["n"]) for row in _rows(run(_SIZES))}
    return SnapshotSize(snapshot, sizes, tuple(_document(row, sizes) for row in _rows(run(_DOCUMENTS))))


def _document(row: Mapping[str, str], sizes: Mapping[str, int]) -> DocumentSize:
    """Join a document with the sizes of its two graphs."""
    graph = f"{GRAPH}doc/{row['document'].rpartition('/')[2]}"
    stated, inferred = sizes.get(graph, 0), sizes.get(f"{graph}/inferred", 0)
    return DocumentSize(row["document"], row.get("label", ""), row.get("issued"), stated, inferred)


def _rows(body: bytes) -> list[dict[str, str]]:
    """Read the values of SPARQL JSON."""
    bindings: list[dict[str, dict[str, str]]] = json.loads(body)["results"]["bindings"]
    return [{name: term["value"] for name, term in row.items()} for row in bindings]


def _summarise(size: SnapshotSize) -> dict[str, Any]:
    """Write the landing page for programs."""
    ways = {
        "sparql": "sparql.answer",
        "queries": "questions.index",
        "terms": "terms.index",
        "networks": "networks.index",
        "reconcile": "reconcile.answer",
        "dataset": "descriptions.dataset",
        "openapi": "openapi.document",
        "documentation": "openapi.page",
    }
    return {
        "name": "Communique",
        "version": __version__,
        "snapshot": size.snapshot,
        "statements": size.statements,
        "graphs": size.sizes,
        "documents": [asdict(document) for document in size.documents],
        "licence": "https://creativecommons.org/licenses/by/4.0/",
        "links": {name: url_for(endpoint, _external=True) for name, endpoint in ways.items()},
    }
