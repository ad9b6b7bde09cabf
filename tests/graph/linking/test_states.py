"""Names of states → nodes: every known danger, several meanings by date, and what decides nothing."""

from __future__ import annotations

from datetime import date

import pytest

from communique.graph.linking.states import candidates, find
from communique.graph.terms.identifiers import entity


def found(text: str, on: date | None = None) -> str | None:
    """Find a name, as the last two steps of its IRI."""
    node = find(text, on=on)
    return node and "/".join(node.value.split("/")[-2:])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Niger", "state/NER"),
        ("Nigeria", "state/NGA"),
        ("Republic of the Niger", "state/NER"),
        ("Korea, Dem. Rep.", "state/PRK"),
        ("Korea, Rep.", "state/KOR"),
        ("Republic of Korea", "state/KOR"),
        ("République de Corée", "state/KOR"),
        ("Democratic People's Republic of Korea", "state/PRK"),
        ("Congo, Rep.", "state/COG"),
        ("Congo, Dem. Rep.", "state/COD"),
        ("Congo (Kinshasa)", "state/COD"),
        ("Guinea", "state/GIN"),
        ("Guinea-Bissau", "state/GNB"),
        ("Equatorial Guinea", "state/GNQ"),
        ("Papua New Guinea", "state/PNG"),
        ("China", "state/CHN"),
        ("Taiwan, Province of China", "place/TWN"),
        ("Hong Kong SAR, China", "place/HKG"),
        ("Macau", "place/MAC"),
        ("Georgia", "state/GEO"),
        ("South Georgia and the South Sandwich Islands", "place/SGS"),
        ("Macedonia, FYR", "state/MKD"),
        ("Dominica", "state/DMA"),
        ("Dominican Republic", "state/DOM"),
        ("Ireland", "state/IRL"),
        ("Samoa", "state/WSM"),
        ("American Samoa", "place/ASM"),
        ("Sudan", "state/SDN"),
        ("South Sudan", "state/SSD"),
        ("Virgin Islands, U.S.", "place/VIR"),
        ("Virgin Islands, British", "place/VGB"),
        ("Sint Maarten (Dutch part)", "place/SXM"),
        ("Saint Martin (French part)", "place/MAF"),
        ("Micronesia, Fed. Sts.", "state/FSM"),
        ("Lao PDR", "state/LAO"),
        ("Bolivia (Plurinational State of)", "state/BOL"),
        ("St. Vincent & the Grenadines", "state/VCT"),
        ("Viet Nam", "state/VNM"),
        ("The Gambia", "state/GMB"),
        ("Côte d’Ivoire", "state/CIV"),
        ("Holy See", "state/VAT"),
        ("Netherlands Antilles", "place/ANT"),
        ("Antilles, Netherlands", "place/ANT"),
        ("Caribbean Netherlands", "place/BES"),
        ("Western Sahara", "place/ESH"),
        ("Sahrawi Arab Democratic Republic", "place/ESH"),
        ("대한민국", "state/KOR"),
        ("臺灣", "place/TWN"),
        ("Федерация Россия", None),
        ("Россия", "state/RUS"),
        ("ประเทศไทย", None),
        ("ไทย", "state/THA"),
        ("مصر", "state/EGY"),
        ("Ελλάδα", "state/GRC"),
        ("ישראל", "state/ISR"),
        ("日本", "state/JPN"),
    ],
)
def test_names_mean_what_they_say(text: str, expected: str | None) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Congo",
        "Korea",
        "Virgin Islands",
        "Saint Martin",
        "Northern Ireland",
        "Georgia, USA",
        "Atlanta, Georgia",
        "Macedonia (Greece)",
        "Bavaria",
        "Rhodesia and Nyasaland",
        "Republika Kina",  # neither the Republic of China nor the People's Republic, as long as the table lacks it
        "Republiek Korea",
        "Federation of Rhodesia and Nyasaland",
        "European Union",
        "Africa",
        "America",
        "Dél-Amerika",
        "England",
        "Papua",
        "World",
        "United Nations",
        "Republic of Crimea",
        "Republic",
        "Islands",
        "the",
        "",
        "  ",
        "(Unknown)",
    ],
)
def test_nothing_is_found_rather_than_something_wrong(text: str) -> None:
    assert find(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Islamic Republic of Afghanistan", "state/AFG"),
        ("Islamic Republic (Afghanistan)", "state/AFG"),  # a form that this state bears
        ("Afghanistan (Republic)", "state/AFG"),
        ("(Islamic Republic of) Iran", "state/IRN"),
        ("Brazil, Fed. Rep.", "state/BRA"),
        ("法兰西共和国", "state/FRA"),
        ("Islamic (Afghanistan)", None),
        ("Afghanistan, Islamic", None),
        ("Islamic France", None),
        ("Socialist (Brazil)", None),
        ("Hashemite Jordan", None),
        ("Republic (Afghanistan)", None),
        ("Kingdom (Brazil)", None),
    ],
)
def test_a_form_has_its_noun_and_stands_beside_a_name(text: str, expected: str | None) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "year", "expected"),
    [
        ("Zaire", 1980, "state/COD"),
        ("Zaire", 2020, "state/COD"),
        ("Congo", 1985, "state/COG"),
        ("Congo", 2010, None),
        ("Korea", 1900, "state/COW730"),
        ("Korea", 1990, None),
        ("Germany", 1960, "state/DEU"),
        ("East Germany", 1975, "state/DDR"),
        ("Yemen", 1980, "state/COW678"),
        ("Yemen", 2000, "state/YEM"),
        ("Vietnam", 1960, None),
        ("Viet Nam", 1980, "state/VNM"),
        ("Austria", 1850, "state/COW300"),
        ("Austria", 1960, "state/AUT"),
        ("Bavaria", 1850, "state/COW245"),
        ("Bavaria", 2010, None),
        ("United Arab Republic", 1960, "state/COW651"),
        ("United Arab Republic", 1965, "state/EGY"),
        ("Tanganyika", 1962, "state/COW510"),
        ("Serbia and Montenegro", 2004, "state/SCG"),
        ("Republic of China", 1930, "state/CHN"),
        ("Republic of China", 1960, "place/TWN"),
        ("USSR", 1980, "state/SUN"),
        ("Czechoslovakia", 1980, "state/CSK"),
    ],
)
def test_a_date_chooses_among_meanings(text: str, year: int, expected: str | None) -> None:
    assert found(text, date(year, 7, 1)) == expected


def test_what_does_not_decide_gives_candidates() -> None:
    assert candidates("Congo") == (entity("state/COG"), entity("state/COD"))
    assert set(candidates("Korea", on=date(1990, 1, 1))) == {entity("state/KOR"), entity("state/PRK")}
    assert candidates("Bavaria") == (entity("state/COW245"),)
    assert candidates("Atlantis") == ()
