"""Tables on the command line: sources by name, mappings proposed and tried, loads with an account, the walk-through."""

from __future__ import annotations

import csv
import json
import re
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from communique.graph.mapping import adapters
from communique.graph.store.workspace import Workspace

Run = Callable[..., Result]
HEADER = "Survey Year,Country Name,E-Government Rank,E-Government Index,E-Participation Index"
NAMES = f"{HEADER},Online Service Index,Human Capital Index,Telecommunication Infrastructure Index\n"


@pytest.fixture
def home(built: Path, tmp_path: Path) -> Path:
    """Give a copy of the published graph that a test may change."""
    shutil.copytree(built, tmp_path / "home", symlinks=True)
    return tmp_path / "home"


@pytest.fixture
def survey(tmp_path: Path) -> Path:
    """Write a folder with an invented edition of the survey, and a file that belongs to none."""
    folder = tmp_path / "egov"
    folder.mkdir()
    rows = [
        '2018,"Republic of Korea ",9,0.9,0.8,0.7,0.6,0.5',
        "2018,Kenya,99,0.00000,0.00000,0.00000,0.4,0.3",
        "2018,Ruritania,2,0.9,0.8,0.7,0.6,0.5",
        "2018,=cmd(),3,0.9,0.8,0.7,0.6,0.5",
    ]
    (folder / "EGOV_DATA_2018.csv").write_text(NAMES + "\n".join(rows) + "\n")
    (folder / "notes.csv").write_text("a,b\n")
    return folder


def test_a_source_is_loaded_by_name_with_its_account(run: Run, home: Path, survey: Path) -> None:
    told = run("load", "un-egov-survey", str(survey), home=home)
    assert told.exit_code == 0, told.output
    assert "un-egov-survey-2018 (EGOV_DATA_2018.csv): 4 rows read, 2 mapped, 2 rejected" in told.stdout
    (path,) = (home / "rejects").rglob("*.csv")
    assert path.name == "un-egov-survey-2018.csv"
    with path.open(encoding="utf-8", newline="") as file:
        found = [(row["row"], row["value"], row["lost"]) for row in csv.DictReader(file)]
    assert found == [("4", "Ruritania", "row"), ("5", "'=cmd()", "row")]
    (edition,) = json.loads(run("info", "--sources", "--format", "json", home=home).stdout)
    assert (edition["read"], edition["mapped"], edition["rejected"]) == (4, 2, 2)
    assert edition["citation"].startswith("United Nations")
    told = run("info", "--sources", home=home)
    assert "4 rows read, 2 mapped, 2 rejected, 0 values left out" in told.stdout
    assert "un-egov-survey-2018" in run("info", home=home).stdout
    assert "1 editions of sources in rows" in run("evidence", "coverage", home=home).stdout
    history = json.loads(run("history", "--format", "json", home=home).stdout)
    assert [row["read"] > 20 for row in history if row["kind"] == "load"] == [True]


def test_equal_files_change_nothing_and_corrected_ones_replace_the_edition(run: Run, home: Path, survey: Path) -> None:
    first = json.loads(run("load", "un-egov-survey", str(survey), "--format", "json", home=home).stdout)
    again = json.loads(run("load", "un-egov-survey", str(survey), "--format", "json", home=home).stdout)
    assert (again["outcome"], again["snapshot"]) == ("unchanged", first["snapshot"])
    assert [source["rows_rejected"] for source in again["sources"]] == [2]
    path = survey / "EGOV_DATA_2018.csv"
    path.write_text(path.read_text().replace("Ruritania", "Estonia"))
    mended = json.loads(run("load", "un-egov-survey", str(path), "--format", "json", home=home).stdout)
    assert [source["rows_rejected"] for source in mended["sources"]] == [1]
    rank = '<https://w3id.org/communique/id/rank/un-egdi/2018/EST> <https://w3id.org/communique/ns#rank> "2"'
    assert rank in run("export", home=home).stdout


