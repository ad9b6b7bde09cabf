"""``/reconcile``: the Entity Reconciliation API 0.2, so that tables can be matched to this graph with OpenRefine.

https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request, url_for
from pyoxigraph import NamedNode

from communique import __version__
from communique.api import responses
from communique.api.negotiation import JSON
from communique.api.reconcile.entities import Catalogue, suggest_entities, suggest_properties, suggest_types
from communique.api.reconcile.matching import match_all
from communique.api.reconcile.requests import (
    CHARACTERS,
    PREFERRED_BATCH,
    read_batch,
    read_extension,
    read_id,
    read_limit,
)
from communique.api.reconcile.schema import describe_for, find_property, read_types, types
from communique.api.reconcile.values import extend
from communique.api.snapshot import names_of, once, read_steadily
from communique.graph.curation.profiles import profiles
from communique.graph.errors import InvalidParameter
from communique.graph.linking.index import ROOTS
from communique.graph.queries.answers import Run
from communique.graph.terms.namespaces import COM, ID

routes = Blueprint("reconcile", __name__, url_prefix="/reconcile")

_FAR = 10_000  # suggestions further on are not looked for
# Whoever matches tables shows previews inside a page of his own.
_FRAMED = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors *"
_ID = "__id__"


@routes.route("", methods=["GET", "POST"])
def answer() -> Response:
    """Return the manifest; with ``queries`` the candidates, with ``extend`` the values asked for."""
    queries, extension = _given("queries"), _given("extend")
    if queries is not None and extension is not None:
        raise InvalidParameter("queries and extend at one time", expected="one of them")
    if queries is not None:
        batch = read_batch(queries)
        return _answer(
            lambda run, known: {
                key: {"result": [each.to_json() for each in candidates]}
                for key, candidates in match_all(run, known, batch).items()
            }
        )
    if extension is not None:
        asked = read_extension(extension)
        return _answer(lambda run, _: extend(run, asked))
    if request.method == "POST" or "query" in request.args:
        raise InvalidParameter("nothing was asked", expected="queries= or extend= in a form, holding a JSON object")
    return responses.tagged_by_content(jsonify(_manifest()))


@routes.get("/suggest/entity")
def suggest_entity() -> Response:
    """Suggest entities for ``prefix``, of ``type`` where one is given."""
    prefix, start = _prefix(), _cursor()
    kinds = read_types([each for each in request.args.getlist("type") if each])
    return _answer(lambda _, known: {"result": suggest_entities(known, prefix, kinds, start)})


@routes.get("/suggest/type")
def suggest_type() -> Response:
    """Suggest types for ``prefix``."""
    return jsonify(result=suggest_types(_prefix(), _cursor()))


@routes.get("/suggest/property")
def suggest_property() -> Response:
    """Suggest properties for ``prefix``."""
    return jsonify(result=suggest_properties(_prefix(), _cursor()))


@routes.get("/properties")
def propose() -> Response:
    """Propose properties of a ``type`` for data extension; without a type, all."""
    kind = request.args.get("type") or None
    (known,) = read_types([kind]) if kind else (None,)
    limit = read_limit(request.args.get("limit"), "limit", 100, 100)
    head = {"type": known} if known else {}
    return jsonify(head | {"properties": describe_for(known)[:limit], "limit": limit})


@routes.get("/flyout/<any(entity, type, property):kind>")
def flyout(kind: str) -> Response:
    """Describe an entity, a type or a property in a few lines of HTML, inside JSON."""
    name = request.args.get("id", "")
    if kind == "entity":
        return _answer(lambda run, _: {"id": name, "html": _render(run, name, "flyout.html")})
    if kind == "type":
        (known,) = read_types([name])
        title, description = types()[known].name, types()[known].description
    else:
        found = find_property(name)
        title, description = found.name, found.description
    return jsonify(id=name, html=render_template("reconcile/term.html", title=title, description=description))


@routes.get("/preview")
def preview() -> Response:
    """Show an entity in a small page that may stand inside another."""
    return _page("preview.html", {"Content-Security-Policy": _FRAMED})


@routes.get("/view")
def view() -> Response:
    """Show an entity in a page."""
    return _page("view.html", {})


def _answer(make: Callable[[Run, Catalogue], Mapping[str, Any]]) -> Response:
    """Answer in JSON from one snapshot, whose names are sorted once."""

    def read(run: Run, snapshot: str) -> Response:
        known = once("catalogue", snapshot, lambda: Catalogue(names_of(run, snapshot)))
        return jsonify(make(run, known))

    return responses.tagged(JSON, lambda: read_steadily(read))


def _page(template: str, headers: Mapping[str, str]) -> Response:
    """Write a page about an entity."""
    name = request.args.get("id", "")

    def make() -> tuple[Response, str]:
        page, snapshot = read_steadily(lambda run, _: _render(run, name, template))
        return Response(page, mimetype="text/html", headers=dict(headers)), snapshot

    return responses.tagged(template, make)


def _render(run: Run, name: str, template: str) -> str:
    """Write what is known of an entity as HTML."""
    iri = NamedNode(ID + read_id(name, "id"))
    return render_template(f"reconcile/{template}", entity=profiles(run, [iri])[iri])


def _given(name: str) -> str | None:
    """Return a parameter of the form, else of the address; InvalidParameter when it stands there twice."""
    values = [*request.form.getlist(name), *request.args.getlist(name)]
    if len(values) > 1:
        raise InvalidParameter(f"{name} is given {len(values)} times", expected="once")
    return values[0] if values else None


def _prefix() -> str:
    """Read what was typed so far; an empty one suggests nothing in particular."""
    prefix = request.args.get("prefix", "")
    if len(prefix) > CHARACTERS:
        raise InvalidParameter(f"prefix: {len(prefix)} characters", expected=f"at most {CHARACTERS}")
    return prefix


def _cursor() -> int:
    """Read how many suggestions to skip."""
    text = request.args.get("cursor", "") or "0"
    if not text.isascii() or not text.isdecimal() or int(text) > _FAR:
        raise InvalidParameter(f"cursor: {text!r}", expected=f"a number from 0 to {_FAR}")
    return int(text)


def _manifest() -> dict[str, Any]:
    """Describe the service for the address at which it was asked."""
    home = url_for("reconcile.answer", _external=True)
    return {
        "versions": ["0.2"],
        "name": "Communique",
        "identifierSpace": ID,
        "schemaSpace": COM,
        "documentation": url_for("home.landing", _external=True),
        "serviceVersion": __version__,
        "defaultTypes": [types()[root].to_json(deep=False) for root in ROOTS],
        "view": {"url": _template("reconcile.view", "{{id}}")},
        "preview": {"url": _template("reconcile.preview", "{{id}}"), "width": 430, "height": 300},
        "suggest": {
            kind: {
                "service_url": home,
                "service_path": f"/suggest/{kind}",
                "flyout_service_url": home,
                "flyout_service_path": f"/flyout/{kind}?id=${{id}}",
            }
            for kind in ("entity", "type", "property")
        },
        "extend": {
            "propose_properties": {"service_url": home, "service_path": "/properties"},
            "property_settings": [
                {
                    "name": "limit",
                    "label": "Limit",
                    "type": "number",
                    "default": 0,
                    "help_text": "Most values per row; 0 for all",
                },
                {
                    "name": "content",
                    "label": "Content",
                    "type": "select",
                    "default": "entity",
                    "help_text": "What is given of values that are entities",
                    "choices": [{"value": "entity", "name": "Entity"}, {"value": "name", "name": "Name alone"}],
                },
            ],
        },
        "batchSize": PREFERRED_BATCH,
    }


def _template(endpoint: str, placeholder: str) -> str:
    """Write an address with a placeholder for the id."""
    return url_for(endpoint, id=_ID, _external=True).replace(_ID, placeholder)
