"""ATOP: three columns → a date; phases of members → the times in which a state was one; how many can be tied."""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from pyoxigraph import NamedNode

from communique.graph.linking import states
from communique.graph.mapping.parties import meanings, party_cells, summary_cells
from communique.graph.mapping.tables.adapter import Adapter, TableAdapter
from communique.graph.sources.rows import Rejected, TableRow

# To this day the tables reach: what is in force then has no end.
LAST_DAY = date(2016, 12, 31)


@dataclass(frozen=True, slots=True)
class _Time:
    """That a state was a member from one date to another, both as written; an empty end is open."""

    state: NamedNode
    begin: str
    end: str
    rows: tuple[TableRow, ...]

    def joined(self, later: _Time) -> _Time:
        """Return both as one time."""
        end = "" if "" in (self.end, later.end) else max(self.end, later.end)
        return _Time(self.state, self.begin, end, (*self.rows, *later.rows))

    def touches(self, later: _Time) -> bool:
        """Return whether a later time begins before this one ends, or on the day after."""
        return not self.end or _first_day(later.begin) <= _last_day(self.end) + timedelta(days=1)


def rows_alliances(rows: Iterable[TableRow]) -> Iterator[TableRow]:
    """Add to an alliance its dates."""
    for row in rows:
        yield row.with_cells(begin=_date(row, "begyr", "begmo", "begday"), end=_date(row, "endyr", "endmo", "endday"))


def rows_members(rows: Iterable[TableRow]) -> Iterator[TableRow | Rejected]:
    """Join the phases of a member that follow each other; a gap, or a new meaning of its code, begins a new time."""
    alliances: dict[str, list[TableRow]] = defaultdict(list)
    for row in rows:
        alliances[row.cells["atopid"]].append(row)
    for own in alliances.values():
        yield from _alliance(own)


def _alliance(rows: list[TableRow]) -> Iterator[TableRow | Rejected]:
    """Yield a row for each time of each member of one alliance; the first also says how many members there are."""
    times: dict[NamedNode, list[_Time]] = defaultdict(list)
    untied = []
    for row in rows:
        found = list(_read(row))
        untied += [] if found else [row]
        for time in found:
            times[time.state].append(time)
    unlinked = len({row.cells["member"] for row in untied})
    cells = summary_cells(_agreement(rows[0]), len(times), unlinked)
    for time, again in (each for own in times.values() for each in _joined_times(own)):
        yield _row(time, again).with_cells(**cells)
        cells = {}
    for row in untied:
        code, reason = row.cells["member"], "not a code of Correlates of War"
        cure = "correct the code at the source, or teach the linking what it means"
        yield Rejected(row.file, row.number, "member", code, reason, cure)


def _read(row: TableRow) -> Iterator[_Time]:
    """Read the time of one row, split where the code of the member begins to mean another state."""
    begin, end = _date(row, "yrent", "moent", "dayent"), _date(row, "yrexit", "moexit", "dayexit")
    first, last = _first_day(begin), _last_day(end) if end else LAST_DAY
    for state, since, until in meanings(lambda day: states.by_code("cow", row.cells["member"], on=day), first, last):
        if state is not None:
            own_begin = begin if since == first else since.isoformat()
            yield _Time(state, own_begin, end if until == last else until.isoformat(), (row,))


def _joined_times(times: list[_Time]) -> Iterator[tuple[_Time, str]]:
    """Join times that touch or overlap; with each goes the year that distinguishes it from the first."""
    run: _Time | None = None
    again = ""
    for time in sorted(times, key=lambda each: (each.begin, each.rows[0].number)):
        if run and run.touches(time):
            run = run.joined(time)
            continue
        if run:
            yield run, again
            again = time.begin[:4]
        run = time
    if run:
        yield run, again


def _row(time: _Time, again: str) -> TableRow:
    """Write a time as a row that rests on the rows it was read from."""
    first, *others = {row.number: row for row in sorted(time.rows, key=lambda row: row.number)}.values()
    cells = {"begin": time.begin, "end": time.end, "stage": "ended" if time.end else "in-force"}
    cells |= party_cells(time.state, _agreement(first), again)
    return replace(first.with_cells(**cells), also=tuple(others))


def _agreement(row: TableRow) -> str:
    return f"agreement/atop-{row.cells['atopid']}"


def _date(row: TableRow, *names: str) -> str:
    """Write year, month and day as one date, as far as they are known; empty for a year of 0."""
    year, month, day = (row.cells[name].strip() for name in names)
    known = [year, *([month] if month not in ("", "0") else [])]
    known += [day] if len(known) == 2 and day not in ("", "0") else []
    return "" if year in ("", "0") else "-".join(part.zfill(2) for part in known)


def _first_day(text: str) -> date:
    year, month, day = (*map(int, text.split("-")), 1, 1)[:3]
    return date(year, month, day)


def _last_day(text: str) -> date:
    parts = [int(part) for part in text.split("-")]
    year, month = parts[0], parts[1] if len(parts) > 1 else 12
    return date(year, month, parts[2] if len(parts) > 2 else calendar.monthrange(year, month)[1])


ADAPTER = Adapter({"alliances": TableAdapter(rows=rows_alliances), "members": TableAdapter(rows=rows_members)})
