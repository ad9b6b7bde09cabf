"""Environmental agreements of IEADB: placeholders, codes of inclusion, steps of countries, and those that took none."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import python_calamine

from communique.graph.errors import SourceError

Load = Callable[..., Any]
Judge = Callable[[Any], Counter[tuple[str, str]]]

VOCAB = "https://w3id.org/communique/vocab/"
TREATIES = [
    "IEA# (click for add'l info)",
    "Inclusion",
    "Signature Year",
    "Signature Date",
    "Date IEA entered into force",
    "Treaty Name",
    "Agreement Type (level 2)",
    "Lineage",
    "Sequence in lineage",
    "Secretariat",
]
MEMBERS = ["country", "mitch_id", "tterm", "csig", "crat", "ceif3", "ceif4", "ceif5", "ceif6", "ceif7"]
# The Antarctic Treaty, and what lies around it in both tables.
NUMBERS = range(2680, 2700)


def write(path: Path, *rows: list[str]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows(rows)
    return path


@pytest.fixture
def made(load: Load, tmp_path: Path) -> Callable[..., Any]:
    """Give a function that loads an invented agreement and its countries."""

    def make(treaty: list[str], *countries: list[str]) -> Any:
        rows = [each + [""] * (len(MEMBERS) - len(each)) for each in countries]
        return load(
            "iea",
            write(tmp_path / "IEADB_treaties.csv", TREATIES, treaty),
            write(tmp_path / "IEADB_membership.csv", MEMBERS, *rows),
        )

    return make


@pytest.fixture(scope="module")
def folder(shared: Path) -> Path:
    return shared / "data/environment_agreements"


@pytest.fixture(scope="module")
def part(load: Load, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Load all agreements, and the countries of some."""
    workbook = python_calamine.CalamineWorkbook.from_path(folder / "IEADB_membership.xlsx")
    head, *rows = workbook.get_sheet_by_name("Sheet1").to_python()
    kept = [[*row[:1], int(float(str(row[1]))), *row[2:]] for row in rows if float(str(row[1])) in NUMBERS]
    place = tmp_path_factory.mktemp("iea") / "IEADB_membership.csv"
    members = write(place, *([str(cell) for cell in row] for row in (head, *kept)))
    return load("iea", folder / "IEADB_treaties.csv", members)


TREATY = [
    "9",
    "MEA",
    "1990",
    "1990-05-04",
    "1991-01-02",
    "River Convention",
    "Agreement",
    "Rivers",
    "100.010",
    "Office",
]


def stages(loaded: Any) -> dict[str, str]:
    """Give the stage of each agreement party."""
    return {
        one.removeprefix("party/iea-9/"): stage.rpartition("/")[2] for one, stage in loaded.ask("?one com:stage ?stage")
    }


def test_each_step_has_its_day(made: Callable[..., Any]) -> None:
    loaded = made(
        TREATY,
        ["Greece", "9", "", "1990-05-04", "1990-09-01", "1991-01-02"],
        ["Romania", "9", "", "1990-05-04", "1990-10-01"],
        ["Korea, Republic of", "9", "", "1990-05-04"],
        ["Chile", "9", "", "1990-05-04", "", "2899-01-01"],
        ["Albania", "9"],
    )
    assert stages(loaded) == {"GRC": "in-force", "ROU": "ratified", "KOR": "signed", "CHL": "signed"}
    days = "com:signedLatest ?a ; com:ratifiedLatest ?b ; com:inForceLatest ?c"
    assert loaded.ask(f"<party/iea-9/GRC> {days}") == [("1990-05-04", "1990-09-01", "1991-01-02")]
    assert loaded.ask("<party/iea-9/CHL> com:inForceEarliest ?day") == []
    assert [(each["row"], each["file"]) for each in loaded.rejected] == [("6", "IEADB_membership.csv")]


def test_who_leaves_and_comes_back_has_two_partyhoods(made: Callable[..., Any]) -> None:
    left = ["Greece", "9", "", "1990-05-04", "1990-09-01", "1991-01-02", "1995-01-01", "1999-01-01"]
    loaded = made(TREATY, left, ["Chile", "9", "", "1990-05-04", "", "1991-01-02", "1996-01-01"])
    assert stages(loaded) == {"GRC": "withdrew", "GRC/1999": "in-force", "CHL": "withdrew"}
    assert loaded.ask("<party/iea-9/GRC> com:endLatest ?day") == [("1995-01-01",)]
    assert loaded.ask("<party/iea-9/GRC/1999> com:signedLatest ?day") == []


def test_an_agreement_that_ended_binds_nobody(made: Callable[..., Any]) -> None:
    loaded = made(TREATY, ["Greece", "9", "2000-01-01", "1990-05-04"], ["Chile", "9", "2000-01-01"])
    assert stages(loaded) == {"GRC": "ended"}
    assert loaded.ask("<agreement/iea-9> com:endLatest ?day") == [("2000-01-01",)]


