"""Validation and validated loads, size by size: ours, pySHACL and the bare load take turns, each in its own process.

Every figure is written down as soon as it is there: a run that is stopped, or one candidate that fails, loses nothing
of the others. ``bench/tasks.py`` says what each candidate does.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.children import FAILED, measure
from bench.generate import generate
from bench.machine import describe
from bench.record import write_section
from bench.results import Results
from bench.validation_tables import render

SIZES = (10_000, 100_000, 1_000_000)
# Up to a size the candidates take so many turns; beyond it, one.
_TURNS, _LARGEST_FOR_TURNS = 3, 1_000_000
# Beyond this, pySHACL is not asked; and it is not waited for longer than so many seconds.
LARGEST_FOR_PYSHACL, PYSHACL_SECONDS = 100_000, 100
# No candidate runs longer than this.
_SECONDS = 600
_SHARED = Path(__file__).resolve().parents[2] / "shared" / "prototypes" / "bench"
WORK = Path("var/bench")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A task with its arguments; ``is_slow`` is run once per size, ``keeps`` names the home that is left for others."""

    name: str
    task: str
    arguments: tuple[object, ...]
    home: str = ""
    is_slow: bool = False


class Deadline:
    """The time that a run may take."""

    def __init__(self, minutes: float) -> None:
        self._end = time.monotonic() + minutes * 60

    @property
    def left(self) -> float:
        """Seconds that are left."""
        return self._end - time.monotonic()


def main(sizes: tuple[int, ...] = SIZES, minutes: float = 8, *, writes: bool = True) -> None:
    """Measure each size and print the tables; ``writes`` also puts them into ``bench/README.md``.

    Sizes that were measured before, with the same versions on the same machine, stay in the tables.
    """
    deadline, results = Deadline(minutes), Results.read(WORK / "validation.json", describe())
    if not _SHARED.is_dir():
        results.note = "The 27 benchmark shapes were left out: they lie in ../shared/prototypes/bench, which is absent."
    for size in sizes:
        work = WORK / str(size)
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        results.begin(size, datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"), os.getloadavg()[0])
        _measure(size, work, results, deadline)
        shutil.rmtree(work, ignore_errors=True)
        if writes:
            write_section("validation", render(results))
    print(render(results))


def _measure(size: int, work: Path, results: Results, deadline: Deadline) -> None:
    """Make the files of a size, then let the candidates take turns."""
    candidates = list(_candidates(size, work))
    _say(f"{size:,}: files are ready")
    for turn in range(_TURNS if size <= _LARGEST_FOR_TURNS else 1):
        for each in candidates:
            if turn and (each.is_slow or results.slowest(size, each.name) > deadline.left):
                continue
            found = _run(each, work, turn, deadline)
            results.add(size, each.name, found)
            _say(f"{size:,} {each.name} {json.dumps(found)}")


def _run(each: Candidate, work: Path, turn: int, deadline: Deadline) -> dict[str, float | str]:
    """Run a candidate, in a home of its own where it needs one."""
    limit = min(PYSHACL_SECONDS if each.is_slow else _SECONDS, deadline.left)
    if limit < 1:
        return {FAILED: "not run: no time was left"}
    home = work / each.home
    if each.home == "raw":
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir()
    if each.home == "loaded" and each.name == "load":
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(work / "built", home, symlinks=True)
    arguments = [str(part).format(turn=turn) for part in each.arguments]
    return measure(each.task, [*arguments, home] if each.home else arguments, limit)


def _candidates(size: int, work: Path) -> Iterator[Candidate]:
    """Make the files of a size, and list what is measured on them; loads come first, what uses them behind."""
    data, broken, others = work / "data.nq", work / "broken.nq", work / "others.nq"
    with _generator(size, others.with_suffix("")) as generated:
        _write(data, size, errors=0.0)
        _write(broken, max(2000, size // 500), errors=1.0, first=8_000_000)
        for turn in range(_TURNS):
            _write(work / f"batch{turn}.nq", 1600, errors=0.0, first=9_000_000 + 1000 * turn)
        measure("build", [work / "built"], _SECONDS)
    yield Candidate("raw", "raw", (data,), home="raw")
    yield Candidate("load", "load", (data,), home="loaded")
    yield Candidate("load batch", "load", (work / "batch{turn}.nq",), home="loaded")
    yield Candidate("gate", "gate", (data, broken, work / "batch0.nq"))
    rules = {"ours": ("ours", data, broken)} | ({"27": (_SHARED / "shapes.ttl", others)} if generated else {})
    for name, arguments in rules.items():
        yield Candidate(name, "shapes", arguments)
    for name, arguments in rules.items():
        if size <= LARGEST_FOR_PYSHACL:
            yield Candidate(f"{name} pySHACL", "pyshacl", arguments, is_slow=True)


def _write(path: Path, size: int, *, errors: float, first: int = 1) -> None:
    """Write a graph of the project's own terms."""
    with path.open("w", encoding="utf-8") as stream:
        stream.writelines(f"{quad} .\n" for quad in generate(size, errors=errors, first=first, seed=first))


@contextmanager
def _generator(size: int, target: Path) -> Iterator[bool]:
    """Let the generator beside the 27 shapes make its graph meanwhile; tell whether it is there at all."""
    script = _SHARED / "gen.py"
    if not script.is_file():
        yield False
        return
    with subprocess.Popen([sys.executable, script, str(size), target], stdout=subprocess.DEVNULL) as process:
        yield True
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, process.args)
    target.with_suffix(".nt").unlink()


def _say(text: str) -> None:
    """Tell how far it has come."""
    print(f"{datetime.now(UTC):%H:%M:%S} {text}", file=sys.stderr, flush=True)
