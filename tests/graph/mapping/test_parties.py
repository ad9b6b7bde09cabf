"""Parties as registers name them: states, authorities of territories, organizations, and names that are nobody's."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import NamedNode

from communique.graph.linking import states
from communique.graph.mapping.parties import (
    Counted,
    Named,
    meanings,
    name_party,
    party_cells,
    party_rows,
    summary_cells,
    untied_values,
)
from communique.graph.sources.rows import TableRow
from communique.graph.terms.identifiers import entity

ROW = TableRow("list.csv", 7, {"who": "x"}, ("x",))
PACT = "agreement/pact"


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("Greece", "state/GRC"),
        ("  Hong   Kong ", "place/HKG"),
        ("European  Union", "org/eu"),
        ("EU (European Union)", "org/eu"),
        ("Palestine Liberation Organisation", "org/plo"),
        ("Palestinian Authority", "state/PSE"),
        ("Atlantis", None),
        ("Congo", None),
    ],
)
def test_a_name_is_tied_or_stays_a_name(text: str, node: str | None) -> None:
    assert name_party(text).found == (entity(node) if node else None)


def test_the_first_day_on_which_a_name_means_one_counts() -> None:
    assert name_party("Congo", (date(1995, 1, 1), None)).found == entity("state/COG")


def test_a_state_is_party_as_itself() -> None:
    cells = {"party": "state/GRC", "agreement_party": "party/pact/GRC"}
    assert party_cells(entity("state/GRC"), PACT) == cells
    assert party_cells(entity("state/GRC"), PACT, "1999")["agreement_party"] == "party/pact/GRC/1999"


def test_for_a_territory_its_authorities_are_party() -> None:
    assert party_cells(entity("place/HKG"), PACT) == {
        "party": "org/hkg-authorities",
        "agreement_party": "party/pact/hkg-authorities",
        "body": "org/hkg-authorities",
        "body_kind": "Organization",
        "body_label": "Authorities of Hong Kong",
        "place": "place/HKG",
    }


def test_a_territory_that_is_no_more_has_authorities_too() -> None:
    cells = party_cells(entity("place/ANT"), PACT)
    assert (cells["party"], cells["place"]) == ("org/ant-authorities", "place/ANT")
    assert cells["body_label"] == "Authorities of Netherlands Antilles"


def test_an_organization_is_described() -> None:
    cells = party_cells(entity("org/eu"), PACT)
    assert (cells["body"], cells["body_kind"]) == ("org/eu", "IntergovernmentalOrganization")
    assert cells["body_label"] == "European Union" and "place" not in cells
    assert party_cells(entity("org/plo"), PACT)["body_kind"] == "Organization"


@pytest.mark.parametrize(
    ("tied", "untied", "counted", "expected"),
    [
        (2, 0, Counted(), {"pair": PACT}),
        (3, 0, Counted(), {}),
        (1, 1, Counted(), {"counted": PACT, "least": "2", "named": "partly-named"}),
        (0, 0, Counted(), {"counted": PACT, "least": "2", "named": "none-named"}),
        (1, 0, Counted(2, 2), {"counted": PACT, "least": "2", "named": "partly-named", "most": "2"}),
        (2, 0, Counted(3), {"counted": PACT, "least": "3", "named": "partly-named"}),
        (5, 2, Counted(3), {"counted": PACT, "least": "7", "named": "partly-named"}),
        (0, 0, Counted(3), {"counted": PACT, "least": "3", "named": "none-named"}),
    ],
)
def test_what_is_said_of_all_parties(tied: int, untied: int, counted: Counted, expected: dict[str, str]) -> None:
    assert summary_cells(PACT, tied, untied, counted) == expected


def test_each_party_has_a_row_once() -> None:
    greece, nobody = Named("Greece", entity("state/GRC")), Named("Atlantis", None)
    chile = Named("Chile", entity("state/CHL"))
    rows = list(party_rows(ROW, PACT, [greece, nobody, greece, chile], {"stage": "signed"}, others=[chile.found]))
    assert {row.number for row in rows} == {7}
    assert [row.cells for row in rows] == [
        {"counted": PACT, "least": "3", "named": "partly-named"},
        {"of": PACT, "stage": "signed", "party": "state/GRC", "agreement_party": "party/pact/GRC"},
        {"untied": PACT, "party_text": "Atlantis"},
    ]
    (told,) = untied_values(ROW, "who", [greece, nobody, nobody])
    assert (told.number, told.column, told.value, told.is_row) == (7, "who", "Atlantis", False)


@given(st.lists(st.integers(1, 4000), min_size=1, max_size=6, unique=True), st.integers(0, 4000))
def test_meanings_part_a_time_where_they_change(changes: list[int], length: int) -> None:
    first = date(1900, 1, 1)
    marks = sorted(changes)

    def find(day: date) -> NamedNode:
        return entity(f"state/S{sum((day - first).days >= mark for mark in marks)}")

    last = first + timedelta(days=length)
    parts = list(meanings(find, first, last))
    assert (parts[0][1], parts[-1][2]) == (first, last)
    assert all(one[2] + timedelta(days=1) == other[1] for one, other in pairwise(parts))
    assert all(find(begin) == find(end) == node for node, begin, end in parts)


def test_the_soviet_union_lies_between_two_russias() -> None:
    parts = meanings(lambda day: states.by_code("cow", "365", on=day), date(1900, 1, 1), date(2000, 1, 1))
    assert [node.value.rpartition("/")[2] for node, _, _ in parts if node] == ["RUS", "SUN", "RUS"]
