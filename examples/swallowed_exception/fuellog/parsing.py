"""Reading the lines of a fuel log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Fill:
    """One visit to the filling station; the tank is always filled up."""

    day: date
    odometer: float
    litres: float
    price: float


def parse_number(text: str) -> float:
    """Read a number written with a decimal point or a decimal comma."""
    cleaned = text.strip().replace(",", ".")
    try:
        return float(cleaned)
    except ValueError:
        return 0.0


def parse_fill(line: str) -> Fill:
    """Read a line such as `2024-05-02; 48210; 38,4; 67,20`."""
    fields = line.split(";")
    if len(fields) != 4:
        raise ValueError(f"expected 4 fields, found {len(fields)}")
    day = date.fromisoformat(fields[0].strip())
    odometer, litres, price = (parse_number(field) for field in fields[1:])
    return Fill(day, odometer, litres, price)
