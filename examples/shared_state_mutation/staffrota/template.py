"""The week as it is when nothing special happens."""

from __future__ import annotations

from collections.abc import Iterable

from .shifts import Cover, Shift

STANDARD_WEEK: dict[str, list[Shift]] = {
    "Mon": [Shift("Asha", 9, 17)],
    "Tue": [Shift("Asha", 9, 13), Shift("Bram", 13, 17)],
    "Wed": [Shift("Bram", 9, 17)],
    "Thu": [Shift("Asha", 9, 13), Shift("Chloe", 13, 20)],
    "Fri": [Shift("Chloe", 9, 17)],
    "Sat": [Shift("Bram", 10, 14)],
}


def week_rota(covers: Iterable[Cover]) -> dict[str, list[Shift]]:
    """Return the shifts of a week by day: the standard ones and the covers asked for."""
    rota = dict(STANDARD_WEEK)
    for cover in covers:
        rota[cover.day].append(cover.shift)
    return rota
