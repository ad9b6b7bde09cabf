"""Tables: a mapping file → compiled templates → rows → quads, with an account of every row."""

from communique.graph.mapping.tables.description import Edition, Source, Table, read_source
from communique.graph.sources.rows import Account, Rejected, Row

__all__ = ["Account", "Edition", "Rejected", "Row", "Source", "Table", "read_source"]
