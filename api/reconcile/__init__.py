"""``/reconcile``: the Entity Reconciliation API 0.2, so that tables can be matched to this graph with OpenRefine.

https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request
from pyoxigraph import NamedNode

from communique.api import responses
from communique.api.names import Names
from communique.api.negotiation import JSON
from communique.api.reading import Run, read_steadily
from communique.api.reconcile import suggesting
from communique.api.reconcile.catalogue import Catalogue
from communique.api.reconcile.extending import extend
from communique.api.reconcile.manifest import manifest
from communique.api.reconcile.matching import match_all
from communique.api.reconcile.properties import describe_for, find_property
from communique.api.reconcile.requests import CHARACTERS, read_batch, read_extension, read_id, read_limit
from communique.api.reconcile.types import read_types, types
from communique.graph.curation.profiles import profiles
from communique.graph.engine.client import Client
from communique.graph.errors import InvalidParameter
from communique.graph.terms.namespaces import ID

__all__ = ["Reconcile"]

_FAR = 10_000  # suggestions further on are not looked for
# Whoever matches tables shows previews inside a page of his own.
_FRAMED = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors *"


class Reconcile:
    """The service; it sorts the names of a snapshot once and keeps them until there is a newer one."""

    def __init__(self, client: Client, names: Names) -> None:
        """Answer from the engine behind ``client``, by the names of its data."""
        self._client, self._names = client, names
        self._catalogue: Catalogue | None = None

    def blueprint(self) -> Blueprint:
        """Give its routes."""
        routes = Blueprint("reconcile", __name__, url_prefix="/reconcile")
        routes.add_url_rule("", "answer", self.answer, methods=["GET", "POST"])
        routes.add_url_rule("/suggest/entity", "suggest_entity", self.suggest_entity)
        routes.add_url_rule("/suggest/type", "suggest_type", self.suggest_type)
        routes.add_url_rule("/suggest/property", "suggest_property", self.suggest_property)
        routes.add_url_rule("/flyout/<any(entity, type, property):kind>", "flyout", self.flyout)
        routes.add_url_rule("/properties", "propose", self.propose)
        routes.add_url_rule("/preview", "preview", self.preview)
        routes.add_url_rule("/view", "view", self.view)
        return routes

    def answer(self) -> Response:
        """Give the manifest; with ``queries`` the candidates, with ``extend`` the values asked for."""
        queries, extension = _given("queries"), _given("extend")
        if queries is not None and extension is not None:
            raise InvalidParameter("queries and extend at one time", expected="one of them")
        if queries is not None:
            batch = read_batch(queries)
            return self._tell(lambda run, known: _results(match_all(run, known, batch)))
        if extension is not None:
            asked = read_extension(extension)
            return self._tell(lambda run, known: extend(run, asked))
        if request.method == "POST" or "query" in request.args:
            raise InvalidParameter("nothing was asked", expected="queries= or extend= in a form, holding a JSON object")
        return jsonify(manifest())

    def suggest_entity(self) -> Response:
        """Suggest entities for ``prefix``, of ``type`` where one is given."""
        prefix, start = _prefix(), _cursor()
        kinds = read_types([each for each in request.args.getlist("type") if each])
        return self._tell(lambda _, known: {"result": suggesting.suggest_entities(known, prefix, kinds, start)})

    def suggest_type(self) -> Response:
        """Suggest types for ``prefix``."""
        return jsonify(result=suggesting.suggest_types(_prefix(), _cursor()))

    def suggest_property(self) -> Response:
        """Suggest properties for ``prefix``."""
        return jsonify(result=suggesting.suggest_properties(_prefix(), _cursor()))

    def propose(self) -> Response:
        """Propose properties of a ``type`` for data extension; without a type, all."""
        kind = request.args.get("type") or None
        (known,) = read_types([kind]) if kind else (None,)
        limit = read_limit(request.args.get("limit"), "limit", 100, 100)
        head = {"type": known} if known else {}
        return jsonify(head | {"properties": describe_for(known)[:limit], "limit": limit})

    def flyout(self, kind: str) -> Response:
        """Describe an entity, a type or a property in a few lines of HTML, inside JSON."""
        name = request.args.get("id", "")
        if kind == "entity":
            return self._tell(lambda run, _: {"id": name, "html": self._picture(run, name, "flyout.html")})
        if kind == "type":
            (known,) = read_types([name])
            title, description = types()[known].name, types()[known].description
        else:
            found = find_property(name)
            title, description = found.name, found.description
        html = render_template("reconcile/term.html", title=title, description=description)
        return jsonify(id=name, html=html)

    def preview(self) -> Response:
        """Show an entity in a small page that may stand inside another."""
        return self._page("preview.html", {"Content-Security-Policy": _FRAMED})

    def view(self) -> Response:
        """Show an entity in a page."""
        return self._page("view.html", {})

    def _page(self, template: str, headers: Mapping[str, str]) -> Response:
        """Write a page about an entity."""
        name = request.args.get("id", "")

        def make() -> tuple[Response, str]:
            page, snapshot = read_steadily(self._client, lambda run, _: self._picture(run, name, template))
            return Response(page, mimetype="text/html", headers=dict(headers)), snapshot

        return responses.tagged(self._client.snapshot(), template, make)

    def _picture(self, run: Run, name: str, template: str) -> str:
        """Write what is known of an entity as HTML."""
        iri = NamedNode(ID + read_id(name, "id"))
        return render_template(f"reconcile/{template}", entity=profiles(run, [iri])[iri])

    def _tell(self, make: Callable[[Run, Catalogue], Mapping[str, Any]]) -> Response:
        """Answer in JSON, from one snapshot."""

        def respond() -> tuple[Response, str]:
            told, snapshot = read_steadily(self._client, lambda run, at: make(run, self._known(run, at)))
            return jsonify(told), snapshot

        return responses.tagged(self._client.snapshot(), JSON, respond)

    def _known(self, run: Run, snapshot: str) -> Catalogue:
        """Sort the names once per snapshot."""
        if self._catalogue is None or self._catalogue.snapshot != snapshot:
            self._catalogue = Catalogue(self._names.of(run, snapshot), snapshot)
        return self._catalogue


def _results(found: Mapping[str, Any]) -> dict[str, Any]:
    """Write candidates as the protocol does."""
    return {key: {"result": [each.told() for each in candidates]} for key, candidates in found.items()}


def _given(name: str) -> str | None:
    """Give a parameter of the form, else of the address; InvalidParameter when it stands there twice."""
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
