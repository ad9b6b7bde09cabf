"""``communique duplicates``: proposals are published as candidates, replaced by the next run, and judged."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from communique.graph.store.journal import Journal
from communique.graph.store.workspace import Workspace
from communique.graph.terms.identifiers import DUPLICATES

Run = Callable[..., Result]

# A register that lists an agreement of the packaged documents once more, under a name of its own.
REGISTER = """
@base <https://w3id.org/communique/id/> .
@prefix com: <https://w3id.org/communique/ns#> .
@prefix real: <https://w3id.org/communique/vocab/realization/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<../graph/doc/DOC> {
  <document/DOC> a com:SourceDocument ; skos:prefLabel "Register DOC"@en ;
    com:fileDigest "00000000000000000000000000000000000000000000000000000000000009aa" ;
    com:documentDateEarliest "2020-01-01"^^xsd:date ; com:documentDateLatest "2020-01-01"^^xsd:date .
  <evidence/DOC/1> a com:Evidence ; com:inDocument <document/DOC> ; com:locator 1 ;
    com:passageDigest "00000000000000000000000000000000000000000000000000000000009000aa" .
  <agreement/DOC-7> a com:Treaty ; skos:prefLabel "Treaty on the Exchange of Postage Stamps"@en ;
    com:evidence <evidence/DOC/1> ; com:realization real:occurred ; com:asOf "2020-01-01"^^xsd:date ;
    com:concludedEarliest "1999-01-01"^^xsd:date ; com:concludedLatest "1999-12-31"^^xsd:date .
  <party/DOC-7/KEN> a com:AgreementParty ; com:ofAgreement <agreement/DOC-7> ; com:party <state/KEN> ;
    com:evidence <evidence/DOC/1> ; com:realization real:occurred ; com:asOf "2020-01-01"^^xsd:date .
  <party/DOC-7/UGA> a com:AgreementParty ; com:ofAgreement <agreement/DOC-7> ; com:party <state/UGA> ;
    com:evidence <evidence/DOC/1> ; com:realization real:occurred ; com:asOf "2020-01-01"^^xsd:date .
}
"""


@pytest.fixture
def home(built: Path, tmp_path: Path, run: Run) -> Path:
    """Give a copy of the published graph with two registers beside it."""
    home = tmp_path / "home"
    shutil.copytree(built, home, symlinks=True)
    for key in ("stamps-a", "stamps-b"):
        (tmp_path / f"{key}.trig").write_text(REGISTER.replace("DOC", key))
    files = [str(tmp_path / f"{key}.trig") for key in ("stamps-a", "stamps-b")]
    loaded = run("load", *files, home=home)
    assert loaded.exit_code == 0, loaded.output
    return home


def candidates(home: Path) -> int:
    return Workspace(home).current().graphs[DUPLICATES.value]


def test_proposals_are_published_judged_and_not_proposed_again(run: Run, home: Path) -> None:
    before = Workspace(home).current_id()
    (shown,) = json.loads(run("duplicates", "--dry-run", "--format", "json", home=home).stdout)
    assert (shown["score"], Workspace(home).current_id()) == (1.0, before)

    first = run("duplicates", home=home)
    assert first.exit_code == 0, first.output
    assert "1 proposed" in first.stdout and "published" in first.stdout
    assert run("duplicates", home=home).stdout.splitlines()[-1].startswith("unchanged")
    assert Journal(home).activities()[-1].kind == "propose"
    assert candidates(home) > 10

    (listed,) = [row for row in json.loads(run("review", "--format", "json", home=home).stdout) if row["score"]]
    assert listed["features"] == {"partyScore": 1.0, "dateScore": 1.0, "titleScore": 1.0, "kindScore": 1.0}
    assert run("review", "--accept", listed["id"], "--agent", "Ada", home=home).exit_code == 0

    again = run("duplicates", home=home)
    assert "0 proposed, 1 left out" in again.stdout
    assert candidates(home) == 2, "the lines that say what the graph is for, and how certain"


def test_a_table_is_shown_to_people(run: Run, home: Path) -> None:
    told = run("duplicates", "--dry-run", home=home)
    assert told.exit_code == 0 and "agreement/stamps-a-7" in told.stdout
