"""Figures of a benchmark, by size and candidate: kept between runs, summed up for tables."""

from __future__ import annotations

import json
import statistics
from dataclasses import dataclass, field
from pathlib import Path

from bench.children import FAILED


@dataclass
class Results:
    """What was measured, by size and candidate, written down at every step.

    Attributes
    ----------
    path : where it is kept between runs
    machine : what it was measured on
    runs : size → candidate → its runs
    when : size → when it was measured, and the load of the machine then
    note : what was left out, and why
    """

    path: Path
    machine: str
    runs: dict[str, dict[str, list[dict[str, float | str]]]] = field(default_factory=dict)
    when: dict[str, tuple[str, float]] = field(default_factory=dict)
    note: str = ""

    @classmethod
    def read(cls, path: Path, machine: str) -> Results:
        """Take up what was measured on the same machine; nothing where there is nothing."""
        kept = json.loads(path.read_text()) if path.is_file() else {}
        if kept.get("machine") != machine:
            kept = {}
        return cls(path, machine, kept.get("runs", {}), kept.get("when", {}))

    def begin(self, size: int, day: str, load: float) -> None:
        """Begin a size anew."""
        self.runs[str(size)], self.when[str(size)] = {}, (day, load)

    def add(self, size: int, candidate: str, found: dict[str, float | str]) -> None:
        """Note a run."""
        self.runs[str(size)].setdefault(candidate, []).append(found)
        self.path.write_text(json.dumps({"machine": self.machine, "runs": self.runs, "when": self.when}, indent=1))

    def slowest(self, size: int, candidate: str) -> float:
        """Give the seconds of the longest step that was measured, tripled for what stands around it."""
        steps = ("load", "gate", "validate")
        times = [run[step] for run in self.runs[str(size)].get(candidate, []) for step in steps if step in run]
        return 3 * max((time for time in times if isinstance(time, float)), default=0.0)

    def sizes(self) -> list[int]:
        """List the sizes, ascending."""
        return sorted(map(int, self.runs))

    def values(self, size: int, candidate: str, figure: str) -> list[float]:
        """Give a figure of all runs."""
        runs = self.runs.get(str(size), {}).get(candidate, [])
        return [float(run[figure]) for run in runs if figure in run]

    def median(self, size: int, candidate: str, figure: str) -> float | None:
        """Give the median of a figure; None when there is none."""
        values = self.values(size, candidate, figure)
        return statistics.median(values) if values else None

    def cell(self, size: int, candidate: str, figure: str) -> str:
        """Write a figure: the median, and between which values it lies; else why there is none."""
        values = self.values(size, candidate, figure)
        if values:
            span = f" ({min(values):.3g}–{max(values):.3g})" if len(values) > 1 else ""
            return f"{statistics.median(values):.3g}{span}"
        runs = self.runs.get(str(size), {}).get(candidate, [])
        return next((str(run[FAILED]) for run in runs if FAILED in run), "–")

    def count(self, size: int, candidate: str, figure: str) -> str:
        """Write a count."""
        value = self.median(size, candidate, figure)
        return "–" if value is None else f"{value:,.0f}"

    def ratio(self, size: int, one: tuple[str, str], other: tuple[str, str]) -> float | None:
        """Divide one figure by another."""
        above, below = self.median(size, *one), self.median(size, *other)
        return above / below if above is not None and below else None
