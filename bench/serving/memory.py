"""What a service holds in memory, all its processes together, and how long it takes to start."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from bench.machine import table
from bench.serving.data import Material
from bench.serving.processes import descendants
from bench.serving.queries import ask_in_turns
from bench.serving.services import Running


class Watch:
    """The proportional set size of a process and its descendants, MiB, looked at while a block runs."""

    def __init__(self, pid: int, every: float = 0.05) -> None:
        """Look at the processes under ``pid`` every so many seconds."""
        self._pid, self._every, self._over = pid, every, threading.Event()
        self.first = self.most = held(pid)
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(self._every):
            self.most = max(self.most, held(self._pid))


def measure(material: Material, running: Mapping[str, Running]) -> str:
    """Tell seconds to the first answer, and memory at rest and after all queries have been asked twice."""
    rows = []
    for name, each in running.items():
        rest = held(each.process.pid)
        for text in material.queries.values():
            ask_in_turns(text, {name: each.endpoint}, 1)
        family = descendants(each.process.pid)
        largest = max((own(pid) for pid in family), default=0.0)
        rows.append(
            [name, each.started, len(family), f"{rest:,.0f}", f"{held(each.process.pid):,.0f}", f"{largest:,.0f}"]
        )
    columns = ["service", "first answer after, s", "processes", "at rest, MiB", "after the queries, MiB"]
    return table([*columns, "of its own, the largest process, MiB"], rows)


def held(pid: int) -> float:
    """Sum up the proportional set sizes of a process and its descendants, MiB: shared pages count once."""
    return sum(_kilobytes(each, ("Pss",)) for each in descendants(pid)) / 1024


def own(pid: int) -> float:
    """Give what a process shares with no other, MiB."""
    return _kilobytes(pid, ("Private_Clean", "Private_Dirty")) / 1024


def _kilobytes(pid: int, names: tuple[str, ...]) -> int:
    """Read figures of a process; 0 when it has ended."""
    with suppress(OSError):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        return sum(int(line.split()[1]) for line in lines if line.partition(":")[0] in names)
    return 0
