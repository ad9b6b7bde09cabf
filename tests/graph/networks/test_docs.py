"""docs/networks.md: every name that can be asked for is explained."""

from __future__ import annotations

from pathlib import Path

import pytest

from communique.graph.networks import LAYERS, MEASURES, NODES, WEIGHTS, NetworkOptions, formats

NAMES = {
    *LAYERS,
    *MEASURES,
    *NODES,
    *WEIGHTS,
    *formats.FORMATS,
    *formats.MEASURE_FORMATS,
    *NetworkOptions().as_parameters(),
}


@pytest.mark.parametrize("name", sorted(NAMES))
def test_a_name_is_explained(root: Path, name: str) -> None:
    assert f"`{name}`" in (root / "docs" / "networks.md").read_text(encoding="utf-8")
