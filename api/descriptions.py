"""``/dataset``, ``/.well-known/void``: the dataset described; ``/robots.txt``, ``/sitemap.xml``: for those who crawl.

What describes the data is in the graph (``graph.descriptions``), with the addresses that the project has on the web.
Whoever serves it elsewhere gives the address that was asked in their place.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse, serialize

from communique.api import responses
from communique.api.negotiation import GRAPHS, HTML, choose, refuse_others
from communique.api.pages import read_table
from communique.api.snapshot import engine, once
from communique.graph.descriptions.service import describe_service
from communique.graph.descriptions.triples import DATASET, ENDPOINT, GRAPH_STORE, KEYWORDS, LICENCE, SUMMARY, TITLE
from communique.graph.engine.protocol import PAGE, Request
from communique.graph.queries import library, media
from communique.graph.terms.identifiers import DESCRIPTION
from communique.graph.terms.namespaces import BASE, FORMATS, PREFIXES, SD, VOID, VOID_EXT, prologue

routes = Blueprint("descriptions", __name__)

_TRIPLES = "application/n-triples"
_ALL = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{DESCRIPTION.value}> {{ ?s ?p ?o }} }}"
_CLASSES = f"""{prologue(("void",))}SELECT ?class ?nodes ?statements ?properties {{
  {DATASET} void:classPartition ?part .
  ?part void:class ?class ; void:entities ?nodes ; void:triples ?statements ; void:properties ?properties
}} ORDER BY DESC(?nodes) ?class"""
_PREFIXES = {**PREFIXES, "sd": SD, "format": FORMATS, "void-ext": VOID_EXT}
# In N-Triples, what is said of the service and of its graphs, and of the dataset as a whole.
_SERVICE = re.compile(
    rf"<(?:{re.escape(ENDPOINT.value)}|{re.escape(DATASET.value)}(?:/(?:graph|named-graph|distribution)/[^>]*)?)> "
    rf"(?!<{re.escape(VOID)}(?:classPartition|propertyPartition|subset)>)".encode()
)
_CRAWLED = (
    "/$",
    "/dataset$",
    "/documentation$",
    "/ontology",
    "/queries$",
    "/queries/*/about$",
    "/networks$",
    "/terms$",
)


@routes.get("/dataset")
def dataset() -> Response:
    """Describe the dataset and the service: VoID, DCAT 3 and SPARQL 1.1 Service Description."""
    refuse_others()
    return answer(choose(GRAPHS))


@routes.get("/.well-known/void")
def well_known() -> Response:
    """Lead to the description of the dataset (VoID, 7.2)."""
    return Response(status=303, headers={"Location": url_for("descriptions.dataset")}, mimetype="text/plain")


@routes.get("/robots.txt")
def robots() -> Response:
    """Ask crawlers to keep to pages that cost no query."""
    refuse_others()
    place, allowed = url_for("descriptions.sitemap", _external=True), "".join(f"Allow: {each}\n" for each in _CRAWLED)
    return Response(f"User-agent: *\n{allowed}Disallow: /\n\nSitemap: {place}\n", mimetype="text/plain")


@routes.get("/sitemap.xml")
def sitemap() -> Response:
    """List the pages that tell what is here."""
    refuse_others()
    return Response(render_template("sitemap.xml", pages=list(_pages())), mimetype="application/xml")


def answer(media_type: str, *, of_service: bool = False) -> Response:
    """Write the description in a media type of ``GRAPHS``; that of the service leaves partitions and linksets out."""

    def make() -> tuple[Response, str]:
        if media_type == HTML:
            return _page()
        described, snapshot = _read()
        if of_service:
            described = b"".join(line for line in described.splitlines(keepends=True) if _SERVICE.match(line))
        return Response(_write(described, GRAPHS[media_type]), mimetype=media_type), snapshot

    return responses.tagged(f"description {media_type} {request.url_root}", make)


def structured_data(statements: int, snapshot: str) -> str:
    """Write schema.org/Dataset in JSON-LD, as it stands in a page."""
    whole = f"{_local(GRAPH_STORE)}?default"
    data: dict[str, Any] = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": DATASET.value,
        "name": TITLE,
        "description": SUMMARY,
        "url": url_for("home.landing", _external=True),
        "identifier": DATASET.value,
        "license": LICENCE.value,
        "keywords": list(KEYWORDS),
        "version": snapshot,
        "isAccessibleForFree": True,
        "size": f"{statements} statements",
        "creator": {"@type": "Organization", "name": TITLE, "url": f"{BASE}project"},
        "distribution": [
            {"@type": "DataDownload", "encodingFormat": "text/turtle", "contentUrl": whole},
            {"@type": "DataDownload", "encodingFormat": "application/sparql-query", "contentUrl": _local(ENDPOINT)},
        ],
    }
    # Nothing of it may end the element that it stands in.
    return json.dumps(data, ensure_ascii=False, indent=1).replace("<", "\\u003c")


def _page() -> tuple[Response, str]:
    """Show the classes to people."""
    found = engine().query(Request(_CLASSES, PAGE))
    return Response(render_template("dataset.html", table=read_table(found), dataset=DATASET.value), mimetype=HTML), (
        found.snapshot
    )


def _read() -> tuple[bytes, str]:
    """Ask for the description, once per snapshot; returns N-Triples and the snapshot's id."""
    snapshot = engine().snapshot()
    asked = Request(_ALL, None, _TRIPLES)

    def read() -> tuple[bytes, str]:
        found = engine().query(asked)
        # A store of other data is not described, but the service is.
        return found.body or _bare_service(), found.snapshot

    return once("description", snapshot, read)


def _bare_service() -> bytes:
    written = serialize((Triple(*each) for each in describe_service({})), format=RdfFormat.N_TRIPLES)
    assert written is not None
    return written


def _write(described: bytes, media_type: str) -> bytes:
    """Write triples in an RDF format, with the address that was asked."""
    form = media.GRAPHS[media_type]
    named = form not in {RdfFormat.N_TRIPLES, RdfFormat.N_QUADS}
    triples = (Triple(*map(_here, quad.triple)) for quad in parse(described, format=RdfFormat.N_TRIPLES))
    written = serialize(triples, format=form, prefixes=_PREFIXES if named else None)
    assert written is not None
    return written


def _here(node: Any) -> Any:
    """Turn the address of the project's own service into that of this one."""
    if isinstance(node, Literal) or not isinstance(node, NamedNode):
        return node
    for address in (ENDPOINT, GRAPH_STORE):
        if node == address or node.value.startswith(f"{address.value}?"):
            return NamedNode(_local(address) + node.value.removeprefix(address.value))
    return NamedNode(url_for("openapi.document", _external=True)) if node.value == f"{BASE}openapi.json" else node


def _local(address: NamedNode) -> str:
    return request.url_root + address.value.removeprefix(BASE)


def _pages() -> Iterator[str]:
    for endpoint in ("home.landing", "descriptions.dataset", "questions.index", "networks.index", "terms.index"):
        yield url_for(endpoint, _external=True)
    yield url_for("ontology.describe", _external=True)
    yield url_for("openapi.page", _external=True)
    for question in library().values():
        yield url_for("questions.about", name=question.name, _external=True)
