"""What the command line tells of the published graph, and how it checks the evidence."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pyoxigraph
import pytest
from click import Context
from click.testing import Result

from communique.cli import COMMANDS, main

Run = Callable[..., Result]


def test_info_counts_triples_graphs_facts_and_coverage(run: Run) -> None:
    told = json.loads(run("info", "--format", "json").stdout)
    assert sum(told["graphs"].values()) == told["quads"] >= told["triples"] > 1000
    assert [row["document"] for row in told["documents"]] == ["000", "001", "002", "003", "004"]
    assert sum(row["facts"] for row in told["documents"]) == told["facts"] > 300
    assert all(row["gaps"] == 0 for row in told["documents"])
    assert told["snapshot"] in run("info").stdout


def test_an_export_is_sorted_and_can_be_read_again(run: Run) -> None:
    exported = run("export").stdout
    lines = exported.splitlines()
    assert lines == sorted(lines)
    quads = list(pyoxigraph.parse(exported, format=pyoxigraph.RdfFormat.N_QUADS))
    assert len(quads) == json.loads(run("info", "--format", "json").stdout)["quads"]


def test_one_graph_is_exported_as_turtle(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "003.ttl"
    run("export", "--graph", "doc/003", "--format", "turtle", "--output", str(file))
    whole = pyoxigraph.parse(path=str(file), format=pyoxigraph.RdfFormat.TURTLE)
    assert len(list(whole)) == json.loads(run("info", "--format", "json").stdout)["graphs"][_DOC_003]


def test_an_unknown_graph_is_named_with_the_known_ones(run: Run) -> None:
    failed = run("export", "--graph", "doc/999")
    assert failed.exit_code == 2
    assert "doc/003" in failed.stderr


def test_coverage_shows_every_paragraph_with_facts_or_a_reason(run: Run) -> None:
    rows = json.loads(run("evidence", "coverage", "--format", "json").stdout)
    assert all(row["nodes"] or row["reason"] for row in rows)
    assert "GAP" not in run("evidence", "coverage", "--document", "003").stdout


def test_evidence_matches_the_documents(run: Run, shared: Path) -> None:
    checked = run("evidence", "check", "--documents", str(shared / "seeds"), "--format", "json")
    assert checked.exit_code == 0
    assert {row["verdict"] for row in json.loads(checked.stdout)} == {"matched"}


def test_a_document_that_is_not_there_is_absent_and_no_mismatch(run: Run, tmp_path: Path) -> None:
    checked = run("evidence", "check", "--documents", str(tmp_path))
    assert checked.exit_code == 0
    assert "0 matched, 0 mismatched, 75 document absent" in checked.stdout


def test_a_changed_paragraph_is_a_mismatch(run: Run, shared: Path, tmp_path: Path, altered: Path) -> None:
    shutil.copytree(shared / "seeds", tmp_path / "seeds")
    checked = run("evidence", "check", "--documents", str(tmp_path / "seeds"), home=altered)
    assert checked.exit_code == 1
    assert "mismatched" in checked.stdout


def test_digests_start_a_new_document(run: Run, tmp_path: Path) -> None:
    text = tmp_path / "new.txt"
    text.write_text("One  thing.\n\nAnother.\n", encoding="utf-8")
    draft = run("evidence", "digests", str(text)).stdout
    assert draft.count("- paragraph:") == 2
    assert "paragraph: 3" in draft


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example(run: Run, name: str) -> None:
    told = run(name, "--help")
    assert told.exit_code == 0
    command = main.get_command(Context(main), name)
    assert command is not None and command.name == name
    subcommands = getattr(command, "commands", {})
    texts = [run(name, each, "--help").stdout for each in subcommands] or [told.stdout]
    assert all("Example:" in text for text in texts)


_DOC_003 = "https://w3id.org/communique/graph/doc/003"
