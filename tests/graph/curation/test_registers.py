"""Duplicates in two real registers that number agreements alike: the comparison does not see the numbers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pyoxigraph import Store

from communique.graph.curation.duplicates import search
from communique.graph.loading.releases import RowReport, gather, packaged_source, read_release
from communique.graph.terms.namespaces import ID
from communique.graph.terms.vocabulary import ontology_quads

NUMBER = re.compile(r"agreement/(labpta|trend)-(\d+)(?:-.*)?")


def number(iri: str) -> str:
    found = NUMBER.fullmatch(iri.removeprefix(ID))
    return found[2] if found else iri


@pytest.fixture(scope="module")
def registers(shared: Path) -> Store:
    """Read LABPTA and TREND."""
    folder, store = shared / "data" / "trade_agreements", Store()
    store.extend(ontology_quads())
    for source, name in (("labpta", "LABPTA.csv"), ("trend", "TREND.csv")):
        for release in gather(packaged_source(source), [folder / name]):
            store.bulk_extend(read_release(release, RowReport()))
    return store


@pytest.mark.parametrize(("minimum", "right", "found"), [(0.8, 0.88, 0.97), (0.9, 0.95, 0.97)])
def test_most_proposals_are_right_and_most_pairs_are_found(
    registers: Store, minimum: float, right: float, found: float
) -> None:
    proposals = search(
        lambda query: registers.query(query, use_default_graph_as_union=True),  # type: ignore[arg-type,return-value]
        set(),
        minimum=minimum,
    ).proposals
    numbers = [(number(each.left.node.value), number(each.right.node.value)) for each in proposals]
    hits = {left for left, right in numbers if left == right}
    nodes = {quad.subject.value for quad in registers if "/agreement/" in str(quad.subject)}  # type: ignore[union-attr]
    known = {kind: {number(node) for node in nodes if f"/{kind}-" in node} for kind in ("labpta", "trend")}
    assert sum(left == right for left, right in numbers) / len(numbers) >= right
    assert len(hits) / len(known["labpta"] & known["trend"]) >= found
