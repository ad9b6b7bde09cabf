"""The second edition of the commitments of the Open Government Partnership is found again in the first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pyoxigraph import Store

from communique.graph.curation.editions import pair_editions, read_listed
from communique.graph.terms.vocabulary import ontology_quads


def test_nearly_all_of_one_edition_is_found_again_in_the_other(load: Callable[..., Any], shared: Path) -> None:
    both = load("ogp-commitments", shared / "data/ogp_commitments")
    store = Store()
    store.extend(ontology_quads())
    store.extend(both.store)
    listed = read_listed(lambda query: store.query(query, use_default_graph_as_union=True))  # type: ignore[arg-type]
    pairings = pair_editions(listed)
    assert len(listed) == 1985 + 1946
    assert len(pairings) == 1898
    taken = Counter(record.node for pairing in pairings for record in (pairing.left, pairing.right))
    assert set(taken.values()) == {1}
