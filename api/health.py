"""``/healthz`` and ``/readyz``: for those who start, stop and watch the service."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from communique import __version__
from communique.graph.engine.client import Client


class Health:
    """Two questions a watcher asks."""

    def __init__(self, client: Client) -> None:
        """Look at the engine behind ``client``."""
        self._client = client

    def blueprint(self) -> Blueprint:
        """Give its routes."""
        routes = Blueprint("health", __name__)
        routes.add_url_rule("/healthz", "live", self.live)
        routes.add_url_rule("/readyz", "ready", self.ready)
        return routes

    def live(self) -> Response:
        """Say that this process answers at all."""
        return _uncached(jsonify(status="live", version=__version__))

    def ready(self) -> Response:
        """Say that a query is answered, and from which snapshot; EngineError when not."""
        return _uncached(jsonify(status="ready", snapshot=self._client.query("ASK {}").snapshot))


def _uncached(response: Response) -> Response:
    """Let nobody answer this from memory."""
    response.headers["Cache-Control"] = "no-store"
    return response
