"""HTTP: the published graph for people, SPARQL clients and programs."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from communique import __version__
from communique.api import (
    descriptions,
    graph_store,
    home,
    jobs,
    limits,
    networks,
    ontology,
    openapi,
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
from communique.graph.jobs.queue import Queue
from communique.graph.jobs.tokens import TokenFile
from communique.graph.settings import Settings

__all__ = ["create_app"]

# Seconds that a request waits for a change before it is answered with the address of the job.
_PATIENCE = 5.0


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
    app.extensions["tokens"] = TokenFile(Path(settings.tokens)) if settings.tokens else None
    app.extensions["queue"], app.extensions["patience"] = Queue(settings), _PATIENCE
    asked = (sparql, questions, terms, networks, reconcile)
    for resource in (home, limits, descriptions, openapi, ontology, graph_store, jobs, *asked):
        app.register_blueprint(resource.routes)
    app.after_request(responses.complete)
    app.context_processor(lambda: {"version": __version__})
    pages.register(app)
    problems.register(app)
    return app
