"""One published graph for all tests of the command line; a test that changes a graph makes its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from pyoxigraph import Literal, Quad

from communique.cli import main
from communique.graph.store.workspace import Workspace
from communique.graph.terms.namespaces import term

Run = Callable[..., Result]


@pytest.fixture(scope="session")
def built(packaged_home: Path) -> Path:
    """Give the home of a store in which the packaged graph is published."""
    return packaged_home


@pytest.fixture
def run(built: Path) -> Run:
    """Run a command line on the published graph; ``home`` names another store."""

    def invoke(*arguments: str, home: Path = built, text: str | None = None) -> Result:
        return CliRunner().invoke(main, arguments, input=text, env={"COMMUNIQUE_HOME": str(home)})

    return invoke


@pytest.fixture
def altered(built: Path, tmp_path: Path) -> Path:
    """Give the home of a store whose graph has one digest that fits no paragraph."""
    store = Workspace(built).current().load()
    quad = next(store.quads_for_pattern(None, term("com:passageDigest"), None, None))
    store.remove(quad)
    store.add(Quad(quad.subject, quad.predicate, Literal("0" * 64), quad.graph_name))
    workspace = Workspace(tmp_path)
    with workspace.working_copy() as copy:
        copy.replace_all(store)
        workspace.publish(copy)
    return tmp_path
