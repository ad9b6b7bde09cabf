"""ICEGOV proceedings: the number of the conference, and possible matches between authors of one name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from communique.graph.mapping.tables.adapter import Adapter, TableAdapter
from communique.graph.mapping.tables.cells import make_step
from communique.graph.sources.rows import TableRow

_ORDINAL = re.compile(r"\b(\d+)(?:st|nd|rd|th)\b")


def rows_papers(rows: Iterator[TableRow]) -> Iterator[TableRow]:
    """Yield each paper with the number of its conference, and a row for each author who was named before.

    Such a row has no cells but the two persons and their name. A name is compared with the paper that bore it last, so
    that a name on n papers makes n - 1 possible matches.
    """
    last: dict[str, str] = {}
    for row in rows:
        found = _ORDINAL.search(row.cells.get("conference", ""))
        yield row.with_cells(ordinal=found[1] if found else "", name="", earlier="", later="")
        for author in dict.fromkeys(each.strip() for each in row.cells.get("authors", "").split(";")):
            if author:
                person = f"person/icegov-{make_step(row.cells['doi'].strip())}-{make_step(author)}"
                if (key := author.casefold()) in last:
                    empty = dict.fromkeys((*row.cells, "ordinal"), "")
                    yield replace(row, cells={**empty, "name": author, "earlier": last[key], "later": person})
                last[key] = person


ADAPTER = Adapter({"papers": TableAdapter(rows=rows_papers)})
