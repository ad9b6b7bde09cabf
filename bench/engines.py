"""The ready questions on two engines, side by side: pyoxigraph as served, rdflib as the second opinion."""

from __future__ import annotations

import statistics

import rdflib
from pyoxigraph import RdfFormat, Store

from bench.machine import interleave, table
from communique.graph import sources
from communique.graph.foundation import foundation
from communique.graph.mapping.document import map_document
from communique.graph.queries import derive, library

_REPETITIONS = 3


def main() -> None:
    """Print the median time of each question and the ratio of the engines."""
    store = _graph()
    other = rdflib.Dataset(default_union=True)
    other.parse(data=(store.dump(format=RdfFormat.N_QUADS) or b"").decode(), format="nquads")
    rows, ratios = [], []
    for question in library().values():
        runs = (lambda text=question.text: _ask(store, text), lambda text=question.text: list(other.query(text)))
        fast, slow = interleave(runs, _REPETITIONS)
        ratios.append(slow / fast)
        rows.append((question.question, question.name, fast, slow, slow / fast))
    print(f"{len(store)} quads; medians of {_REPETITIONS} runs, in turns, ms\n")
    print(table(("no.", "question", "pyoxigraph", "rdflib", "rdflib / pyoxigraph"), rows))
    print(f"\nmedian ratio {statistics.median(ratios):.0f}")


def _graph() -> Store:
    """Build the packaged graph in memory."""
    store = Store()
    store.extend(foundation())
    for file in sources.documents():
        store.extend(map_document(sources.read_yaml(file)))
    derive(store)
    return store


def _ask(store: Store, text: str) -> object:
    """Evaluate a question and read all of its answer."""
    found = store.query(text, use_default_graph_as_union=True)
    return list(found)  # type: ignore[arg-type]
