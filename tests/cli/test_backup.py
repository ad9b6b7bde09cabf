"""Backup and restore on the command line, before a running engine."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path

from click.testing import Result
from pyoxigraph import NamedNode, Quad

from communique.graph.engine import start_engine
from communique.graph.engine.client import Client
from communique.graph.settings import Settings
from communique.graph.store.workspace import Workspace

Run = Callable[..., Result]
Publish = Callable[[Path, Iterable[Quad]], str]
Eventually = Callable[[Callable[[], bool]], bool]

P = NamedNode("http://example.org/p")
OLDER, NEWER = ([Quad(P, P, NamedNode(f"http://example.org/{name}"), P)] for name in ("older", "newer"))


def test_a_backup_is_made_checked_and_restored(built: Path, run: Run, tmp_path: Path) -> None:
    made = run("backup", str(tmp_path / "backup"), "--format", "json")
    assert made.exit_code == 0, made.output
    assert json.loads(made.stdout)["snapshot"] == Workspace(built).current_id()
    assert run("backup", "--check", str(tmp_path / "backup")).stdout.startswith("checked snapshot ")
    home = tmp_path / "home"
    assert run("restore", str(tmp_path / "backup"), home=home).stdout.startswith("restored snapshot ")
    assert run("export", home=home).stdout_bytes == run("export").stdout_bytes
    again = run("restore", str(tmp_path / "backup"), home=home)
    assert again.exit_code == 3
    assert "--replace" in again.stderr


def test_what_is_no_backup_is_told(run: Run, tmp_path: Path) -> None:
    for told in (run("restore", str(tmp_path), home=tmp_path / "home"), run("backup", "--check", str(tmp_path))):
        assert told.exit_code == 3
        assert "holds no whole backup" in told.stderr


def test_a_running_service_takes_up_what_is_restored(
    confined: None, publish: Publish, run: Run, tmp_path: Path, eventually: Eventually
) -> None:
    home = tmp_path / "home"
    older = publish(home, OLDER)
    with start_engine(Settings(home=home)) as engine, closing(Client(engine.address)) as client:
        assert run("backup", str(tmp_path / "backup"), home=home).exit_code == 0
        newer = publish(home, NEWER)
        assert eventually(lambda: client.snapshot() == newer)
        assert run("restore", "--replace", str(tmp_path / "backup"), home=home).exit_code == 0
        assert eventually(lambda: client.snapshot() == older)
        assert b"older" in client.query("SELECT * { ?s ?p ?o }").body
