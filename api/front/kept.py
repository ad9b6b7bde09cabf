"""Answers that are kept in memory for as long as the data stays what it is."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable

from communique.api.front.outgoing import Outgoing

# Of all answers, and of one; bytes.
_MOST, _LARGEST = 64 << 20, 1 << 18


class KeptAnswers:
    """The answers used last, each under everything that it depends on but the snapshot; a new snapshot forgets all.

    A snapshot never changes, so an answer from it never becomes wrong.
    """

    def __init__(self) -> None:
        self._snapshot: str | None = None
        self._answers: OrderedDict[Hashable, Outgoing] = OrderedDict()
        self._size = 0

    def find(self, snapshot: str | None, key: Hashable) -> Outgoing | None:
        """Return the answer to a request from a snapshot; None when it is not kept."""
        if snapshot is None or snapshot != self._snapshot or key not in self._answers:
            return None
        self._answers.move_to_end(key)
        return self._answers[key]

    def keep(self, snapshot: str | None, key: Hashable, answer: Outgoing) -> None:
        """Keep an answer, unless it is large, failed, says not to (``no-store``), or is from another snapshot."""
        if not isinstance(answer.body, bytes) or len(answer.body) > _LARGEST or answer.status != 200:
            return
        if snapshot is None or answer.header("communique-snapshot") != snapshot:
            return
        if "no-store" in answer.header("cache-control"):
            return
        if snapshot != self._snapshot:
            self._snapshot, self._size = snapshot, 0
            self._answers.clear()
        if key in self._answers:
            return
        self._answers[key] = answer
        self._size += _cost(answer)
        while self._size > _MOST:
            self._size -= _cost(self._answers.popitem(last=False)[1])


def _cost(answer: Outgoing) -> int:
    """Estimate the memory of an answer with its headers and its key."""
    return answer.size + 4096
