"""Tasks side by side."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from communique.graph.validation.compiled.threads import side_by_side


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_answers_come_in_the_order_of_the_items(threads: int) -> None:
    assert list(side_by_side(lambda number: number * number, range(20), threads)) == [n * n for n in range(20)]


def test_two_tasks_are_under_way_at_a_time() -> None:
    both = threading.Barrier(2, timeout=120)
    assert len(list(side_by_side(lambda _: both.wait(), range(2), 2))) == 2


def test_with_one_thread_tasks_are_carried_out_as_their_answers_are_asked_for() -> None:
    begun: list[int] = []
    answers = side_by_side(begun.append, range(3), 1)
    next(answers)
    assert begun == [0]


def test_an_error_is_raised_in_its_place_and_the_rest_is_left_undone() -> None:
    done: list[int] = []

    def task(number: int) -> int:
        if number == 1:
            raise ValueError(number)
        time.sleep(0.01)  # the others take longer than to notice the error
        done.append(number)
        return number

    answers: Iterator[int] = side_by_side(task, range(1000), 2)
    assert next(answers) == 0
    with pytest.raises(ValueError, match="1"):
        next(answers)
    assert len(done) < 999


def test_no_thread_outlives_the_last_answer() -> None:
    before = threading.active_count()
    list(side_by_side(str, range(10), 4))
    assert threading.active_count() == before
