"""What every graph stands on, whatever is loaded."""

from __future__ import annotations

from pyoxigraph import Quad

from communique.graph import sources
from communique.graph.mapping import background
from communique.graph.mapping.authorities import map_authorities
from communique.graph.mapping.territory import map_territories, territories
from communique.graph.terms.vocabulary import ontology_quads


def base_quads() -> list[Quad]:
    """Give what every graph stands on: ontology, states and territories, other background facts, entries elsewhere."""
    tree = sources.read_yaml(sources.background())
    described_here = background.described(tree)
    known = territories(described_here) | described_here
    facts = background.map_background(tree, known)
    return [*ontology_quads(), *map_territories(described_here), *facts, *map_authorities()]
