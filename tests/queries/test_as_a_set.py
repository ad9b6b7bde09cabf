"""No ready question needs its DISTINCT against repeated triples: without it both engines still give the same rows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
import rdflib
from pyoxigraph import RdfFormat, Store

from communique.graph.queries import find, library
from communique.graph.store.merged import MergedDataset

# rdflib 7.6 warns of its own calls while it parses a data set.
pytestmark = pytest.mark.filterwarnings("ignore:Dataset:DeprecationWarning")

Merge = Callable[[Store], tuple[MergedDataset, rdflib.Dataset]]

_DISTINCT = re.compile(r"\bDISTINCT\b\s*")

# A sequence path is a join and an alternative a union, with a row for each way (SPARQL 1.1, 18.4). rdflib 7.6 gives a
# pair of ends of a sequence once, pyoxigraph that of an alternative (oxigraph pull 351).
PAIRS_ONCE = {
    "commitments-by-state": "com:topic/skos:broader*",
    "place-of-event": "com:beginEarliest|com:beginLatest|com:endLatest|com:edtfText",
}


@pytest.fixture(scope="session")
def merge() -> Merge:
    """Give a graph to both engines: to ours as it is served, to rdflib, whose union is a set."""

    @cache
    def make(store: Store) -> tuple[MergedDataset, rdflib.Dataset]:
        copy, export = Store(), rdflib.Dataset(default_union=True)
        copy.bulk_extend(store)
        export.parse(data=store.dump(format=RdfFormat.N_QUADS) or b"", format="nquads")
        return MergedDataset(copy), export

    return make


# Of these rdflib thinks for long, of some for minutes.
LONG = {
    *("adopter-counts-of-agreement", "adoption-of-agreement", "duplicates-in-two-registers", "edition-before-day"),
    *("indicator-beside-cooperation", "name-on-day", "node-by-name", "states-at-event", "statements-of-person"),
    "ties-of-training",
}
NAMES = [pytest.param(name, marks=[pytest.mark.slow] if name in LONG else []) for name in sorted(library())]


@pytest.mark.sampled(3)
@pytest.mark.parametrize("name", NAMES)
def test_a_question_without_its_distinct(name: str, graph: Store, merge: Merge) -> None:
    text = _DISTINCT.sub("", find(name).text)
    dataset, export = merge(graph)
    ours = Counter(tuple(term and str(term.value) for term in row) for row in dataset.query(text))  # type: ignore[union-attr]
    assert ours
    found: Any = export.query(text)
    theirs = Counter(tuple(None if term is None else str(term) for term in row) for row in found)
    if name in PAIRS_ONCE:
        assert PAIRS_ONCE[name] in text
        assert ours.keys() == theirs.keys()
    else:
        assert ours == theirs
