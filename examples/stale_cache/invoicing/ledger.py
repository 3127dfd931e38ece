"""The office's books, kept in euros."""

from __future__ import annotations

from collections.abc import Iterable

from .jobs import Job
from .rates import rate


def in_euros(job: Job) -> float:
    """Return the price of a job at the rate of the day on which it was done."""
    return round(job.price * rate(job.currency, job.done), 2)


def turnover(jobs: Iterable[Job]) -> float:
    """Return what some jobs have brought."""
    return round(sum(in_euros(job) for job in jobs), 2)


def by_customer(jobs: Iterable[Job]) -> dict[str, float]:
    """Return what each customer has brought."""
    totals: dict[str, float] = {}
    for job in jobs:
        totals[job.customer] = round(totals.get(job.customer, 0.0) + in_euros(job), 2)
    return totals
