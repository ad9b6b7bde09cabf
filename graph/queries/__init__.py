"""Ready questions: read the packaged ``queries/``, bind parameters → query text, columns and their media types."""

from communique.graph.queries.library import AnswerColumn, PackagedQuery, find, library, queries_in
from communique.graph.queries.parameters import QueryParameter

__all__ = ["AnswerColumn", "PackagedQuery", "QueryParameter", "find", "library", "queries_in"]
