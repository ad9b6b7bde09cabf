"""The command that serves over HTTP: the engine in processes of its own, granian before it, ended together."""

from __future__ import annotations

import logging
from dataclasses import replace
from functools import partial

import click
from granian.constants import Interfaces, Loops
from granian.http import HTTP1Settings
from granian.server import Server

from communique.api import metrics
from communique.api.front.application import Front
from communique.cli.monitoring import monitored
from communique.graph import log
from communique.graph.drawing import keep_drawing
from communique.graph.engine import keep_engine
from communique.graph.engine.client import GRACE, PATIENCE
from communique.graph.engine.confinement import end_with_parent
from communique.graph.linking import states
from communique.graph.queries import library
from communique.graph.settings import Settings, read_settings, unknown_variables

_LOG = logging.getLogger(__name__)
# Milliseconds for the headers of a request to arrive, and for the next request on a connection that is kept.
_HEADERS = 15_000
# Seconds that a request which is being answered has when the server stops, beyond the limit of its query.
_LAST = int(PATIENCE + GRACE)


@click.command()
@click.option("--host", help="Address to listen on; the default is this machine only.  [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on.  [default: 8080]")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes that speak HTTP.  [default: 1]")
@click.option("--queries", type=click.IntRange(2, 1024), help="Queries evaluated at one time.  [default: 8]")
def serve(host: str | None, port: int | None, workers: int | None, queries: int | None) -> None:
    """Serve the published graph over HTTP until ctrl-C.

    A newer snapshot, published while this runs, is taken up by itself.

    \b
    Example:
      communique serve --port 8081
    """
    settings = read_settings()
    chosen = replace(
        settings,
        host=host or settings.host,
        port=port or settings.port,
        web_workers=workers or settings.web_workers,
        engine_workers=queries or settings.engine_workers,
    )
    click.echo(f"serving on http://{chosen.host}:{chosen.port} (ctrl-C ends it)")
    run_server(chosen)


def run_server(settings: Settings) -> None:
    """Start the engine, then answer HTTP until SIGTERM or SIGINT; SIGHUP replaces the web processes.

    EngineError when the engine cannot serve; SystemExit when the server failed.
    """
    log.set_up(settings.log)
    for name, near in unknown_variables().items():
        _LOG.warning("%s is no setting and has no effect%s", name, near and f"; is {near} meant?")
    with monitored(settings), keep_engine(settings, metrics.count_engine_restart), keep_drawing(settings):
        # what each web process would else read for its first request
        states.prepare()
        library()
        server = Server(
            "communique.api.front.application:Front",
            address=settings.host,
            port=settings.port,
            interface=Interfaces.RSGI,
            loop=Loops.uvloop,
            workers=settings.web_workers,
            websockets=False,
            http1_settings=HTTP1Settings(header_read_timeout=_HEADERS, max_buffer_size=1 << 16),
            respawn_failed_workers=True,
            workers_kill_timeout=int(settings.query_seconds) + _LAST,
            backpressure=2 * settings.connections,
            log_dictconfig=log.configuration(settings.log),
        )
        server.serve(target_loader=partial(_load, settings))  # type: ignore[arg-type]  # its type forgets RSGI objects


def _load(settings: Settings, _target: str) -> Front:
    """Make what answers requests; called in each web process, which a web process left over must not outlive."""
    end_with_parent()
    return Front(settings)
