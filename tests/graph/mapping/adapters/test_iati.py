"""IATI: who has a part in a programme, plans beside facts, sums by kind, bodies without reference, bombs refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from communique.graph.errors import SourceError
from communique.graph.loading.releases import RowReport, gather, packaged_source, read_mapping, read_release
from communique.graph.mapping import adapters

Load = Callable[..., Any]
Judge = Callable[[Any], Counter[tuple[str, str]]]
Invent = Callable[..., Any]

FOLDER = "data/iati_activities"


HEAD = '<iati-activities version="2.03" generated-datetime="2026-02-03T04:05:06Z">'


def booked(kind: str, day: str, value: str) -> str:
    """Write a transaction."""
    date = f'<transaction-date iso-date="{day}"/>'
    return f'<transaction><transaction-type code="{kind}"/>{date}{value}</transaction>'


ACTIVITY = """<iati-activity xml:lang="es" default-currency="EUR">
  <iati-identifier>XX-1-bridge</iati-identifier>
  <reporting-org ref="XX-1" type="40"><narrative>Bank of Bridges</narrative></reporting-org>
  <title><narrative>Puente</narrative><narrative xml:lang="en">Bridge</narrative></title>
  <participating-org role="1" type="10"><narrative>Greece</narrative></participating-org>
  <participating-org role="4"><narrative>Ministerio de Puentes</narrative></participating-org>
  <activity-status code="2"/>
  <activity-date type="1" iso-date="2020-01-01"/><activity-date type="2" iso-date="2020-03-05"/>
  <activity-date type="3" iso-date="2030-01-01"/>
  <recipient-country code="UY"/>
  <sector vocabulary="1" code="22040"/>
  <budget type="1"><period-start iso-date="2020-01-01"/><period-end iso-date="2020-12-31"/><value>100</value></budget>
  <budget type="2"><period-start iso-date="2020-01-01"/><period-end iso-date="2020-12-31"/><value>120</value></budget>
  {}{}{}
