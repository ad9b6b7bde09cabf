"""Rows of the Universal Periodic Review: recommendations and pledges, and keys where the source has none."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from communique.graph.mapping.tables.adapter import Adapter, TableAdapter
from communique.graph.sources.rows import TableRow

PLEDGE = "Voluntary Pledge"
# How the source writes, escaped for HTML, that it does not know who spoke.
UNKNOWN = "&#40;Unknown&#41;"
# The first cycle of reviews ended with this session.
LAST_OF_FIRST_CYCLE = 12
# The file of years was written in the course of this year, and has years to come.
YEAR_OF_WRITING = 2015


def rows_recommendations(rows: Iterator[TableRow]) -> Iterator[TableRow]:
    """Add to each row the key of a recommendation or of a pledge, as its response says.

    The text itself is not kept. Its digest distinguishes recommendations of one state to another in one session; two
    rows of the same text are one recommendation under two lists of issues.
    """
    for row in rows:
        is_pledge = row.cells["Response"] == PLEDGE
        key = digest(row.cells["Text"])
        sender = "Unknown" if row.cells["From"] == UNKNOWN else ""
        yield row.with_cells(asked="" if is_pledge else key, promised=key if is_pledge else "", unnamed=sender)


def rows_sessions(rows: Iterator[TableRow]) -> Iterator[TableRow]:
    """Add the cycle to which a session belongs."""
    for row in rows:
        session = row.cells["Session"].strip()
        cycle = "" if not session.isdigit() else "1" if int(session) <= LAST_OF_FIRST_CYCLE else "2"
        yield row.with_cells(cycle=cycle)


def rows_years(rows: Iterator[TableRow]) -> Iterator[TableRow]:
    """Add how far each review had come when the file was written."""
    for row in rows:
        yield row.with_cells(state1=_come_about(row.cells["review1"]), state2=_come_about(row.cells["review2"]))


def digest(text: str) -> str:
    """Return eight hexadecimal digits that stand for a text, white space normalised."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:8]


def _come_about(year: str) -> str:
    """Return whether a review of a year had taken place."""
    if not year.isdigit():
        return ""
    return "occurred" if int(year) < YEAR_OF_WRITING else "planned" if int(year) > YEAR_OF_WRITING else "unknown"


ADAPTER = Adapter(
    {
        "recommendations": TableAdapter(rows=rows_recommendations),
        "sessions": TableAdapter(rows=rows_sessions),
        "years": TableAdapter(rows=rows_years),
    }
)
