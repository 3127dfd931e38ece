"""Loading a whole fuel log."""

from __future__ import annotations

from dataclasses import dataclass, field

from .parsing import Fill, parse_fill


@dataclass
class Journal:
    """The fills of a log in order of date, and the numbers of the lines left out."""

    fills: list[Fill] = field(default_factory=list)
    rejected: list[int] = field(default_factory=list)


def load_journal(text: str) -> Journal:
    """Read a log; lines that cannot be read are set aside, blank lines and notes passed over."""
    journal = Journal()
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            journal.fills.append(parse_fill(line))
        except ValueError:
            journal.rejected.append(number)
    journal.fills.sort(key=lambda fill: fill.day)
    return journal
