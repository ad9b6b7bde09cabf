"""``/rdf-graph-store``: the SPARQL 1.1 Graph Store HTTP Protocol, one graph at a time.

Everybody may read. Who has a token writes graphs that it reaches, through the gate that every load passes. A graph is
named by ``?graph=``, or by the address itself (direct identification); ``?default`` is the merge of all.
"""

from __future__ import annotations

import hashlib
import secrets

from flask import Blueprint, Response, request
from pyoxigraph import BlankNode, NamedNode, Quad, RdfFormat, parse, serialize
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from communique import __version__
from communique.api import orders
from communique.api.access import current_token
from communique.api.negotiation import GRAPHS, HTML, choose, refuse_others
from communique.api.responses import conditional
from communique.api.snapshot import engine
from communique.graph.engine.client import Answer
from communique.graph.engine.protocol import Request
from communique.graph.errors import EngineError, InvalidParameter, UnknownGraph
from communique.graph.jobs.job import DELETE, PATCH, POST, PUT, Order
from communique.graph.queries import media
from communique.graph.terms.namespaces import PREFIXES, SKOLEM

routes = Blueprint("graph_store", __name__)

_BODIES = ("text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json")
_UPDATE = "application/sparql-update"
_OFFERED = tuple(media_type for media_type in GRAPHS if media_type != HTML)
_DEFAULT = ""  # of the default graph, which has no IRI
_ATTEMPTS = 3


@routes.get("/rdf-graph-store")
@routes.get("/rdf-graph-store/<path:name>")
def read(name: str | None = None) -> Response:
    """Return the statements of a graph, as they were written: names of blank nodes are blank nodes again."""
    graph = _target(name)
    if graph is None:
        raise BadRequest("Name a graph: ?graph=IRI, or ?default for the merge of all.")
    media_type = choose(_OFFERED)
    snapshot = engine().snapshot()
    tag = _tag(snapshot, media_type)
    if request.if_none_match.contains_weak(tag):
        response = Response()
    else:
        answer = _ask(graph, GRAPHS[media_type])
        response = Response(_with_blank_nodes(answer), mimetype=media_type)
        snapshot, tag = answer.snapshot, _tag(answer.snapshot, media_type)
    response.headers["Communique-Snapshot"] = snapshot
    response.headers["Cache-Control"] = "no-cache"
    response.set_etag(tag, weak=True)
    return conditional(response)


@routes.route("/rdf-graph-store", methods=["PUT", "POST", "DELETE", "PATCH"])
@routes.route("/rdf-graph-store/<path:name>", methods=["PUT", "POST", "DELETE", "PATCH"])
def write(name: str | None = None) -> Response:
    """Replace, extend, delete or update a graph; POST without a graph makes a new one."""
    token = current_token()
    graph, location = _target(name), None
    if graph is None:
        if request.method != "POST":
            raise BadRequest("Name a graph: ?graph=IRI.")
        graph = location = f"{request.base_url.rstrip('/')}/{secrets.token_hex(8)}"
    bodies = _read_bodies()
    order = Order(
        kind={"PUT": PUT, "POST": POST, "DELETE": DELETE, "PATCH": PATCH}[request.method],
        agent=token.name,
        patterns=token.patterns,
        graph=graph,
        media_types=tuple(media_type for media_type, _ in bodies),
        versions=orders.versions(),
        is_new=request.if_none_match.star_tag,
        is_known=request.if_match.star_tag and bool(request.headers.get("If-Match")),
    )
    return orders.carry_out(order, [body for _, body in bodies], location=location)


def _target(name: str | None) -> str | None:
    """Return the IRI of the graph that the request is about, empty for the default graph; None when it names none."""
    refuse_others("graph", "default")
    named = request.args.getlist("graph")
    if len(named) + ("default" in request.args) + (name is not None) > 1:
        raise BadRequest("The request names more than one graph.")
    if "default" in request.args:
        return _DEFAULT
    if not named and name is None:
        return None
    iri = named[0] if named else request.base_url
    try:
        return NamedNode(iri).value
    except ValueError as error:
        expected = "an absolute IRI, such as https://w3id.org/communique/graph/doc/001"
        raise InvalidParameter(f"not a graph IRI: {error}", expected=expected) from error


def _ask(graph: str, media_type: str) -> Answer:
    """Ask for the statements of a graph; UnknownGraph when there are none, unless it is the default graph."""
    pattern = f"GRAPH <{graph}> {{ ?s ?p ?o }}" if graph else "?s ?p ?o"
    question = Request(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {pattern} }}", None, media_type)
    for _ in range(_ATTEMPTS):
        known = engine().query(f"ASK {{ {pattern} }}")
        if graph and b"true" not in known.body:
            raise UnknownGraph(f"there is no graph {graph}", hint="/ lists the graphs in JSON")
        answer = engine().query(question)
        if answer.snapshot == known.snapshot:
            return answer
    raise EngineError("the data changed again and again while it was read", hint="ask again")


def _with_blank_nodes(answer: Answer) -> bytes:
    """Turn the names that blank nodes were given back into blank nodes."""
    if SKOLEM.encode() not in answer.body:
        return answer.body
    form = media.GRAPHS[answer.media_type]
    quads = (_unnamed(quad) for quad in parse(answer.body, format=form))
    prefixes = dict(PREFIXES) if form in {RdfFormat.TURTLE, RdfFormat.TRIG, RdfFormat.RDF_XML} else None
    written = serialize((quad.triple for quad in quads), format=form, prefixes=prefixes)
    assert written is not None
    return written


def _unnamed(quad: Quad) -> Quad:
    subject, object = (
        BlankNode(node.value.removeprefix(SKOLEM).replace("-", ""))
        if isinstance(node, NamedNode) and node.value.startswith(SKOLEM)
        else node
        for node in (quad.subject, quad.object)
    )
    return Quad(subject, quad.predicate, object)  # type: ignore[arg-type]


def _read_bodies() -> list[tuple[str, bytes]]:
    """Read what the request carries, with its media types."""
    if request.method == "DELETE":
        return []
    if request.method == "PATCH":
        orders.check_body((_UPDATE,))
    elif request.method == "POST" and request.mimetype == "multipart/form-data":
        parts = [part for _, part in request.files.items(multi=True)]
        if not parts:
            raise BadRequest("The form has no files.")
        for part in parts:
            if part.mimetype not in _BODIES:
                found = part.mimetype or "no media type"
                raise UnsupportedMediaType(f"{part.filename} has {found}; send {' or '.join(_BODIES)}.")
        return [(part.mimetype, part.read()) for part in parts]
    else:
        orders.check_body(_BODIES)
    return [(request.mimetype, request.get_data())]


def _tag(snapshot: str, media_type: str) -> str:
    """Make an entity tag that begins with the version of the data: it may be sent back in ``If-Match``."""
    parts = "\n".join((__version__, media_type, request.full_path))
    return f"{snapshot}.{hashlib.sha256(parts.encode()).hexdigest()[:16]}"
