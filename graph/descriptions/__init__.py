"""What a snapshot is, in the words that other people's tools read: VoID, DCAT 3, SPARQL 1.1 Service Description, SHACL.

    snapshot ── statistics ── dataset (VoID, DCAT) ── service (SD)
    queries/ ── examples (SHACL)

Descriptions are made when a snapshot is loaded to be asked, once per version of the data, and are never stored: they
would change the name of the data (equal data, equal snapshot), follow each small load, and go out of date with the
program, whose questions they list. They stand in graphs of their own and, since clients ask for them without naming a
graph, in the default graph too. What they count is the data without them.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator

from pyoxigraph import Quad

from communique.graph.descriptions.dataset import describe_dataset
from communique.graph.descriptions.examples import describe_prefixes, describe_questions
from communique.graph.descriptions.service import describe_service
from communique.graph.descriptions.statistics import count
from communique.graph.store.merged import MergedDataset
from communique.graph.store.snapshots import Snapshot
from communique.graph.terms.identifiers import DESCRIPTION, EXAMPLES, ONTOLOGY

__all__ = ["add_descriptions", "describe"]

_LOG = logging.getLogger(__name__)


def add_descriptions(dataset: MergedDataset, snapshot: Snapshot) -> None:
    """Add to the data of a snapshot what describes them.

    Only a snapshot that holds the ontology is described: a store of other data answers with exactly these.
    """
    if ONTOLOGY.value in snapshot.graphs:
        start = time.perf_counter()
        described = list(describe(dataset, snapshot))
        dataset.add(described)
        seconds = time.perf_counter() - start
        _LOG.info("%d quads describe snapshot %s, made in %.2f s", len(described), snapshot.id, seconds)


def describe(dataset: MergedDataset, snapshot: Snapshot) -> Iterator[Quad]:
    """Yield the quads of the graphs ``DESCRIPTION`` and ``EXAMPLES``, equal for equal snapshots; no blank nodes."""
    for triple in describe_dataset(snapshot, count(dataset)):
        yield Quad(*triple, DESCRIPTION)
    for triple in describe_service(snapshot.graphs):
        yield Quad(*triple, DESCRIPTION)
    for triple in describe_prefixes():
        yield Quad(*triple, DESCRIPTION)
    for triple in describe_questions():
        yield Quad(*triple, EXAMPLES)
