"""Who is measured when: all once, the slow ones once only, the others again while there is time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from bench.children import FAILED
from bench.machine import describe
from bench.results import Results
from bench.validation import PYSHACL_SECONDS, Candidate, main

SIZE = 10_000


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[tuple[str, float]]:
    """Replace candidates and measurements; give what is asked for, with the limit in seconds."""
    seen: list[tuple[str, float]] = []

    def candidates(size: int, work: Path) -> Iterator[Candidate]:
        (work / "built").mkdir()
        yield Candidate("load", "load", ("data",), home="loaded")
        yield Candidate("load batch", "load", ("batch{turn}",), home="loaded", needs=True)
        yield Candidate("gate", "gate", ("data",))
        yield Candidate("pySHACL", "pyshacl", ("data",), is_slow=True)

    def measure(task: str, arguments: list[object], limit: float) -> dict[str, float | str]:
        seen.append((f"{task} {arguments[0]}", limit))
        return {FAILED: "broken"} if arguments[0] == "bad" else {"load": 1.0, "gate": 1.0}

    monkeypatch.setattr("bench.validation.WORK", tmp_path)
    monkeypatch.setattr("bench.validation._candidates", candidates)
    monkeypatch.setattr("bench.validation.measure", measure)
    return seen


def results(folder: Path) -> Results:
    return Results.read(folder / "validation.json", describe())


def test_all_take_turns_and_the_slow_one_comes_once(asked: list[tuple[str, float]], tmp_path: Path) -> None:
    main((SIZE,), minutes=10, writes=False)
    turn = ["load data", "load batch0", "gate data"]
    again = ["load data", "load batch1", "gate data", "load data", "load batch2", "gate data"]
    assert [name for name, _ in asked] == [*turn, "pyshacl data", *again]
    assert dict(asked)["pyshacl data"] == PYSHACL_SECONDS
    assert len(results(tmp_path).values(SIZE, "gate", "gate")) == 3
    assert not (tmp_path / str(SIZE)).exists(), "the files are gone, the figures stay"


def test_time_is_kept_for_larger_sizes(asked: list[tuple[str, float]]) -> None:
    main((SIZE, 1_000_000), minutes=4, writes=False)
    first = [name for name, _ in asked[:5]]
    assert first == ["load data", "load batch0", "gate data", "pyshacl data", "load data"]
    assert dict(asked[:5])["pyshacl data"] < 21


def test_without_time_nothing_is_begun_and_that_is_said(asked: list[tuple[str, float]], tmp_path: Path) -> None:
    main((SIZE,), minutes=0.01, writes=False)
    assert asked == []
    assert results(tmp_path).cell(SIZE, "gate", "gate") == "not run: no time was left"


def test_no_batch_is_loaded_where_no_load_went_before(
    asked: list[tuple[str, float]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def candidates(size: int, work: Path) -> Iterator[Candidate]:
        (work / "built").mkdir()
        yield Candidate("load", "load", ("bad",), home="loaded")
        yield Candidate("load batch", "load", ("batch{turn}",), home="loaded", needs=True)

    monkeypatch.setattr("bench.validation._candidates", candidates)
    main((SIZE,), minutes=10, writes=False)
    assert {name for name, _ in asked} == {"load bad"}
    assert results(tmp_path).cell(SIZE, "load batch", "load") == "not run: there was nothing to begin with"
