"""The proceedings of ICEGOV: states belong to papers, a person is a name on one paper, equal names await judgement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Load = Callable[..., Any]
Judge = Callable[[Any], Counter[tuple[str, str]]]

NAMES = "year,title,authors,countries,keywords,conference,doi,url,concepts,citations,downloads,abstract\n"
CONFERENCE = "Proceedings of the {} International Conference on Theory and Practice of Electronic Governance"
FILE = "icegov-proceedings-all-editions.csv"


@pytest.fixture(scope="module")
def real(load: Load, shared: Path) -> Any:
    """Load all papers."""
    return load("icegov", shared / "data" / "icegov_proceedings")


def paper(number: int, authors: str, countries: str, conference: str = "9th") -> str:
    text = CONFERENCE.format(conference)
    return f'2016,Paper {number},"{authors}",{countries},a; b,{text},10.1145/1.{number},http://x,,1,2,Long text\n'


def test_invented_papers_persons_and_possible_matches(load: Load, judge: Judge, tmp_path: Path) -> None:
    rows = (
        paper(1, "Doe, Jane; Roe, R.", "Kenya; Kenya; "),
        paper(2, "DOE, Jane", "Estonia; Macao"),
        paper(3, "Doe, Jane; Doe, J.", "", "10th"),
    )
    (tmp_path / FILE).write_text(NAMES + "".join(rows), encoding="utf-8")
    loaded = load("icegov", tmp_path)
    paper_1 = "publication/icegov-10-1145-1-1"
    assert loaded.ask(f"<{paper_1}> com:authorState ?a") == [("state/KEN",)]
    assert loaded.ask(f"<{paper_1}> com:author ?a") == [
        ("person/icegov-10-1145-1-1-doe-jane",),
        ("person/icegov-10-1145-1-1-roe-r",),
    ]
    assert loaded.ask("?a a com:CandidateMatch ; com:candidateLeft ?b ; com:candidateRight ?c")[0][1:] == (
        "person/icegov-10-1145-1-1-doe-jane",
        "person/icegov-10-1145-1-2-doe-jane",
    )
    assert len(loaded.ask("?a a com:CandidateMatch")) == 2
    assert loaded.ask("?a com:editionOf <series/icegov> ; com:ordinal ?b") == [
        ("event/icegov-10", "10"),
        ("event/icegov-9", "9"),
    ]
    assert loaded.ask("<event/icegov-9> com:beginEarliest ?a") == []
    assert [(each["value"], each["lost"]) for each in loaded.rejected] == [("Estonia; Macao", "value")]
    assert {severity for _, severity in judge(loaded)} <= {"Info"}


def test_no_paper_is_lost(real: Any) -> None:
    (account,) = real.accounts.values()
    assert (account.read, account.mapped) == (903, 903)
    assert len(real.ask("?a a com:Publication")) == 903
    assert len(real.ask("?a a com:Person")) == 2089
    assert {each["lost"] for each in real.rejected} == {"value"}


def test_a_country_for_each_author_is_one_state_of_the_paper(real: Any) -> None:
    counts = Counter(paper for paper, _ in real.ask("?a com:authorState ?b"))
    assert len(counts) > 800
    korea = {paper for paper, state in real.ask("?a com:authorState ?b") if state == "state/KOR"}
    assert korea


def test_years_are_those_of_publication_and_no_conference_is_dated(real: Any) -> None:
    assert "2015" not in {year for _, year in real.ask("?a com:publicationYear ?b")}
    assert len(real.ask("?a com:editionOf <series/icegov>")) == 10
    assert real.ask("?a com:editionOf <series/icegov> ; com:beginEarliest ?b") == []


def test_no_abstract_and_no_address_of_a_page_is_kept(real: Any) -> None:
    assert max(len(label) for _, label in real.ask("?a skos:prefLabel ?b")) < 300
    assert real.ask("?a ?b ?c FILTER(CONTAINS(STR(?c), 'citation.cfm'))") == []
