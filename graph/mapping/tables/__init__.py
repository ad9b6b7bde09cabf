"""Tables: a mapping file → compiled templates → rows → quads, with an account of every row."""

from communique.graph.mapping.tables.description import SourceTable, TableSource, read_source
from communique.graph.mapping.tables.editions import Edition
from communique.graph.sources.rows import Account, Rejected, TableRow

__all__ = ["Account", "Edition", "Rejected", "SourceTable", "TableRow", "TableSource", "read_source"]
