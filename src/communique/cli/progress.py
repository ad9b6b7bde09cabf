"""How far a long change has come, as a bar on stderr; nothing at all where stderr is no terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from communique.graph.loading.progress import Watch, silent

_WORDS = {
    "read": "reading",
    "derive": "deriving",
    "validate": "validating",
    "publish": "publishing",
}


@contextmanager
def shown() -> Iterator[Watch]:
    """Return a watch that draws one line per stage, and takes them away at the end."""
    if not sys.stderr.isatty():
        yield silent
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        tasks: dict[str, TaskID] = {}

        def watch(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                for task in tasks.values():
                    progress.stop_task(task)
                tasks[stage] = progress.add_task(_WORDS.get(stage, stage), total=total or None)
            progress.update(tasks[stage], completed=done)

        yield watch
