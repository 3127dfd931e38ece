"""Trails: sections with their lengths and climbs."""

from __future__ import annotations

from dataclasses import dataclass

from .preferences import to_unit, unit


@dataclass(frozen=True)
class Section:
    """A part of a trail, in kilometres and metres."""

    length: float
    climb: int


@dataclass(frozen=True)
class Trail:
    """Sections one after the other."""

    name: str
    sections: tuple[Section, ...]

    @property
    def length(self) -> float:
        """The length in the reader's unit."""
        return to_unit(sum(section.length for section in self.sections))

    @property
    def climb(self) -> int:
        """The climb in metres."""
        return sum(section.climb for section in self.sections)


def minutes(trail: Trail) -> int:
    """Return the walking time by the rule of 15 minutes a kilometre and 10 every 100 metres up."""
    kilometres = sum(section.length for section in trail.sections)
    return round(kilometres * 15 + trail.climb / 10)


def card(trail: Trail) -> str:
    """Return the trail in one line."""
    hours, rest = divmod(minutes(trail), 60)
    return f"{trail.name}: {trail.length:.1f} {unit()}, {hours}:{rest:02} h"
