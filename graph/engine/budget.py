"""How much of the engine's time each caller may use: seconds of queries, refilled as time goes by."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

from communique.graph.errors import QuerySecondsSpent

# Callers remembered at one time; the one that asked least recently is forgotten first.
_MOST_CALLERS = 10_000
_MINUTE = 60.0


class QueryBudget:
    """A token bucket for each caller: it holds ``seconds``, and refills by as much in a minute.

    A query is charged when it has ended, for the time that it took, so that a caller can go below zero by one round of
    queries, and waits longer then. A caller of whom ``exempt`` holds is never refused.
    """

    def __init__(
        self, seconds: float, exempt: Callable[[str], bool], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.seconds, self.is_exempt, self._clock = seconds, exempt, clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def left(self, caller: str) -> float:
        """Return the seconds a caller has now; below 0 when more was used than there was."""
        if caller not in self._left:
            return self.seconds
        left, then = self._left[caller]
        return min(self.seconds, left + (self._clock() - then) * self.seconds / _MINUTE)

    def check(self, caller: str) -> None:
        """Raise QuerySecondsSpent, saying when to ask again, for a caller without time."""
        if self.is_exempt(caller) or (left := self.left(caller)) > 0:
            return
        raise QuerySecondsSpent(
            f"queries from {caller} have used their {self.seconds:g} seconds a minute",
            hint="ask for less at a time, or wait",
            retry=1 + int(-left * _MINUTE / self.seconds),
        )

    def charge(self, caller: str, seconds: float) -> None:
        """Take the time of a query from its caller."""
        if self.is_exempt(caller):
            return
        self._left[caller] = self.left(caller) - seconds, self._clock()
        self._left.move_to_end(caller)
        if len(self._left) > _MOST_CALLERS:
            self._left.popitem(last=False)
