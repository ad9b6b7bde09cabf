"""Graphs of the project's own model in which much is wrong: documents with errors, and quads lost, moved, exchanged."""

from __future__ import annotations

import random

from bench.generate import generate
from pyoxigraph import NamedNode, Quad, Store

from communique.graph.loading.inputs import base_quads
from communique.graph.terms.identifiers import DERIVED, ONTOLOGY
from communique.graph.validation.derivation import derive


def noisy(size: int, chance: random.Random, share: float = 0.08) -> list[Quad]:
    """Make documents, of which a share of the quads is lost, said by another document, inferred, or nonsense."""
    quads = list(generate(size, seed=chance.randrange(1000), errors=0.5))
    return [made for quad in quads for made in _spoil(quad, quads, chance, share)]


def _spoil(quad: Quad, quads: list[Quad], chance: random.Random, share: float) -> list[Quad]:
    if chance.random() > share:
        return [quad]
    other = chance.choice(quads)
    inferred = NamedNode(f"{quad.graph_name.value}/inferred")
    return chance.choice(
        [
            [],
            [Quad(quad.subject, quad.predicate, other.object, quad.graph_name)],
            [Quad(quad.subject, other.predicate, quad.object, quad.graph_name)],
            [quad, Quad(quad.subject, quad.predicate, quad.object, other.graph_name)],
            [Quad(quad.subject, quad.predicate, quad.object, inferred)],
        ]
    )


def world(quads: list[Quad]) -> Store:
    """Put quads on the foundation, and derive what follows."""
    store = Store()
    store.extend(base_quads())
    store.extend(quads)
    derive(store)
    return store


def changes(store: Store, chance: random.Random) -> tuple[list[Quad], list[Quad]]:
    """Choose a change: quads to add, and quads to remove, at times whole documents."""
    facts = [quad for quad in store if quad.graph_name not in {DERIVED, ONTOLOGY}]
    removed = chance.sample(facts, chance.choice([0, 3, 40]))
    if chance.random() < 0.5:
        graph = chance.choice(facts).graph_name
        removed += [quad for quad in facts if quad.graph_name == graph and "/doc/" in graph.value]
    fresh = [quad for quad in noisy(500, chance) if quad not in store]
    return chance.sample(fresh, min(len(fresh), chance.choice([0, 5, 60]))), list(set(removed))
