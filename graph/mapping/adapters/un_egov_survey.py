"""UN E-Government Survey: a state whose index is zero was not assessed, and its other zeros are no scores either."""

from __future__ import annotations

from collections.abc import Iterator

from communique.graph.mapping.tables.adapter import Adapter, TableAdapter
from communique.graph.sources.rows import TableRow

_INDEX = ("E-Government Index", "e-gov-index")
_RANK = ("E-Government Rank", "e-gov-rank")


def rows_scores(rows: Iterator[TableRow]) -> Iterator[TableRow]:
    """Empty the zeros, and the shared last rank, of states that were not assessed; other zeros are scores."""
    for row in rows:
        index = next((row.cells[name] for name in _INDEX if name in row.cells), "")
        empty = {name: "" for name, text in row.cells.items() if name in _RANK or _is_zero(text)}
        yield row.with_cells(**empty) if _is_zero(index) else row


def _is_zero(text: str) -> bool:
    """Return whether a text is a zero, however many digits it has."""
    plain = text.strip()
    return bool(plain) and not plain.strip("0.") and "0" in plain


ADAPTER = Adapter({"scores": TableAdapter(rows=rows_scores), "scores-unu": TableAdapter(rows=rows_scores)})
