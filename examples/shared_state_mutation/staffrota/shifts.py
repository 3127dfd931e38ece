"""Shifts and requests for cover."""

from __future__ import annotations

from dataclasses import dataclass

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat")


@dataclass(frozen=True)
class Shift:
    """One person's stretch at the desk, in whole hours."""

    person: str
    start: int
    end: int

    @property
    def hours(self) -> int:
        """How long the shift is."""
        return self.end - self.start

    def overlaps(self, other: Shift) -> bool:
        """Whether both shifts share some time."""
        return self.start < other.end and other.start < self.end

    def __str__(self) -> str:
        return f"{self.person} {self.start}-{self.end}"


@dataclass(frozen=True)
class Cover:
    """An additional shift asked for on one day of a week."""

    day: str
    shift: Shift

    def __post_init__(self) -> None:
        if self.day not in DAYS:
            raise ValueError(f"closed on {self.day}")
