"""Dates in the register of the Open Government Partnership → EDTF; what can be read in two ways is not read."""

from __future__ import annotations

import calendar
import re
from datetime import date

MISSING = frozenset(("", "NR", "ND", "NA", "Not Specified", "Unclear"))

_MONTHS = {name: number for number, name in enumerate(calendar.month_abbr) if name}
_NUMERIC = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_MONTH_YEAR = re.compile(r"(\d{2})/(\d{2})")
_NAMED_MONTH = re.compile(r"([A-Z][a-z]{2})-(\d{2})")
_NAMED_DAYS = (
    re.compile(r"(?P<d>\d{1,2})-(?P<m>[A-Z][a-z]{2})-(?P<y>\d{2})"),
    re.compile(r"(?P<m>[A-Z][a-z]{2}) (?P<d>\d{1,2}), (?P<y>\d{2})"),
)
_YEAR = re.compile(r"20\d{2}")


class Ambiguous(ValueError):
    """A date that means one day in the United States and another in Europe; its text names both."""


def read_date(text: str) -> str | None:
    """Write a date as EDTF, as precise as it is written; None for anything that is no date.

    ``12/31/2014`` and ``31/12/2014`` have only one reading. Raises Ambiguous for ``01/07/2014``.
    """
    if _YEAR.fullmatch(text):
        return text
    if found := _NUMERIC.fullmatch(text):
        return _read_numeric(*map(int, found.groups()))
    if (found := _NAMED_MONTH.fullmatch(text)) and found[1] in _MONTHS:
        return f"20{found[2]}-{_MONTHS[found[1]]:02}"
    if (found := _MONTH_YEAR.fullmatch(text)) and 1 <= int(found[1]) <= 12:
        return f"20{found[2]}-{found[1]}"
    for form in _NAMED_DAYS:
        if (found := form.fullmatch(text)) and found["m"] in _MONTHS:
            return _day(2000 + int(found["y"]), _MONTHS[found["m"]], int(found["d"]))
    return None


def read_period(
    start: tuple[str, str], end: tuple[str, str]
) -> tuple[tuple[str, str], tuple[str, ...], tuple[str, ...]]:
    """Read begin and end, each a column with its text.

    Returns
    -------
    begin and end as EDTF, empty where there is none; what was written but not read; what is in doubt, in words. A
    period that ends before it begins is in doubt, and neither end is taken.
    """
    dates, texts, doubts = [], [], []
    for name, text in (start, end):
        found = ""
        if text not in MISSING:
            try:
                found = read_date(text) or ""
            except Ambiguous as error:
                doubts.append(f"{name} {text} can be {error}")
            if not found:
                texts.append(f"{name}: {text}")
        dates.append(found)
    if all(dates) and _last(dates[1]) < _first(dates[0]):
        doubts.append(f"{end[0]} {end[1]} lies before {start[0]} {start[1]}")
        return ("", ""), tuple(f"{name}: {text}" for name, text in (start, end)), tuple(doubts)
    return (dates[0], dates[1]), tuple(texts), tuple(doubts)


def _read_numeric(first: int, second: int, year: int) -> str | None:
    """Read a date in figures where its order can be told."""
    american, european = _day(year, first, second), _day(year, second, first)
    if american and european and american != european:
        raise Ambiguous(f"{american} or {european}")
    return american or european


def _day(year: int, month: int, day: int) -> str | None:
    """Write a day; None when there is none such."""
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _first(edtf: str) -> str:
    """Give the first day, so that texts can be compared."""
    return edtf + "-01-01"[len(edtf) - 4 :] if len(edtf) < 10 else edtf


def _last(edtf: str) -> str:
    """Give a text that no day of the month or year lies behind."""
    return edtf + "-99"
