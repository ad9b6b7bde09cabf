"""NetworkOptions: text in, choices out, and back."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from communique.graph.errors import NetworkError
from communique.graph.networks import NetworkOptions

OPTIONS = st.builds(
    NetworkOptions,
    weight=st.sampled_from([None, "count", "newman"]),
    nodes=st.sampled_from(["state", "organization"]),
    planned=st.booleans(),
    inferred=st.booleans(),
    since=st.one_of(st.none(), st.dates(max_value=date(2000, 1, 1))),
    until=st.one_of(st.none(), st.dates(min_value=date(2000, 1, 1))),
)


@given(options=OPTIONS)
def test_what_is_written_is_read_back(options: NetworkOptions) -> None:
    assert NetworkOptions.parse(options.as_parameters()) == options


def test_nothing_given_means_the_defaults() -> None:
    assert NetworkOptions.parse({}) == NetworkOptions.parse({"from": "", "nodes": " "}) == NetworkOptions()
    assert not NetworkOptions().has_window


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2016", date(2016, 1, 1), date(2016, 12, 31)),
        ("2016-02", date(2016, 2, 1), date(2016, 2, 29)),
        ("2016-05-24", date(2016, 5, 24), date(2016, 5, 24)),
    ],
)
def test_an_incomplete_date_means_its_first_or_last_day(text: str, first: date, last: date) -> None:
    assert NetworkOptions.parse({"from": text, "to": text}) == NetworkOptions(since=first, until=last)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"node": "state"}, "no option of a network is called 'node'; .*did you mean 'nodes'"),
        ({"nodes": "country"}, "no kind of nodes is called 'country'; expected: one of state, organization"),
        ({"planned": "maybe"}, "no value of planned is called 'maybe'"),
        ({"from": "24.5.2016"}, "from: '24.5.2016' is not a date; expected: YYYY, YYYY-MM or YYYY-MM-DD"),
        ({"to": "2016-02-30"}, "to: '2016-02-30' is not a date"),
        ({"to": "20160524"}, "to: '20160524' is not a date"),
        (
            {"from": "2017", "to": "2016"},
            "the window ends 2016-12-31 before it starts 2017-01-01; next: swap from and to",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(parameters: dict[str, str], message: str) -> None:
    with pytest.raises(NetworkError, match=message):
        NetworkOptions.parse(parameters)
