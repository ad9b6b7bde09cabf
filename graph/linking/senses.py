"""What a name or code means, and when: senses with a first and a last day, and the choice among them.

A sense without days holds always. Without a date a name has its present meaning: the one that has no last day, or the
only one there is. On a date it has the meaning that holds then. Where two meanings are left, nothing is decided.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from importlib.resources import files
from typing import NamedTuple

from pyoxigraph import NamedNode


class Sense(NamedTuple):
    """One meaning of a name: the node (None for what is no state), its first and its last day; None is an open end."""

    node: NamedNode | None
    first: date | None = None
    last: date | None = None

    def holds(self, on: date) -> bool:
        """Tell whether this is a meaning on the given day."""
        return (self.first is None or self.first <= on) and (self.last is None or on <= self.last)


Senses = tuple[Sense, ...]


def choose(senses: Senses, on: date | None = None) -> NamedNode | None:
    """Choose the one meaning on a day (today's without one); None when two remain.

    A name that never meant but one node means it on every day: ``Zaire`` in 2020 is an old name, not a doubt.
    """
    if len(senses) == 1:
        return senses[0].node
    possible = {sense.node for sense in _possible(senses, on)}
    return possible.pop() if len(possible) == 1 else None


def possibilities(senses: Senses, on: date | None = None) -> tuple[NamedNode, ...]:
    """List the nodes between which a day does not decide, without repeats; all that there are when it leaves none."""
    holding = tuple(sense.node for sense in _possible(senses, on) if sense.node)
    return tuple(dict.fromkeys(holding or (sense.node for sense in senses if sense.node)))


def _possible(senses: Senses, on: date | None) -> Senses:
    """Keep the senses that hold; all of them when none does."""
    holding = tuple(sense for sense in senses if (sense.last is None if on is None else sense.holds(on)))
    return holding or senses


def read_table(name: str) -> Iterator[dict[str, str]]:
    """Read a packaged table of this room: tabs, one row of names, lines of comment before it."""
    text = (files("communique.graph.linking") / name).read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    yield from csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)


def day(text: str) -> date | None:
    """Read a day of a table; None where it is empty."""
    return date.fromisoformat(text) if text else None
