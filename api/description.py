"""The service description: what this endpoint can do, in RDF (SPARQL 1.1 Service Description)."""

from __future__ import annotations

from flask import render_template
from pyoxigraph import RdfFormat, parse, serialize

from communique.api.negotiation import GRAPHS, HTML
from communique.graph.queries import media
from communique.graph.terms.namespaces import PREFIXES

FORMATS = tuple(GRAPHS)
assert HTML in FORMATS


def write(endpoint: str, media_type: str) -> bytes:
    """Write the description of ``endpoint`` in one of ``FORMATS`` other than HTML."""
    turtle = render_template("service.ttl", endpoint=endpoint)
    triples = parse(turtle, format=RdfFormat.TURTLE)
    written = serialize((quad.triple for quad in triples), format=media.GRAPHS[GRAPHS[media_type]], prefixes=_PREFIXES)
    assert written is not None
    return written


_PREFIXES = {name: PREFIXES[name] for name in ("dct", "void")}
