"""Tables: how fast rows become quads, beside the bare load of the same quads, and how much memory that takes.

Rows are invented, the same for the same number. Every candidate runs in a process of its own:
``python -m bench.tables TASK ROWS`` runs one and prints its figures.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from pyoxigraph import Store

from bench.machine import peak
from bench.record import write_section
from communique.graph.loading import pipeline
from communique.graph.loading.releases import Release, RowReport, gather, read_mapping, read_release
from communique.graph.settings import Settings
from communique.graph.store.canonical import line_of

SIZES = (10_000, 100_000, 1_000_000)
# Larger ones are mapped, but neither loaded nor judged.
LARGEST_LOADED = 100_000
_SECONDS = 900

_MAPPING = """
source: bench
edition: "1"
date: "2024"
tables:
  - name: rows
    files: [rows.csv]
    columns:
      indicator: text
      year: year
      country: {as: code, scheme: alpha3, required: true}
      score: {as: decimal, minimum: 0}
      name: {optional: true}
    facts:
      "indicator/bench-{indicator}": {type: Indicator, label: "Indicator {indicator}"}
      "score/bench-{indicator}/{year}/{country}":
        type: ScoreObservation
        indicator: "indicator/bench-{indicator}"
        observedState: "{country}"
        refYear: "{year}"
        value: "{score}"
        indicatorText: "{name}"
"""
_STATES = ("KOR", "KEN", "EST", "FRA", "JPN", "BRA", "IND", "CHL", "GHA", "PER", "USA", "MEX", "ITA", "ESP", "NGA")
Figures = Iterator[tuple[str, float]]


def mapping(rows: int) -> Figures:
    """Read and map the rows, and let go of the quads at once."""
    with tempfile.TemporaryDirectory() as folder:
        release, report = _release(Path(folder), rows), RowReport()
        begun = time.perf_counter()
        quads = sum(1 for _ in read_release(release, report))
        yield from _rate(quads, begun)
        assert report.account.mapped == rows


def raw(rows: int) -> Figures:
    """Load the same quads, as N-Quads, into a store on disk."""
    with tempfile.TemporaryDirectory() as folder:
        path, release = Path(folder) / "rows.nq", _release(Path(folder), rows)
        with path.open("wb") as file:
            file.writelines(map(line_of, read_release(release, RowReport())))
        begun, store = time.perf_counter(), Store(str(Path(folder) / "store"))
        store.bulk_load(path=str(path))
        store.flush()
        yield from _rate(len(store), begun)


def load(rows: int) -> Figures:
    """Load the table as ``communique load table`` does: map, derive, judge, write, publish."""
    with tempfile.TemporaryDirectory() as folder:
        home, release = Settings(home=Path(folder) / "home"), _release(Path(folder), rows)
        pipeline.build(home)
        begun = time.perf_counter()
        options = pipeline.Options(source=release.source)
        found = pipeline.load(home, [Path(folder) / "rows.csv"], options)
        yield from _rate(found.activity.committed, begun)


TASKS: dict[str, Callable[[int], Figures]] = {task.__name__: task for task in (mapping, raw, load)}


def main(*, writes: bool = True) -> None:
    """Measure all sizes, and write the table into ``bench/README.md``."""
    lines = [
        "| rows | quads | mapped, quads/s | MiB | bare load, quads/s | validated load, quads/s | MiB |",
        "|---" * 7 + "|",
    ]
    for rows in SIZES:
        found = {name: _measure(name, rows) for name in TASKS if name == "mapping" or rows <= LARGEST_LOADED}
        mapped, bare, loaded = (found.get(name, {}) for name in ("mapping", "raw", "load"))
        cells = (mapped.get("quads"), mapped.get("rate"), mapped.get("peak"), bare.get("rate"), loaded.get("rate"))
        lines.append(f"| {rows:,} | " + " | ".join(map(_cell, (*cells, loaded.get("peak")))) + " |")
        print(lines[-1], flush=True)
    if writes:
        write_section("tables", "\n".join(lines))


def _measure(task: str, rows: int) -> dict[str, float]:
    """Run a task in a process of its own; nothing when it fails or takes too long."""
    command = [sys.executable, "-m", "bench.tables", task, str(rows)]
    try:
        said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=_SECONDS).stdout
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        return {}
    return dict(json.loads(said))


def _release(folder: Path, rows: int) -> Release:
    """Write a table and its mapping, and gather it."""
    table = folder / "rows.csv"
    with table.open("w", encoding="utf-8") as file:
        file.write("indicator,year,country,score,name\n")
        for number in range(rows):
            row, state = divmod(number, len(_STATES))
            indicator, year = divmod(row, 20)
            file.write(
                f"{indicator},{2000 + year},{_STATES[state]},{number % 997}.{number % 100:02d},Score {indicator}\n"
            )
    (folder / "rows.yaml").write_text(_MAPPING, encoding="utf-8")
    (release,) = gather(read_mapping(folder / "rows.yaml"), [table])
    return release


def _rate(quads: int, begun: float) -> Figures:
    """Give quads, quads per second and the largest resident set in MiB."""
    yield "quads", quads
    yield "rate", quads / (time.perf_counter() - begun)
    yield "peak", peak()


def _cell(figure: float | None) -> str:
    """Write a figure."""
    return "–" if figure is None else f"{figure:,.0f}"


if __name__ == "__main__":
    print(json.dumps(dict(TASKS[sys.argv[1]](int(sys.argv[2])))))
