"""Rows → quads: what each form of a mapping says, what is left out, what is rejected and why."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import NamedNode

from communique.graph.errors import MappingError
from communique.graph.mapping.tables.accounts import RowAccount, without_repeats
from communique.graph.sources.rows import Rejected, TableRow

Map = Callable[..., Any]

RANKS = """
columns:
  year: {column: Year, as: year}
  country: {column: Country, as: state, on: year, required: true}
  rank: {column: Rank, as: integer, minimum: 1, missing: ["0"]}
facts:
  "rank/x/{year}/{country}":
    type: RankObservation
    indicator: indicator/x
    observedState: "{country}"
    refYear: "{year}"
    rank: "{rank}"
    needs: rank
"""


def test_a_row_becomes_a_node_with_evidence(map_rows: Map) -> None:
    found = map_rows(RANKS, {"Year": "2018", "Country": " Korea ", "Rank": "3.0"})
    assert found.of("rank/x/2018/KOR") == {
        ("rdf:type", "com:RankObservation"),
        ("com:indicator", "indicator/x"),
        ("com:observedState", "state/KOR"),
        ("com:refYear", "2018"),
        ("com:rank", "3"),
    }
    evidence = [quad.object for quad in found.quads if quad.predicate.value.endswith("#evidence")]
    assert evidence == [NamedNode("https://w3id.org/communique/id/evidence/world-2020/data/2")]
    about = dict(found.of("evidence/world-2020/data/2"))
    assert about["com:locator"] == "2"
    assert about["com:file"] == "data.csv"
    assert about["com:inDocument"] == "document/world-2020"
    assert len(about["com:passageDigest"]) == 64


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ({"Year": "2018", "Country": "Atlantis", "Rank": "1"}, "Country", "names no one state on 2018-01-01"),
        ({"Year": "2018", "Country": "Hong Kong", "Rank": "1"}, "Country", "a territory without a state of its own"),
        ({"Year": "2018", "Country": "", "Rank": "1"}, "Country", "no value where one is required"),
        ({"Year": "18", "Country": "Korea", "Rank": "1"}, "Year", "not a year of four digits"),
        ({"Year": "2018", "Country": "Korea", "Rank": "-9"}, "Rank", "less than 1"),
        ({"Year": "2018", "Country": "Korea", "Rank": "third"}, "Rank", "not a whole number"),
        ({"Year": "2018", "Country": "Korea", "Rank": "0"}, "", "no fact follows from this row"),
        ({"Year": "2018", "Country": "Korea", "Rank": "0.00"}, "", "no fact follows from this row"),
        ({"Year": "2018", "Country": "Korea", "Rank": "sNaN"}, "Rank", "not a whole number"),
        ({"Year": "", "Country": "Korea", "Rank": "1"}, "", "no fact follows from this row"),
    ],
)
def test_a_row_that_says_nothing_sound_is_rejected_with_reason(
    row: dict[str, str], column: str, reason: str, map_rows: Map
) -> None:
    found = map_rows(RANKS, {"Year": "2018", "Country": "Kenya", "Rank": "1"}, row)
    (wrong,) = found.rejected
    assert (wrong.file, wrong.number, wrong.column, wrong.reason) == ("data.csv", 3, column, reason)
    assert wrong.value == row.get(column, "")
    assert wrong.cure
    assert (found.account.read, found.account.mapped, found.account.rejected) == (2, 1, 1)
    assert found.nodes == {"rank/x/2018/KEN"}


def test_a_name_is_read_on_the_day_that_another_column_gives(map_rows: Map) -> None:
    found = map_rows(
        RANKS,
        {"Year": "1990", "Country": "Zaire", "Rank": "1"},
        {"Year": "1997", "Country": "Zaire", "Rank": "1"},
        {"Year": "1998", "Country": "Zaire", "Rank": "1"},
    )
    assert found.nodes == {"rank/x/1990/COD", "rank/x/1997/COD"}
    assert found.rejected[0].number == 4


AGREEMENTS = """
columns:
  id: text
  title: {lang: fr}
  signed: {as: date, format: ["%d/%m/%Y", "%Y"]}
  entry: {as: year}
  exit: {as: year}
  parties: {as: state, split: [";", " and "]}
  stage: {as: concept, scheme: stage, values: {in force: in-force, signed only: signed}}
  note: {optional: true}
