"""GPTAD, LABPTA, TREND and the investment treaties of UNCTAD: names in cells, two orders of dates, names alone."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from communique.graph.mapping.adapters.gptad import read_members

Load = Callable[..., Any]
Judge = Callable[[Any], Counter[tuple[str, str]]]

STAGE = "https://w3id.org/communique/vocab/stage/"
GPTAD = "Common.Name,Membership,Type,Date.of.Signature,Date.of.Entry.into.Force,In.force.status"
UNCTAD = ["name", "Parties", "Treaty type", "Status", "Date of signature", "Date of entry into force"]
UNCTAD += ["Date of termination", "Short title:"]


@pytest.fixture(scope="module")
def folder(shared: Path) -> Path:
    return shared / "data/trade_agreements"


@pytest.fixture(scope="module")
def gptad(load: Load, folder: Path) -> Any:
    return load("gptad", folder / "GPTAD.csv")


@pytest.fixture(scope="module")
def trend(load: Load, folder: Path) -> Any:
    return load("trend", folder / "TREND.csv")


@pytest.fixture(scope="module")
def labpta(load: Load, folder: Path) -> Any:
    return load("labpta", folder / "LABPTA.csv")


@pytest.fixture(scope="module")
def unctad(load: Load, folder: Path) -> Any:
    return load("unctad-iia", folder / "unctad_iia_mapping_raw.csv.gz")


@pytest.fixture
def treaties(load: Load, tmp_path: Path) -> Callable[..., Any]:
    """Give a function that loads invented investment treaties."""

    def make(*rows: tuple[str, ...]) -> Any:
        file = tmp_path / "unctad_iia_mapping_raw.csv"
        with file.open("w", newline="") as out:
            csv.writer(out).writerows([UNCTAD, *rows])
        return load("unctad-iia", file)

    return make


def names(cell: str, day: date | None = None) -> list[str | None]:
    """Read a cell of members to the last steps of their nodes."""
    found = [member.found for member in read_members(cell, (day,))]
    return [node.value.rpartition("/")[2] if node else None for node in found]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("Greece, Romania", ["GRC", "ROU"]),
        ("Chile; China", ["CHL", "CHN"]),
        ("Uzbekistan and Ukraine", ["UZB", "UKR"]),
        ("Trinidad and Tobago, Cuba", ["TTO", "CUB"]),
        ("Suriname and Trinidad and Tobago", ["SUR", "TTO"]),
        ("Denmark, Finland France, Spain Sweden", ["DNK", "FIN", "FRA", "ESP", "SWE"]),
        ("EFTA (Iceland, Norway and Switzerland), Chile\\r\\n\\r\\n", ["ISL", "NOR", "CHE", "CHL"]),
        ("European Community ((Austria, Belgium), Algeria", ["AUT", "BEL", "DZA"]),
        ("SAARC (South Asian Association for Regional Cooperation) (Bhutan, India)", ["BTN", "IND"]),
        ("China (Taiwan), Panama", ["TWN", "PAN"]),
        ("Jordan, United Arab Emirates (UAE)", ["JOR", "ARE"]),
        ("Allemagne, Côte d'Ivoire", ["DEU", "CIV"]),
        ("Buglaria, the Philippines, Yugoslavia.", ["BGR", "PHL", "YUG"]),
        ("Korea, Singapore - Korea", ["KOR", "SGP", "KOR"]),
        ("Atlantis, Chile", [None, "CHL"]),
        ("Congo, Gabon", [None, "GAB"]),
        ("", []),
    ],
)
def test_members_of_a_cell_are_told_apart(cell: str, expected: list[str | None]) -> None:
    assert names(cell) == expected


def test_a_name_is_read_on_the_day_of_signature() -> None:
    assert names("Congo, Zaire", date(1991, 6, 3)) == ["COG", "COD"]


def test_gptad_agreements_of_one_name_stay_apart(load: Load, tmp_path: Path) -> None:
    rows = ['A - B,"Greece, Romania",Bilateral Free Trade Agreement,03/06/2003,05/13/2003,in force'] * 2
    rows.append('A - B,"Greece, Romania",Bilateral Free Trade Agreement,03/06/2003,N/A,unknown')
    rows.append('C,"Greece, Romania",Bilateral Free Trade Agreement,n/a,N/A,signed - not yet in force')
    file = tmp_path / "GPTAD.csv"
    file.write_text("\n".join([GPTAD, *rows]))
    loaded = load("gptad", file)
    found = [one for (one,) in loaded.ask("?one a com:Agreement")]
    assert len(found) == 3 and found[-1] == "agreement/gptad-c"
    assert all(one.startswith("agreement/gptad-a-b-") for one in found[:2])
    assert [each["reason"] for each in loaded.rejected] == ["repeats row 2"]
    assert loaded.ask("<party/gptad-c/GRC> com:stage ?stage") == [(f"{STAGE}signed",)]
    assert loaded.ask("<agreement/gptad-c> com:concludedLatest|com:inForceLatest ?day") == []


def test_gptad_has_the_month_first(gptad: Any) -> None:
    (days,) = gptad.ask(
        "?one skos:prefLabel 'Albania - Croatia'@en ; com:concludedLatest ?day ; com:inForceLatest ?force"
    )
    assert days[:2] == ("2002-09-27", "2003-06-01")


def test_gptad_loses_one_row_and_says_what_it_does_not_know(gptad: Any) -> None:
    (account,) = gptad.accounts.values()
    assert (account.read, account.mapped, account.rejected) == (352, 351, 1)
    assert len(gptad.ask("?one skos:prefLabel 'Afghanistan - India'@en")) == 2
    unsigned = gptad.ask("?one a com:Agreement . FILTER NOT EXISTS { ?one com:concludedLatest ?day }")
    assert len(unsigned) == 53
    untied = {each["value"] for each in gptad.rejected if each["lost"] == "value"}
    assert "Congo" in untied and len(untied) == 9
    assert {name for name, _ in gptad.ask("?one com:partyText ?name")} == untied


def test_gptad_passes_the_gate(gptad: Any, judge: Judge) -> None:
    # In force before signature; groups whose agreements are filed as bilateral; names that cannot be tied.
    assert judge(gptad) == {("R57", "Warning"): 4, ("R59", "Warning"): 24, ("R60", "Warning"): 7}


def test_registers_of_names_alone_invent_no_party(trend: Any, labpta: Any) -> None:
    for loaded, count in ((trend, 730), (labpta, 483)):
        (account,) = loaded.accounts.values()
        assert (account.read, account.mapped) == (count, count)
        assert loaded.ask("?one a com:AgreementParty") == []
        unnamed = loaded.ask(
            "?one com:partyCount ?count . ?count com:countMin 2 ; com:enumeration enumeration:none-named"
        )
        assert len(unnamed) == count


def test_trend_has_number_name_and_year_in_a_cell(trend: Any) -> None:
    assert trend.ask("<agreement/trend-222-china-new-zealand-2008> com:registerCode ?code ; skos:prefLabel ?name") == [
        ("TREND 222", "China New Zealand")
    ]
    assert len(trend.ask("?one com:registerCode 'TREND 293+1'")) == 3


def test_trend_without_year_is_not_known_to_be_concluded(trend: Any) -> None:
    unknown = trend.ask("?one com:realization real:unknown")
    assert ("agreement/trend-848-canada-ec-ceta",) in unknown
    assert trend.ask("?one com:realization real:unknown ; com:concludedLatest ?day") == []


def test_trend_years_that_differ_are_kept_and_told(trend: Any) -> None:
    told = trend.ask("?about ^com:about ?one . ?one com:discrepancyText ?text")
    assert len(told) == 4
    assert ("agreement/trend-14-albania-serbia-2004", "the name says 2004, the column Year 2003") in [
        (about, text) for about, _, text in told
    ]


def test_unctad_treaties_have_a_line_for_each_party(treaties: Callable[..., Any]) -> None:
    kind = "Bilateral Investment Treaties"
    loaded = treaties(
        ("Greece - Congo BIT (1990)", "1. Greece\n2. Congo", kind, "In force", "04/03/1990", "02-1991", "", ""),
        (
            "EU - Chile",
            "1. EU (European Union)\n2. Chile",
            kind,
            "Signed",
            "04/03/1990",
            "",
            "",
            "EU - Chile FTA (1990)",
        ),
        ("Lost - Chile BIT (1991)", "1. Atlantis\n2. Chile", kind, "Terminated", "05/03/1990", "", "06/03/1999", ""),
    )
    first = "<party/unctad-iia-greece-congo-bit-1990/{}> com:stage ?stage"
    assert loaded.ask(first.format("COG")) == loaded.ask(first.format("GRC")) == [(f"{STAGE}in-force",)]
    days = "com:concludedLatest ?a ; com:inForceEarliest ?b ; com:inForceLatest ?c"
    assert loaded.ask(f"<agreement/unctad-iia-greece-congo-bit-1990> {days}") == [
        ("1990-03-04", "1991-02-01", "1991-02-28")
    ]
    assert loaded.ask("<party/unctad-iia-eu-chile/eu> com:party ?who ; com:stage ?stage") == [
        (f"{STAGE}signed", "org/eu")
    ]
    assert loaded.ask("<org/eu> skos:prefLabel ?name") == [("European Union",)]
    assert loaded.ask("?one com:partyText ?name") == [("Atlantis", "agreement/unctad-iia-lost-chile-bit-1991")]
    assert loaded.ask("?one com:discrepancyText ?text") == [
        (
            "discrepancy/unctad-iia-lost-chile-bit-1991/the-name-says-1991-the-date-of-signature-05-03-1990",
            "the name says 1991, the date of signature 05/03/1990",
        )
    ]


def test_unctad_signed_is_not_in_force(unctad: Any) -> None:
    (account,) = unctad.accounts.values()
    assert (account.read, account.mapped, account.left_out) == (2577, 2577, 0)
    without = unctad.ask("?one a com:Treaty . FILTER NOT EXISTS { ?one com:inForceLatest ?day }")
    assert len(without) == 339
    stages = Counter(stage.removeprefix(STAGE) for _, stage in unctad.ask("?one com:stage ?stage"))
    assert stages["signed"] >= 318 * 2 and set(stages) == {"in-force", "signed", "ended"}
    assert unctad.ask("?one com:stage stage:signed ; com:ofAgreement ?what . ?what com:inForceLatest ?day") == []


def test_unctad_has_the_day_first(unctad: Any) -> None:
    assert unctad.ask("<agreement/unctad-iia-afghanistan-germany-bit-2005> com:concludedLatest ?day") == [
        ("2005-04-20",)
    ]


def test_unctad_criteria_do_not_reach_the_graph(unctad: Any) -> None:
    assert unctad.ask("?one ?property ?text . FILTER(CONTAINS(STR(?text), 'Mapping Project De'))") == []


def test_one_agreement_has_other_names_in_each_register(gptad: Any, trend: Any, labpta: Any) -> None:
    label = "?one skos:prefLabel ?name . FILTER(REGEX(STR(?name), '^Afghanistan.*India'))"
    assert [{name for name, _ in loaded.ask(label)} for loaded in (gptad, trend, labpta)] == [
        {"Afghanistan - India"},
        {"Afghanistan India"},
        {"Afghanistan India"},
    ]


@pytest.mark.slow
def test_investment_treaties_pass_the_gate(unctad: Any, judge: Judge) -> None:
    assert judge(unctad) == {("R55", "Warning"): 3}


@pytest.mark.slow
def test_names_alone_pass_the_gate(trend: Any, labpta: Any, judge: Judge) -> None:
    # Years that differ; numbers that protocols share.
    assert judge(trend) == {("R55", "Warning"): 4, ("R61", "Warning"): 4}
    assert judge(labpta) == {}
