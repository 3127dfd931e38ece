"""What is pinned to the notice board."""

from __future__ import annotations

from collections.abc import Sequence

from .planner import WeekPlan, check_day, hours_worked, plan_month
from .shifts import Cover


def week_lines(plan: WeekPlan) -> list[str]:
    """Return the notice for one week."""
    lines = [f"week {plan.number}"]
    for day, shifts in plan.rota.items():
        check_day(day, shifts)
        lines.append(f"{day}: " + ", ".join(str(shift) for shift in shifts))
    return lines


def month_notice(requests: Sequence[Sequence[Cover]]) -> list[list[str]]:
    """Return the notices for the weeks of a month."""
    return [week_lines(plan) for plan in plan_month(requests)]


def timesheet(requests: Sequence[Sequence[Cover]]) -> list[str]:
    """Return the hours to be paid for a month, by name."""
    hours = hours_worked(plan_month(requests))
    return [f"{person} {hours[person]}" for person in sorted(hours)]
