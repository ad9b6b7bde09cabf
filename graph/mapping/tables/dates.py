"""Dates as registers write them → days, with the precision that was written."""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from communique.graph.errors import MappingError
from communique.graph.mapping.bounds import Bounds, read_bounds
from communique.graph.mapping.tables.cells import CellContext, CellError, CellReader, CellValue
from communique.graph.sources.tree import FilePlace, Scalar

EDTF = "edtf"
ISO = ("%Y-%m-%d", "%Y-%m", "%Y")

_MONTHS = {
    name.casefold(): number
    for names in (calendar.month_name, calendar.month_abbr)
    for number, name in enumerate(names)
    if name
}
_PARTS = {
    "Y": r"(?P<year>\d{4})",
    "m": r"(?P<month>\d{1,2})",
    "d": r"(?P<day>\d{1,2})",
    "B": r"(?P<name>[^\W\d_]+)",
    "b": r"(?P<name>[^\W\d_]+)",
    "H": r"\d{1,2}",
    "M": r"\d{1,2}",
    "S": r"\d{1,2}(?:\.\d+)?",
    "*": r".*",
    "%": "%",
}
_ORDERS = {"dmy": ("%d", "%m", "%Y"), "mdy": ("%m", "%d", "%Y"), "ymd": ("%Y", "%m", "%d")}
ORDERS = tuple(_ORDERS)


class _Day(NamedTuple):
    """A date as far as it is written."""

    year: int
    month: int | None
    day: int | None

    @property
    def edtf(self) -> str:
        """The date as EDTF."""
        parts = (f"{self.year:04d}", *(f"{part:02d}" for part in (self.month, self.day) if part is not None))
        return "-".join(parts)

    @property
    def bounds(self) -> Bounds:
        """Its first and last day; ValueError when there is no such day."""
        first = date(self.year, self.month or 1, self.day or 1)
        last_month = self.month or 12
        last = date(self.year, last_month, self.day or calendar.monthrange(self.year, last_month)[1])
        return Bounds(first, last, first, last)


def dates(formats: Sequence[str], order: str | None, least: int, most: int) -> CellReader:
    """Return a reader of dates.

    ``formats`` are written as for ``strptime`` (``%Y %m %d %b %B %H %M %S``, and ``%*`` for anything that follows), or
    ``edtf``. A cell that two formats read as different days is ambiguous and refused, unless ``order`` (dmy, mdy, ymd)
    says which comes first. ``least`` and ``most`` bound the year.
    """
    patterns = [(each, _pattern(each)) for each in formats if each != EDTF]
    is_edtf = EDTF in formats
    ranked = sorted(patterns, key=lambda item: _rank(item[0], order)) if order else patterns

    def read(text: str, _: CellContext) -> CellValue:
        found = [day for _, pattern in ranked if (day := _match(pattern, text)) is not None]
        if not found and is_edtf:
            return _read_edtf(text, least, most)
        if not found:
            expected = " or ".join(formats)
            raise CellError(f"not a date as {expected}", "correct the cell, add its format:, or list it under missing:")
        if len(set(found)) > 1 and order is None:
            days = " or ".join(sorted({day.edtf for day in found}))
            raise CellError(f"ambiguous: {days}", "declare order: dmy or mdy if the source is consistent")
        _check_year(found[0].year, least, most)
        return CellValue(found[0].edtf, step=found[0].edtf, days=found[0].bounds)

    return read


def has_days(formats: Sequence[str]) -> bool:
    """Return whether every date of these formats is a whole day."""
    return all("%d" in each for each in formats)


def check_format(text: str) -> str | None:
    """Return what is wrong with a format; None when nothing is."""
    if text == EDTF:
        return None
    unknown = [sign for sign in re.findall("%(.)", text) if sign not in _PARTS]
    if unknown:
        return f"%{unknown[0]} is not a part of a date here"
    return None if "%Y" in text else "a date without a year (%Y)"


def _pattern(form: str) -> re.Pattern[str]:
    pieces = re.split("%(.)", form)
    made = (_PARTS[piece] if number % 2 else re.escape(piece) for number, piece in enumerate(pieces))
    return re.compile("".join(made))


def _match(pattern: re.Pattern[str], text: str) -> _Day | None:
    """Read a date by a format; None when it does not fit or there is no such day."""
    found = pattern.fullmatch(text)
    if found is None:
        return None
    parts = found.groupdict()
    month = parts.get("month") or _MONTHS.get((parts.get("name") or "").casefold())
    if parts.get("name") and month is None:
        return None
    day = _Day(int(parts["year"]), int(month) if month else None, int(parts["day"]) if parts.get("day") else None)
    try:
        day.bounds  # noqa: B018  ValueError where the calendar has no such day
    except ValueError:
        return None
    return day


def _rank(form: str, order: str | None) -> int:
    """Put formats in the declared order of their parts first."""
    signs = re.findall("%[Ymd]", form)
    wanted = [sign for sign in _ORDERS[order or "ymd"] if sign in signs]
    return 0 if signs == wanted else 1


def _read_edtf(text: str, least: int, most: int) -> CellValue:
    try:
        days = read_bounds(Scalar(text, FilePlace("", 0, 0)))
    except MappingError as error:
        raise CellError("not an EDTF date", f"write {error.expected}") from error
    for day in days:
        if day is not None:
            _check_year(day.year, least, most)
    return CellValue(text, days=days)


def _check_year(year: int, least: int, most: int) -> None:
    """Refuse years that no document of this kind can mean, such as a placeholder of 2999."""
    if not least <= year <= most:
        raise CellError(
            f"the year {year} lies outside {least} to {most}", "list the cell under missing: if it means that"
        )
