"""The board with the newest readings."""

from __future__ import annotations

from .stations import Reading


class Board:
    """Readings by station."""

    def __init__(self) -> None:
        self._readings: dict[str, Reading] = {}

    def put(self, reading: Reading) -> None:
        """Show a reading."""
        self._readings[reading.station] = reading

    def lines(self) -> list[str]:
        """Return what the board shows."""
        return [f"{r.station} {r.celsius:.1f}" for _, r in sorted(self._readings.items())]

    def mean(self) -> float:
        """Return the mean temperature."""
        return sum(r.celsius for r in self._readings.values()) / len(self._readings)
