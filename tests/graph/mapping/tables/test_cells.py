"""Cells and dates: what is read, what is refused, and that what is read says no more than was written."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from communique.graph.mapping.tables.cells import (
    CellContext,
    CellError,
    CellReader,
    booleans,
    decimals,
    integers,
    make_step,
    read_address,
    read_text,
    years,
)
from communique.graph.mapping.tables.dates import dates
from communique.graph.terms.identifiers import entity

NOW = CellContext()


@pytest.mark.parametrize(
    ("text", "comma", "found"),
    [
        ("0.50", False, "0.5"),
        ("−3", False, "-3"),
        ("-0.000", False, "0"),
        ("1e-3", False, "0.001"),
        (".5", False, "0.5"),
        ("1.234.567,8", True, "1234567.8"),
        ("100", False, "100"),
    ],
)
def test_decimals_are_written_in_one_way(text: str, comma: bool, found: str) -> None:
    assert decimals(None, None, comma, None)(text, NOW).text == found


@pytest.mark.parametrize("text", ["1,5", "12 %", "NaN", "inf", "1_000", "٣", "--1", "0x1", "1.2.3"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(CellError, match="not a number"):
        decimals(None, None, False, None)(text, NOW)


@settings(deadline=None)
@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**9), max_value=10**9))
def test_a_decimal_keeps_its_value(number: Decimal) -> None:
    assert Decimal(decimals(None, None, False, None)(str(number), NOW).text) == number


def test_a_number_too_long_to_be_rounded_is_refused() -> None:
    assert decimals(None, None, False, 2)("0.125", NOW).text == "0.12"
    with pytest.raises(CellError, match="too many digits"):
        decimals(None, None, False, 2)("1e40", NOW)


@pytest.mark.parametrize("text", ["http://example.org/x", "https://example.org/x"])
def test_an_address_begins_with_its_scheme(text: str) -> None:
    assert str(read_address(text, NOW).node) == f"<{text}>"
    with pytest.raises(CellError, match="not an address"):
        read_address(text.removeprefix("http"), NOW)


def test_bounds_hold() -> None:
    with pytest.raises(CellError, match="more than 9"):
        integers(0, 9)("10", NOW)
    with pytest.raises(CellError, match="less than 0"):
        decimals(Decimal(0), None, False, None)("-0.1", NOW)
    with pytest.raises(CellError, match="more than 2100"):
        years(1000, 2100)("2899", NOW)
    with pytest.raises(CellError, match="neither true nor false"):
        booleans({"yes": True})("ja", NOW)


@pytest.mark.parametrize(
    ("reader", "least", "most", "below", "above"),
    [
        (integers(0, 193), "0", "193", "-1", "194"),
        (decimals(Decimal(-1), Decimal(1), False, None), "-1", "1", "-1.000001", "1.000001"),
        (years(1000, 2100), "1000", "2100", "0999", "2101"),
        (dates(["%Y-%m-%d"], None, 1990, 2020), "1990-01-01", "2020-12-31", "1989-12-31", "2021-01-01"),
        (dates(["edtf"], None, 1990, 2020), "1990", "2020-12-31", "1989", "2021"),
    ],
    ids=["integers", "decimals", "years", "dates", "edtf"],
)
def test_a_declared_minimum_and_maximum_may_be_reached_and_not_passed(
    reader: CellReader, least: str, most: str, below: str, above: str
) -> None:
    assert [reader(text, NOW).text for text in (least, most)] == [least, most]
    for text in (below, above):
        with pytest.raises(CellError, match=r"less than|more than|lies outside"):
            reader(text, NOW)


@pytest.mark.parametrize(
    ("text", "formats", "order", "found"),
    [
        ("2018-07-19", ["%Y-%m-%d", "%Y"], None, "2018-07-19"),
        ("2018", ["%Y-%m-%d", "%Y"], None, "2018"),
        ("7/2018", ["%m/%Y"], None, "2018-07"),
        ("19 July 2018", ["%d %B %Y"], None, "2018-07-19"),
        ("Jul 9, 2018", ["%b %d, %Y"], None, "2018-07-09"),
        ("2018-07-19T23:00:00.0Z", ["%Y-%m-%dT%*"], None, "2018-07-19"),
        ("13/02/2010", ["%d/%m/%Y", "%m/%d/%Y"], None, "2010-02-13"),
        ("02/02/2010", ["%d/%m/%Y", "%m/%d/%Y"], None, "2010-02-02"),
        ("03/02/2010", ["%d/%m/%Y", "%m/%d/%Y"], "dmy", "2010-02-03"),
        ("03/02/2010", ["%d/%m/%Y", "%m/%d/%Y"], "mdy", "2010-03-02"),
        ("1990~/1995", ["edtf"], None, "1990~/1995"),
    ],
)
def test_dates_keep_the_precision_that_is_written(text: str, formats: list[str], order: str | None, found: str) -> None:
    value = dates(formats, order, 1000, 2100)(text, NOW)
    assert value.text == found
    assert value.days is not None
    assert value.days.begin_earliest is not None


@pytest.mark.parametrize(
    ("text", "formats", "words"),
    [
        ("03/02/2010", ["%d/%m/%Y", "%m/%d/%Y"], "ambiguous: 2010-02-03 or 2010-03-02"),
        ("31/02/2010", ["%d/%m/%Y"], "not a date"),
        ("1 Brumaire 1799", ["%d %B %Y"], "not a date"),
        ("2018-07-19 or so", ["%Y-%m-%d"], "not a date"),
        ("2899-01-01", ["%Y-%m-%d"], "outside 1000 to 2100"),
        ("soon", ["edtf"], "not an EDTF date"),
        ("2899", ["edtf"], "outside 1000 to 2100"),
    ],
)
def test_what_is_no_one_date_is_refused(text: str, formats: list[str], words: str) -> None:
    with pytest.raises(CellError, match=words):
        dates(formats, None, 1000, 2100)(text, NOW)


@settings(deadline=None)
@given(st.dates(min_value=date(1000, 1, 1), max_value=date(2100, 12, 31)))
def test_any_day_is_read_back(day: date) -> None:
    value = dates(["%d.%m.%Y"], None, 1000, 2100)(f"{day.day}.{day.month}.{day.year:04d}", NOW)
    assert value.days is not None
    assert {*value.days} == {day}


def test_texts_lose_blanks_and_refuse_control_characters() -> None:
    assert read_text("  a\t\n b ", NOW).text == "a b"
    with pytest.raises(CellError, match=r"U\+0008"):
        read_text("a\x08b", NOW)
    with pytest.raises(CellError, match="not an address"):
        read_address("javascript:alert(1)", NOW)
    with pytest.raises(CellError, match="not an address"):
        read_address("https://a b", NOW)


@settings(deadline=None)
@given(st.text(min_size=1, max_size=400))
def test_any_text_makes_a_step_of_an_identifier(text: str) -> None:
    step = make_step(text)
    assert len(step) <= 100
    assert entity(f"org/x-{step}")


def test_long_texts_that_begin_alike_make_different_steps() -> None:
    assert make_step("word " * 40 + "a") != make_step("word " * 40 + "b")


@pytest.mark.parametrize(
    ("text", "comma", "number"),
    [
        ("1,234.5", False, "1234.5"),
        ("1,000,000.25", False, "1000000.25"),
        ("1.234,5", True, "1234.5"),
        ("0,80", True, "0.8"),
        ("1.234", True, "1234"),
        ("1,234.5", True, None),
        ("0.80", True, None),
        ("12,500.1,5", False, None),
        ("1,234", False, None),  # 1234, or 1.234
        ("12,34.5", False, None),
    ],
)
def test_groups_of_thousands_are_read_or_refused_and_never_taken_for_another_number(
    text: str, comma: bool, number: str | None
) -> None:
    read = decimals(None, None, comma, None)
    if number is None:
        with pytest.raises(CellError):
            read(text, CellContext())
    else:
        assert read(text, CellContext()).text == number
