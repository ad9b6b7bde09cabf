"""The command that prints the settings."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from communique.cli import main


def test_each_value_says_where_it_comes_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMUNIQUE_QUERY_SECONDS", "2.50")
    monkeypatch.setenv("COMMUNIQUE_QUERY_SECOND", "1")
    monkeypatch.delenv("COMMUNIQUE_UNCONFINED", raising=False)
    result = CliRunner().invoke(main, ["settings", "--format", "json"])
    rows = {row["variable"]: (row["value"], row["unit"], row["from"]) for row in json.loads(result.stdout)}
    assert rows["COMMUNIQUE_QUERY_SECONDS"] == ("2.5", "s", "environment")
    assert rows["COMMUNIQUE_UNCONFINED"] == ("no", "", "default")
    assert "COMMUNIQUE_QUERY_SECOND is no setting" in result.stderr
    assert "is COMMUNIQUE_QUERY_SECONDS meant?" in result.stderr


def test_the_table_names_them_all() -> None:
    assert "COMMUNIQUE_METRICS_PORT" in CliRunner().invoke(main, ["settings"]).stdout
