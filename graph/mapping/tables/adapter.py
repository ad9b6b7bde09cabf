"""What the own code of a source does beside its mapping: functions over the rows of its tables, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from communique.graph.mapping.tables.description import SourceTable
from communique.graph.sources.rows import Rejected, TableRow

# Rows of a table, and those of the tables that it joins → rows to be mapped.
AdaptRows = Callable[..., Iterable[TableRow | Rejected]]
# A file that is no table, and its name → rows.
ReadRows = Callable[[BinaryIO, str], Iterable[TableRow | Rejected]]


@dataclass(frozen=True, slots=True)
class TableAdapter:
    """What is done with one table.

    Attributes
    ----------
    rows : changes its rows before they are mapped; None when they are mapped as they are
    read : reads its files; None when they are tables
    joins : names of the tables whose rows ``rows`` takes as further arguments
    """

    rows: AdaptRows | None = None
    read: ReadRows | None = None
    joins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Adapter:
    """The code of a source.

    Attributes
    ----------
    tables : by the name that a table has under ``adapter``
    edition_of : of an edition that is a pattern: what a file says of itself, by name; None for a file of another source
    """

    tables: Mapping[str, TableAdapter] = field(default_factory=dict)
    edition_of: Callable[[BinaryIO, str], Mapping[str, str] | None] | None = None

    def of(self, table: SourceTable) -> TableAdapter:
        """Return what is done with a table: that of the name under its ``adapter``, else that of its own name."""
        name = table.name if table.adapter is None else table.adapter.text
        return self.tables.get(name, TableAdapter())
