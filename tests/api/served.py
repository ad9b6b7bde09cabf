"""The application as it is served: before an engine, and with a writer; ``PLAIN`` writes a plain dataset."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from flask import Flask

from communique.api import create_app
from communique.graph.drawing import keep_drawing
from communique.graph.engine import start_engine
from communique.graph.jobs.queue import Queue, Writer
from communique.graph.settings import Settings

PLAIN = (sys.executable, str(Path(__file__).parent / "writer.py"))


@contextmanager
def serving(settings: Settings, *, draws: bool = False) -> Iterator[Flask]:
    """Start what answers, and make the application before it; networks are drawn only where a test ``draws`` some."""
    with start_engine(settings), keep_drawing(settings) if draws else nullcontext():
        app = create_app(settings)
        with closing(app.extensions["client"]):
            yield app


@contextmanager
def writing(home: Path, writer: Writer, **settings: Any) -> Iterator[Flask]:
    """Serve a home whose graphs may be written; requests wait for the end of their job."""
    chosen = Settings(home, tokens=str(home / "tokens.json"), **settings)
    with serving(chosen) as app, closing(writer):
        app.extensions["queue"], app.extensions["patience"] = Queue(chosen, writer), 120.0
        yield app


def bearer(app: Flask, *scopes: str, name: str = "tester") -> dict[str, str]:
    """Make a token, and the header in which it is sent."""
    return {"Authorization": f"Bearer {app.extensions['tokens'].add(name, scopes)}"}
