"""Seconds of queries for each caller, at times of our own choosing."""

from __future__ import annotations

import pytest

from communique.graph.engine.budget import QueryBudget
from communique.graph.errors import QuerySecondsSpent


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_caller_gets_its_seconds_back_within_a_minute() -> None:
    clock = Clock()
    budget = QueryBudget(60, lambda caller: False, clock)
    budget.charge("a", 45)
    budget.check("a")
    assert (budget.left("a"), budget.left("b")) == (15, 60)
    clock.now += 30
    assert budget.left("a") == 45
    clock.now += 3600
    assert budget.left("a") == 60


def test_who_has_used_more_waits_longer() -> None:
    clock = Clock()
    budget = QueryBudget(30, lambda caller: False, clock)
    budget.charge("a", 50)
    with pytest.raises(QuerySecondsSpent, match="30 seconds a minute") as caught:
        budget.check("a")
    assert caught.value.retry == 41, "20 seconds too much at half a second for each second"
    clock.now += caught.value.retry
    budget.check("a")


def test_the_exempt_are_never_refused() -> None:
    budget = QueryBudget(1, lambda caller: caller == "here", Clock())
    budget.charge("here", 100)
    budget.check("here")
    assert budget.left("here") == 1


def test_callers_are_forgotten_the_oldest_first() -> None:
    budget = QueryBudget(60, lambda caller: False, Clock())
    for number in range(10_001):
        budget.charge(str(number), 100)
    assert (budget.left("0"), budget.left("1")) == (60, -40)
