"""The application as it is served: before an engine, and with a writer that needs no time to start (``writer.py``)."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from flask import Flask

from communique.api import create_app
from communique.graph.drawing import keep_drawing
from communique.graph.engine import start_engine
from communique.graph.jobs.job import Job
from communique.graph.jobs.queue import Queue
from communique.graph.settings import Settings


@contextmanager
def serving(settings: Settings) -> Iterator[Flask]:
    """Start what answers, and make the application before it."""
    with start_engine(settings), keep_drawing(settings):
        app = create_app(settings)
        with closing(app.extensions["client"]):
            yield app


@contextmanager
def writing(home: Path, *words: str, **settings: Any) -> Iterator[Flask]:
    """Serve a home whose graphs may be written; requests wait for the end of their job. ``words`` go to the writer."""
    chosen = Settings(home, tokens=str(home / "tokens.json"), **settings)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    command = [sys.executable, str(Path(__file__).parent / "writer.py"), str(theirs.fileno()), *words]

    def start(settings: Settings, job: Job, lock: int) -> Callable[[], object]:
        given = {"settings": {**asdict(settings), "home": str(settings.home.absolute())}, "job": job.id}
        socket.send_fds(ours, [json.dumps(given).encode()], [lock])
        return lambda: None

    with subprocess.Popen(command, pass_fds=(theirs.fileno(),)) as writer, ours:
        theirs.close()
        try:
            with serving(chosen) as app:
                app.extensions["queue"], app.extensions["patience"] = Queue(chosen, start), 120.0
                yield app
        finally:
            ours.close()
            writer.wait()


def bearer(app: Flask, *scopes: str, name: str = "tester") -> dict[str, str]:
    """Make a token, and the header in which it is sent."""
    return {"Authorization": f"Bearer {app.extensions['tokens'].add(name, scopes)}"}
