"""What it costs that the default graph is a set: the merge beside the engine's union, which counts repeated triples."""

from __future__ import annotations

import resource
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter

from pyoxigraph import Quad, QuerySolutions, Store

from bench.generate import generate
from bench.machine import interleave, table
from communique.graph.store.merged import MergedDataset, query_union
from communique.graph.terms.identifiers import stated
from communique.graph.terms.namespaces import prologue

SIZES = (100_000, 1_000_000)
_REPETITIONS = 5
# One statement in so many is made by a second document as well.
_REPEATED = 50

_QUERIES = {
    "what is said of a node": "SELECT * { <https://w3id.org/communique/id/state/KOR> ?p ?o }",
    "events by kind": "SELECT ?kind (COUNT(?e) AS ?n) { ?e a ?kind ; com:realization ?r } GROUP BY ?kind",
    "participants by state": "SELECT ?s (COUNT(?p) AS ?n) { ?p com:participant ?s ; com:inEvent ?e } GROUP BY ?s",
    "pairs at one event": """SELECT (COUNT(*) AS ?n) { ?p com:participant <https://w3id.org/communique/id/state/KOR> ;
        com:inEvent ?e . ?q com:inEvent ?e ; com:participant ?other }""",
    "events without a count": """SELECT (COUNT(*) AS ?n) { ?p com:inEvent ?e
        FILTER NOT EXISTS { ?c com:countsFor ?e } }""",
}


def main(sizes: Sequence[int] = SIZES) -> None:
    """Print what reading and merging take, then the time of queries of the union and of the merge, in turns."""
    costs, rows = [], []
    for size in sizes:
        quads, plain, store, ratios = _repeating(size), Store(), Store(), []
        plain.bulk_extend(quads)
        before, start = _resident(), perf_counter()
        store.bulk_extend(quads)
        read, loaded, start = perf_counter() - start, _resident(), perf_counter()
        dataset = MergedDataset(store)
        costs.append((f"{size:,}", read, perf_counter() - start, loaded - before, _resident() - loaded))
        for name, text in _QUERIES.items():
            query = prologue(("com",)) + text
            runs = (partial(_read, query_union, plain, query), partial(_read, dataset.query, query))
            union, merge = interleave(runs, _REPETITIONS)
            ratios.append(merge / union)
            rows.append((f"{size:,}", name, union, merge, merge / union))
        rows.append((f"{size:,}", "median", "", "", median(ratios)))
    print(table(("quads", "take in, s", "merge, s", "quads, MiB", "merge, MiB"), costs))
    print()
    print(table(("quads", "query", "union, ms", "merge, ms", "merge / union"), rows))


def _repeating(size: int) -> list[Quad]:
    """Generate quads of which some stand in a second document too."""
    quads = list(generate(size))
    again = stated("again")
    return quads + [Quad(each.subject, each.predicate, each.object, again) for each in quads[::_REPEATED]]


def _read(ask: Callable[..., object], *arguments: object) -> int:
    """Ask, and read the answer to its end."""
    found = ask(*arguments)
    assert isinstance(found, QuerySolutions)
    return sum(1 for _ in found)


def _resident() -> float:
    """Measure the resident set now, MiB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 2**20
