"""HTTP: the published graph for people, SPARQL clients and programs."""

from __future__ import annotations

from flask import Flask

from communique import __version__
from communique.api import (
    home,
    limits,
    networks,
    ontology,
    pages,
    problems,
    questions,
    reconcile,
    responses,
    sparql,
    terms,
)
from communique.api.snapshot import Engine
from communique.graph.drawing.client import DrawingClient
from communique.graph.engine.client import Client
from communique.graph.engine.protocol import address_of
from communique.graph.settings import Settings

__all__ = ["create_app"]


def create_app(settings: Settings, engine: Engine | None = None) -> Flask:
    """Make the application that answers from the engine of ``settings.home``, which may start later.

    ``engine`` asks it for several threads at once; without one the application makes a client of its own, for a process
    of one thread. One application per process: the connections to the engine, in ``app.extensions["client"]``, must not
    be shared over a fork.
    """
    app = Flask(__name__)
    app.config.update(MAX_CONTENT_LENGTH=limits.LARGEST_BODY, MAX_FORM_MEMORY_SIZE=limits.LARGEST_BODY)
    app.url_map.strict_slashes = False
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.extensions["client"] = engine or Client(address_of(settings.home))
    app.extensions["settings"] = settings
    app.extensions["drawing"] = DrawingClient(settings)
    app.extensions["kept"] = {}  # what ``snapshot.once`` has read
    for resource in (home, sparql, questions, terms, networks, ontology, reconcile, limits):
        app.register_blueprint(resource.routes)
    app.after_request(responses.complete)
    app.context_processor(lambda: {"version": __version__})
    pages.register(app)
    problems.register(app)
    return app
