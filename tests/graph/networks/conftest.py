"""The hand-made world of networks, and how to ask a store as the networks room does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pyoxigraph import QueryResultsFormat, QuerySolutions, RdfFormat, Store

from communique.graph.networks.projection import Run
from communique.graph.terms.vocabulary import ontology_quads

Ask = Callable[..., Run]


@pytest.fixture(scope="session")
def ask() -> Ask:
    """Give a function from a store, and a format, to a function from query text to bytes."""

    def bind(store: Store, form: QueryResultsFormat = QueryResultsFormat.JSON) -> Run:
        def run(text: str) -> bytes:
            answer = store.query(text, use_default_graph_as_union=True)
            assert isinstance(answer, QuerySolutions)
            return answer.serialize(format=form) or b""

        return run

    return bind


@pytest.fixture(scope="session")
def world(root: Path) -> Store:
    """Load tests/fixtures/networks.trig and the ontology; not to be written to."""
    store = Store()
    store.load(path=root / "tests" / "fixtures" / "networks.trig", format=RdfFormat.TRIG)
    store.extend(ontology_quads())
    return store
