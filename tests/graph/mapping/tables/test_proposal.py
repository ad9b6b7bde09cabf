"""What is guessed of a table from its first rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from communique.graph.mapping.tables.proposal import guess_columns, sample, sentinels


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("Country,Year,Score\nPeru,2020,1\nChad,2020,2\n", 1),
        (",Country,Year,Score\n0,Peru,2020,1\n1,Chad,2020,2\n", 1),  # as pandas writes its index
        ("Country,,Score\nPeru,2020,1\nChad,2020,2\n", 1),
        ("Scores of 2020,,\nCountry,Year,Score\nPeru,2020,1\nChad,2020,2\n", 2),  # a title above
        ("Scores,\nCountry,Score\nPeru,1\nChad,2\n", 2),
    ],
)
def test_a_blank_name_is_a_name_and_a_title_is_none(tmp_path: Path, text: str, header: int) -> None:
    file = tmp_path / "scores.csv"
    file.write_text(text)
    found = sample(file)
    assert found.layout.header == header
    assert len(found.rows) == 2


@pytest.mark.parametrize(
    ("codes", "missing"),
    [
        (["NA", "PE", "TD"], []),  # Namibia among other codes
        (["NA", "Peru", "Chad"], ["NA"]),
        (["NA", "1.5", "2.5"], ["NA"]),
        (["NA", "XX", "QQ"], ["NA"]),  # no codes of states
        (["NA", "PE", "TD", "-"], ["-"]),
    ],
)
def test_the_code_of_namibia_is_no_missing_value(tmp_path: Path, codes: list[str], missing: list[str]) -> None:
    file = tmp_path / "scores.csv"
    file.write_text("Code,Score\n" + "".join(f"{code},{number}\n" for number, code in enumerate(codes)))
    assert sentinels(sample(file)) == missing


@pytest.mark.parametrize(
    ("cells", "kind", "settings"),
    [
        (["1,234.5", "1,000.25", "0.80"], "decimal", ""),
        (["1.234,5", "1.000,25", "0,80"], "decimal", "decimal: comma"),
        (["1,234", "1,000", "12,500"], "text", ""),  # thousands, or three places
        (["1,5", "2,25", "3"], "decimal", "decimal: comma"),
    ],
)
def test_the_decimal_sign_is_the_one_that_reads_all_numbers(
    tmp_path: Path, cells: list[str], kind: str, settings: str
) -> None:
    file = tmp_path / "scores.csv"
    file.write_text("Country;Score\n" + "".join(f"{n};{cell}\n" for n, cell in enumerate(cells)))
    score = list(guess_columns(sample(file)))[1]
    assert score.kind == kind
    assert ("comma" in score.settings) == ("comma" in settings)
