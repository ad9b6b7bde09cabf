"""The published graph, made once from the documents, and ways to ask it.

``quads`` is what the documents and the ontology say, ``graph`` the same with its derived shortcuts; neither may be
changed. A test that wants a changed world builds it with ``world``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store

from communique.graph.mapping.background import map_background
from communique.graph.mapping.document import map_document
from communique.graph.mapping.territory import map_territories
from communique.graph.queries import find
from communique.graph.sources import background, documents, read_yaml
from communique.graph.terms.namespaces import shorten, term
from communique.graph.terms.vocabulary import ontology_quads
from communique.graph.validation.derivation import derive

sys.path.append(str(Path(__file__).parent))

from asking import select

Row = dict[str, str | None]
Ask = Callable[..., list[Row]]
World = Callable[..., Store]


@pytest.fixture(scope="session")
def quads() -> frozenset[Quad]:
    """Give every quad of the documents, the background and the ontology."""
    stated = [quad for file in documents() for quad in map_document(read_yaml(file))]
    known = map_background(read_yaml(background()))
    subjects = (quad.subject for quad in known if quad.predicate == term("com:dependencyOf"))
    dependent = {shorten(subject.value) for subject in subjects if isinstance(subject, NamedNode)}
    return frozenset([*stated, *known, *map_territories(dependent), *ontology_quads()])


@pytest.fixture(scope="session")
def world(quads: frozenset[Quad]) -> World:
    """Build a graph that differs from the published one by some quads."""

    def build(*, without: Iterable[Quad] = (), with_: Iterable[Quad] = ()) -> Store:
        store = Store()
        store.bulk_extend((quads - set(without)) | set(with_))
        derive(store)
        return store

    return build


@pytest.fixture(scope="session")
def graph(world: World) -> Store:
    """Give the published graph with its shortcuts."""
    return world()


def read_world(name: str) -> Store:
    """Give a graph of invented facts, with its shortcuts, from a file beside this one."""
    store = Store()
    store.bulk_extend(ontology_quads())
    store.load((Path(__file__).parent / name).read_bytes(), format=RdfFormat.TRIG)
    derive(store)
    return store


@pytest.fixture(scope="session")
def joined() -> Store:
    """Give invented registers beside each other, with their shortcuts."""
    return read_world("joined.trig")


@pytest.fixture(scope="session")
def odd() -> Store:
    """Give invented facts that are planned, undated, contradicted, half named or over, which the documents lack."""
    return read_world("odd.trig")


@pytest.fixture(scope="session")
def ask(graph: Store) -> Ask:
    """Ask a question by name; a row gives texts by column, IRIs in their short form, None where nothing is bound."""

    def answer(name: str, store: Store | None = None, **parameters: str) -> list[Row]:
        solutions = select(store or graph, find(name).bind(parameters))
        names = [variable.value for variable in solutions.variables]
        return [{name: write(solution[name]) for name in names} for solution in solutions]

    return answer


def write(value: Any) -> str | None:
    """Write a term the way a reader sees it."""
    if isinstance(value, NamedNode):
        return shorten(value.value)
    return value.value if isinstance(value, Literal) else None
