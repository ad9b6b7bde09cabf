"""Names and codes → nodes of the graph: decided where one node remains, else candidates with explained scores."""

from __future__ import annotations

from communique.graph.linking.index import Index
from communique.graph.linking.resolution import resolve
from communique.graph.linking.scoring import Feature, LinkCandidate, Result

__all__ = ["Feature", "Index", "LinkCandidate", "Result", "resolve"]
