"""``/ontology``: the ontology as pages for people and as RDF for programs.

Everything comes from the files of the installed package, so that it is never older than these. ``make docs`` writes the
same pages as files (``communique.api.offline``).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from pyoxigraph import RdfFormat
from werkzeug.exceptions import NotFound

from communique.api import responses
from communique.api.negotiation import HTML, choose, pick_format, refuse_others
from communique.graph.terms import diagram, reference
from communique.graph.terms.reference import Reference, Section

# Path of a section ("" for all), and an anchor on it or nothing, to an address.
Address = Callable[[str, str], str]

_FORMATS = {
    "text/turtle": RdfFormat.TURTLE,
    "application/ld+json": RdfFormat.JSON_LD,
    "application/rdf+xml": RdfFormat.RDF_XML,
    "application/n-triples": RdfFormat.N_TRIPLES,
}
_NAMES = {
    "turtle": "text/turtle",
    "jsonld": "application/ld+json",
    "rdfxml": "application/rdf+xml",
    "ntriples": "application/n-triples",
    "html": HTML,
}

routes = Blueprint("ontology", __name__)


@routes.get("/ontology", defaults={"path": ""})
@routes.get("/ontology/<path:path>")
def describe(path: str) -> Response:
    """Describe the whole ontology, a module (``agreement``) or a concept scheme (``vocab/role``)."""
    refuse_others("format")
    if path and path not in reference.sections():
        raise NotFound(f"No module or concept scheme is called {path}; there are {', '.join(reference.sections())}.")
    name = request.args.get("format")
    media_type = pick_format(name, _NAMES) if name else choose((*_FORMATS, HTML))
    response = Response(_written(path, media_type) if media_type != HTML else _page(path), mimetype=media_type)
    return responses.tagged_by_content(response)


@cache
def _written(path: str, media_type: str) -> bytes:
    return reference.write(reference.sections().get(path), _FORMATS[media_type])


def _page(path: str) -> str:
    return render_template("ontology.html", layout="base.html", **parts(path, _served))


def _served(path: str, anchor: str) -> str:
    """Return the address of a section at this endpoint."""
    address = url_for("ontology.describe", path=path) if path else url_for("ontology.describe")
    return f"{address}#{anchor}" if anchor else address


def parts(path: str, address: Address) -> dict[str, Any]:
    """Gather what the template ``ontology.html`` needs; terms that stand on the page are linked there."""
    every = reference.sections()
    shown = [every[path]] if path else [each for each in every.values() if not each.path.startswith("vocab/")]
    here = {each.path for each in shown}

    def href(target: Reference) -> str:
        place = reference.place_of(target.iri)
        if place is None:
            return target.iri
        section, anchor = place
        return f"#{anchor}" if section in here and anchor else address(section, anchor)

    def draw(section: Section) -> str:
        return diagram.draw(section.path, lambda term: href(Reference(term.key, term.iri.value)))

    return {
        "path": path,
        "shown": shown,
        "modules": [each for each in every.values() if not each.path.startswith("vocab/")],
        "schemes": [each for each in every.values() if each.path.startswith("vocab/")],
        "number": reference.version(),
        "address": address,
        "href": href,
        "draw": draw,
        "iri": reference.HOME if not path else every[path].iri,
    }
