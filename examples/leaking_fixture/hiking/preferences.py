"""What a reader has chosen."""

from __future__ import annotations

PREFERENCES: dict[str, str] = {"unit": "km", "language": "en"}

_PER_KM = {"km": 1.0, "mi": 0.621371}


def to_unit(kilometres: float) -> float:
    """Return a distance in the unit that is preferred."""
    return kilometres * _PER_KM[PREFERENCES["unit"]]


def unit() -> str:
    """Return the preferred unit's sign."""
    return PREFERENCES["unit"]
