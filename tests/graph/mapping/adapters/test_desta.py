"""Trade agreements of DESTA: parties in ninety-one columns, comings and goings, texts and talks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Load = Callable[..., Any]
Judge = Callable[[Any], Counter[tuple[str, str]]]

VOCAB = "https://w3id.org/communique/vocab/"
FIRST = ["number", "base_treaty", "name", "entry_type", "year", "entryforceyear", "typememb", "wto_name"]
HEADER = [*FIRST, *(f"c{number}" for number in range(1, 92)), *(f"mc{number}" for number in range(1, 92))]


@pytest.fixture(scope="module")
def whole(load: Load, shared: Path) -> Any:
    return load("desta", shared / "data/trade_agreements/DESTA.csv")


@pytest.fixture
def made(load: Load, tmp_path: Path) -> Callable[..., Any]:
    """Give a function that loads invented rows: the first cells, and each party with its mark."""

    def make(*rows: tuple[str, dict[int, int]]) -> Any:
        lines = [";".join(HEADER)]
        for cells, parties in rows:
            filled = ["NA"] * (91 - len(parties))
            codes, marks = ([str(each) for each in part] for part in (parties, parties.values()))
            lines.append(";".join([*cells.split(";"), *codes, *filled, *marks, *filled]))
        file = tmp_path / "DESTA.csv"
        file.write_text("\n".join(lines) + "\n")
        return load("desta", file)

    return make


def standing(loaded: Any, agreement: str) -> dict[str, tuple[str, ...]]:
    """Give stage, year of signature and of the end of each agreement party, by its last steps."""
    where = f"?one com:ofAgreement <agreement/desta-{agreement}> ; com:stage ?stage ."
    optional = "OPTIONAL { ?one com:signedLatest ?came } OPTIONAL { ?one com:endLatest ?left }"
    found = loaded.ask(f"{where} {optional}")
    return {
        one.partition(f"desta-{agreement}/")[2]: (stage.rpartition("/")[2], came[:4], left[:4])
        for came, left, one, stage in found
    }


BASE = "7;7;Harbour Pact;base_treaty;1990;1991;2;NA"


def test_an_agreement_has_its_parties_and_its_years(made: Callable[..., Any]) -> None:
    loaded = made((BASE, {410: 0, 300: 0, 642: 0}))
    assert standing(loaded, "7") == dict.fromkeys(("KOR", "GRC", "ROU"), ("in-force", "None", "None"))
    days = (
        "<agreement/desta-7> com:concludedEarliest ?a ; com:concludedLatest ?b ; com:inForceLatest ?c ; com:edtfText ?d"
    )
    assert loaded.ask(days) == [("1990-01-01", "1990-12-31", "1991-12-31", "1990")]
    assert loaded.ask("?one a com:BilateralAgreement") == []


def test_who_accedes_and_who_leaves_is_a_party_and_no_agreement(made: Callable[..., Any]) -> None:
    loaded = made(
        (BASE, {410: 0, 300: 0}),
        ("7+1;7;Harbour Pact Romania accession;accession;1995;1996;5;NA", {410: 2, 300: 2, 642: 1}),
        ("7_1;7;Harbour Pact withdrawal Greece;withdrawal;2000;NA;7;NA", {410: 2, 642: 2, 300: 1}),
    )
    assert loaded.ask("?one a com:Agreement") == [("agreement/desta-7",)]
    assert standing(loaded, "7") == {
        "KOR": ("in-force", "None", "None"),
        "ROU": ("acceded", "1995", "None"),
        "GRC": ("withdrew", "None", "2000"),
    }
    assert loaded.ask("<party/desta-7/GRC> com:evidence ?row") == [
        ("evidence/desta-2020/desta/2",),
        ("evidence/desta-2020/desta/4",),
    ]


def test_who_comes_back_has_a_second_partyhood(made: Callable[..., Any]) -> None:
    loaded = made(
        (BASE, {410: 0, 300: 0, 642: 0}),
        ("7_1;7;Harbour Pact withdrawal Romania;withdrawal;2000;NA;7;NA", {410: 2, 300: 2, 642: 1}),
        ("7+1;7;Harbour Pact Romania accession;accession;2010;NA;5;NA", {410: 2, 300: 2, 642: 1}),
    )
    found = standing(loaded, "7")
    assert (found["ROU"], found["ROU/2010"]) == (("withdrew", "None", "2000"), ("acceded", "2010", "None"))


def test_new_members_of_a_group_accede_to_what_it_has_with_a_country(made: Callable[..., Any]) -> None:
    row = ("7+1;7;Group Algeria Malta accession;accession;2003;NA;6;NA", {12: 3, 470: 2})
    loaded = made((BASE, {12: 3, 300: 2}), row)
    assert standing(loaded, "7")["MLT"] == ("acceded", "2003", "None")
    assert standing(loaded, "7")["DZA"] == ("in-force", "None", "None")


def test_a_consolidated_text_belongs_to_its_amendment(made: Callable[..., Any]) -> None:
    loaded = made(
        (BASE, {410: 0, 300: 0}),
        ("8;7;Harbour Protocol;protocol or amendment;1999;2000;1;NA", {410: 0, 300: 0}),
        ("8a;7;Harbour Protocol;consolidated;1999;2000;1;NA", {410: 0, 300: 0}),
        ("7a;7;Harbour Pact amended;consolidated;2005;2006;1;NA", {410: 0, 300: 0}),
    )
    added = loaded.ask("?one com:supplements ?base")
    assert added == [("agreement/desta-7", "agreement/desta-7a"), ("agreement/desta-7", "agreement/desta-8")]
    assert len(loaded.ask("<agreement/desta-8> com:evidence ?row")) == 2
    (account,) = loaded.accounts.values()
    assert (account.read, account.mapped) == (4, 4)


def test_talks_are_planned(made: Callable[..., Any]) -> None:
    loaded = made(("9;9;Distant Pact;negotiation;NA;NA;1;NA", {410: 0, 300: 0}))
    assert loaded.ask("?one com:realization ?state") == [
        (each, f"{VOCAB}realization/planned")
        for each in ("agreement/desta-9", "party/desta-9/GRC", "party/desta-9/KOR")
    ]


def test_a_code_nobody_knows_stays_a_name(made: Callable[..., Any]) -> None:
    loaded = made((BASE, {410: 0, 300: 0, 999: 0}))
    assert loaded.ask("?one com:partyText ?name") == [("M49 999", "agreement/desta-7")]
    assert loaded.ask("?count com:countMin ?a ; com:enumeration ?b") == [
        ("3", f"{VOCAB}enumeration/partly-named", "count/desta-7/parties")
    ]
    assert [(each["row"], each["value"], each["lost"]) for each in loaded.rejected] == [("2", "M49 999", "value")]


def test_a_change_of_no_agreement_is_rejected(made: Callable[..., Any]) -> None:
    loaded = made((BASE, {410: 0, 300: 0}), ("6_1;6;Lost Pact withdrawal;withdrawal;2000;NA;7;NA", {410: 2, 300: 1}))
    assert [(each["row"], each["column"], each["value"]) for each in loaded.rejected] == [("3", "base_treaty", "6")]


def test_every_row_is_mapped(whole: Any) -> None:
    (account,) = whole.accounts.values()
    assert (account.read, account.mapped, account.rejected, account.left_out) == (1217, 1217, 0, 1)
    agreements = whole.ask("?one com:registerCode ?code")
    # base treaties, amendments, consolidated texts without an amendment, negotiations
    assert len(agreements) == 842 + 34 + 3 + 82


def test_the_united_kingdom_has_left_and_venezuela_twice_joined_what_it_left(whole: Any) -> None:
    assert standing(whole, "324")["GBR"] == ("withdrew", "None", "2020")
    assert standing(whole, "26")["VEN"] == ("withdrew", "1973", "2006")
    seychelles = {name: what for name, what in standing(whole, "672").items() if name.startswith("SYC")}
    assert seychelles == {"SYC": ("withdrew", "1997", "2004"), "SYC/2008": ("acceded", "2008", "None")}


def test_code_900_is_kosovo_and_territories_act_by_their_authorities(whole: Any) -> None:
    assert whole.ask("<party/desta-10/XKX> com:party ?who") == [("state/XKX",)]
    assert whole.ask("<party/desta-220/hkg-authorities> com:party ?who") == [("org/hkg-authorities",)]


def test_negotiations_have_no_year(whole: Any) -> None:
    planned = whole.ask("?one a com:Agreement ; com:realization real:planned")
    assert len(planned) == 82
    assert whole.ask("?one com:realization real:planned ; com:concludedLatest ?day") == []


@pytest.mark.slow
def test_the_agreements_pass_the_gate(whole: Any, judge: Judge) -> None:
    # In force before signature: two agreements and two accessions. Bilateral agreements that others joined.
    assert judge(whole) == {("R57", "Warning"): 4, ("R59", "Warning"): 2}
