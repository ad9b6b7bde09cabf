"""The command that serves over HTTP: the engine in processes of its own, gunicorn before it, ended together."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

import click
from flask import Flask
from gunicorn.app.base import BaseApplication

from communique.api import create_app
from communique.graph.engine import start_engine
from communique.graph.engine.client import GRACE, PATIENCE
from communique.graph.engine.confinement import end_with_parent
from communique.graph.linking import states
from communique.graph.queries import library
from communique.graph.settings import Settings, read_settings


@click.command()
@click.option("--host", help="Address to listen on; the default is this machine only.  [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on.  [default: 8080]")
def serve(host: str | None, port: int | None) -> None:
    """Serve the published graph over HTTP until ctrl-C.

    A newer snapshot, published while this runs, is taken up by itself.

    \b
    Example:
      communique serve --port 8081
    """
    settings = read_settings()
    chosen = replace(settings, host=host or settings.host, port=port or settings.port)
    click.echo(f"serving on http://{chosen.host}:{chosen.port} (ctrl-C ends it)")
    run_server(chosen)


def run_server(settings: Settings) -> None:
    """Start the engine, then answer HTTP until SIGTERM or SIGINT; ends the process.

    EngineError when the engine cannot serve; SystemExit when the server ends.
    """
    with start_engine(settings):
        # what each web worker would else read for its first request
        states.prepare()
        library()
        Server(settings).run()


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn with sync workers: one request, one query, one connection to the engine at a time."""

    def __init__(self, settings: Settings) -> None:
        """Take the options from ``settings`` alone, not from the command line."""
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        """Choose gunicorn's options; a worker that outlives every limit behind it is ended as the last resort."""
        behind = self._settings.query_seconds + PATIENCE + GRACE
        options: dict[str, Any] = {
            "bind": f"{self._settings.host}:{self._settings.port}",
            "workers": min(self._settings.engine_workers, 2 * (os.cpu_count() or 1) + 1),
            "worker_class": "sync",
            "timeout": int(2 * behind),
            "graceful_timeout": int(behind),
            "limit_request_line": 8190,
            "proc_name": "communique",
            "control_socket_disable": True,
            # gunicorn's own look at its parent is too rare, and a worker left over would keep the engine alive
            "post_fork": lambda arbiter, worker: end_with_parent(),
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Make the application; called in each worker, since the connections to the engine are its own."""
        return create_app(self._settings)
