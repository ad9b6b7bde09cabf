"""The commands that load, look back and go back, as people and programs use them."""

from __future__ import annotations

import io
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from communique.cli.progress import shown
from communique.graph.loading import pipeline
from communique.graph.store.workspace import Workspace

Run = Callable[..., Result]
STATEMENT = '<https://example.org/s> <https://example.org/p> "x"'


@pytest.fixture
def home(built: Path, tmp_path: Path) -> Path:
    """Give a copy of the published graph that a test may change."""
    shutil.copytree(built, tmp_path / "home", symlinks=True)
    return tmp_path / "home"


def load(run: Run, home: Path, *arguments: str, text: str | None = None) -> dict[str, object]:
    told = run("load", *arguments, "--format", "json", home=home, text=text)
    assert told.exit_code == 0, told.output
    return dict(json.loads(told.stdout))


def test_standard_input_a_folder_and_the_way_back(run: Run, home: Path, tmp_path: Path) -> None:
    before = Workspace(home).current_id()
    first = load(run, home, "-", "--input-format", "turtle", "--graph", "mine", "--agent", "Ada", text=f"{STATEMENT} .")
    assert (first["outcome"], first["committed"]) == ("published", 1)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.nq").write_text(f"{STATEMENT} <https://example.org/g> .\n")
    second = load(run, home, str(tmp_path / "data"))
    assert second["quads"] == int(str(first["quads"])) + 1
    told = run("rollback", home=home)
    assert told.stdout == f"{first['snapshot']} is in force, before it was {second['snapshot']}\n"
    assert json.loads(run("rollback", str(before)[:9], "--format", "json", home=home).stdout)["snapshot"] == before
    rows = json.loads(run("history", "--format", "json", home=home).stdout)
    assert [(row["kind"], row["agent"] == "Ada") for row in rows] == [
        ("build", False),
        ("load", True),
        ("load", False),
        ("rollback", False),
        ("rollback", False),
    ]
    assert [row["state"] for row in rows] == ["in force", "kept", "kept", "kept", "in force"]
    assert "in force" in run("history", home=home).stdout
    assert run("history", "--format", "nquads", home=home).stdout == (home / "journal.nq").read_text()


def test_literals_that_are_stored_in_another_form_are_told(run: Run, home: Path) -> None:
    xsd, values = (
        "http://www.w3.org/2001/XMLSchema#",
        (("0.80", "decimal"), ("5120", "nonNegativeInteger"), ("1", "integer")),
    )
    literals = " , ".join(f'"{value}"^^<{xsd}{kind}>' for value, kind in values)
    text = f"<https://example.org/s> <https://example.org/p> {literals} ."
    told = load(run, home, "-", "--input-format", "turtle", "--graph", "mine", text=text)
    assert told["restated"] == {
        "statements": 2,
        "examples": [
            {"written": '"0.80"^^xsd:decimal', "stored": '"0.8"^^xsd:decimal'},
            {"written": '"5120"^^xsd:nonNegativeInteger', "stored": '"5120"^^xsd:integer'},
        ],
    }
    line = run("load", "-", "--input-format", "turtle", "--graph", "yours", home=home, text=text).stdout
    assert '2 statements have literals that are stored in another form, such as "0.80"^^xsd:decimal as "0.8"' in line
    assert load(run, home, "-", "--input-format", "turtle", "--graph", "his", text=f"{STATEMENT} .")["restated"] == {
        "statements": 0,
        "examples": [],
    }


def test_a_document_that_breaks_a_rule_goes_to_quarantine_and_back(run: Run, home: Path, tmp_path: Path) -> None:
    """A wrong datatype: the gate finds it, the others are admitted, the corrected document is loaded."""
    document = (
        '<{0}doc/900> {{ <{1}> a <{2}Event> ; <{2}beginEarliest> "{3}"^^<http://www.w3.org/2001/XMLSchema#date> }}'
    )
    names = (
        "https://w3id.org/communique/graph/",
        "https://w3id.org/communique/id/event/x",
        "https://w3id.org/communique/ns#",
    )
    wrong = tmp_path / "wrong.trig"
    wrong.write_text(document.format(*names, "tomorrow"))
    (tmp_path / "good.nq").write_text(f"{STATEMENT} <https://example.org/g> .\n")
    files = (str(wrong), str(tmp_path / "good.nq"))
    refused = run("load", *files, home=home)
    assert refused.exit_code == 1
    assert "nothing was changed" in refused.output
    told = load(run, home, *files, "--on-violation", "quarantine")
    assert (told["read"], told["committed"], told["quarantined"]) == (3, 1, 2)
    folder = Path(str(told["quarantine"]))
    findings = json.loads((folder / "report.json").read_text())["results"]
    assert any("beginEarliest" in finding["path"] for finding in findings)
    assert "quarantined " in run("load", *files, "--on-violation", "quarantine", home=home).stdout
    nothing = run("load", str(wrong), "--on-violation", "quarantine", home=home)
    assert (nothing.exit_code, "unchanged" in nothing.stdout, "quarantined 2 of 2" in nothing.stdout) == (1, True, True)
    assert "tomorrow" in (folder / "900.trig").read_text()


def test_files_that_cannot_be_read_are_each_told(run: Run, home: Path, tmp_path: Path) -> None:
    for name in ("a.nt", "b.nt"):
        (tmp_path / name).write_text("broken")
    told = run("load", str(tmp_path / "a.nt"), str(tmp_path / "b.nt"), "--graph", "mine", home=home)
    assert told.exit_code == 2
    assert "a.nt:1:1" in told.stderr and "b.nt:1:1" in told.stderr
    assert "2 of 2 files cannot be read" in told.stderr


def test_a_locked_store_is_told(run: Run, home: Path, tmp_path: Path) -> None:
    (tmp_path / "a.nq").write_text(f"{STATEMENT} <https://example.org/g> .\n")
    with Workspace(home).exclusive():
        told = run("load", str(tmp_path / "a.nq"), "--wait", "0.1", home=home)
    assert told.exit_code == 3
    assert "is writing" in told.stderr and "--wait" in told.stderr


def test_ctrl_c_is_told_and_changes_nothing(
    run: Run, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    before = Workspace(home).current_id()
    (tmp_path / "a.nq").write_text(f"{STATEMENT} <https://example.org/g> .\n")
    monkeypatch.setattr(pipeline, "admit", stop)
    told = run("load", str(tmp_path / "a.nq"), home=home)
    assert (told.exit_code, told.stdout) == (130, "")
    assert "communique history" in told.stderr
    assert Workspace(home).current_id() == before
    assert not list(Workspace(home).shelf.glob(".*"))


def test_nothing_is_drawn_where_stderr_is_no_terminal(run: Run, home: Path, tmp_path: Path) -> None:
    (tmp_path / "a.nq").write_text(f"{STATEMENT} <https://example.org/g> .\n")
    told = run("load", str(tmp_path / "a.nq"), home=home)
    assert told.stderr == ""
    assert told.stdout.startswith("published ")


def test_a_bar_is_drawn_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = io.StringIO()
    monkeypatch.setattr(screen, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    with shown() as watch:
        watch("read", 0, 2_000_000)
        watch("read", 1_000_000, 2_000_000)
        watch("validate", 0, 0)
    assert "reading" in screen.getvalue() and "1.0/2.0 MB" in screen.getvalue()
