"""The thirty questions: what the five documents answer, and what no answer may say.

Names are compared as the documents write them. An answer that is unknown must say so and give the number or the
plan that is known.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pyoxigraph import Store

from communique.graph.terms.identifiers import entity
from communique.graph.terms.namespaces import term

Row = dict[str, str | None]
Ask = Callable[..., list[Row]]

TRAINED = {
    "state/VNM": "Vietnam",
    "state/IDN": "Indonesia",
    "state/PHL": "Philippines",
    "state/MYS": "Malaysia",
    "state/UZB": "Uzbekistan",
    "state/RUS": "Russia",
    "state/SDN": "Sudan",
    "state/KEN": "Kenya",
    "state/NGA": "Nigeria",
    "state/ETH": "Ethiopia",
}


def column(rows: list[Row], *names: str) -> list[tuple[str | None, ...]]:
    """Give some columns of an answer, row by row."""
    return [tuple(row[name] for name in names) for row in rows]


def only(rows: list[Row]) -> Row:
    """Give the one row of an answer."""
    assert len(rows) == 1, rows
    return rows[0]


def test_p01_forum_in_the_lotte_hotel(ask: Ask) -> None:
    row = only(ask("place-of-event"))
    assert (row["earliest"], row["latest"], row["city"]) == ("2011-12-12", "2011-12-12", "Seoul")
    assert "Lotte Hotel" in str(row["venue"])


def test_p01_venue_takes_no_part(graph: Store) -> None:
    hotel = entity("place/lotte-hotel-seoul")
    assert list(graph.quads_for_pattern(None, term("com:venue"), hotel))
    assert not list(graph.quads_for_pattern(None, term("com:participant"), hotel))


def test_p02_organizers(ask: Ask) -> None:
    assert {row["name"] for row in ask("organizers-of-event")} == {
        "Korean Association for Public Administration",
        "Institute for Administrative Sciences",
    }


def test_p03_seven_attending_bodies(ask: Ask) -> None:
    rows = ask("attendees-of-event")
    assert len(rows) == 7
    assert {row["name"] for row in rows} == {
        "Ministry of Public Administration and Security",
        "Korean Customs Service",
        "International Institute for Administrative Science",
        "e-governance Research Forum",
        "National Information Agency",
        "UN Project Office on Governance",
        "UNDP Seoul Policy Centre",
    }
    parents = {row["name"]: row["parent"] for row in rows}
    assert parents["e-governance Research Forum"] == "Korean Association for Public Administration"


def test_p03_neither_organizers_nor_employers_nor_the_hotel_attend(ask: Ask) -> None:
    attending = {row["actor"] for row in ask("attendees-of-event")}
    assert not attending & {row["actor"] for row in ask("organizers-of-event")}
    assert not attending & {"org/korea-university", "place/lotte-hotel-seoul"}


def test_p04_speakers_with_their_posts_of_that_day(ask: Ask) -> None:
    assert set(column(ask("speakers-of-event"), "role", "name", "post", "organizationName")) == {
        (
            "role:opening-speaker",
            "Kwang-Su Jang",
            "Assistant Minister",
            "Ministry of Public Administration and Security",
        ),
        ("role:congratulatory-speaker", "Moon-Sok Ahn", "Emeritus Professor", "Korea University"),
        (
            "role:keynote-speaker",
            "Raul Zambrano",
            "Senior Advisor on Information and Communication Technology and Governance",
            "UNDP",
        ),
    }


def test_p05_name_of_the_ministry_on_two_days(ask: Ask) -> None:
    assert column(ask("name-on-day"), "day", "name") == [
        ("2013-10-23", "Ministry of Security and Public Administration"),
        ("2017-04-04", "Ministry of the Interior"),
    ]


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2011-12-12", "Ministry of Public Administration and Security"),
        ("2012-06-01", "Ministry of Public Administration and Security"),
        ("2013-03-22", "Ministry of Public Administration and Security"),
        ("2013-03-23", "Ministry of Security and Public Administration"),
        ("2013-06-01", "Ministry of Security and Public Administration"),
        ("2014-11-18", "Ministry of Security and Public Administration"),
        ("2016-05-26", "Ministry of the Interior"),
        ("2017-07-25", "Ministry of the Interior"),
        ("2017-07-26", "Ministry of the Interior and Safety"),
        ("2018-01-01", "Ministry of the Interior and Safety"),
        ("2018-10-02", "Ministry of the Interior and Safety"),
        ("2030-01-01", "Ministry of the Interior and Safety"),
    ],
)
def test_p05_name_is_the_one_dated_to_the_day_or_else_attested_before(ask: Ask, day: str, name: str) -> None:
    assert only(ask("name-on-day", day=day))["name"] == name


@pytest.mark.parametrize("day", ["2008-02-28", "2014-11-19", "2016-01-01", "2016-05-25"])
def test_p05_a_name_that_has_ended_does_not_answer_for_later_days(ask: Ask, day: str) -> None:
    assert ask("name-on-day", day=day) == []


def test_p05_a_dated_name_needs_no_document_and_tells_what_dates_it(ask: Ask) -> None:
    row = only(ask("name-on-day", day="2013-06-01"))
    assert (row["validFrom"], row["validTo"], row["nameStatus"]) == ("2013-03-23", "2014-11-18", "nameStatus:official")
    assert str(row["source"]).startswith("General knowledge")
    assert (row["attested"], row["document"]) == (None, None)


def test_p06_three_action_plans(ask: Ask) -> None:
    rows = ask("provisions-of-agreement")
    assert column(rows, "number", "addressee") == [
        ("1", "participating countries"),
        ("2", "countries"),
        ("3", "international organizations"),
    ]
    for row, words in zip(rows, (("network", "experience", "information"), ("digital gap",), ("lead",)), strict=True):
        assert all(word in str(row["summary"]) for word in words)


def test_p07_seventeen_and_two(ask: Ask) -> None:
    assert set(column(ask("adopter-counts-of-agreement"), "kind", "least", "most")) == {
        ("com:State", "17", "17"),
        ("com:InternationalOrganization", "2", "2"),
    }


def test_p08_adopters_are_unknown_and_counted(ask: Ask) -> None:
    rows = ask("adopters-of-agreement")
    assert {row["party"] for row in rows} == {None}
    assert {row["kind"]: row["least"] for row in rows} == {"com:State": "17", "com:InternationalOrganization": "2"}
    assert all(str(row["answer"]).startswith("UNKNOWN: not named") for row in rows)


def test_p09_first_forum(ask: Ask) -> None:
    row = only(ask("adoption-of-agreement"))
    assert (row["event"], row["label"], row["ordinal"]) == ("event/gegf-1", "1st Global e-Government Forum", "1")
    assert (row["date"], row["place"]) == ("not stated", "not stated")


def test_p10_two_cases_named_as_examples(ask: Ask) -> None:
    rows = {row["bearer"]: row for row in ask("follow-up-cases-in-report")}
    assert rows.keys() == {"state/TLS", "state/UGA"}
    assert rows["state/TLS"]["name"] == "East-Timor"
    assert "master plan" in str(rows["state/TLS"]["action"])
    assert "regional communication infrastructure" in str(rows["state/UGA"]["action"])
    assert rows["state/UGA"]["partner"] == "international organizations"
    assert {row["status"] for row in rows.values()} == {"real:ongoing"}
    assert {row["remark"] for row in rows.values()} == {"Two cases are picked out of several as examples."}


def test_p11_east_timor_is_timor_leste(ask: Ask) -> None:
    row = only(ask("node-by-name"))
    assert (row["node"], row["code"], row["document"]) == ("state/TLS", "TLS", "document/000")
    assert row["label"] == "Timor-Leste"


def test_p12_six_ranks_each_with_its_index(ask: Ask) -> None:
    assert column(ask("ranks-of-state"), "year", "index", "rank") == [
        ("2010", "UN e-Government Survey", "1"),
        ("2012", "UN e-Government Survey", "1"),
        ("2014", "UN e-Government Survey", "1"),
        ("2016", "UN e-Government Survey", "3"),
        ("2018", "UN e-government development index", "3"),
        ("2018", "UN e-participation index", "1"),
    ]


def test_p12_third_places_of_two_indices_stay_apart(ask: Ask) -> None:
    third = [row for row in ask("ranks-of-state") if row["rank"] == "3"]
    assert len({row["indicator"] for row in third}) == 2


def test_p13_romania(ask: Ask) -> None:
    assert only(ask("rank-of-state-in-year"))["rank"] == "67"


def test_p14_ten_of_twenty_four_named(ask: Ask) -> None:
    rows = ask("states-at-event")
    assert {row["state"]: row["name"] for row in rows} == TRAINED
    assert {row["completeness"] for row in rows} == {"10 of 24 named"}


def test_p15_strict_lower_bound_and_exact_number(ask: Ask) -> None:
    rows = {row["text"]: row for row in ask("counts-at-event")}
    persons, states = rows["Over 60 participants"], rows["24 countries"]
    assert (persons["kind"], persons["least"], persons["most"]) == ("com:Person", "61", None)
    assert (states["kind"], states["least"], states["most"]) == ("com:State", "24", "24")
    assert persons["answer"] == "at least 61, upper bound unknown"


def test_p16_bodies_of_the_training(ask: Ask) -> None:
    assert set(column(ask("bodies-of-event"), "role", "name")) == {
        ("role:inviter", "Ministry of the Interior"),
        ("role:cooperation-partner", "Asian Development Bank"),
        ("role:cooperation-partner", "World e-Governments Organization of Cities and Local Governments"),
        ("role:administrator", "National Information Society Agency"),
    }
    assert "WeGO" in {row["label"] for row in ask("bodies-of-event")}


def test_p17_tallinn_in_the_year_before(ask: Ask) -> None:
    row = only(ask("edition-before-day"))
    assert (row["city"], row["country"], row["date"]) == ("Tallinn", "Estonia", "2016")
    assert row["theme"] == "data-driven government"
    assert "last year" in str(row["grounds"])


def test_p18_plan_without_outcome(ask: Ask) -> None:
    row = only(ask("hosts-of-event"))
    assert (row["host"], row["status"], row["asOf"]) == ("state/KOR", "real:planned", "2017-04-04")
    assert str(row["outcome"]).startswith("UNKNOWN")


def test_p19_eight_bodies(ask: Ask) -> None:
    rows = ask("members-of-delegation")
    assert {row["name"] for row in rows} == {
        "Ministry of Foreign Affairs",
        "Ministry of the Interior and Safety",
        "National Tax Service",
        "Public Procurement Service",
        "Korea Internet & Security Agency",
        "National Information Society Agency",
        "Korea Local Information Research & Development Institute",
        "World Smart Sustainable Cities Organization",
    }
    assert {row["completeness"] for row in rows} == {"8 of 8 named"}


def test_p20_leader_and_dispatchers(ask: Ask) -> None:
    assert set(column(ask("leader-of-delegation"), "leaderName", "post", "name")) == {
        ("Shim Bo-kyun", "Vice Minister of the Interior and Safety", "Ministry of Foreign Affairs"),
        ("Shim Bo-kyun", "Vice Minister of the Interior and Safety", "Ministry of the Interior and Safety"),
    }


def test_p21_memorandum_with_greece(ask: Ask) -> None:
    row = only(ask("agreements-of-two-states"))
    assert row["agreement"] == "agreement/mou-kor-grc-egov-2017"
    assert (row["date"], row["earliest"], row["latest"]) == ("2017-10", "2017-10-01", "2017-10-31")
    assert row["present"] == "the Prime Ministers of the two countries (not named)"
    assert row["named"] == "Greece (witness), South Korea (witness)"
    assert row["status"] == "real:occurred"


def test_p21_memorandum_with_romania_is_planned(ask: Ask) -> None:
    row = only(ask("agreements-of-two-states", other="state/ROU"))
    assert (row["status"], row["date"], row["present"]) == ("real:planned", None, None)


def test_p22_only_greece(ask: Ask) -> None:
    row = only(ask("concluded-memoranda-of-state"))
    assert (row["partner"], row["date"]) == ("state/GRC", "2017-10")


@pytest.mark.parametrize(("state", "partners"), [("state/GRC", {"state/KOR"}), ("state/ROU", set())])
def test_p22_seen_from_the_partner(ask: Ask, state: str, partners: set[str]) -> None:
    assert {row["partner"] for row in ask("concluded-memoranda-of-state", state=state)} == partners


def test_p23_investment_of_romania(ask: Ask) -> None:
    row = only(ask("pledges-of-state"))
    assert "Digital Agenda 2020" in str(row["plan"])
    assert (row["amount"], row["currency"], row["approximate"]) == ("250000000", "EUR", "true")
    assert (row["earliest"], row["latest"]) == ("2014-01-01", "2020-12-31")
    assert (row["status"], row["modality"]) == ("real:planned", "modality:will")


def test_p24_officials_trained(ask: Ask) -> None:
    row = only(ask("officials-trained-by-state"))
    assert (row["least"], row["most"]) == ("4820", "4820")
    assert row["period"] == "for the past 10 years"
    assert (row["recipients"], row["document"]) == ("UNKNOWN: countries not named", "document/002")


def test_p24_number_gives_no_tie(graph: Store) -> None:
    programme = entity("programme/kor-egov-training-abroad")
    assert not list(graph.quads_for_pattern(programme, term("com:recipient"), None))
    assert not list(graph.quads_for_pattern(None, term("com:inEvent"), programme))


def test_p25_systems_and_where_they_are_named(ask: Ask) -> None:
    assert {(str(row["name"]).lower(), row["document"]) for row in ask("services-of-state")} == {
        ("hometax", "document/004"),
        ("narajangteo", "document/004"),
        ("korean government services", "document/004"),
        ("intelligent transportation system", "document/003"),
    }


def test_p26_ten_directed_ties(ask: Ask) -> None:
    rows = ask("ties-of-training")
    assert set(column(rows, "provider", "recipient")) == {("state/KOR", state) for state in TRAINED}
    assert len(rows) == 10
    assert set(column(rows, "year", "level", "completeness")) == {("2016", "level:local-officials", "10 of 24 named")}


def test_p27_greece_and_romania(ask: Ask) -> None:
    assert column(ask("co-members-of-organization"), "one", "other") == [("state/GRC", "state/ROU")]


def test_p28_one_document_and_no_second(ask: Ask) -> None:
    row = only(ask("sources-of-rank"))
    assert (row["document"], row["paragraph"], row["rank"]) == ("document/004", "2", "1")
    assert (row["documents"], row["answer"]) == ("1", "no second document states it")


def test_p29_two_expansions(ask: Ask) -> None:
    assert column(ask("names-by-document"), "document", "name", "short") == [
        ("document/003", "World e-Governments Organization of Cities and Local Governments", "WeGO"),
        ("document/004", "World Smart Sustainable Cities Organization", "WeGO"),
    ]


def test_p30_statements_about_the_digital_gap(ask: Ask) -> None:
    rows = ask("statements-of-person")
    assert set(column(rows, "speaker", "occasion", "document", "paragraph")) == {
        ("person/ahn-moon-sok", "event/e-governance-forum-2011-12", "document/001", "9")
    }
    assert any(all(word in str(row["summary"]) for word in ("access", "schooling", "earnings")) for row in rows)


def test_p30_not_said_by_another(ask: Ask) -> None:
    assert ask("statements-of-person", speaker="person/jang-kwang-su") == []
