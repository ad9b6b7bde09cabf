"""When an actor belongs to an occasion: by its own days and, where these are silent, by those of the occasion.

There are two kinds of days. A *term* goes on from a begin to an end: an event, a membership, a treaty in force.
A *step*, such as a signature, is taken on a day, and of how long it holds nothing is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from itertools import product

from communique.graph.networks.statements import END, STAGE, Facts
from communique.graph.terms.namespaces import COM

Bounds = tuple[date | None, date | None]
OPEN: Bounds = (None, None)
_BEGINS, _ENDS = (COM + "beginEarliest", COM + "inForceEarliest"), (END,)
_STEPS = tuple(COM + step for step in ("concluded", "signed", "ratified"))
# Stages that say that a party is or was bound, be the days known or not, and the one that says that it went no further.
_BOUND, _UNBOUND = frozenset({"in-force", "ended", "withdrew"}), frozenset({"signed"})


@dataclass(frozen=True, slots=True)
class Time:
    """The widest time that documents allow.

    Attributes
    ----------
    begin, end : earliest and latest possible day, both included; None = open or not stated
    lasts : True for a term, False for the days of steps
    """

    begin: date | None
    end: date | None
    lasts: bool

    @property
    def span(self) -> Bounds:
        """The bounds between which two members can meet: a step sets none."""
        return (self.begin, self.end) if self.lasts else OPEN

    def overlaps(self, since: date | None, until: date | None) -> bool | None:
        """Say whether it can lie within a window, both days included; None when neither bound is known."""
        if (self.begin, self.end) == OPEN:
            return None
        return not is_empty(intersect((self.begin, self.end), (since, until)))


def find_time(facts: Facts, node: str) -> Time:
    """Return the time of an occasion: its term, begun by its steps if no begin is stated, else that of its steps."""
    begin, end = _term(facts, node)
    if (begin, end) == OPEN:
        return Time(*_steps(facts, node), lasts=False)
    return _lasting((begin or _steps(facts, node)[0], end))


def find_shared_time(facts: Facts, node: str, occasion: str) -> Time:
    """Return the time in which the bearer of ``node``, such as an agreement party, belongs to an occasion.

    Its own term goes first, and each bound that it leaves open is that of the occasion, unless the two contradict;
    nobody is bound before the steps it took. Who is only known to have signed has no part in the term of the occasion.
    Where there is no term at all, the days are those of the own steps, else those of the occasion's.
    """
    own, whole = _term(facts, node), find_time(facts, occasion)
    stages = facts.slugs(node, STAGE)
    is_bound = own != OPEN or not _BOUND.isdisjoint(stages)
    if not is_bound and (not whole.lasts or stages == _UNBOUND):
        steps = _steps(facts, node)
        return Time(*(steps if steps != OPEN else _steps(facts, occasion)), lasts=False)
    # None of the first possible days of its steps comes after the begin of a term.
    first_days = (_choose(facts, node, [step + "Earliest"], earliest) for step in _STEPS)
    begin = own[0] or latest(whole.begin, *first_days)
    both = begin, own[1] or (whole.end if whole.lasts else None)
    return _lasting(own if is_empty(both) else both)


def intersect(one: Bounds, other: Bounds) -> Bounds:
    """Return the time that two bounds share; it is empty when it ends before it begins."""
    return latest(one[0], other[0]), earliest(one[1], other[1])


def intersections(some: Iterable[Bounds], others: Iterable[Bounds]) -> list[Bounds]:
    """List the times that any of some bounds shares with any of others, without the empty ones."""
    return [shared for one, other in product(some, others) if not is_empty(shared := intersect(one, other))]


def is_empty(bounds: Bounds) -> bool:
    """Say whether bounds end before they begin."""
    begin, end = bounds
    return begin is not None and end is not None and end < begin


def earliest(*days: date | None) -> date | None:
    """Return the first of the days that are known; None when none is."""
    return min((day for day in days if day), default=None)


def latest(*days: date | None) -> date | None:
    """Return the last of the days that are known; None when none is."""
    return max((day for day in days if day), default=None)


def _lasting(bounds: Bounds) -> Time:
    """Return a term between bounds; documents that let it end before it begins do not say when it was."""
    return Time(*(OPEN if is_empty(bounds) else bounds), lasts=True)


def _term(facts: Facts, node: str) -> Bounds:
    """Return the earliest begin and the latest end that are stated of a node itself."""
    return _choose(facts, node, _BEGINS, earliest), _choose(facts, node, _ENDS, latest)


def _steps(facts: Facts, node: str) -> Bounds:
    """Return the first possible day of the first step and the last possible day of the last."""
    begins, ends = ([step + bound for step in _STEPS] for bound in ("Earliest", "Latest"))
    return _choose(facts, node, begins, earliest), _choose(facts, node, ends, latest)


def _choose(facts: Facts, node: str, properties: Iterable[str], choose: Callable[..., date | None]) -> date | None:
    return choose(*(day for name in properties for day in facts.days(node, name)))