facts:
  "agreement/world-{id}":
    type: Agreement
    label: "{title}"
    realization: occurred
    concluded: "{signed}"
    when: "{entry}/{exit|..}"
    parties: {"{parties}": {stage: "{stage}"}}
    comment: "No. {id}: {note|no note}"
    named: "{title}"
"""
TREATY = {
    "id": "A 7",
    "title": "Traité",
    "signed": "05/04/1990",
    "entry": "1991",
    "exit": "",
    "parties": "Korea; Kenya and Korea",
    "stage": "In  force",
}


def test_children_periods_and_several_values(map_rows: Map) -> None:
    found = map_rows(AGREEMENTS, TREATY)
    assert found.nodes == {
        "agreement/world-a-7",
        "party/world-a-7/KOR",
        "party/world-a-7/KEN",
        "name/world-a-7/world-2020/traite",
    }
    assert found.of("agreement/world-a-7") == {
        ("rdf:type", "com:Agreement"),
        ("skos:prefLabel", "Traité@fr"),
        ("com:realization", "real:occurred"),
        ("com:asOf", "2020-12-31"),
        ("com:concludedEarliest", "1990-04-05"),
        ("com:concludedLatest", "1990-04-05"),
        ("com:beginEarliest", "1991-01-01"),
        ("com:beginLatest", "1991-12-31"),
        ("com:edtfText", "1990-04-05"),
        ("com:edtfText", "1991/.."),
        ("rdfs:comment", "No. A 7: no note@en"),
        ("com:hasName", "name/world-a-7/world-2020/traite"),
    }
    assert found.of("party/world-a-7/KEN") == {
        ("rdf:type", "com:AgreementParty"),
        ("com:ofAgreement", "agreement/world-a-7"),
        ("com:party", "state/KEN"),
        ("com:realization", "real:occurred"),
        ("com:asOf", "2020-12-31"),
        ("com:stage", "stage:in-force"),
    }
    assert ("com:attestedOn", "2020-12-31") in found.of("name/world-a-7/world-2020/traite")


def test_what_is_missing_is_left_out_and_nothing_else(map_rows: Map) -> None:
    found = map_rows(AGREEMENTS, {**TREATY, "title": "", "signed": "1990", "exit": "1995", "stage": "", "note": "x"})
    about = dict(found.of("agreement/world-a-7"))
    assert "skos:prefLabel" not in about
    assert about["com:concludedLatest"] == "1990-12-31"
    assert about["com:endEarliest"] == "1995-01-01"
    assert about["rdfs:comment"] == "No. A 7: x@en"
    assert not any(name.startswith("name/") for name in found.nodes)
    assert "com:stage" not in dict(found.of("party/world-a-7/KOR"))


@pytest.mark.parametrize(
    ("needs", "changes", "is_made"),
    [
        ("when", {"entry": ""}, False),
        ("when", {"entry": "", "exit": "1995"}, True),
        ("when", {}, True),
        ("concluded", {"signed": ""}, False),
        ("concluded", {"entry": ""}, True),
        ("[concluded, when]", {"entry": ""}, False),
        ("[concluded, when]", {}, True),
        ("named", {"title": ""}, False),
        ("[named, type, label]", {}, True),
    ],
)
def test_a_period_or_a_name_may_be_needed(needs: str, changes: dict[str, str], is_made: bool, map_rows: Map) -> None:
    found = map_rows(f"{AGREEMENTS.rstrip()}\n    needs: {needs}\n", {**TREATY, **changes}, {**TREATY, "id": "B"})
    assert ("agreement/world-a-7" in found.nodes) == is_made
    assert "agreement/world-b" in found.nodes
    assert (found.account.mapped, found.account.rejected) == (1 + is_made, 1 - is_made)


def test_a_period_that_is_the_same_in_every_row_is_always_there(map_rows: Map) -> None:
    table = """
    columns: {id: text}
    facts:
      "event/world-{id}": {type: Meeting, realization: occurred, when: 2019, needs: when}
    """.replace("\n    ", "\n")
    assert map_rows(table, {"id": "1"}).nodes == {"event/world-1"}


@pytest.mark.parametrize(
    ("when", "told"),
    [
        ("1999/{exit}", ("1999-01-01", "2004-12-31", "1999/2004")),
        ("{exit}/2019", ("2004-01-01", "2019-12-31", "2004/2019")),
        ("../{exit}", (None, "2004-12-31", "../2004")),
    ],
)
def test_one_side_of_a_period_may_be_the_same_in_every_row(
    when: str, told: tuple[str | None, str, str], map_rows: Map
) -> None:
    table = f"""
    columns: {{exit: {{as: year}}}}
    facts:
      event/world-1: {{type: Meeting, realization: occurred, when: "{when}"}}
    """.replace("\n    ", "\n")
    about = dict(map_rows(table, {"exit": "2004"}).of("event/world-1"))
    assert (about.get("com:beginEarliest"), about["com:endLatest"], about["com:edtfText"]) == told


def test_a_period_has_two_sides(map_rows: Map) -> None:
    table = AGREEMENTS.replace("{entry}/{exit|..}", "{entry}/{exit}/{signed}")
    with pytest.raises(MappingError, match=r"more than two dates in a period; expected: \{begin\}/\{end\}"):
        map_rows(table, TREATY)


def test_a_property_that_takes_a_day_takes_a_date_whose_formats_all_have_one(map_rows: Map) -> None:
    table = """
    columns: {day: {as: date, format: ["%d.%m.%Y", "%Y-%m-%d"]}}
    facts:
      event/world-1: {type: Meeting, realization: occurred, beginEarliest: "{day}"}
    """.replace("\n    ", "\n")
    assert ("com:beginEarliest", "2004-05-01") in map_rows(table, {"day": "01.05.2004"}).of("event/world-1")
    with pytest.raises(MappingError, match=r"takes a day, \{day\} may be a month or year"):
        map_rows(table.replace("%Y-%m-%d", "%m.%Y"), {"day": "01.05.2004"})


def test_a_node_that_cannot_be_made_keeps_no_other_of_its_row_from_being_made(map_rows: Map) -> None:
    table = """
    columns: {bodies: {as: entity, mint: "org/world-{}", split: ";"}}
    facts:
      "{bodies}": {type: Organization, label: "{bodies.minted}", needs: label}
    """.replace("\n    ", "\n")
    found = map_rows(table, {"bodies": "Harbour Office; OECD; Lighthouse Board"})
    assert found.nodes == {"org/world-harbour-office", "org/world-lighthouse-board"}


@pytest.mark.parametrize(
    ("changes", "column", "reason"),
    [
        ({"stage": "denounced"}, "stage", "not on the list of the mapping"),
        ({"parties": "Korea; Atlantis"}, "parties", "names no one state"),
        ({"entry": "1999", "exit": "1995"}, "", "the period 1999/1995 ends before it begins"),
        ({"signed": "31/02/1990"}, "signed", "not a date as %d/%m/%Y or %Y"),
        ({"signed": "05/04/2999"}, "signed", "the year 2999 lies outside 1000 to 2100"),
    ],
)
def test_an_unsound_agreement_is_rejected_whole(
    changes: dict[str, str], column: str, reason: str, map_rows: Map
) -> None:
    found = map_rows(AGREEMENTS, {**TREATY, **changes})
    assert [(each.column, each.reason) for each in found.rejected] == [(column, reason)]
    assert not found.quads


def test_a_value_may_be_left_out_of_a_row_that_stays(map_rows: Map) -> None:
    table = AGREEMENTS.replace('split: [";", " and "]', 'split: [";"], otherwise: leave-out')
    found = map_rows(table, {**TREATY, "parties": "Korea; Atlantis"})
    (noted,) = found.rejected
    assert (noted.is_row, noted.number, noted.column, noted.value) == (False, 2, "parties", "Korea; Atlantis")
    assert noted.reason == "names no one state"
    assert (found.account.mapped, found.account.left_out) == (1, 1)
    assert "agreement/world-a-7" in found.nodes


def test_numbers_truth_values_and_codes(map_rows: Map) -> None:
    table = """
    columns:
      id: text
      amount: {as: decimal, decimal: comma}
      index: {as: decimal, places: 5}
      rough: {as: boolean, values: {ja: true, nein: false}}
      state: {as: code, scheme: alpha2}
    facts:
      "pledge/world-{id}":
        type: FinancialPledge
        amount: "{amount}"
        approximate: "{rough}"
        bearer: "{state}"
      "score/x/2020/{state}": {type: ScoreObservation, value: "{index}"}
    """.replace("\n    ", "\n")
    row = {"id": "1", "amount": "−1.234,50", "index": "0.6955600000000001", "rough": "Ja", "state": "NA"}
    found = map_rows(table, row)
    assert dict(found.of("pledge/world-1")) == {
        "rdf:type": "com:FinancialPledge",
        "com:amount": "-1234.5",
        "com:approximate": "true",
        "com:bearer": "state/NAM",
    }
    assert ("com:value", "0.69556") in found.of("score/x/2020/NAM")


@pytest.mark.parametrize(
    ("since", "told"),
    [
        ("1990-05/1995", {"com:refYear": "1990", "com:validFrom": "1990-05-01", "com:validTo": "1995-12-31"}),
        ("../1995", {"com:validTo": "1995-12-31"}),
        ("1990/..", {"com:refYear": "1990", "com:validFrom": "1990-01-01"}),
        ("", {}),
    ],
)
def test_of_a_date_that_is_open_on_one_side_the_other_is_told(since: str, told: dict[str, str], map_rows: Map) -> None:
    table = """
    columns: {id: text, since: {as: date, format: edtf}}
    facts:
      "score/x/{id}":
        type: ScoreObservation
        refYear: "{since.year}"
        validFrom: "{since.first}"
        validTo: "{since.last}"
    """.replace("\n    ", "\n")
    found = dict(map_rows(table, {"id": "a", "since": since}).of("score/x/a"))
    del found["rdf:type"]
    assert found == told


@pytest.mark.parametrize(
    ("rank", "score", "is_read"), [("1", "0", True), ("193", "1", True), ("194", "1", False), ("193", "1.01", False)]
)
def test_what_reaches_a_declared_maximum_is_read_and_what_passes_it_is_not(
    rank: str, score: str, is_read: bool, map_rows: Map
) -> None:
    table = """
    columns:
      rank: {as: integer, minimum: 1, maximum: 193}
      score: {as: decimal, minimum: 0, maximum: 1}
    facts:
      "rank/x/{rank}": {type: RankObservation, rank: "{rank}", value: "{score}"}
    """.replace("\n    ", "\n")
    found = map_rows(table, {"rank": rank, "score": score})
    assert (found.account.mapped, found.nodes) == ((1, {f"rank/x/{rank}"}) if is_read else (0, set()))


def test_organizations_are_linked_or_of_the_sources_own(map_rows: Map) -> None:
    table = """
    columns:
      country: {as: state}
      body: {as: entity, mint: "org/world-{}", context: country, split: ";", values: {ITU: org/itu}}
      about: {as: iri}
    facts:
      "{body}": {type: Organization, label: "{body.minted}"}
      event/world-1:
        {type: Meeting, realization: occurred, participants: {attendee: "{body}"}, claimedMatch: "{about}"}
    """.replace("\n    ", "\n")
    text = "Ministry of the Interior; OECD; ITU; Harbour Office"
    found = map_rows(table, {"country": "Korea", "body": text, "about": "https://example.org/x"})
    assert {name for name in found.nodes if name.startswith("org/")} == {
        "org/kor-interior-ministry",
        "org/oecd",
        "org/itu",
        "org/world-harbour-office",
    }
    assert found.of("org/oecd") == {("rdf:type", "com:Organization")}
    assert ("skos:prefLabel", "Harbour Office@en") in found.of("org/world-harbour-office")
    assert ("com:claimedMatch", "https://example.org/x") in found.of("event/world-1")
    (other,) = [
        name
        for name in map_rows(table, {"country": "Kenya", "body": text.partition(";")[0], "about": ""}).nodes
        if name.startswith("org/")
    ]
    assert other == "org/world-ministry-of-the-interior"


def test_blanks_of_a_mark_between_values_are_a_part_of_it(map_rows: Map) -> None:
    table = """
    columns: {bodies: {as: entity, mint: "org/world-{}", split: " and "}}
    facts:
      "{bodies}": {type: Organization}
    """.replace("\n    ", "\n")
    assert map_rows(table, {"bodies": "Sandbank Bureau and OECD"}).nodes == {"org/world-sandbank-bureau", "org/oecd"}
    assert map_rows(table, {"bodies": "Sandbank Bureau"}).nodes == {"org/world-sandbank-bureau"}


def test_a_fact_of_merged_rows_rests_on_the_first_and_the_last_of_them(map_rows: Map) -> None:
    cells = {"Year": "2018", "Country": "Korea", "Rank": "3"}
    last, middle = (TableRow("data.csv", number, cells, tuple(cells.values())) for number in (7, 4))
    found = map_rows(RANKS, TableRow("data.csv", 2, cells, tuple(cells.values()), also=(last, middle)))
    grounds = {quad.object for quad in found.quads if quad.predicate.value.endswith("#evidence")}
    assert {str(each).rpartition("/")[2] for each in grounds} == {"2>", "7>"}


def test_a_row_that_the_reader_rejected_keeps_no_later_one_from_being_mapped(map_rows: Map) -> None:
    unread = Rejected("data.csv", 2, "", "", "a cell too many", "mend the row")
    found = map_rows(RANKS, unread, {"Year": "2018", "Country": "Korea", "Rank": "3"})
    assert found.nodes == {"rank/x/2018/KOR"}
    assert (found.account.mapped, found.account.rejected, found.rejected) == (1, 1, [unread])


@pytest.mark.parametrize(
    ("title", "told"),
    [
        (
            "Port",
            {
                ("skos:prefLabel", "Port of Busan@en"),
                ("com:registerCode", "B7"),
                ("com:shortName", "B7: Port"),
                ("rdf:type", "com:Organization"),
            },
        ),
        ("", {("com:registerCode", "B7"), ("rdf:type", "com:Organization")}),
    ],
)
def test_a_text_of_which_a_piece_is_missing_is_left_out(title: str, told: set[tuple[str, str]], map_rows: Map) -> None:
    table = """
    columns: {code: text, title: text}
    facts:
      org/world-port:
        {type: Organization, label: "{title} of Busan", registerCode: "{code}", shortName: "{code}: {title}"}
    """.replace("\n    ", "\n")
    assert map_rows(table, {"code": "B7", "title": title}).of("org/world-port") == told


def test_a_column_may_give_a_text_of_a_language_that_the_mapping_names(map_rows: Map) -> None:
    table = """
    columns: {name: text}
    facts:
      org/world-port:
        {type: Organization, label: {ko: "{name}", ko-Latn: "Port {name}"}, named: {text: "{name}", lang: ko}}
    """.replace("\n    ", "\n")
    found = map_rows(table, {"name": "부산"})
    assert {("skos:prefLabel", "부산@ko"), ("skos:prefLabel", "Port 부산@ko-latn")} <= found.of("org/world-port")
    (naming,) = [name for name in found.nodes if name.startswith("name/")]
    assert ("com:nameText", "부산@ko") in found.of(naming)


@pytest.mark.parametrize(
    ("named", "step"),
    [
        ("{title} of Busan", "harbour-of-busan"),
        ("The  {title}", "the-harbour"),
        ("({title})", "harbour"),
        ("{title}/{code}", "harbour-b-7"),
        ("{title}{code}", "harbourb-7"),
    ],
)
def test_a_name_with_placeholders_makes_a_step_as_the_name_itself_would(named: str, step: str, map_rows: Map) -> None:
    table = f"""
    columns: {{code: text, title: text}}
    facts:
      org/world-port: {{type: Organization, named: "{named}"}}
    """.replace("\n    ", "\n")
    found = map_rows(table, {"code": "B 7", "title": "Harbour"})
    assert [name for name in found.nodes if name.startswith("name/")] == [f"name/world-port/world-2020/{step}"]


def test_what_a_column_names_may_have_its_class_elsewhere(map_rows: Map) -> None:
    table = """
    columns: {body: {as: entity}}
    facts:
      "{body}": {comment: It answered.}
    """.replace("\n    ", "\n")
    assert map_rows(table, {"body": "OECD"}).of("org/oecd") == {("rdfs:comment", "It answered.@en")}


def test_a_node_that_an_earlier_load_made_is_of_the_sources_own_still(map_rows: Map) -> None:
    table = """
    columns: {body: {as: entity, mint: "org/world-{}"}}
    facts:
      "{body}": {type: Organization, label: "{body.minted}"}
    """.replace("\n    ", "\n")
    found = map_rows(table, {"body": "Lighthouse Board"}, {"body": "OECD"})
    assert ("skos:prefLabel", "Lighthouse Board@en") in found.of("org/world-lighthouse-board")
    assert found.of("org/oecd") == {("rdf:type", "com:Organization")}


def test_inferences_candidates_and_facts_of_the_table_as_a_whole(map_rows: Map) -> None:
    table = """
    columns: {id: text, other: text}
    once:
      series/world: {type: EventSeries, label: World congress}
    facts:
      "event/world-{id}": {type: Meeting, editionOf: series/world, realization: occurred}
    inferred:
      - rule: All congresses are held in Korea.
        facts: {"event/world-{id}": {territory: place/KOR}}
    candidates:
      "world-{id}-{other}":
        {candidateLeft: "event/world-{id}", candidateRight: "event/world-{other}", matchReason: Alike.}
    """.replace("\n    ", "\n")
    found = map_rows(table, {"id": "1", "other": "2"}, {"id": "2", "other": ""})
    assert found.of("series/world") == {("rdf:type", "com:EventSeries"), ("skos:prefLabel", "World congress@en")}
    assert ("com:inferenceRule", "All congresses are held in Korea.") in found.of(
        "event/world-1", "doc/world-2020/inferred"
    )
    assert "com:certainty" not in {key for key, _ in found.of("event/world-2", "doc/world-2020/inferred")}
    assert ("com:reviewStatus", "unreviewed") in found.of("candidate/world-1-2", "candidates")
    assert not found.of("candidate/world-2-", "candidates")


def test_a_cell_has_to_have_the_form_of_its_pattern_as_a_whole_and_each_of_its_parts(map_rows: Map) -> None:
    table = """
    columns: {id: {pattern: "[A-Z]{3}", split: ";", missing: [NIL]}}
    facts:
      "org/world-{id}": {type: Organization, label: "{id}"}
    """.replace("\n    ", "\n")
    found = map_rows(table, {"id": "ABC; DEF;ABC; NIL;"}, {"id": "ABC;DEFG"}, {"id": " NIL "})
    assert found.nodes == {"org/world-abc", "org/world-def"}
    assert [(each.number, each.reason) for each in found.rejected] == [
        (3, "not of the form [A-Z]{3}"),
        (4, "no fact follows from this row"),
    ]


def test_addresses_are_written_so_that_they_are_some(map_rows: Map) -> None:
    table = """
    columns: {doi: text}
    facts:
      "publication/world-{doi}": {type: Publication, claimedMatch: "https://doi.org/{doi}"}
    """.replace("\n    ", "\n")
    found = map_rows(table, {"doi": "10.1/a b<c>"})
    assert ("com:claimedMatch", "https://doi.org/10.1/a%20b%3Cc%3E") in found.of("publication/world-10-1-a-b-c")


def test_values_of_the_edition_and_fixed_texts(map_rows: Map) -> None:
    head = (
        "source: world\neditions:\n"
        '  - {edition: "2020", date: "2020", files: ["*"], values: {year: "2019"}}\ntables:\n  - name: rows\n'
    )
    table = RANKS.replace("year: {column: Year, as: year}", "year: {edition: year, as: year}").replace(
        "{column: Country, as: state,", "{constant: Kenya, as: state,"
    )
    assert map_rows(table, {"Rank": "1"}, head=head).nodes == {"rank/x/2019/KEN"}


@pytest.mark.parametrize(
    ("old", "new", "line", "words", "next_step"),
    [
        ("Country, as: state", "Contry, as: state", 8, "data.csv has no column 'Contry'", "did you mean 'Country'"),
    ],
)
def test_a_column_that_the_file_lacks_is_told_at_its_place(
    old: str, new: str, line: int, words: str, next_step: str, map_rows: Map
) -> None:
    with pytest.raises(MappingError, match=words) as caught:
        map_rows(RANKS.replace(old, new), {"Year": "2018", "Country": "Kenya", "Rank": "1"})
    assert (caught.value.path, caught.value.line) == ("map.yaml", line)
    assert next_step in str(caught.value)


def test_rows_that_are_like_an_earlier_one_are_rejected() -> None:
    rows = [TableRow("a.csv", number, {"a": text}, (text,)) for number, text in enumerate(["x", "y", "x"], 2)]
    *kept, wrong = without_repeats([*rows[:2], Rejected("a.csv", 9, "", "", "r", "c"), rows[2]])
    assert [each.number for each in kept] == [2, 3, 9]
    assert isinstance(wrong, Rejected)
    assert (wrong.number, wrong.reason) == (4, "repeats row 2")
    assert "of a.csv" in next(
        each.reason
        for each in without_repeats([rows[0], TableRow("b.csv", 2, {}, ("x",))])
        if isinstance(each, Rejected)
    )


def test_a_row_that_an_adapter_loses_is_noticed() -> None:
    ledger = RowAccount(lambda _: None)
    rows = list(ledger.read(TableRow("a.csv", number, {}, ()) for number in (2, 3)))
    assert isinstance(rows[0], TableRow)
    ledger.map(rows[0])
    with pytest.raises(MappingError, match=r"a\.csv row 3 was read, but neither mapped nor rejected"):
        ledger.close()


def test_rows_that_were_merged_into_a_rejected_one_go_with_it() -> None:
    told: list[Rejected] = []
    ledger = RowAccount(told.append)
    first, *others = (
        TableRow("a.csv", number, cells, ()) for number, cells in enumerate(({"x": "?"}, {"x": "?"}, {}, {"x": "1"}), 2)
    )
    list(ledger.read((first, *others)))
    ledger.map(others[0])
    ledger.reject(Rejected("a.csv", 2, "x", "?", "not a number", "mend it"), others)
    assert [(each.number, each.column, each.value, each.reason) for each in told] == [
        (2, "x", "?", "not a number"),
        (3, "x", "?", "not a number"),
        (4, "x", "?", "not a number"),
        (5, "x", "1", "goes with row 2, which is rejected: not a number"),
    ]
    account = ledger.close()
    assert (account.read, account.mapped, account.rejected, account.reasons) == (4, 1, 3, {"not a number": 4})


CELLS = st.sampled_from(
    ["", "2018", "1990", "Korea", "Zaire", "x", "3", "0", "-1", "\u0661", "1e9", "=1+1", "a\u2028b"]
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
@given(rows=st.lists(st.fixed_dictionaries({"Year": CELLS, "Country": CELLS, "Rank": CELLS}), min_size=1, max_size=6))
def test_read_is_mapped_and_rejected_and_equal_rows_give_equal_quads(rows: list[dict[str, str]], map_rows: Map) -> None:
    once, again = map_rows(RANKS, *rows), map_rows(RANKS, *rows)
    assert once.quads == again.quads
    assert once.account.read == len(rows) == once.account.mapped + once.account.rejected
    assert len({each.number for each in once.rejected}) == once.account.rejected


@settings(deadline=None)
@given(st.lists(st.integers(0, 40), max_size=60), st.integers(0, 5000))
def test_repeats_are_found_however_many_rows_stand_between(picks: list[int], between: int) -> None:
    rows = [TableRow("a.csv", number, {}, (str(pick),)) for number, pick in enumerate(picks, 1)]
    others = [TableRow("a.csv", len(picks) + number, {}, ("other", str(number))) for number in range(1, between + 1)]
    again = [TableRow("b.csv", number, {}, row.passage) for number, row in enumerate(rows, 1)]
    found = list(without_repeats([*rows, *others, *again]))
    kept = [each for each in found if isinstance(each, TableRow)]
    assert len(kept) == len(set(picks)) + between
    first = {pick: picks.index(pick) + 1 for pick in picks}
    told = [each.reason for each in found if isinstance(each, Rejected) and each.file == "b.csv"]
    assert told == [f"repeats row {first[pick]} of a.csv" for pick in picks]
