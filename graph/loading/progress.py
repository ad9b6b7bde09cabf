"""How far a long change has come: stages, reported to a watcher."""

from __future__ import annotations

from collections.abc import Callable

# Told of a stage, how much of it is done and how much there is to do in all (0: nobody knows).
Watch = Callable[[str, int, int], object]


def silent(_stage: str, _done: int, _total: int) -> None:
    """Watch nothing."""


class Meter:
    """One stage of which parts are done little by little."""

    def __init__(self, watch: Watch, stage: str, total: int) -> None:
        """Begin the stage."""
        self._watch, self._stage, self._total, self._done = watch, stage, total, 0
        watch(stage, 0, total)

    def move(self, amount: int) -> None:
        """Report that more is done."""
        self._done += amount
        self._watch(self._stage, self._done, self._total)