def test_a_load_is_tried_without_being_carried_out(run: Run, home: Path, survey: Path) -> None:
    before = Workspace(home).current_id()
    told = run("validate", "un-egov-survey", str(survey), home=home)
    assert told.exit_code == 0, told.output
    assert Workspace(home).current_id() == before
    assert not (home / "rejects").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("load", "table", "EGOV_DATA_2018.csv"), 2, "table needs --mapping"),
        (("load", "un-egov-survey"), 2, "name the files"),
        (("load", "un-egov-survey", "notes.csv"), 2, "no file of un-egov-survey"),
        (("load", "un-egov-survy", "notes.csv"), 2, "does not exist"),
        (("sources", "un-egov"), 2, "no source 'un-egov'"),
    ],
)
def test_what_cannot_be_meant_is_told(
    arguments: tuple[str, ...], code: int, words: str, run: Run, survey: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(survey)
    told = run(*arguments)
    assert told.exit_code == code
    assert words in " ".join(told.stderr.split())


def test_a_table_of_which_no_row_can_be_mapped_is_refused(run: Run, home: Path, survey: Path) -> None:
    (survey / "EGOV_DATA_2018.csv").write_text(NAMES + "2018,Ruritania,2,0.9,0.8,0.7,0.6,0.5\n")
    told = run("load", "un-egov-survey", str(survey), home=home)
    assert told.exit_code == 2
    assert "none of 1 rows could be mapped" in told.stderr


def test_every_packaged_source_is_listed_and_explained(run: Run) -> None:
    told = json.loads(run("sources", "--format", "json").stdout)
    assert [each["source"] for each in told] == list(adapters.names())
    for each in told:
        assert [key for key in ("title", "licence", "citation", "notes", "files", "tables") if not each[key]] == []
    shown = run("sources", "un-egov-survey").stdout
    assert "EGOV_DATA_2003.csv" in shown
    assert "Left out" in shown


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        (
            "a.csv",
            "country,year,x\nKR,2020,1\nNA,2020,2\n" + "KE,2020,3\n" * 30,
            ("scheme: alpha2", "ScoreObservation"),
        ),
        (
            "b.csv",
            "nation;day;what\nKenya;01.02.2020;Talks\nEstonia;13.02.2020;More talks\n",
            ("%d.%m.%Y", "type: Event"),
        ),
        ("c.tsv", "name\turl\nHarbour office\thttps://example.org/a\n", ("type: Organization", "as: iri")),
        ("d.csv", "Größe\rfünf\r", ("encoding: mac_roman",)),
        ("e.csv", "Name;x\nKöln;1\n", ("encoding: cp1252", 'separator: ";"')),
        ("f.jsonl", '{"country": "Kenya", "v": 1.5}\n{"country": "Estonia", "v": null}\n', ("as: state",)),
        ("g.csv", "title of the table,,\ncountry,2019 value,2019 value\nKenya,1,2\n", ("header: 2", "n2019_value_2:")),
    ],
)
def test_a_proposal_runs_as_it_is(name: str, content: str, expected: tuple[str, ...], run: Run, tmp_path: Path) -> None:
    encoding = {"d.csv": "mac_roman", "e.csv": "cp1252"}.get(name, "utf-8")
    data, file = tmp_path / name, tmp_path / "map.yaml"
    data.write_bytes(content.encode(encoding))
    told = run("mapping", "init", str(data), "-o", str(file))
    assert told.exit_code == 0, told.output
    text = file.read_text(encoding="utf-8")
    assert [part for part in expected if part not in text] == []
    assert run("mapping", "check", str(file)).exit_code == 0
    checked = run("mapping", "check", str(file), str(data), "--format", "json")
    assert checked.exit_code == 0, checked.output
    assert json.loads(checked.stdout)[0]["mapped"] >= 1
    assert run("mapping", "init", str(data), "-o", str(file)).exit_code == 2
    assert run("mapping", "init", str(data)).stdout == text


def test_the_walk_through_of_the_documentation_runs(
    run: Run, home: Path, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (root / "docs" / "sources.md").read_text(encoding="utf-8")
    section = text.partition("## From your own CSV")[2].partition("\n## ")[0]
    blocks = dict(re.findall(r"```(csv|sparql)\n(.*?)```", section, flags=re.DOTALL))
    monkeypatch.chdir(tmp_path)
    Path("digital-skills.csv").write_text(blocks["csv"], encoding="utf-8")
    Path("scores.rq").write_text(blocks["sparql"], encoding="utf-8")
    said = {}
    for line in "".join(re.findall(r"```sh\n(.*?)```", section, flags=re.DOTALL)).splitlines():
        command = shlex.split(line.partition("#")[0])[1:]
        told = run(*command, home=home)
        assert told.exit_code == 0, (line, told.output)
        said[" ".join(command[:2])] = told.stdout
    assert "5 rows read, 3 mapped, 2 rejected" in said["mapping check"]
    assert "5 rows read, 3 mapped, 2 rejected" in said["load table"]
    assert "digital-skills" in said["info --sources"]
    assert re.search(r"South Korea\W+87\.5", said["query --file"])
    mapping = Path("digital-skills.yaml").read_text(encoding="utf-8")
    assert 'separator: ";"' in mapping
    assert "decimal: comma" in mapping
