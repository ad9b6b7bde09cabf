"""Rows of the G20 data sets: columns per member, summit or meeting become rows of their own, years become spans."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation

from communique.graph.mapping.tables.adapter import Adapter, TableAdapter
from communique.graph.sources.rows import LIST_SEPARATOR, Rejected, TableRow

# The columns of members, as the file names them.
MEMBERS = (
    *("argentina", "australia", "brazil", "canada", "china", "france", "germany", "india", "indonesia", "italy"),
    *("japan", "korea", "mexico", "russia", "saudi", "safrica", "turkey", "uk", "us", "eu"),
)
# Columns of the panel of memberships, besides that of the G20 itself: who stands in the panel is a member of it.
BODIES = ("g7", "brics", "oecd")

_IDENTIFIER = re.compile(r"\d{4}[A-Z]{0,2}-\d+([-&]\d+)?\.?")
_MINUS = str.maketrans({"\N{MINUS SIGN}": "-", "\N{EN DASH}": "-"})


def rows_compliance(rows: Iterator[TableRow]) -> Iterator[TableRow | Rejected]:
    """Yield each commitment as one row, and the score of each member as another."""
    seen: dict[str, str] = {}
    for row in rows:
        number = " ".join(row.cells["id"].split())
        whole, doubts = f"{number} {row.cells['area']}", []
        if not _IDENTIFIER.fullmatch(number):
            doubts.append(f"id {number!r} is not a number of a commitment")
        if number in seen:
            doubts.append(f"id {number!r} is also that of a commitment on {seen[number]}")
        seen[number] = row.cells["area"]
        summit = _summit(row)
        cells = {"whole": whole, "of": "", "member": "", "score": "", "doubt": LIST_SEPARATOR.join(doubts)}
        yield row.with_cells(**cells, summit=summit, wording=digest(row.cells["text"]))
        yield from _scores(row, whole, summit)


def rows_summits(rows: Iterator[TableRow]) -> Iterator[TableRow]:
    """Number the summits in the order of the list, which is that of their dates."""
    for number, row in enumerate(rows, 1):
        yield row.with_cells(summit=_summit(row), number=str(number))


def rows_ministerials(rows: Iterator[TableRow]) -> Iterator[TableRow]:
    """Yield each date of an area and year as a row, and doubt those of another year."""
    for row in rows:
        for name, day in row.cells.items():
            if name.startswith("date.") and day.strip():
                doubt = "" if day.startswith(row.cells["year"]) else f"{name} {day} in the row of {row.cells['year']}"
                yield row.with_cells(day=day, doubt=doubt)


def rows_memberships(rows: Iterator[TableRow]) -> Iterator[TableRow]:
    """Join the years of a member in a body to spans; the first and the last row of a span are its evidence."""
    panel = defaultdict(list)
    for row in rows:
        panel[row.cells["country"]].append(row)
    for own in panel.values():
        own.sort(key=lambda row: int(row.cells["year"]))
        yield _span(own, "g20", own)
        for body in BODIES:
            for run in _runs(own, body):
                yield _span(run, body, own)


def rows_totals(rows: Iterator[TableRow]) -> Iterator[TableRow]:
    """Yield the number of commitments of each summit as a row, and doubt a total that is not their sum."""
    for row in rows:
        counts = {name: text for name, text in row.cells.items() if name[:2] == "20" and text.strip()}
        total, added = row.cells["total"].strip(), sum(int(text) for text in counts.values() if text.strip().isdigit())
        doubt = "" if total == str(added) else f"total is {total}, the numbers of the summits add up to {added}"
        yield row.with_cells(summit="", number="", all=row.cells["area"], sum=total, doubt=doubt)
        for name, text in counts.items():
            yield row.with_cells(summit=name, number=text, all="", sum="", doubt="")


def _scores(row: TableRow, whole: str, summit: str) -> Iterator[TableRow | Rejected]:
    """Yield the scores of a row; a member without one was not assessed."""
    for member in MEMBERS:
        text = row.cells[member].strip().translate(_MINUS)
        if not text:
            continue
        if _is_number(text):
            cells = {
                "whole": "",
                "of": whole,
                "member": member,
                "score": text,
                "average": "",
                "doubt": "",
                "wording": "",
            }
            yield row.with_cells(**cells, summit=summit)
        else:
            cure = "look the score up in the compliance report"
            yield Rejected(row.file, row.number, member, row.cells[member], "not a number", cure, is_row=False)


def digest(text: str) -> str:
    """Return the SHA-256 of a wording that is not kept, white space normalised."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


def _summit(row: TableRow) -> str:
    """Return the summit of a row: its year, with the letter of its place where a year had two."""
    return "-".join(filter(None, (row.cells["year"].strip(), row.cells["code"].strip())))


def _runs(rows: list[TableRow], body: str) -> Iterator[list[TableRow]]:
    """Yield the runs of years in which a body had the member."""
    run: list[TableRow] = []
    for row in rows:
        if row.cells[body] == "yes":
            run.append(row)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _span(run: list[TableRow], body: str, panel: Iterable[TableRow]) -> TableRow:
    """Return a run as one span; where the panel begins or ends with it, its beginning or end is not known."""
    years = [int(row.cells["year"]) for row in panel]
    first, last = int(run[0].cells["year"]), int(run[-1].cells["year"])
    before, after = first > years[0], last < years[-1]
    return TableRow(
        run[0].file,
        run[0].number,
        {
            **run[0].cells,
            "body": body,
            "since": str(first),
            "until": str(last),
            "not_yet": str(first - 1) if before else "",
            "no_more": str(last + 1) if after else "",
            "state": "occurred" if after else "ongoing",
        },
        run[0].passage,
        run[0].head,
        tuple(run[1:]),
    )


ADAPTER = Adapter(
    {
        "compliance": TableAdapter(rows=rows_compliance),
        "summits": TableAdapter(rows=rows_summits),
        "ministerials": TableAdapter(rows=rows_ministerials),
        "memberships": TableAdapter(rows=rows_memberships),
        "totals": TableAdapter(rows=rows_totals),
    }
)
