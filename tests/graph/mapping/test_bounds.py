"""EDTF → bounds: what each form can mean, and what has no bounds at all."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from communique.graph.errors import MappingError
from communique.graph.mapping.bounds import Bounds, read_bounds
from communique.graph.sources.tree import FilePlace, Scalar

HERE = FilePlace("some.yaml", 7, 9)


def bounds(text: str) -> Bounds:
    return read_bounds(Scalar(text, HERE))


def days(*texts: str | None) -> Bounds:
    return Bounds(*(date.fromisoformat(text) if text else None for text in texts))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2016-05-24", days("2016-05-24", "2016-05-24", "2016-05-24", "2016-05-24")),
        ("2017-10", days("2017-10-01", "2017-10-31", "2017-10-01", "2017-10-31")),
        ("2016", days("2016-01-01", "2016-12-31", "2016-01-01", "2016-12-31")),
        ("201X", days("2010-01-01", "2019-12-31", "2010-01-01", "2019-12-31")),
        ("2018-XX-05", days("2018-01-05", "2018-12-05", "2018-01-05", "2018-12-05")),
        ("2016-05-24/2016-05-27", days("2016-05-24", "2016-05-24", "2016-05-27", "2016-05-27")),
        ("2014/2020", days("2014-01-01", "2014-12-31", "2020-01-01", "2020-12-31")),
        ("[2016, 2017]", days("2016-01-01", "2017-12-31", "2016-01-01", "2017-12-31")),
        ("2020-02", days("2020-02-01", "2020-02-29", "2020-02-01", "2020-02-29")),
    ],
)
def test_dates_and_periods(text: str, expected: Bounds) -> None:
    assert bounds(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("../2015-06-30", days(None, None, "2015-06-30", "2015-06-30")),
        ("/2015", days(None, None, "2015-01-01", "2015-12-31")),
        ("2015/..", days("2015-01-01", "2015-12-31", None, None)),
        ("2015/", days("2015-01-01", "2015-12-31", None, None)),
        ("[..2016]", days(None, "2016-12-31", None, "2016-12-31")),
    ],
)
def test_an_open_or_unknown_end_has_no_bounds(text: str, expected: Bounds) -> None:
    assert bounds(text) == expected


@pytest.mark.parametrize("text", ["XXXX-09-27", "XXXX-09-27/XXXX-10-02", "XXXX", "XXXX-08"])
def test_a_date_without_year_has_no_bounds(text: str) -> None:
    assert bounds(text) == Bounds(None, None, None, None)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2018~", "2017-01-01", "2019-12-31"),
        ("2018?", "2017-01-01", "2019-12-31"),
        ("2018-01%", "2017-12-01", "2018-02-28"),
        ("2018-12-31~", "2018-12-30", "2019-01-01"),
        ("~2018", "2017-01-01", "2019-12-31"),
        ("9999~", "9998-01-01", "9999-12-31"),
        ("0001-01-01~", "0001-01-01", "0001-01-02"),
    ],
)
def test_doubt_reaches_one_unit_further(text: str, first: str, last: str) -> None:
    assert bounds(text) == days(first, last, first, last)


def test_begin_and_end_limit_each_other() -> None:
    assert bounds("2018/2018-10") == days("2018-01-01", "2018-10-31", "2018-10-01", "2018-10-31")
    assert bounds("2018-05/2018") == days("2018-05-01", "2018-05-31", "2018-05-01", "2018-12-31")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("23 October", "is not a date"),
        ("2018-02-30", "is not a date"),
        ("2018-10-02/2018-09-27", "ends before it begins"),
        ("2018-21", "has no agreed days"),
        ("{2016,2017}", "has no agreed days"),
        ("Y17000", "outside the years"),
        ("-0500", "outside the years"),
        ("0000", "outside the years"),
    ],
)
def test_what_has_no_days_is_refused_at_its_place(text: str, told: str) -> None:
    with pytest.raises(MappingError) as caught:
        bounds(text)
    assert str(caught.value).startswith("some.yaml:7:9: ")
    assert told in caught.value.message
    assert caught.value.expected


@settings(max_examples=30, deadline=None)
@given(st.dates(), st.dates())
def test_every_period_of_days_is_ordered(one: date, other: date) -> None:
    begin, end = sorted((one, other))
    assert bounds(f"{begin}/{end}") == Bounds(begin, begin, end, end)


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="0123456789-/X~?.[]{},S ", max_size=16))
def test_whatever_is_accepted_is_ordered(text: str) -> None:
    try:
        found = bounds(text)
    except MappingError:
        return
    begin_earliest, begin_latest, end_earliest, end_latest = (bound or None for bound in found)
    for first, second in (
        (begin_earliest, begin_latest),
        (end_earliest, end_latest),
        (begin_earliest, end_earliest),
        (begin_latest, end_latest),
    ):
        assert first is None or second is None or first <= second
