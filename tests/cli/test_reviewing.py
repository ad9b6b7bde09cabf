"""``communique review``: pairs are listed, judged, exported and imported, and no judgement is ever lost."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from pyoxigraph import Quad

from communique.cli import review
from communique.graph.loading import pipeline
from communique.graph.store.journal import Journal
from communique.graph.store.workspace import Workspace
from communique.graph.terms.identifiers import DERIVED, JUDGEMENTS
from communique.graph.terms.namespaces import term

Run = Callable[..., Result]
ACADEMY, MEETING = "global-e-government-academy", "kor-rou-meeting"


@pytest.fixture
def home(built: Path, tmp_path: Path) -> Path:
    """Give a copy of the published graph that a test may change."""
    shutil.copytree(built, tmp_path / "home", symlinks=True)
    return tmp_path / "home"


def graph(home: Path, name: object) -> set[Quad]:
    return {quad for quad in Workspace(home).current().load() if quad.graph_name == name}


def matches(home: Path) -> set[Quad]:
    return {quad for quad in graph(home, DERIVED) if quad.predicate == term("skos:exactMatch")}


def told(result: Result) -> dict[str, object]:
    assert result.exit_code == 0, result.output
    return dict(json.loads(result.stdout))


def rows(result: Result) -> dict[str, dict[str, object]]:
    assert result.exit_code == 0, result.output
    return {row["id"]: row for row in json.loads(result.stdout)}


def test_open_pairs_are_listed_for_people_and_programs(run: Run) -> None:
    listed = rows(run("review", "--format", "json"))
    assert {ACADEMY, MEETING} <= set(listed)
    assert listed[ACADEMY]["left"]["label"] == "E-Government Global Academy"  # type: ignore[index]
    assert all(name in run("review", "--list").stdout for name in listed)
    assert set(rows(run("review", "--kind", "event", "--format", "json"))) < set(listed)


def test_a_judgement_is_published_with_author_time_and_reason(run: Run, home: Path) -> None:
    result = run("review", "--reject", MEETING, "--reason", "Two rooms.", "--agent", "Ada Park", home=home)
    assert result.stdout.startswith("published ")
    listed = rows(run("review", "--all", "--format", "json", home=home))
    assert (listed[MEETING]["verdict"], listed[MEETING]["judged_by"]) == ("rejected", "Ada Park")
    assert MEETING not in rows(run("review", "--format", "json", home=home))
    assert matches(home) == set()
    record = Journal(home).activities()[-1]
    assert (record.kind, record.agent, record.read, record.committed) == ("review", "Ada Park", 7, 7)


def test_what_is_unsure_stays_open_and_the_latest_judgement_counts(run: Run, home: Path) -> None:
    for option in ("--unsure", "--accept", "--reject", "--accept"):
        assert run("review", option, ACADEMY, "--agent", "Ada", home=home).exit_code == 0
        assert (ACADEMY in rows(run("review", "--format", "json", home=home))) == (option == "--unsure")
        assert len(matches(home)) == (2 if option == "--accept" else 0)
    assert len([q for q in graph(home, JUDGEMENTS) if q.predicate == term("com:verdict")]) == 4


@pytest.mark.slow
def test_judgements_survive_builds_and_loads(run: Run, home: Path, root: Path) -> None:
    run("review", "--accept", ACADEMY, "--agent", "Ada", home=home)
    before = graph(home, JUDGEMENTS), matches(home)
    assert len(before[1]) == 2
    for change in (["build"], ["load", str(root / "graph" / "documents" / "003.yaml")], ["build", "--fresh"]):
        assert run(*change, home=home).exit_code == 0
        assert (graph(home, JUDGEMENTS), matches(home)) == before


def test_a_file_with_judgements_adds_to_those_there_are(run: Run, home: Path, tmp_path: Path) -> None:
    run("review", "--accept", ACADEMY, "--agent", "Ada", home=home)
    first = graph(home, JUDGEMENTS)
    (tmp_path / "j.nq").write_text("".join(f"{quad} .\n" for quad in first))
    run("review", "--reject", MEETING, "--agent", "Bo", home=home)
    both = graph(home, JUDGEMENTS)
    assert told(run("load", str(tmp_path / "j.nq"), "--format", "json", home=home))["outcome"] == "unchanged"
    assert graph(home, JUDGEMENTS) == both > first


@pytest.mark.slow
def test_a_damaged_snapshot_costs_no_judgement_that_can_still_be_read(run: Run, home: Path) -> None:
    run("review", "--accept", ACADEMY, "--agent", "Ada", home=home)
    kept = graph(home, JUDGEMENTS)
    run("review", "--reject", MEETING, "--agent", "Bo", home=home)
    with (Workspace(home).current().path / "added.nq").open("a") as file:
        file.write(f"not a quad {JUDGEMENTS} .\n")
    assert run("build", "--fresh", home=home).exit_code == 0
    assert graph(home, JUDGEMENTS) == kept


def test_export_and_import_carry_all_to_another_store(run: Run, built: Path, home: Path, tmp_path: Path) -> None:
    run("review", "--accept", ACADEMY, "--reject", MEETING, "--reason", 'A "reason".', "--agent", "Ada", home=home)
    file, other = tmp_path / "j.sssom.tsv", tmp_path / "other"
    shutil.copytree(built, other, symlinks=True)
    assert run("review", "--export", str(file), home=home).exit_code == 0
    assert file.read_text() == run("review", "--export", "-", home=home).stdout
    assert run("review", "--import", str(file), home=other).exit_code == 0
    assert graph(other, JUDGEMENTS) == graph(home, JUDGEMENTS)
    again = run("review", "--import", str(file), home=other)
    assert (again.exit_code, again.stdout) == (0, "")
    assert "nothing to add" in again.stderr


def test_contradicting_judgements_are_refused_with_the_cure(run: Run, home: Path, tmp_path: Path) -> None:
    """A = B and B = C accepted, A and C different: the third is refused, and nothing changes."""
    head = "subject_id\tpredicate_modifier\tpredicate_id\tobject_id\tauthor_label\n"
    names = ("org/oecd", "org/e-government-global-academy", "org/global-e-government-academy")
    a, b, c = (f"id:{name}" for name in names)
    same, differ = (tmp_path / name for name in ("same.tsv", "differ.tsv"))
    same.write_text(head + f"{a}\t\tskos:exactMatch\t{b}\tAda\n{b}\t\tskos:exactMatch\t{c}\tAda\n")
    differ.write_text(head + f"{a}\tNot\tskos:exactMatch\t{c}\tBo\n")
    assert run("review", "--import", str(same), home=home).exit_code == 0
    before = Workspace(home).current_id()
    refused = run("review", "--import", str(differ), home=home)
    assert (refused.exit_code, Workspace(home).current_id()) == (1, before)
    assert "R73" in refused.stdout and "joined through" in " ".join(refused.stdout.split())


def test_a_judgement_on_a_node_that_is_gone_stays_with_a_warning(run: Run, home: Path, tmp_path: Path) -> None:
    file = tmp_path / "j.tsv"
    file.write_text("subject_id\tpredicate_id\tobject_id\nid:org/oecd\tskos:exactMatch\tid:org/gone\n")
    told = run("review", "--import", str(file), home=home)
    assert told.stdout.startswith("published ") and "org/gone" in told.stderr
    assert matches(home) == set()
    assert "R72" in run("validate", home=home).stdout


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--accept", "nothing-like-it"], "--list --all"),
        (["--accept", ACADEMY, "--reject", ACADEMY], "twice"),
        (["--import", __file__], "no column"),
    ],
)
def test_mistakes_are_explained(run: Run, options: list[str], words: str) -> None:
    result = run("review", *options)
    assert result.exit_code == 2
    assert words in " ".join(result.stderr.split())


def test_a_dialogue_asks_until_the_reviewer_quits(run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(review, "is_dialogue", lambda: True)
    result = run("review", "--agent", "Ada", home=home, text="a\nthe same words\ns\nq\n")
    assert result.exit_code == 0, result.output
    assert "Global e-governance forum" in result.stdout and "sources" in result.stdout
    judged = [row for row in rows(run("review", "--all", "--format", "json", home=home)).values() if row["verdict"]]
    assert [(row["verdict"], row["judged_by"]) for row in judged] == [("accepted", "Ada")]
    assert not (home / "review.sssom.tsv").exists()


def test_answers_that_the_gate_refuses_are_kept(run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(review, "is_dialogue", lambda: True)
    monkeypatch.setattr(pipeline, "review", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    result = run("review", "--agent", "Ada", home=home, text="r\nno\n")
    assert "your answers are kept" in result.stderr
    monkeypatch.undo()
    assert run("review", "--import", str(home / "review.sssom.tsv"), home=home).exit_code == 0


def test_square_brackets_of_data_are_no_markup(built: Path) -> None:
    assert review._marked(["[red]x[/red]"], ["[red]x[/red]"]) == "[bold]\\[red]x\\[/red][/]"
    assert "and 3 more" in review._marked([str(n) for n in range(15)], [])
