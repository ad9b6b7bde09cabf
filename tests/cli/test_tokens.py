"""``communique token``: made once, listed without a secret, revoked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from communique.cli import main
from communique.graph.jobs.tokens import TokenFile


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "tokens.json"
    monkeypatch.setenv("COMMUNIQUE_TOKENS", str(path))
    return path


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["token", *words])
    return result.exit_code, result.output


def test_a_token_is_made_listed_and_revoked(path: Path) -> None:
    code, text = run("new", "harvester", "--scope", "write:doc/9*", "--scope", "update")
    assert code == 0
    assert TokenFile(path).authenticate(text.strip()).scopes == ("write:doc/9*", "update")
    code, listed = run("list", "--format", "json")
    [entry] = json.loads(listed)
    assert (entry["name"], set(entry)) == ("harvester", {"name", "scopes", "created"})
    assert "harvester" in run("list")[1]
    assert run("revoke", "harvester") == (0, "revoked harvester\n")
    assert TokenFile(path).tokens() == ()


def test_what_makes_no_sense_is_explained(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("new", "harvester")[0] == 2
    code, text = run("new", "harvester", "--scope", "everything")
    assert code
    assert "scope 'everything' is not known" in text
    assert "cannot be read" in run("list")[1]
    monkeypatch.delenv("COMMUNIQUE_TOKENS")
    assert "COMMUNIQUE_TOKENS=" in run("list")[1]
