"""Correlates of War, IGO version 3: years of membership → spans, and what the tables of states and organizations need.

A span is a run of years without gap in which a state has one status in an organization. States are those that
their code means in that year: code 345 is Yugoslavia, then Serbia and Montenegro, then Serbia.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from communique.graph.linking import states
from communique.graph.mapping.parties import meanings
from communique.graph.mapping.tables.adapter import Adapter, TableAdapter
from communique.graph.sources.rows import TableRow
from communique.graph.terms.namespaces import ID

# Last year of the list of memberships, and of that of states: what lasts until then has no known end.
LAST_YEAR, LAST_DAY = 2009, date(2016, 12, 31)
# Before this year the source has values for every fifth year and fills in the others.
FILLED_IN_BEFORE = 1965
RULE = "yearly-values-filled-in-before-1965"


@dataclass(slots=True)
class _Span:
    """A run of years: the first row, the last, and those between by number alone."""

    first: TableRow
    last: TableRow
    year: int
    between: list[TableRow] = field(default_factory=list)

    def extend(self, row: TableRow, year: int) -> None:
        """Add the row of the next year; of the last one before, only the place is kept."""
        if self.last is not self.first:
            self.between.append(replace(self.last, cells={}, passage=()))
        self.last, self.year = row, year

    def close(self) -> TableRow:
        """Return one row of all; it keeps the place and the cells of the first."""
        ongoing = self.year >= LAST_YEAR
        cells = {"until": "" if ongoing else str(self.year), "standing": "ongoing" if ongoing else "occurred"}
        cells["rule"] = RULE if int(self.first.cells["year"]) < FILLED_IN_BEFORE else ""
        others = () if self.last is self.first else (*self.between, self.last)
        return replace(self.first, cells={**self.first.cells, **cells}, also=others)


def rows_memberships(rows: Iterable[TableRow]) -> Iterator[TableRow]:
    """Merge the years of a member in an organization; rows come in the order of years, as the source has them.

    A row whose year is none goes on as it is, for the table to reject.
    """
    spans: dict[tuple[str, str], _Span] = {}
    for row in rows:
        text = row.cells["year"].strip()
        if not _YEAR.fullmatch(text):
            yield row.with_cells(**dict.fromkeys(("until", "standing", "rule"), ""))
            continue
        year = int(text)
        key = (row.cells["ioname"].casefold(), _member(row.cells["ccode"], year))
        span = spans.get(key)
        if span and year == span.year + 1 and row.cells["status"] == span.first.cells["status"]:
            span.extend(row, year)
            continue
        if span:
            yield span.close()
        spans[key] = _Span(row, row, year)
    for span in spans.values():
        yield span.close()


def rows_organizations(rows: Iterable[TableRow]) -> Iterator[TableRow]:
    """Decode again the names that were written in Mac Roman and read as Latin-1."""
    for row in rows:
        yield row.with_cells(**{key: _decode_again(row.cells[key]) for key in _NAMES})


def rows_states(rows: Iterable[TableRow]) -> Iterator[TableRow]:
    """Add the days of three columns each, and yield a row for each state that the code meant in the time.

    Code 365 is in the list once, from 1816; it means Russia, then the Soviet Union, then Russia again. What lasts to
    the end of the list has no known end.
    """
    for row in rows:
        begin, end = _day(row, "st"), _day(row, "end")
        if begin is None or end is None:
            yield row.with_cells(begin="", end="")
            continue
        for first, last in _times(row.cells["ccode"], begin, end):
            yield row.with_cells(begin=first.isoformat(), end="" if last >= LAST_DAY else last.isoformat())


_NAMES = ("orgname", "longorgname")
_YEAR = re.compile("[1-9][0-9]{3}")


def _member(code: str, year: int) -> str:
    """Find the state that a code means in a year: at its end, else at its beginning; else the code stands for itself.

    A territory is no state: of such a code the table says who is meant, or rejects it.
    """
    found = (states.by_code("cow", code, on=day) for day in (date(year, 12, 31), date(year, 1, 1)))
    return next((node.value for node in found if node is not None and node.value.startswith(ID + "state/")), code)


def _decode_again(text: str) -> str:
    """Decode a name as Mac Roman; a text beyond Latin-1 was not read as that."""
    if text.isascii() or any(ord(sign) > 0xFF for sign in text):
        return text
    return text.encode("latin-1").decode("mac_roman").replace("\N{NO-BREAK SPACE}", " ").strip()


def _day(row: TableRow, side: str) -> date | None:
    """Read the first or last day of a period; None when the cells hold none."""
    try:
        return date(*(int(row.cells[side + part]) for part in ("year", "month", "day")))
    except ValueError:
        return None


def _times(code: str, begin: date, end: date) -> Iterator[tuple[date, date]]:
    """Split a period where a code begins to mean another state; one that ends before it begins stays as stated."""
    if end < begin:
        yield begin, end
    for _, first, last in meanings(lambda day: states.by_code("cow", code, on=day), begin, end):
        yield first, last


ADAPTER = Adapter(
    {
        "organizations": TableAdapter(rows=rows_organizations),
        "memberships": TableAdapter(rows=rows_memberships),
        "states": TableAdapter(rows=rows_states),
    }
)
