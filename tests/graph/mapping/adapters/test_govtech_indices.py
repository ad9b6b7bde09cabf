"""Digital-government indices in long form: scales, codes, territories, and one name for two indicators."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Load = Callable[..., Any]
Judge = Callable[[Any], Counter[tuple[str, str]]]


@pytest.fixture(scope="module")
def folder(shared: Path) -> Path:
    return shared / "data/govtech_indices"


@pytest.fixture(scope="module")
def small(load: Load, folder: Path) -> Any:
    names = ("egbr_2022.csv", "oecd_dgi_2023.csv", "gdb_2021.csv", "gci_2020.csv", "gtmi_2022.csv")
    return load("govtech-indices", *(folder / name for name in names))


def test_an_invented_file_is_mapped(load: Load, tmp_path: Path) -> None:
    file = tmp_path / "oecd_dgi_2023.csv"
    file.write_text(
        "\N{BYTE ORDER MARK}cc_iso3c,ref_year,variable,value\n"
        "KOR,2023,dgi_open_default,0\nXKK,2023,dgi_open_default,0.25\n"
        "KOR,2023,dgi_unheard_of,0.5\nKOR,2023,dgi_user_driven,high\nHKG,2023,dgi_user_driven,0.5\n",
        encoding="utf-8",
    )
    loaded = load("govtech-indices", file)
    assert loaded.ask("?score a com:ScoreObservation ; com:observedState ?of ; com:value ?value") == [
        ("state/KOR", "score/dgi-open-default/2023/KOR", "0"),
        ("state/XKX", "score/dgi-open-default/2023/XKX", "0.25"),
    ]
    assert [(each["row"], each["column"], each["value"]) for each in loaded.rejected] == [
        ("4", "variable", "dgi_unheard_of"),
        ("5", "value", "high"),
        ("6", "cc_iso3c", "HKG"),
    ]


def test_rows_read_are_mapped_or_those_of_territories(small: Any) -> None:
    accounts = {key.removeprefix("govtech-indices-"): (each.read, each.mapped) for key, each in small.accounts.items()}
    assert accounts == {
        "gtmi-2022": (1386, 1365),
        "egbr-2022": (266, 266),
        "oecd-dgi-2023": (228, 228),
        "gdb-2021": (981, 954),
        "gci-2020": (951, 951),
    }
    assert {each["value"] for each in small.rejected} == {"HKG", "MAC", "NCL", "TWN"}
    assert {each["reason"] for each in small.rejected} == {"a territory without a state of its own"}


def test_kosovo_is_found_under_the_code_of_the_world_bank(small: Any) -> None:
    assert small.ask("<score/gtmi-backend/2022/XKX> com:observedState ?state") == [("state/XKX",)]


def test_zero_is_a_score(small: Any) -> None:
    assert small.ask("<score/gci-capacity-development/2020/AFG> com:value ?value . FILTER(?value = 0)")


def test_the_scales_differ_inside_one_index(small: Any) -> None:
    asked = "?i com:componentOf <indicator/egovernment-benchmark> OPTIONAL { ?i com:scaleMaximum ?most }"
    scales = dict(small.ask(asked))
    assert scales["indicator/egbr-key-enablers"] == "1"
    assert scales["indicator/egbr-findability"] == "None"


def test_what_has_one_name_in_two_extracts_is_two_indicators(
    load: Load, folder: Path, tmp_path: Path, small: Any
) -> None:
    head = (folder / "gtmi_2022_raw_long.csv").read_text(encoding="utf-8").splitlines(keepends=True)[:100]
    (tmp_path / "gtmi_2022_raw_long.csv").write_text("".join(head), encoding="utf-8")
    raw = load("govtech-indices", tmp_path / "gtmi_2022_raw_long.csv")
    value = "<score/gtmi-backend{}/2022/ALB> com:value ?value"
    assert (small.ask(value.format("")), raw.ask(value.format("-raw"))) == ([("2.5",)], [("7.5",)])


def test_two_editions_pass_the_gate(load: Load, folder: Path, judge: Judge) -> None:
    assert judge(load("govtech-indices", folder / "egbr_2022.csv", folder / "oecd_dgi_2023.csv")) == {}


@pytest.mark.slow
def test_all_editions_pass_the_gate(load: Load, folder: Path, judge: Judge) -> None:
    assert judge(load("govtech-indices", folder)) == {}
