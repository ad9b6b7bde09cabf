"""What a figure was measured on, and how figures are summed up."""

from __future__ import annotations

import os
import platform
import resource
import statistics
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

_LIBRARIES = ("pyoxigraph", "rdflib", "pyshacl", "networkx", "networkit", "scipy")


def describe() -> str:
    """Name the processor, the memory, the interpreter and the versions of the libraries that are compared."""
    libraries = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    machine = f"{os.cpu_count()} cores ({_processor()}), {memory:.0f} GiB"
    return f"{machine}; Python {platform.python_version()}, {libraries}"


def _processor() -> str:
    """Name the processor."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text().splitlines() if told.is_file() else []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.machine())


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


def peak() -> float:
    """Give the largest resident set of this process, MiB.

    Linux counts in ``ru_maxrss`` what the process was before it became this program, that is the size of its parent.
    """
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.is_file() else []
    told = [int(line.split()[1]) for line in lines if line.startswith("VmHWM:")]
    return (told[0] if told else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) / 1024
