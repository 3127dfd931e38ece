"""Planning weeks and months."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from .shifts import Cover, Shift
from .template import week_rota


class DoubleBookedError(Exception):
    """Raised when a person is to be at the desk twice at the same time."""


@dataclass(frozen=True)
class WeekPlan:
    """The rota of one numbered week."""

    number: int
    rota: dict[str, list[Shift]]

    def shifts(self) -> Iterator[Shift]:
        """Yield all shifts of the week."""
        for shifts in self.rota.values():
            yield from shifts


def plan_week(number: int, covers: Iterable[Cover] = ()) -> WeekPlan:
    """Plan one week."""
    return WeekPlan(number, week_rota(covers))


def plan_month(requests: Sequence[Sequence[Cover]]) -> list[WeekPlan]:
    """Plan a month, given the covers asked for in each of its weeks."""
    return [plan_week(number, covers) for number, covers in enumerate(requests, start=1)]


def check_day(day: str, shifts: Sequence[Shift]) -> None:
    """Make sure that nobody is booked twice on a day."""
    for one, other in combinations(shifts, 2):
        if one.person == other.person and one.overlaps(other):
            raise DoubleBookedError(f"{one.person} is booked twice on {day}")


def hours_worked(plans: Iterable[WeekPlan]) -> Counter[str]:
    """Return the hours each person works over some weeks."""
    hours: Counter[str] = Counter()
    for plan in plans:
        for shift in plan.shifts():
            hours[shift.person] += shift.hours
    return hours
