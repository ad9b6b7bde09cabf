"""UN Treaty Collection: numbers → identifiers; several days of conclusion → a time; titles cut off → marked."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime

from communique.graph.mapping.parties import Counted, name_party, party_rows, untied_values
from communique.graph.mapping.tables.adapter import Adapter, TableAdapter
from communique.graph.sources.rows import Rejected, TableRow
from communique.graph.terms.identifiers import slug

_DAY = "%d/%m/%Y"
_MULTILATERAL = Counted(3)


def rows_lists(rows: Iterable[TableRow]) -> Iterator[TableRow]:
    """Add to each treaty its identifier, with a digest of all cells where several have one number."""
    listed = list(rows)
    numbers = Counter(row.cells["reg_num"] for row in listed)
    for row in listed:
        number = row.cells["reg_num"]
        name = f"agreement/untc-{slug(number)}" + (f"-{row.digest[:8]}" if numbers[number] > 1 else "")
        yield row.with_cells(agreement=name, cut=_cut(row), concluded=_time(row.cells["con_date"]))


def rows_entries(rows: Iterable[TableRow]) -> Iterator[TableRow | Rejected]:
    """Add to each entry its identifier, and yield its participants; an act under a treaty is not the treaty."""
    for row in rows:
        number, concluded = row.cells["reg_num"], row.cells["conclusion_date"]
        is_treaty = re.fullmatch(r"(I|II|LoN)-\d+", number) is not None
        agreement = f"agreement/untc-{slug(number)}" + ("" if is_treaty else f"-{row.digest[:8]}")
        yield row.with_cells(agreement=agreement, cut=_cut(row), concluded=_time(concluded))
        names = (name.strip() for name in row.cells["participant(s)"].splitlines())
        parties = [name_party(name, _days(concluded)) for name in names if name]
        yield from party_rows(row, agreement, parties, {}, counted=_MULTILATERAL)
        yield from untied_values(row, "participant(s)", parties)


def _time(cell: str) -> str:
    """Return a day, or the time from the first to the last of several, as EDTF; what is no day as it is."""
    try:
        days = sorted(datetime.strptime(part.strip(), _DAY).date().isoformat() for part in cell.split(","))
    except ValueError:
        return cell
    return days[0] if days[0] == days[-1] else f"{days[0]}/{days[-1]}"


def _days(cell: str) -> tuple[date | None, ...]:
    """Return the day on which names have to be right, if there is one."""
    try:
        return (datetime.strptime(cell, _DAY).date(), None)
    except ValueError:
        return (None,)


def _cut(row: TableRow) -> str:
    """Return ``true`` for a title that is cut off, else nothing."""
    return "true" if row.cells["title"].rstrip().endswith(("...", "…")) else ""


ADAPTER = Adapter({"lists": TableAdapter(rows=rows_lists), "entries": TableAdapter(rows=rows_entries)})
