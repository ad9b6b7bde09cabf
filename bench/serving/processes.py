"""The processes of a service: which they are, and how much processor time they have had."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

# The clock of a process, with all of its threads, as Linux numbers it (clock_getcpuclockid(3)).
_SCHED = 2


def descendants(pid: int) -> list[int]:
    """List a process and those under it that live."""
    found = [pid]
    for each in found:
        with suppress(OSError):
            for task in (Path("/proc") / str(each) / "task").iterdir():
                found.extend(map(int, (task / "children").read_text().split()))
    return found


def processor_time(pid: int) -> float:
    """Sum up the processor time of a process and its living descendants, seconds."""
    spent = 0.0
    for each in descendants(pid):
        with suppress(OSError):
            spent += time.clock_gettime((~each << 3) | _SCHED)
    return spent
