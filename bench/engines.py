"""The ready questions on two engines, side by side: pyoxigraph as served, rdflib as the second opinion."""

from __future__ import annotations

import statistics
from functools import partial

import rdflib
from pyoxigraph import RdfFormat, Store

from bench.machine import interleave, table
from communique.graph import sources
from communique.graph.loading.inputs import base_quads
from communique.graph.mapping.document import map_document
from communique.graph.queries import library
from communique.graph.store.merged import MergedDataset
from communique.graph.validation.derivation import derive

_REPETITIONS = 3


def main() -> None:
    """Print the median time of each question and the ratio of the engines."""
    store = _graph()
    other = rdflib.Dataset(default_union=True)
    other.parse(data=(store.dump(format=RdfFormat.N_QUADS) or b"").decode(), format="nquads")
    quads, dataset = len(store), MergedDataset(store)
    rows, ratios = [], []
    for question in library().values():
        runs = [partial(_ask, engine, question.text) for engine in (dataset, other)]
        fast, slow = interleave(runs, _REPETITIONS)
        ratios.append(slow / fast)
        rows.append((question.question, question.name, fast, slow, slow / fast))
    print(f"{quads} quads; medians of {_REPETITIONS} runs, in turns, ms\n")
    print(table(("no.", "question", "pyoxigraph", "rdflib", "rdflib / pyoxigraph"), rows))
    print(f"\nmedian ratio {statistics.median(ratios):.0f}")


def _ask(engine: MergedDataset | rdflib.Dataset, text: str) -> object:
    """Evaluate a question and read all of its answer."""
    return list(engine.query(text))  # type: ignore[arg-type]


def _graph() -> Store:
    """Build the packaged graph in memory."""
    store = Store()
    store.extend(base_quads())
    for file in sources.documents():
        store.extend(map_document(sources.read_yaml(file)))
    derive(store)
    return store
