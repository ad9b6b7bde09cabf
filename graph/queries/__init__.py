"""Ready questions: read the packaged ``queries/``, bind parameters → query text, columns and their media types."""

from communique.graph.queries.library import Column, Query, find, library, shelf
from communique.graph.queries.parameters import Parameter

__all__ = ["Column", "Parameter", "Query", "find", "library", "shelf"]
