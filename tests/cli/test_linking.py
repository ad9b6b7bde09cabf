"""``communique link``: the file with nodes added, the account, the mapping set, and what is refused."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from communique.graph.terms import sssom

Run = Callable[..., Result]

STATE = "https://w3id.org/communique/id/state/"
ROWS = """Country,Year,Value
"Korea, Dem. Rep.",2001,1
Congo,1985,2
Congo,2010,3
Atlantis,2000,4
,2000,5
"""


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "data.csv"
    path.write_text(ROWS, encoding="utf-8")
    return path


def records(text: str) -> list[dict[str, str]]:
    """Read CSV."""
    return list(csv.DictReader(io.StringIO(text)))


def test_states_are_linked_without_a_store(run: Run, table: Path, tmp_path: Path) -> None:
    result = run("link", str(table), "--column", "Country", "--date", "Year", home=tmp_path / "nowhere")
    assert result.exit_code == 0, result.output
    rows = records(result.stdout)
    assert [row["Country_iri"] for row in rows] == [f"{STATE}PRK", f"{STATE}COG", "", "", ""]
    assert [row["Country_verdict"] for row in rows] == ["match", "match", "candidates", "none", "none"]
    assert rows[2]["Country_candidates"].split() == [f"{STATE}COD", f"{STATE}COG"]
    assert [row["Value"] for row in rows] == list("12345")
    assert "5 rows: 2 match, 1 candidates, 1 none, 1 empty; 4 different names" in result.stderr
    assert "Congo: state/COD 0.50, state/COG 0.50" in result.stderr


def test_organizations_are_sought_in_the_published_graph(run: Run, tmp_path: Path) -> None:
    table = tmp_path / "bodies.tsv"
    table.write_text("body\tcountry\nMinistry of the Interior\tRepublic of Korea\nMinistry of the Interior\tFrance\n")
    result = run("link", str(table), "--column", "body", "--type", "Organization", "--context", "country")
    assert result.exit_code == 0, result.output
    first, second = records(result.stdout)
    assert first["body_iri"].endswith("/org/kor-interior-ministry")
    assert (second["body_verdict"], second["body_iri"]) == ("candidates", "")


def test_persons_need_a_context(run: Run, tmp_path: Path) -> None:
    table = tmp_path / "people.jsonl"
    lines = [{"name": "Lee In-jae", "at": "Ministry of the Interior"}, {"name": "Lee In-jae"}]
    table.write_text("\n".join(json.dumps(line) for line in lines))
    result = run("link", str(table), "--column", "name", "--type", "Person", "--context", "at")
    assert result.exit_code == 0, result.output
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row["name_verdict"] for row in rows] == ["match", "candidates"]
    assert rows[0]["name_iri"].endswith("/person/lee-in-jae")


def test_the_mapping_set_is_written(run: Run, table: Path, tmp_path: Path) -> None:
    path = tmp_path / "found.sssom.tsv"
    output = tmp_path / "out.tsv"
    result = run("link", str(table), "--column", "Country", "--mappings", str(path), "-o", str(output))
    assert (result.exit_code, result.stdout) == (0, "")
    rows = list(sssom.read(path.read_text(encoding="utf-8"), "found"))
    assert {row.text("subject_label"): row.text("object_id") for row in rows}["Korea, Dem. Rep."] == "id:state/PRK"
    assert output.read_text(encoding="utf-8").startswith("Country\tYear\tValue\tCountry_iri\t")


def test_the_account_as_json_explains_what_was_not_decided(run: Run, table: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    result = run("link", str(table), "--column", "Country", "-o", str(out), "--format", "json")
    account = json.loads(result.stdout)
    assert account["rows"] == {"match": 1, "candidates": 2, "none": 1, "empty": 1, "rejected": 0}
    congo = next(each for each in account["undecided"] if each["name"] == "Congo")
    told = "means Congo - Brazzaville or Congo - Kinshasa"
    assert congo["candidates"][0]["features"] == [{"name": "name", "value": told, "score": 0.5}]
    assert len(out.read_text(encoding="utf-8").splitlines()) == 5


def test_faulty_rows_and_dates_are_told(run: Run, tmp_path: Path) -> None:
    table = tmp_path / "data.csv"
    table.write_text("Country,Year\nKenya,soon\nPeru\nChad,1999\n")
    result = run("link", str(table), "--column", "Country", "--date", "Year")
    assert [row["Country"] for row in records(result.stdout)] == ["Kenya", "Chad"]
    assert "row 2: 'soon' is no date" in result.stderr
    assert "row 3 left out: 1 cells where the header has 2" in result.stderr
    assert "3 rows: 2 match, 1 rejected" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--column", "Land"), "no column 'Land'"),
        (("--column", "Country", "--date", "When"), "no column 'When'"),
        (("--column", "Country", "--type", "Unicorn"), "nothing of type 'Unicorn'"),
        (("--column", "Country", "--format", "json"), "--output"),
        (("--column", "Country", "-o", "out.xlsx"), "cannot write out.xlsx"),
        ((), "--column"),
    ],
)
def test_what_cannot_be_done_is_refused(run: Run, table: Path, arguments: tuple[str, ...], told: str) -> None:
    result = run("link", str(table), *arguments)
    assert result.exit_code == 2
    assert told in result.stderr


def test_a_linked_file_is_not_linked_again(run: Run, table: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.csv"
    run("link", str(table), "--column", "Country", "-o", str(output))
    result = run("link", str(output), "--column", "Country")
    assert (result.exit_code, "is there already" in result.stderr) == (2, True)


def test_without_a_store_other_types_are_told_what_to_do(run: Run, table: Path, tmp_path: Path) -> None:
    result = run("link", str(table), "--column", "Country", "--type", "Organization", home=tmp_path / "nowhere")
    assert result.exit_code == 3
    assert "communique build" in result.stderr
