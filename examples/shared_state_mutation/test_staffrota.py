"""Tests of the library's notices and timesheets."""

from __future__ import annotations

import pytest
from staffrota.board import month_notice, timesheet
from staffrota.planner import DoubleBookedError, check_day, plan_month
from staffrota.shifts import Cover, Shift


@pytest.mark.parametrize(
    ("start", "end", "expected"), [(9, 17, True), (12, 14, True), (13, 17, False)]
)
def test_overlap_with_a_morning_shift(start: int, end: int, expected: bool) -> None:
    assert Shift("Asha", 9, 13).overlaps(Shift("Bram", start, end)) is expected


def test_cover_is_refused_on_a_closing_day() -> None:
    with pytest.raises(ValueError, match="closed on Sun"):
        Cover("Sun", Shift("Dev", 9, 13))


def test_nobody_is_at_the_desk_twice() -> None:
    with pytest.raises(DoubleBookedError, match="Asha is booked twice on Mon"):
        check_day("Mon", [Shift("Asha", 9, 17), Shift("Asha", 16, 20)])


def test_weeks_are_numbered_from_one() -> None:
    assert [plan.number for plan in plan_month([[], [], []])] == [1, 2, 3]


def test_cover_is_on_the_notice() -> None:
    (week,) = month_notice([[Cover("Sat", Shift("Dev", 10, 12))]])
    assert "Dev 10-12" in week[-1]


def test_timesheet_of_an_ordinary_month() -> None:
    assert timesheet([[], [], [], []]) == ["Asha 64", "Bram 64", "Chloe 60"]


def test_cover_is_for_one_week_only() -> None:
    first, second = month_notice([[], [Cover("Wed", Shift("Eva", 9, 13))]])
    assert first[3] == "Wed: Bram 9-17"
    assert second[3] == "Wed: Bram 9-17, Eva 9-13"


def test_same_cover_two_weeks_running() -> None:
    cover = Cover("Fri", Shift("Femi", 13, 17))
    notices = month_notice([[cover], [cover]])
    assert [week[5] for week in notices] == ["Fri: Chloe 9-17, Femi 13-17"] * 2