def test_codes_of_inclusion_say_three_things(made: Callable[..., Any]) -> None:
    loaded = made(
        ["9", "BEN", *TREATY[2:6], "Memorandum of Understanding", *TREATY[7:]], ["Greece", "9", "", "1990-05-04"]
    )
    kinds = {
        kind.removeprefix(f"{VOCAB}agreement-kind/")
        for (kind,) in loaded.ask("<agreement/iea-9> com:agreementKind ?kind")
    }
    assert kinds == {"bilateral", "environmental-agreement", "non-binding"}
    assert loaded.ask("?one a com:MemorandumOfUnderstanding") == [("agreement/iea-9",)]
    count = "?count com:countMin ?a ; com:countMax ?b ; com:enumeration ?c"
    assert loaded.ask(count) == [("2", "2", f"{VOCAB}enumeration/partly-named", "count/iea-9/parties")]
    assert loaded.ask("?one a com:BilateralAgreement") == []


@pytest.mark.parametrize(
    ("year", "day", "expected"),
    [
        ("1977", "0000-00-00", ("1977-01-01", "1977-12-31", "occurred")),
        ("2699", "2699-01-01", ("None", "None", "unknown")),
        ("1953", "1949-05-31", ("1949-05-31", "1949-05-31", "occurred")),
    ],
)
def test_placeholders_are_no_dates(
    made: Callable[..., Any], year: str, day: str, expected: tuple[str, str, str]
) -> None:
    loaded = made([*TREATY[:2], year, day, "2999-01-01", *TREATY[5:]], ["Greece", "9", "", "", "", "2899-01-01"])
    days = "OPTIONAL { ?one com:concludedEarliest ?a ; com:concludedLatest ?b }"
    ((first, last, _, state),) = loaded.ask(f"?one a com:Agreement ; com:realization ?state . {days}")
    assert (first, last, state.rpartition("/")[2]) == expected
    assert loaded.ask("?one com:inForceLatest ?day") == []
    assert loaded.ask("<party/iea-9/GRC> com:realization ?state") == [(state,)]
    assert len(loaded.ask("?one com:discrepancyText ?text")) == (year == "1953")


def test_all_agreements_are_mapped(part: Any) -> None:
    assert not [each for each in part.rejected if each["file"] == "IEADB_treaties.csv"]
    assert len(part.ask("?one com:registerCode ?code")) == 5728
    assert len(part.ask("?one a com:MemorandumOfUnderstanding")) == 230
    assert len(part.ask("?one a com:Declaration")) == 128


def test_all_codes_of_inclusion_are_read(part: Any) -> None:
    kinds = Counter(kind.rpartition("/")[2] for kind, _ in part.ask("?one com:agreementKind ?kind"))
    assert (kinds["bilateral"], kinds["multilateral"], kinds["otherwise-composed"]) == (3207, 2042, 479)
    assert (kinds["environmental-agreement"], kinds["non-binding"]) == (4472, 734)


def test_no_agreement_was_signed_in_2699(part: Any) -> None:
    late = "?one com:concludedLatest|com:inForceLatest ?day . FILTER(?day > '2021-12-31'^^xsd:date)"
    assert part.ask(late) == []
    assert len(part.ask("?one a com:Agreement ; com:realization real:unknown")) == 37
    yearly = part.ask("?one com:edtfText ?text . FILTER(STRLEN(?text) = 4)")
    assert len(yearly) == 165


def test_labels_of_links_are_no_content(part: Any) -> None:
    texts = "?one ?property ?text . FILTER(STR(?text) IN ('Members', 'Data', 'Lit', 'Treaty Text**', 'UNEP Info'))"
    assert part.ask(texts) == []


def test_a_lineage_joins_what_amends_each_other(part: Any) -> None:
    assert len(part.ask("?one com:lineage <lineage/iea-marpol>")) == 125
    assert part.ask("?one a com:Lineage ; skos:prefLabel 'Not Yet Assigned'@en") == []


def test_who_may_join_the_antarctic_treaty_is_no_party(part: Any) -> None:
    parties = {who for _, who in part.ask("?one com:ofAgreement <agreement/iea-2688> ; com:party ?who")}
    assert "state/GBR" in parties and "state/ALB" not in parties
    assert len(parties) == 56
    assert len([each for each in part.rejected if each["reason"].startswith("no step")]) == part_of_idle(part)


def part_of_idle(part: Any) -> int:
    """Count the rows of countries that the account says were not mapped."""
    (account,) = part.accounts.values()
    return int(account.rejected)


def test_the_sample_of_another_database_is_not_loaded(load: Load, folder: Path) -> None:
    with pytest.raises(SourceError, match="no file of iea"):
        load("iea", folder / "HUGGO_env_reconciled.csv")


@pytest.mark.slow
def test_the_part_passes_the_gate(part: Any, judge: Judge) -> None:
    # Sixteen agreements were in force before they were signed; in six the year is not that of the day.
    found = judge(part)
    assert set(found) == {("R55", "Warning"), ("R57", "Warning")}
    assert found["R55", "Warning"] == 6 and found["R57", "Warning"] >= 16


@pytest.mark.slow
def test_the_whole_register_passes_the_gate(load: Load, folder: Path, judge: Judge) -> None:
    loaded = load("iea", folder)
    (account,) = loaded.accounts.values()
    assert (account.read, account.mapped, account.rejected) == (32730, 22867, 9863)
    assert judge(loaded) == {("R55", "Warning"): 6, ("R57", "Warning"): 100}
