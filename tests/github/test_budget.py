"""How much is written for an installation in a minute and in an hour."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ghapp.github.budget import Budget


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def budget(clock: Clock) -> Budget:
    return Budget(6, clock)


def test_what_fits_may_be_written_at_once(budget: Budget) -> None:
    assert [budget.book("a", 3), budget.book("b", 3)] == [0, 0]


def test_what_does_not_fit_into_the_minute_waits_for_the_next(budget: Budget, clock: Clock) -> None:
    budget.book("a", 3)
    clock.now += 20
    waits = [budget.book("b", 3), budget.book("c", 3)]

    assert waits == [0, 40]


def test_what_does_not_fit_into_the_hour_waits_for_the_next(budget: Budget, clock: Clock) -> None:
    for number in range(8):
        budget.book(str(number), 6)
        clock.now += 60
    waits = [budget.book("late", 6), budget.book("later", 1)]

    assert waits == [3600 - 8 * 60, 3660 - 8 * 60]


def test_whoever_comes_back_finds_its_booking(budget: Budget, clock: Clock) -> None:
    budget.book("a", 6)
    first = [budget.book("b", 4), budget.book("b", 4)]
    clock.now += 60

    assert (first, budget.book("b", 4)) == ([60, 60], 0)


def test_the_first_to_come_is_the_first_to_be_served(budget: Budget) -> None:
    budget.book("a", 5)
    waits = [budget.book("b", 3), budget.book("c", 1)]

    assert waits == [60, 60]


def test_what_was_booked_and_not_written_is_free_for_others(budget: Budget) -> None:
    budget.book("a", 6)
    budget.settle("a", 1)

    assert [budget.book("b", 5), budget.book("c", 1)] == [0, 60]


def test_what_was_written_beyond_the_booking_counts(budget: Budget) -> None:
    budget.book("a", 3)
    budget.settle("a", 5)

    assert [budget.book("b", 1), budget.book("c", 1)] == [0, 60]


def test_more_than_a_minute_allows_is_let_through_when_nothing_else_was_written(budget: Budget, clock: Clock) -> None:
    first = budget.book("a", 7)
    budget.settle("a", 7)
    second = budget.book("b", 1)
    clock.now += 60

    assert (first, second, budget.book("b", 1)) == (0, 60, 0)


def test_what_is_over_is_forgotten(budget: Budget, clock: Clock) -> None:
    budget.book("a", 3)
    budget.settle("a", 3)
    busy = budget.idle
    clock.now += 3600

    assert (busy, budget.idle) == (False, True)


@given(st.lists(st.tuples(st.integers(1, 6), st.integers(0, 6), st.integers(0, 50)), max_size=80))
def test_no_window_ever_holds_more_than_it_may(asked: list[tuple[int, int, int]]) -> None:
    clock = Clock()
    budget = Budget(6, clock)
    made: list[float] = []
    for number, (writes, spent, pause) in enumerate(asked):
        clock.now += pause
        wait = budget.book(str(number), writes)
        clock.now += wait
        spent = min(spent, writes)
        made += [clock.now] * spent
        budget.settle(str(number), spent)

    for most, seconds in ((6, 60), (48, 3600)):
        assert all(sum(at - seconds < other <= at for other in made) <= most for at in made)


def test_a_booking_that_nobody_came_for_is_forgotten_with_its_writes(budget: Budget, clock: Clock) -> None:
    budget.book("late", 3)
    clock.now += 3601
    budget.book("other", 3)
    budget.settle("late", 1)

    assert [budget.book("a", 2), budget.book("b", 1)] == [0, 60]
