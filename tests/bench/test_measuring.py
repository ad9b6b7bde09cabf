"""The benchmarks measure: figures come out, failures lose nothing, tables say what was measured."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest
from bench.__main__ import sizes
from bench.children import FAILED, PEAK, measure
from bench.generate import generate
from bench.record import README, write_section
from bench.results import Results
from bench.tasks import OURS, gate, pyshacl, shapes
from bench.validation_tables import render

pytestmark = pytest.mark.slow


def write(path: Path, size: int, **how: float) -> str:
    path.write_text("".join(f"{quad} .\n" for quad in generate(size, **how)))  # type: ignore[arg-type]
    return str(path)


def test_a_child_tells_figures_and_memory(tmp_path: Path) -> None:
    data = write(tmp_path / "data.nq", 300)
    found = measure("raw", [data, tmp_path], 60)
    assert found["quads"] == len(set(generate(300)))
    assert float(found["load"]) > 0
    (tmp_path / "again").mkdir()
    ballast = b"x" * (300 << 20)  # makes the parent large, not the child
    again = measure("raw", [data, tmp_path / "again"], 60)
    del ballast
    assert 10 < float(found[PEAK]) < 300
    assert abs(float(again[PEAK]) - float(found[PEAK])) < 50


@pytest.mark.parametrize(
    ("code", "limit", "reason"),
    [
        ("print('{\"load\": 1}', flush=True); import time; time.sleep(600)", 5, "did not finish in 5 s"),
        (
            "print('{\"load\": 1}', flush=True); print('{\"gate\": 0.'); raise ValueError('wrong')",
            60,
            "ended with 1: .*wrong",
        ),
        ("print('{\"load\": 1}', flush=True); import os; os.kill(os.getpid(), 9)", 60, "ended with -9: no word"),
    ],
)
def test_what_was_told_before_a_failure_is_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: str, limit: float, reason: str
) -> None:
    (tmp_path / "python").write_text(f"#!{sys.executable}\n{code}\n")
    (tmp_path / "python").chmod(0o755)
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    found = measure("anything", [], limit)
    assert found["load"] == 1
    assert re.search(reason, str(found[FAILED]))


def test_engines_find_the_same_and_a_batch_concerns_few(tmp_path: Path) -> None:
    data = [write(tmp_path / "a.nq", 4000, errors=0.0), write(tmp_path / "b.nq", 500, errors=1.0, first=9000)]
    ours = dict(shapes(OURS, *data))
    assert ours["results"] == dict(pyshacl(OURS, *data))["results"] > 0
    assert 1600 <= ours["batch"] < 2000
    assert 0 < ours["touched"] < ours["focus"]


def test_the_gate_is_measured_whole_and_after_a_batch(tmp_path: Path) -> None:
    files = [
        write(tmp_path / f"{first}.nq", 300, errors=errors, first=first)
        for first, errors in ((1, 0.0), (500, 1.0), (900, 0.0))
    ]
    found = dict(gate(*files))
    assert found["results"] > 0
    assert min(found["gate"], found["upkeep"], found["again"], found["batch"]) > 0


def filled(path: Path) -> Results:
    results = Results.read(path, "a machine")
    results.begin(10_000, "today", 0.5)
    for seconds in (1.0, 3.0, 2.0):
        results.add(10_000, "raw", {"load": seconds, "quads": 10_096, PEAK: 64.0})
    results.add(10_000, "load", {"load": 4.0, PEAK: 100.0})
    results.add(10_000, "ours", {"validate": 0.5, "results": 3.0})
    results.add(10_000, "ours pySHACL", {"parse": 1.0, FAILED: "did not finish in 100 s"})
    return results


def test_tables_give_medians_bounds_ratios_and_reasons(tmp_path: Path) -> None:
    text = render(filled(tmp_path / "results.json"))
    assert "| 10,096 | today | 0.5 | 2 (1–3) | 4 | 2 | 64 | 100 |" in text
    assert "| 0.5 | did not finish in 100 s | – |" in text
    assert "not measured" in text
    assert "python -m bench validation --sizes 10k" in text


def test_engines_that_disagree_are_shown(tmp_path: Path) -> None:
    results = filled(tmp_path / "results.json")
    results.add(10_000, "ours pySHACL", {"validate": 5.0, "results": 4.0})
    assert "5 (other results!) | 10 |" in render(results)


def test_sizes_stay_until_the_machine_changes(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    filled(path)
    assert Results.read(path, "a machine").median(10_000, "raw", "load") == 2
    assert Results.read(path, "another machine").sizes() == []
    assert json.loads(path.read_text())["machine"] == "a machine"


def test_aims_are_reached_or_missed(tmp_path: Path) -> None:
    results = Results.read(tmp_path / "results.json", "a machine")
    for size, seconds in ((1_000_000, 10.0), (5_000_000, 61.0)):
        results.begin(size, "today", 0.5)
        results.add(size, "raw", {"load": seconds / 1.5})
        results.add(size, "load", {"load": seconds, PEAK: 700.0 * size / 1_000_000})
    text = render(results)
    assert "validated load of 1M at most 2 times the bare load | 1.5 | reached |" in text
    assert "at most 6 times that of 1M | 6.1 | missed |" in text
    assert "validated load of 5M: at most 0.7 GiB per 1M quads | 0.684 | reached |" in text


def test_a_section_is_written_between_its_marks(tmp_path: Path) -> None:
    path = tmp_path / "README.md"
    path.write_text("before\n<!-- a: begin -->\nold\n<!-- a: end -->\nafter\n")
    for _ in range(2):
        write_section("a", "new \\1\n", path)
    assert path.read_text() == "before\n<!-- a: begin -->\nnew \\1\n<!-- a: end -->\nafter\n"
    with pytest.raises(ValueError, match="b: begin"):
        write_section("b", "new", path)


def test_the_readme_has_a_place_for_the_tables() -> None:
    assert "<!-- validation: begin -->" in README.read_text()


def test_sizes_are_written_short() -> None:
    assert sizes("10k,1M,2.5M,700") == (10_000, 1_000_000, 2_500_000, 700)
