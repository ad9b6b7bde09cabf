"""Tables: a mapping file → compiled templates → rows → quads, with an account of every row."""

from communique.graph.mapping.tables.description import SourceTable, TableSource, read_source
from communique.graph.mapping.tables.editions import Edition
from communique.graph.sources.rows import Rejected, RowCounts, TableRow

__all__ = ["Edition", "Rejected", "RowCounts", "SourceTable", "TableRow", "TableSource", "read_source"]
