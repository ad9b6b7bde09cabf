"""What a figure was measured on, and how figures are summed up."""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version

_LIBRARIES = ("pyoxigraph", "rdflib", "pyshacl", "networkx", "networkit", "scipy")


def describe() -> str:
    """Name the interpreter, the cores and the versions of the libraries that are compared."""
    libraries = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    return f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}; {libraries}"


def interleave(runs: Sequence[Callable[[], object]], repetitions: int) -> list[float]:
    """Time functions in turns, A B A B …, so that a drifting machine touches all alike; medians in milliseconds."""
    times: list[list[float]] = [[] for _ in runs]
    for _ in range(repetitions):
        for run, seen in zip(runs, times, strict=True):
            start = time.perf_counter()
            run()
            seen.append((time.perf_counter() - start) * 1e3)
    return [statistics.median(seen) for seen in times]


def table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Write rows as a Markdown table; fractions with three significant digits."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines)


def _cell(value: object) -> str:
    """Write one cell."""
    return f"{value:.3g}" if isinstance(value, float) else str(value)
