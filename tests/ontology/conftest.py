"""The facts of the packaged graph, for the tests that hold ontology and data against each other."""

from __future__ import annotations

import pytest
from pyoxigraph import Quad

from communique.graph import sources
from communique.graph.mapping import background
from communique.graph.mapping.document import map_document
from communique.graph.mapping.territory import map_territories

Facts = tuple[Quad, ...]


@pytest.fixture(scope="session")
def documents() -> Facts:
    """Map every authored document."""
    return tuple(quad for file in sources.documents() for quad in map_document(sources.read_yaml(file)))


@pytest.fixture(scope="session")
def facts(documents: Facts) -> Facts:
    """Map documents, background facts, and the states and territories of the reference libraries."""
    tree = sources.read_yaml(sources.background())
    places = [node for node in background.described(tree) if node.startswith("place/")]
    return (*documents, *background.map_background(tree), *map_territories(places))