</iati-activity>""".format(
    booked("3", "2020-04-01", "<value>1,000.50</value>"),
    booked("3", "2021-04-01", "<value>-0.5</value>"),
    booked("3", "2021-04-01", '<value currency="USD">7</value>'),
)


@pytest.fixture(scope="module")
def real(load: Load, shared: Path) -> Any:
    return load("iati", shared / FOLDER)


@pytest.fixture
def invent(load: Load, tmp_path: Path) -> Invent:
    """Give a function that loads an invented file."""

    def make(*activities: str, before: str = "") -> Any:
        file = tmp_path / "bridges-uy.xml"
        file.write_text(f"{before}{HEAD}{''.join(activities)}</iati-activities>", encoding="utf-8")
        return load("iati", file)

    return make


def test_planned_and_actual_days_stay_apart(invent: Invent) -> None:
    loaded = invent(ACTIVITY)
    days = "com:plannedBegin ?a ; com:beginEarliest ?b ; com:plannedEnd ?c ; com:realization real:ongoing"
    assert loaded.ask(f"<programme/iati-xx-1-bridge> {days}") == [("2020-01-01", "2020-03-05", "2030-01-01")]
    assert not loaded.ask("<programme/iati-xx-1-bridge> com:endEarliest ?day")


def test_a_title_without_language_is_in_that_of_the_activity(invent: Invent) -> None:
    loaded = invent(ACTIVITY)
    assert loaded.ask("<programme/iati-xx-1-bridge> skos:prefLabel ?a BIND(LANG(?a) AS ?b)") == [
        ("Bridge", "en"),
        ("Puente", "es"),
    ]


def test_sums_are_of_one_kind_and_currency(invent: Invent) -> None:
    loaded = invent(ACTIVITY)
    sums = loaded.ask(
        "?flow com:netAmount ?a ; com:currency ?b ; com:flowKind ?kind ; com:beginEarliest ?x ; com:endLatest ?y"
    )
    assert {(row[3].rpartition("/")[2], row[0], row[1], row[4], row[5]) for row in sums} == {
        ("disbursement", "1000", "EUR", "2020-04-01", "2021-04-01"),
        ("budget-original", "100", "EUR", "2020-01-01", "2020-12-31"),
        ("budget-revised", "120", "EUR", "2020-01-01", "2020-12-31"),
        ("disbursement", "7", "USD", "2021-04-01", "2021-04-01"),
    }


def test_a_state_is_the_state_and_a_body_without_reference_is_known_by_country_and_name(invent: Invent) -> None:
    loaded = invent(ACTIVITY, ACTIVITY.replace("XX-1-bridge", "XX-1-other").replace('"UY"', '"PY"'))
    who = loaded.ask("?i com:participant ?who ; com:role ?as ; com:inProgramme <programme/iati-xx-1-bridge>")
    assert {(row[0].rpartition("/")[2], row[2]) for row in who} == {
        ("reporter", "org/iati-xx-1"),
        ("funder", "state/GRC"),
        ("implementer", "org/iati-xx-1-uy-ministerio-de-puentes"),
    }
    assert len(loaded.ask("?org skos:prefLabel 'Ministerio de Puentes'@es")) == 2


def test_a_sector_that_is_a_subject_here_is_its_topic(invent: Invent) -> None:
    ((topic,),) = invent(ACTIVITY).ask("<programme/iati-xx-1-bridge> com:topic ?topic ; com:sectorCode 'DAC 22040'")
    assert topic.endswith("theme/technology-application")


@pytest.mark.parametrize("name", ["nan", "", "USAID redacted this field in accordance with something"])
def test_a_word_for_nobody_is_nobody(invent: Invent, name: str) -> None:
    loaded = invent(ACTIVITY.replace("Ministerio de Puentes", name))
    assert [(row["column"], row["lost"]) for row in loaded.rejected] == [("participating-org", "value")]


def test_an_activity_without_identifier_is_rejected(invent: Invent) -> None:
    loaded = invent(ACTIVITY, ACTIVITY.replace("XX-1-bridge", " "))
    assert [(row["row"], row["lost"]) for row in loaded.rejected] == [("2", "row")]


def test_a_repeated_activity_is_rejected(invent: Invent) -> None:
    assert [row["reason"] for row in invent(ACTIVITY, ACTIVITY).rejected] == ["repeats row 1"]


@pytest.mark.parametrize(
    ("amount", "kind"), [("much", "3"), ("5", "99")], ids=["an amount that is none", "a kind that is not summed up"]
)
def test_a_booking_that_cannot_be_added_is_left_out(invent: Invent, amount: str, kind: str) -> None:
    booking = booked(kind, "2020-04-01", f"<value>{amount}</value>")
    loaded = invent(ACTIVITY.replace("</iati-activity>", booking + "</iati-activity>"))
    assert [(row["value"], row["lost"]) for row in loaded.rejected] == [(f"{kind}: {amount}", "value")]


def test_a_file_is_the_edition_that_it_says(invent: Invent) -> None:
    loaded = invent(ACTIVITY)
    assert list(loaded.accounts) == ["iati-xx-1-2026-bridges-uy"]
    about = "skos:prefLabel ?a ; com:documentDateEarliest ?b ; com:documentDateLatest ?c"
    label = "IATI, file bridges-uy of Bank of Bridges, 2026-02-03"
    assert loaded.ask(f"<document/iati-xx-1-2026-bridges-uy> {about}") == [(label, "2026-02-03", "2026-02-03")]


def test_files_of_one_publisher_are_editions_of_their_own_and_other_files_are_passed_over(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.xml").write_text(f"{HEAD}{ACTIVITY}</iati-activities>", encoding="utf-8")
    (tmp_path / "other.xml").write_text("<feed><entry/></feed>", encoding="utf-8")
    (tmp_path / "empty.xml").write_text(f"{HEAD}</iati-activities>", encoding="utf-8")
    found = gather(packaged_source("iati"), [tmp_path])
    assert [release.edition.edition for release in found] == ["xx-1-2026-a", "xx-1-2026-b"]
    with pytest.raises(SourceError, match="no file of iati"):
        gather(packaged_source("iati"), [tmp_path / "other.xml"])


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('ref="XX-1"', "", "no publisher"),
        ("2026-02-03T", "yesterday", "no day on which it was made"),
        (' generated-datetime="2026-02-03T04:05:06Z"', "", "no day on which it was made"),
    ],
)
def test_a_file_that_does_not_say_enough_of_itself_is_refused(old: str, new: str, words: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.xml"
    file.write_text(f"{HEAD}{ACTIVITY}</iati-activities>".replace(old, new), encoding="utf-8")
    with pytest.raises(SourceError, match=words) as caught:
        gather(packaged_source("iati"), [file])
    assert caught.value.path == "mine.xml"


def test_who_copies_the_mapping_says_the_edition_of_a_file_that_does_not(tmp_path: Path) -> None:
    before, _, after = adapters.mapping_of("iati").read_text(encoding="utf-8").partition("\neditions:\n")
    edition = '  - {edition: mine, date: 2026-01-05, files: ["mine.xml"]}'
    mapping, file = tmp_path / "mapping.yaml", tmp_path / "mine.xml"
    mapping.write_text(f"{before}\neditions:\n{edition}\ntables:\n{after.partition('tables:')[2]}", encoding="utf-8")
    file.write_text(f"<iati-activities>{ACTIVITY}</iati-activities>", encoding="utf-8")
    (release,) = gather(read_mapping(mapping), [file])
    report = RowReport()
    quads = list(read_release(release, report))
    report.rejects.write(tmp_path / "rejected.csv")
    assert any("xx-1-bridge" in str(quad) for quad in quads)
    assert (release.edition.key, report.account.mapped) == ("iati-mine", 1)


def test_entities_are_refused_before_they_grow(invent: Invent) -> None:
    bomb = '<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>'
    with pytest.raises(SourceError, match="declares a document type"):
        invent(ACTIVITY.replace("Bridge", "&c;"), before=bomb)


def test_what_is_no_xml_is_named_with_its_line(invent: Invent) -> None:
    with pytest.raises(SourceError, match="not XML"):
        invent("<iati-activity>")


def test_every_activity_is_a_programme(real: Any) -> None:
    counts = {key.removeprefix("iati-"): account.mapped for key, account in real.accounts.items()}
    assert counts == {
        "xm-dac-46008-2025-caf-activityfile-2025-10-10": 478,
        "us-gov-1-2025-usaid-798": 108,
        "xm-dac-928-2025-who-arg": 157,
        "44000-2025-worldbank-sv": 13,
        "xm-dac-46004-2025-asian-dev-bank-org": 247,
    }
    assert len(real.ask("?p a com:Programme")) == 756


def test_titles_of_caf_are_spanish(real: Any) -> None:
    titles = real.ask(
        "?p a com:Programme ; skos:prefLabel ?t FILTER(CONTAINS(STR(?p), 'xm-dac-46008') && LANG(?t) = 'es')"
    )
    assert len(titles) == 478


def test_organizations_without_reference_have_nodes(real: Any) -> None:
    nameless = real.ask("?org a com:Organization FILTER NOT EXISTS { ?org com:registerCode ?code }")
    assert len(nameless) > 250
    assert all("iati-" in row[0] for row in nameless if row[0] != "org/iati")
    assert len(real.ask("?i com:participant <state/TTO> ; com:role role:implementer")) == 9


def test_default_currencies_are_taken(real: Any) -> None:
    assert {row[0] for row in real.ask("?flow a com:FinancialFlow ; com:currency ?c")} == {"USD"}


def test_what_is_taken_back_is_below_zero(real: Any) -> None:
    assert real.ask("?flow com:netAmount ?a ; com:flowKind flowKind:interest-payment FILTER(?a < 0)")


def test_a_country_whose_code_is_that_of_another_is_rejected(real: Any) -> None:
    wrong = [(row["value"], row["reason"]) for row in real.rejected if row["lost"] == "row"]
    assert sorted(wrong) == [("NP", "the code is not that of Niue")] * 2 + [("PK", "the code is not that of Niue")]


def test_the_gate_warns_of_dates_and_references_and_of_nothing_else(load: Load, judge: Judge, shared: Path) -> None:
    found = judge(load("iati", shared / FOLDER / "usaid-798.xml", shared / FOLDER / "worldbank-sv.xml"))
    assert found == Counter({("R64", "Warning"): 7, ("R65", "Warning"): 6, ("R68", "Warning"): 4})


@pytest.mark.slow
def test_all_files_pass_the_gate(real: Any, judge: Judge) -> None:
    assert judge(real) == Counter({("R64", "Warning"): 7, ("R65", "Warning"): 6, ("R68", "Warning"): 5})
