"""TREND: one cell → the number, the name and the year of an agreement."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from communique.graph.mapping.tables.adapter import Adapter, TableAdapter
from communique.graph.sources.rows import TableRow

# "192+1_Central European … accession_1995", "967 Colombia US_Environment", "848_Canada EC (CETA)_"
_CELL = re.compile(r"(?P<number>\d+[a-z]?(?:[+_]\d+)?)[_ ](?P<name>.*?)(?:_(?P<year>\d{4})?)?")


def rows_agreements(rows: Iterable[TableRow]) -> Iterator[TableRow]:
    """Split the cell; of another form it is all name. Without a year nothing is known of the conclusion."""
    for row in rows:
        text, year = " ".join(row.cells["Trade.Agreement"].split()), row.cells["Year"]
        cells = {"standing": "occurred" if year.isdigit() else "unknown", "name": text}
        if found := _CELL.fullmatch(text):
            cells["number"] = found["number"]
            cells["name"] = " ".join(found["name"].replace("_", " ").split())
            named = found["year"] or ""
            is_other = bool(named) and year.isdigit() and named != year
            cells["doubt"] = f"the name says {named}, the column Year {year}" if is_other else ""
        yield row.with_cells(**cells)


ADAPTER = Adapter({"agreements": TableAdapter(rows=rows_agreements)})
