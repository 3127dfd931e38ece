"""The report printed at the end of a month."""

from __future__ import annotations

from .journal import Journal, load_journal
from .trips import legs_of, thirstiest


def spending(journal: Journal) -> str:
    """Return the line on money spent."""
    total = sum(fill.price for fill in journal.fills)
    return f"spent {total:.2f} in {len(journal.fills)} fills"


def consumption(journal: Journal) -> str:
    """Return the line on the worst leg of the month."""
    legs = legs_of(journal.fills)
    if not legs:
        return "no trips"
    worst = thirstiest(legs)
    return f"worst leg {worst.distance:.0f} km at {worst.economy():.1f} km/l"


def month_report(text: str) -> list[str]:
    """Return the report on a log."""
    journal = load_journal(text)
    lines = [spending(journal), consumption(journal)]
    if journal.rejected:
        lines.append("left out: line " + ", ".join(map(str, journal.rejected)))
    return lines
