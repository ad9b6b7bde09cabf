"""Ready questions: read the packaged ``queries/``, bind parameters, rebuild the derived graph."""

from communique.graph.queries.derived import derive
from communique.graph.queries.library import Column, Query, find, library, shelf
from communique.graph.queries.parameters import Parameter

__all__ = ["Column", "Parameter", "Query", "derive", "find", "library", "shelf"]
