"""``communique validate``: exit codes, forms, folders, explanations."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from pyoxigraph import RdfFormat, Store, parse

from communique.graph.terms.namespaces import SH
from communique.graph.validation.compiled.paths import read_path_node
from communique.graph.validation.compiled.shapes_graph import ShapesGraph, sh

Run = Callable[..., Result]

EX = "http://example.org/"
HEAD = f"@prefix ex: <{EX}> .\n@prefix sh: <{SH}> .\n"
DATA = 'ex:a a ex:Person ; ex:name "A" . ex:b a ex:Person . ex:c a ex:Person .\n'
SHAPES = (
    "ex:PersonShape a sh:NodeShape ; sh:targetClass ex:Person ; sh:property [ sh:path ex:name ; sh:minCount 1 ] .\n"
)


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, ...]:
    """Give data and shapes as arguments of the command."""
    for name, text in (("data.ttl", DATA), ("shapes.ttl", SHAPES)):
        (tmp_path / name).write_text(HEAD + text)
    return str(tmp_path / "data.ttl"), "--shapes", str(tmp_path / "shapes.ttl")


def test_the_graph_in_force_is_judged_by_the_gate(run: Run) -> None:
    told = run("validate")
    assert told.exit_code == 0
    assert "admissible: " in told.stdout
    engines = json.loads(run("validate", "--format", "json").stdout)["engines"]
    assert set(engines.values()) == {"sparql"}


def test_other_data_need_no_store(run: Run, files: tuple[str, ...], tmp_path: Path) -> None:
    told = run("validate", *files, home=tmp_path / "nothing")
    assert told.exit_code == 1
    assert "not admissible: 2 findings, 1 shapes applied" in told.stdout
    assert "There are fewer values than required." in told.stdout
    assert not (tmp_path / "nothing").exists()


def test_each_form_tells_the_same(run: Run, files: tuple[str, ...]) -> None:
    rows = json.loads(run("validate", *files, "--format", "json").stdout)["results"]
    assert [row["node"] for row in rows] == [EX + "b", EX + "c"]
    assert list(csv.DictReader(io.StringIO(run("validate", *files, "--format", "csv").stdout))) == rows
    for form, read_as in (("turtle", RdfFormat.TURTLE), ("ntriples", RdfFormat.N_TRIPLES)):
        store = Store()
        store.load(run("validate", *files, "--format", form).stdout.encode(), format=read_as)
        found = store.query(f"SELECT * {{ ?r <{SH}focusNode> ?node }} ORDER BY ?node")
        assert [row["node"].value for row in found] == [EX + "b", EX + "c"]  # type: ignore[union-attr]
    page = run("validate", *files, "--format", "html", "--limit", "1", "--page", "2").stdout
    assert "Findings 2–2 of 2" in page


def test_a_report_goes_to_a_file_or_a_folder(run: Run, files: tuple[str, ...], tmp_path: Path) -> None:
    target = tmp_path / "out" / "report"
    told = run("validate", *files, "--format", "html", "--limit", "1", "--output", str(target))
    assert (told.exit_code, told.stdout) == (1, "")
    assert len(list(target.glob("*.html"))) == 3
    single = tmp_path / "report.html"
    run("validate", *files, "--format", "html", "--output", str(single))
    assert "Validation of data.ttl" in single.read_text()
    run("validate", *files, "--format", "csv", "--output", str(tmp_path / "report.csv"))
    assert (tmp_path / "report.csv").read_text().count("\n") == 3


def test_nothing_checked_is_no_success(run: Run, files: tuple[str, ...], tmp_path: Path) -> None:
    other = tmp_path / "other.ttl"
    other.write_text(HEAD + "ex:d a ex:Dog .\n")
    told = run("validate", str(other), *files[1:])
    assert told.exit_code == 2
    assert "applied to no node: ex:PersonShape" in told.stdout
    assert "nothing was checked" in told.stderr
    assert run("validate", str(other), *files[1:], "--target", "PersonShape=ex:Dog").exit_code == 1


@pytest.mark.parametrize(
    ("shapes", "words"),
    [
        ("ex:S a sh:NodeShape ; .\nex:S sh:path", "shapes.ttl:4:"),
        (SHAPES.replace("sh:targetClass ex:Person ;", ""), "--target ex:PersonShape=ex:Person"),
        (SHAPES.replace("minCount", "minCuont"), "did you mean sh:minCount?"),
        (SHAPES + f"ex:PersonShape {'sh:not [ ' * 3000} sh:nodeKind sh:IRI {' ]' * 3000} .", "more than 50 deep"),
        (SHAPES + "ex:PersonShape sh:js [] .", "known to no engine here"),
    ],
)
def test_wrong_shapes_are_wrong_input(
    run: Run, files: tuple[str, ...], tmp_path: Path, shapes: str, words: str
) -> None:
    (tmp_path / "shapes.ttl").write_text(HEAD + shapes)
    told = run("validate", *files)
    assert told.exit_code == 2
    assert words in told.stderr


@pytest.mark.parametrize(
    "arguments", [("--target", "a=b"), ("--output", "x"), ("--shapes", "nowhere.ttl"), ("--explain", "R99")]
)
def test_options_that_mean_nothing_are_refused(run: Run, arguments: tuple[str, ...]) -> None:
    assert run("validate", *arguments).exit_code == 2


def test_a_target_has_two_parts(run: Run, files: tuple[str, ...]) -> None:
    told = run("validate", *files, "--target", "PersonShape")
    assert (told.exit_code, "SHAPE=CLASS" in told.stderr) == (2, True)


def test_a_shape_is_explained_by_its_query_and_clause(run: Run, files: tuple[str, ...]) -> None:
    told = run("validate", "--explain", "PersonShape", *files[1:])
    assert told.exit_code == 0
    for words in ("SELECT", EX + "name", "section 4.2.1 of SHACL 1.0: https://www.w3.org/TR/shacl/#MinCount"):
        assert words in told.stdout


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("R05", "com:participant ?value"),
        ("comsh:Participation", "# comsh:Participation: "),
        ("R48", "a query over the"),
        ("R03", "communique evidence check"),
    ],
)
def test_rules_of_the_project_are_explained(run: Run, name: str, words: str) -> None:
    told = run("validate", "--explain", name)
    assert told.exit_code == 0
    assert words in told.stdout


def test_a_shape_for_another_engine_has_no_query(run: Run, files: tuple[str, ...], tmp_path: Path) -> None:
    expression = "sh:targetClass ex:Person ; sh:expression [ sh:path ex:ok ] ;"
    (tmp_path / "shapes.ttl").write_text(HEAD + SHAPES.replace("sh:targetClass ex:Person ;", expression))
    told = run("validate", *files)
    assert told.exit_code == 1
    assert "ex:PersonShape was judged by pyshacl-turbo" in told.stdout
    assert "judged by pyshacl-turbo" in run("validate", "--explain", "PersonShape", *files[1:]).stdout


def test_paths_keep_their_marks_in_every_form(run: Run, shared: Path) -> None:
    files = [str(shared / "cases/B17/paths.data.ttl"), "--shapes", str(shared / "cases/B17/paths.shapes.ttl")]
    a, b, m, member = (f"<{EX}{name}>" for name in ("a", "b", "m", "member"))
    paths = {f"^{member}", f"{a}/{b}", f"{a}|{b}", f"(^{m})/{b}", f"{a}?", f"^({a}+)"}
    short = {"^ex:member", "ex:a/ex:b", "ex:a|ex:b", "(^ex:m)/ex:b", "ex:a?", "^(ex:a+)"}
    rows = json.loads(run("validate", *files, "--format", "json").stdout)["results"]
    assert {row["path"] for row in rows} == paths
    assert {row["name"] for row in rows} == {f"ex:S: {path}" for path in short}
    assert list(csv.DictReader(io.StringIO(run("validate", *files, "--format", "csv").stdout))) == rows
    table, page = (run("validate", *files, "--format", form).stdout for form in ("table", "html"))
    assert all(path in table and path in page for path in short)
    for form, read_as in (("turtle", RdfFormat.TURTLE), ("ntriples", RdfFormat.N_TRIPLES)):
        report = ShapesGraph(parse(run("validate", *files, "--format", form).stdout.encode(), format=read_as))
        spelt = [
            (node, path)
            for node in report.subjects(sh("resultPath"))
            for path in report.objects(node, sh("resultPath"))
        ]
        assert {str(read_path_node(report.at(node), path)) for node, path in spelt} == paths


def test_what_was_not_understood_is_told_in_every_form(run: Run, files: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "shapes.ttl").write_text(HEAD + SHAPES.replace("sh:targetClass", "sh:shape ex:Other ; sh:targetClass"))
    words = "not understood: sh:shape is no term of SHACL 1.0"
    for form in ("json", "csv", "turtle", "ntriples", "html"):
        told = run("validate", *files, "--format", form)
        assert told.exit_code == 1
        assert words in told.stderr
        assert form == "csv" or words in told.stdout
    told = run("validate", *files)
    assert (words in told.stdout, told.stderr) == (True, "")
    assert "4 statements read" in told.stdout


def test_statements_are_counted_before_equal_ones_are_merged(run: Run, files: tuple[str, ...], tmp_path: Path) -> None:
    again = tmp_path / "again.ttl"
    again.write_text(HEAD + DATA)
    assert json.loads(run("validate", str(again), *files, "--format", "json").stdout)["statements"] == 8
