"""UNCTAD: a numbered list in a cell → parties; a name whose year is not that of the signature → a discrepancy."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from communique.graph.mapping.parties import Named, name_party, party_rows, untied_values
from communique.graph.mapping.tables.adapter import Adapter, TableAdapter
from communique.graph.mapping.tables.cells import make_step
from communique.graph.sources.rows import Rejected, TableRow

_NUMBER = re.compile(r"^\s*\d+\.\s*")
_YEAR = re.compile(r"\((\d{4})\)$")
# The table has the other Congo under its full name.
_OWN_NAMES = {"Congo": "Congo, Republic of the"}


def rows_treaties(rows: Iterable[TableRow]) -> Iterator[TableRow | Rejected]:
    """Yield each treaty and its parties, whose stage is that of the treaty."""
    for row in rows:
        name = " ".join(row.cells["name"].split())
        agreement = f"agreement/unctad-iia-{make_step(name)}"
        yield row.with_cells(agreement=agreement, doubt=_doubt(name, row.cells["Date of signature"]))
        parties = list(_parties(row.cells["Parties"]))
        yield from party_rows(row, agreement, parties, {"stage": row.cells["Status"]})
        yield from untied_values(row, "Parties", parties)


def _parties(cell: str) -> Iterator[Named]:
    """Read the parties of a cell, a line each."""
    for line in cell.splitlines():
        name = _NUMBER.sub("", line).strip()
        if name:
            yield name_party(_OWN_NAMES.get(name, name))


def _doubt(name: str, signed: str) -> str:
    """Return that the name has another year than the column; empty when it has not."""
    found = _YEAR.search(name)
    if found is None or not signed or signed.endswith(found[1]):
        return ""
    return f"the name says {found[1]}, the date of signature {signed}"


ADAPTER = Adapter({"treaties": TableAdapter(rows=rows_treaties)})
