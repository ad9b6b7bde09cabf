"""The command that serves the published graph over HTTP."""

from __future__ import annotations

from dataclasses import replace

import click

from communique.cli.server import serve as run
from communique.graph.settings import read_settings


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
    run(chosen)
