"""The processes of a service: which they are, and how much processor time they have had."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path


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
    spent = 0
    for each in descendants(pid):
        with suppress(OSError):
            for task in (Path("/proc") / str(each) / "task").iterdir():
                with suppress(OSError):
                    spent += int((task / "schedstat").read_text().split()[0])
    return spent / 1e9
