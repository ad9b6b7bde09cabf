"""EDTF text → the days between which something began and ended.

The expressions are those of Extended Date/Time Format (ISO 8601-2, levels 0 to 2) as the library ``edtf`` reads them.
Each end of a period is read on its own, because the library returns for an open or unknown end a made-up date or none.
"""

from __future__ import annotations

import calendar
import re
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

import edtf

from communique.graph.sources.tree import Scalar, wrong

_QUALIFIERS = re.compile(r"[?~%]")
_OPEN = ("", "..")
_WITHOUT_DAYS = (edtf.Season, edtf.Level2Season, edtf.MultipleDates)
_EXPECTED = "an EDTF date or period, such as 2017-10, 2016-05-24/2016-05-27 or XXXX-03-24"


class Bounds(NamedTuple):
    """First and last possible day of a beginning and of an end, those days included; None where nothing is known."""

    begin_earliest: date | None
    begin_latest: date | None
    end_earliest: date | None
    end_latest: date | None


# Authored key of a period → property → the bound it takes.
PERIODS = MappingProxyType(
    {
        "when": {
            "beginEarliest": "begin_earliest",
            "beginLatest": "begin_latest",
            "endEarliest": "end_earliest",
            "endLatest": "end_latest",
        },
        "concluded": {"concludedEarliest": "begin_earliest", "concludedLatest": "end_latest"},
        "date": {"documentDateEarliest": "begin_earliest", "documentDateLatest": "end_latest"},
    }
)


def read_bounds(text: Scalar) -> Bounds:
    """Find the bounds of an EDTF expression.

    A date that is not a period bounds beginning and end alike. An approximate or uncertain date (``~ ? %``) reaches
    one unit of its precision further on either side. An open or unknown end, and a date whose year is unknown, has no
    bounds. MappingError at the text: not EDTF, a season (no agreed days), several dates, a year beyond 9999, a
    period that ends before it begins.
    """
    _parse(text, text.text)
    begin, _, end = text.text.partition("/")
    first = _side(text, begin)
    last = _side(text, end) if "/" in text.text else first
    return narrow(text, Bounds(*first, *last))


def narrow(text: Scalar, bounds: Bounds) -> Bounds:
    """Let each end limit the other: nothing ends before it begins; MappingError at the text when it does."""
    begin_earliest, begin_latest, end_earliest, end_latest = bounds
    if begin_earliest and end_latest and begin_earliest > end_latest:
        raise wrong(text.place, f"{text.text!r} ends before it begins", expected="the earlier date first")
    if begin_latest and end_latest:
        begin_latest = min(begin_latest, end_latest)
    if begin_earliest and end_earliest:
        end_earliest = max(begin_earliest, end_earliest)
    return Bounds(begin_earliest, begin_latest, end_earliest, end_latest)


def _side(text: Scalar, side: str) -> tuple[date | None, date | None]:
    """Bound one end of a period, or a date that is none."""
    plain = _QUALIFIERS.sub("", side)
    if plain in _OPEN or plain.startswith("XXXX"):
        return None, None
    parsed = _parse(text, side)
    if isinstance(parsed, _WITHOUT_DAYS):
        raise wrong(text.place, f"{side!r} has no agreed days", expected="months, not a season; one date, not several")
    first, last = _day(text, parsed.lower_strict()), _day(text, parsed.upper_strict())
    return (first, last) if plain == side else _widen(first, last, plain.count("-"))


def _parse(text: Scalar, expression: str) -> Any:
    """Read an EDTF expression; MappingError when it is none."""
    try:
        return _read(expression)
    except (edtf.EDTFParseException, ValueError, TypeError) as error:
        raise wrong(text.place, f"{expression!r} is not a date", expected=_EXPECTED) from error


def _day(text: Scalar, moment: Any) -> date | None:
    """Turn what the library returns (``struct_time``, or ± infinity for an open set) into a day."""
    if isinstance(moment, float):
        return None
    try:
        return date(*moment[:3])
    except ValueError as error:
        raise wrong(text.place, f"{text.text!r} lies outside the years 1 to 9999", expected=_EXPECTED) from error


def _widen(first: date | None, last: date | None, precision: int) -> tuple[date | None, date | None]:
    """Move both bounds outwards by a year, a month or a day, for precision 0, 1 or 2."""
    move = _move_days if precision >= 2 else _move_months
    step = 12 if precision == 0 else 1
    return first and move(first, -step), last and move(last, step)


def _move_days(day: date, days: int) -> date:
    """Move a day, stopping at the first and last day there is."""
    return date.fromordinal(min(max(day.toordinal() + days, date.min.toordinal()), date.max.toordinal()))


def _move_months(day: date, months: int) -> date:
    """Move the first or last day of a month by whole months, to the first or last day of the month reached."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        return date.min if months < 0 else date.max
    length = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, 1 if day.day == 1 else length)


@lru_cache(maxsize=4096)
def _read(expression: str) -> Any:
    """Read an EDTF expression once; the library takes some 10 ms for each."""
    return edtf.parse_edtf(expression)
