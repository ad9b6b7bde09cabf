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
# No candidate runs longer than this, and none is begun that would have less.
_SECONDS, _SHORTEST = 600, 5
# A size that is still to come is left so many seconds on two quiet cores, before smaller ones are measured again.
_RESERVES = {100_000: 100, 1_000_000: 220, 5_000_000: 700}
_SHARED = Path(__file__).resolve().parents[2] / "shared" / "prototypes" / "bench"
WORK = Path("var/bench")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A task with its arguments: ``home`` names the folder it writes to, ``needs`` says that another has filled it.

    What ``is_slow`` is run once per size.
    """

    name: str
    task: str
    arguments: tuple[object, ...]
    home: str = ""
    needs: bool = False
    is_slow: bool = False


class Deadline:
    """The time that a run may take; ``reserve`` seconds of it are kept for what is still to come."""

    def __init__(self, minutes: float) -> None:
        self._end = time.monotonic() + minutes * 60
        self.reserve = 0.0

    @property
    def left(self) -> float:
        """Seconds that are left."""
        return self._end - time.monotonic()

    @property
    def free(self) -> float:
        """Seconds that nothing else needs."""
        return self.left - self.reserve


def main(sizes: tuple[int, ...] = SIZES, minutes: float = 8, *, writes: bool = True) -> None:
    """Measure each size and print the tables; ``writes`` also puts them into ``bench/README.md``.

    Sizes that were measured before, with the same versions on the same machine, stay in the tables.
    """
    deadline, results = Deadline(minutes), Results.read(WORK / "validation.json", describe())
    if not _SHARED.is_dir():
        results.note = "The 27 benchmark shapes were left out: they lie in ../shared/prototypes/bench, which is absent."
    for place, size in enumerate(sizes):
        deadline.reserve = sum(_RESERVES.get(later, 0) for later in sizes[place + 1 :])
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
    slow = [each for each in candidates if each.is_slow]
    fast = [each for each in candidates if not each.is_slow]
    _say(f"{size:,}: files are ready")
    for each in fast:
        _note(size, each.name, _run(each, work, 0, deadline.left), results)
    for place, each in enumerate(slow):
        limit = min(PYSHACL_SECONDS, deadline.free / (len(slow) - place))
        _note(size, each.name, _run(each, work, 0, limit), results)
    for turn in range(1, _TURNS if size <= _LARGEST_FOR_TURNS else 1):
        for each in fast:
            if results.slowest(size, each.name) < deadline.free:
                _note(size, each.name, _run(each, work, turn, deadline.left), results)


def _note(size: int, name: str, found: dict[str, float | str], results: Results) -> None:
    """Write a run down, and tell of it."""
    results.add(size, name, found)
    _say(f"{size:,} {name} {json.dumps(found)}")


def _run(each: Candidate, work: Path, turn: int, seconds: float) -> dict[str, float | str]:
    """Run a candidate, in a home of its own where it needs one."""
    limit = min(_SECONDS, seconds)
    if limit < _SHORTEST:
        return {FAILED: "not run: no time was left"}
    home = work / each.home
    if each.needs and not home.is_dir():
        return {FAILED: "not run: there was nothing to begin with"}
    if each.home and not each.needs:
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(work / "built", home, symlinks=True)
    arguments = [str(part).format(turn=turn) for part in each.arguments]
    found = measure(each.task, [*arguments, home] if each.home else arguments, limit)
    if each.home and FAILED in found:
        shutil.rmtree(home, ignore_errors=True)
    return found


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
    yield Candidate("load batch", "load", (work / "batch{turn}.nq",), home="loaded", needs=True)
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
