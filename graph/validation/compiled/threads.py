"""Questions asked side by side: an engine that lets go of the interpreter while it answers uses all processors."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")

# What this process may use, which may be less than the machine has.
PROCESSORS = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def side_by_side(task: Callable[[Item], Answer], items: Iterable[Item], threads: int = PROCESSORS) -> Iterator[Answer]:
    """Carry out a task for each item, so many at a time, and yield the answers in the order of the items.

    An error of a task is raised in its place; what has not begun by then is left undone. With one thread the tasks are
    carried out one by one, as their answers are asked for. No thread outlives the last answer.
    """
    if threads <= 1:
        yield from map(task, items)
        return
    with ThreadPoolExecutor(max_workers=threads) as pool:
        try:
            yield from pool.map(task, items)
        finally:
            pool.shutdown(cancel_futures=True)
