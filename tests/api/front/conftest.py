"""The whole service as a process, on the small world."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from flask import Flask
from service_process import Service, running


@pytest.fixture(scope="package")
def service(app: Flask, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Serve a copy of the store that the application answers from, with time enough."""
    home = tmp_path_factory.mktemp("service") / "home"
    ignored = shutil.ignore_patterns("*.sock", "*.lock")
    shutil.copytree(app.extensions["settings"].home, home, symlinks=True, ignore=ignored)
    with running(home, tmp_path_factory.mktemp("log"), query_seconds=60, query_megabytes=256) as service:
        yield service
