"""Times: which of the days that documents state count, for one party of one agreement."""

from __future__ import annotations

from datetime import date

import pytest

from communique.graph.networks.statements import Facts, StatedValue
from communique.graph.networks.times import OPEN, Time, find_shared_time, find_time, intersections
from communique.graph.terms.namespaces import COM, GRAPH, VOCAB

Said = dict[str, str]

SIGNED = {"stage": "signed", "signedEarliest": "1960-02-01", "signedLatest": "1960-02-28"}
RATIFIED = {"stage": "ratified", "signedEarliest": "1960-02-01", "ratifiedEarliest": "1970-01-01"}
CONCLUDED = {"concludedEarliest": "1960-01-01", "concludedLatest": "1960-12-31"}
IN_FORCE = {**CONCLUDED, "inForceEarliest": "1962-01-01", "inForceLatest": "1962-12-31"}
ENDED = {**IN_FORCE, "endEarliest": "1980-01-01", "endLatest": "1980-12-31"}


def told(**nodes: Said) -> Facts:
    """Collect what one document says of nodes."""
    facts = Facts()
    for node, said in nodes.items():
        for name, value in said.items():
            text = f"{VOCAB}stage/{value}" if name == "stage" else value
            facts.add(node, COM + name, StatedValue(text, None, f"{GRAPH}doc/1"))
    return facts


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


@pytest.mark.parametrize(
    ("party", "agreement", "begin", "end", "lasts"),
    [
        # the term of the party goes first, bound by bound
        ({"inForceEarliest": "1965-01-01", "endLatest": "1970-12-31"}, ENDED, "1965-01-01", "1970-12-31", True),
        ({"inForceEarliest": "1965-01-01"}, ENDED, "1965-01-01", "1980-12-31", True),
        ({"inForceEarliest": "1965-01-01"}, IN_FORCE, "1965-01-01", None, True),
        ({"inForceEarliest": "1965-01-01"}, CONCLUDED, "1965-01-01", None, True),
        ({"endLatest": "1970-12-31"}, ENDED, "1962-01-01", "1970-12-31", True),
        ({"endLatest": "1970-12-31"}, CONCLUDED, "1960-01-01", "1970-12-31", True),
        ({"endLatest": "1970-12-31"}, {}, None, "1970-12-31", True),
        ({"inForceEarliest": "1965-01-01", "signedEarliest": "1966-01-01"}, {}, "1965-01-01", None, True),
        # a term that the agreement alone has; nobody is bound before the last of its own steps
        ({}, ENDED, "1962-01-01", "1980-12-31", True),
        ({"stage": "concluded"}, IN_FORCE, "1962-01-01", None, True),
        (RATIFIED, ENDED, "1970-01-01", "1980-12-31", True),
        ({"stage": "acceded", "signedEarliest": "1961-01-01"}, IN_FORCE, "1962-01-01", None, True),
        ({"stage": "in-force"}, {**CONCLUDED, "endLatest": "1980-12-31"}, "1960-01-01", "1980-12-31", True),
        # a stage that says that it is bound, and nobody says since when
        ({"stage": "in-force"}, CONCLUDED, "1960-01-01", None, True),
        ({**SIGNED, "stage": "ended"}, CONCLUDED, "1960-02-01", None, True),
        ({"stage": "in-force"}, {}, None, None, True),
        # steps
        (SIGNED, ENDED, "1960-02-01", "1960-02-28", False),
        (SIGNED, {}, "1960-02-01", "1960-02-28", False),
        ({"stage": "signed"}, ENDED, "1960-01-01", "1960-12-31", False),
        ({"stage": "concluded"}, CONCLUDED, "1960-01-01", "1960-12-31", False),
        ({**RATIFIED, "ratifiedLatest": "1970-12-31"}, CONCLUDED, "1960-02-01", "1970-12-31", False),
        ({}, {}, None, None, False),
        # days that contradict each other
        ({"inForceEarliest": "1981-01-01"}, ENDED, "1981-01-01", None, True),
        ({"endLatest": "1961-12-31"}, ENDED, None, "1961-12-31", True),
        ({"stage": "ratified", "ratifiedEarliest": "1981-01-01"}, ENDED, None, None, True),
        ({"inForceEarliest": "1965-01-01", "endLatest": "1964-12-31"}, IN_FORCE, None, None, True),
    ],
)
def test_the_time_of_a_party(party: Said, agreement: Said, begin: str | None, end: str | None, lasts: bool) -> None:
    found = find_shared_time(told(party=party, agreement=agreement), "party", "agreement")
    assert found == Time(day(begin), day(end), lasts)


def test_a_membership_ends_with_its_body() -> None:
    facts = told(
        membership={"beginEarliest": "1950-01-01"}, body={"beginEarliest": "1949-01-01", "endLatest": "1991-06-28"}
    )
    assert find_shared_time(facts, "membership", "body") == Time(date(1950, 1, 1), date(1991, 6, 28), lasts=True)


@pytest.mark.parametrize(
    ("agreement", "begin", "end"),
    [
        (ENDED, "1962-01-01", "1980-12-31"),
        (IN_FORCE, "1962-01-01", None),
        (CONCLUDED, "1960-01-01", "1960-12-31"),
        ({**CONCLUDED, "endLatest": "1980-12-31"}, "1960-01-01", "1980-12-31"),
        ({"beginEarliest": "2016-05-24", "endLatest": "2016-05-27"}, "2016-05-24", "2016-05-27"),
        ({}, None, None),
    ],
)
def test_the_time_of_an_occasion(agreement: Said, begin: str | None, end: str | None) -> None:
    found = find_time(told(agreement=agreement), "agreement")
    assert (found.begin, found.end) == (day(begin), day(end))


def test_bounds_are_the_widest_that_documents_allow() -> None:
    facts = told(event={"beginEarliest": "2016-05-24"})
    facts.add("event", f"{COM}beginEarliest", StatedValue("2016-05-01Z", None, f"{GRAPH}doc/2"))
    assert find_time(facts, "event") == Time(date(2016, 5, 1), None, lasts=True)


def test_one_stage_beyond_the_signature_is_enough() -> None:
    facts = told(party=SIGNED, agreement=ENDED)
    facts.add("party", f"{COM}stage", StatedValue(f"{VOCAB}stage/ratified", None, f"{GRAPH}doc/2"))
    assert find_shared_time(facts, "party", "agreement").lasts


def test_times_meet_on_the_days_they_share() -> None:
    early, late, since = (
        (day("1910-01-01"), day("1920-12-31")),
        (day("1930-01-01"), day("1940-12-31")),
        (day("1920-12-31"), None),
    )
    assert intersections([early, late], [since]) == [(since[0], early[1]), late]
    assert intersections([early], [late]) == []
    assert intersections([OPEN], [OPEN]) == [OPEN]


@pytest.mark.parametrize(
    ("begin", "end", "since", "until", "expected"),
    [
        (2, 4, None, None, True),
        (2, 4, 4, None, True),
        (2, 4, 5, None, False),
        (2, 4, None, 2, True),
        (2, 4, None, 1, False),
        (2, None, 9, 9, True),
        (None, 4, 5, 9, False),
        (None, None, 1, 9, None),
    ],
)
def test_a_window_holds_its_first_and_its_last_day(
    begin: int | None, end: int | None, since: int | None, until: int | None, expected: bool | None
) -> None:
    first, last, lower, upper = (date(2015, 1, each) if each else None for each in (begin, end, since, until))
    assert Time(first, last, lasts=True).overlaps(lower, upper) is expected
    assert Time(first, last, lasts=False).overlaps(lower, upper) is expected
