"""SupraVerden: names in many languages, claims of identity, families, and the codes of the ECB."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from communique.graph.errors import SourceError
from communique.graph.mapping.adapters.international_organisations import chinese_tag

Load = Callable[..., Any]
Judge = Callable[[Any], Counter[tuple[str, str]]]
Invent = Callable[..., Any]

FOLDER = "data/international_organisations"
BODY = """Bridge Union:
  SPRVD_id: SPRVD1
  Wikidata_code: '[No code found.]'
  Org_family: none
  Name_en: Bridge Union
  Name_fr: Union des ponts
  Name_zh: 橋樑聯盟
  Abbreviation_en: BU
  Abbreviation_fr: bu
  Name_former_en:
  LEI: 506700GE1G29325QX363
  LEI_bic:
  - BRIDGXXX
  OpenSanctions_id: NK-bridge/
  Year_established: 1950
"""


@pytest.fixture(scope="module")
def real(load: Load, shared: Path) -> Any:
    return load("international-organisations", shared / FOLDER)


@pytest.fixture
def invent(load: Load, tmp_path: Path) -> Invent:
    """Give a function that loads an invented list."""

    def make(text: str = BODY) -> Any:
        file = tmp_path / "supraverden_general_list.yaml"
        file.write_text(text, encoding="utf-8")
        return load("international-organisations", file)

    return make


def test_an_invented_body_has_names_codes_and_claims(invent: Invent) -> None:
    loaded = invent()
    assert loaded.ask("<org/supraverden-sprvd1> skos:prefLabel ?name BIND(LANG(?name) AS ?tag)") == [
        ("Bridge Union", "en"),
        ("Union des ponts", "fr"),
        ("橋樑聯盟", "zh-hant"),  # the store writes tags in small letters
    ]
    assert {row[0] for row in loaded.ask("<org/supraverden-sprvd1> com:claimedMatch ?entry")} == {
        "https://search.gleif.org/#/record/506700GE1G29325QX363",
        "https://www.opensanctions.org/entities/NK-bridge/",
    }
    assert loaded.ask("<org/supraverden-sprvd1> com:beginEarliest ?a ; com:beginLatest ?z") == [
        ("1950-01-01", "1950-12-31")
    ]
    assert {row[1] for row in loaded.ask("?n com:nameText ?text ; com:nameStatus nameStatus:short")} == {"BU", "bu"}
    assert not loaded.ask("?body com:inFamily ?family")


def test_the_number_of_a_row_is_the_line_of_its_name(invent: Invent) -> None:
    loaded = invent(BODY + BODY.replace("Bridge", "Ferry").replace("SPRVD1", "SPRVD2"))
    assert {row[1] for row in loaded.ask("?e com:locator ?line")} == {"1", str(1 + BODY.count("\n"))}


@pytest.mark.parametrize(
    ("changed", "column"),
    [("LEI: 506700GE2G29325QX363", "LEI"), ("LEI: 506700", "LEI"), ("Wikidata_code: P31", "Wikidata_code")],
)
def test_a_claim_of_a_wrong_form_is_left_out(invent: Invent, changed: str, column: str) -> None:
    loaded = invent(re.sub(f"  {column}:.*", f"  {changed}", BODY))
    assert [(row["column"], row["lost"]) for row in loaded.rejected] == [(column, "value")]
    (account,) = loaded.accounts.values()
    assert (account.mapped, account.left_out) == (1, 1)


@pytest.mark.parametrize("text", ["- a\n- b\n", "a: [\n", "\x00"])
def test_what_is_no_list_of_bodies_is_named(invent: Invent, text: str) -> None:
    with pytest.raises(SourceError, match="supraverden_general_list"):
        invent(text)


@pytest.mark.parametrize(
    ("name", "tag"),
    [("欧洲中央银行", "zh-Hans"), ("歐洲聯盟", "zh-Hant"), ("世界", "zh"), ("国際馬鈴薯中心", "zh")],
)
def test_chinese_is_told_by_its_signs(name: str, tag: str) -> None:
    assert chinese_tag(name) == tag


def test_words_for_nothing_are_no_values(real: Any) -> None:
    assert not real.ask("?node ?property ?text FILTER(CONTAINS(STR(?text), 'No code found'))")
    items = real.ask("?body com:claimedMatch ?item FILTER(CONTAINS(STR(?item), 'wikidata.org'))")
    assert len(items) == 617 - 66
    assert len(real.ask("?family a com:OrganizationFamily")) == 39
    assert len(real.ask("?body com:inFamily ?family")) == 617 - 252 - 1


def test_names_stand_in_more_than_thirty_languages(real: Any) -> None:
    tags = {row[2] for row in real.ask("?body skos:prefLabel ?name BIND(LANG(?name) AS ?tag)")}
    assert len(tags) > 30
    assert {"zh-hans", "zh-hant", "zh"} <= tags


def test_codes_of_the_ecb_join_the_body_that_the_mapping_names(real: Any) -> None:
    codes = {code for (code,) in real.ask("<org/supraverden-sprvd0878648> com:registerCode ?code")}
    assert {"RIAD E$0ECBM00023", "ECB 4J81", "SupraVerden SPRVD0878648"} <= codes
    assert len(real.ask("?body a com:InternationalOrganization FILTER(CONTAINS(STR(?body), '/riad-'))")) == 37
    gone = real.ask("?body com:realization real:occurred FILTER(CONTAINS(STR(?body), '/riad-'))")
    assert len(gone) == 8


def test_lines_above_the_header_are_no_rows(real: Any) -> None:
    (account,) = real.accounts.values()
    assert (account.read, account.mapped, account.rejected) == (617 + 197 + 197, 1009, 2)
    assert {row["reason"] for row in real.rejected} == {"several bodies under one name"}


def test_the_gate_warns_of_the_entry_of_two_bodies_and_of_nothing_else(real: Any, judge: Judge) -> None:
    assert judge(real) == Counter({("R75", "Warning"): 1})
