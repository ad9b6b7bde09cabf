"""The lists of variants of names: what the linking has to reach on them, and that most answers are right."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("rdata", reason="reads R data; a dependency of development only")

from bench.linking import Outcome, measure, share

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def outcomes(shared: Path) -> dict[str, list[Outcome]]:
    assert (shared / "data/name_matching").is_dir()
    return measure()


@pytest.mark.parametrize(
    ("title", "names", "right", "wrong"),
    [
        ("variants in all languages", 24_725, 0.95, 0.003),
        ("United Nations, six languages", 1_158, 0.97, 0.003),
        ("Chinese, simplified", 715, 0.97, 0.003),
        ("Chinese, both scripts", 1_125, 0.97, 0.003),
    ],
)
def test_targets(outcomes: dict[str, list[Outcome]], title: str, names: int, right: float, wrong: float) -> None:
    assert len(outcomes[title]) == names
    assert share(outcomes[title], "right") >= right
    assert share(outcomes[title], "wrong") <= wrong
