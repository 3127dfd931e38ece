"""What --autopsy-only prints: the digest within a budget, with a traceback of each cause."""

from __future__ import annotations

from collections.abc import Iterator

from .budget import MAX_FACT, bounded, brief, tokens
from .digest import Outcome, digest
from .plain import cut_path, many
from .terminal import Line, cost

MAX_PATH = 120
NOTES_SHARE = 8
"""Notes take at most this part of the budget."""


def only_lines(outcome: Outcome, budget: int, full: int, warnings: int = 0) -> list[Line]:
    """Return the lines below the headline: together at most `budget` tokens."""
    foot = [*_notes(outcome, budget // NOTES_SHARE), *_footer(outcome, warnings)]
    room = budget - sum(tokens(text + "\n") for text in foot)
    shown = {failure.id: failure.snapshot for failure in outcome.failures}

    def traceback(failure_id: str) -> str:
        snapshot = shown[failure_id]
        return snapshot.traceback if snapshot is not None else ""

    told = brief(digest(outcome), room, traceback, full)[1:]  # the headline says the first
    return [*(Line(text, _style(text)) for text in told), *(Line(text, "dim") for text in foot)]


def _notes(outcome: Outcome, room: int) -> Iterator[str]:
    left_out = 0
    for note in outcome.notes:
        text = f"note      {bounded(note, MAX_FACT)}"
        price = tokens(text + "\n")
        if price > room or left_out:
            left_out += 1
        else:
            room -= price
            yield text
    if left_out:
        yield f"note      {many(left_out, 'more note')} in digest.md"


def _footer(outcome: Outcome, warnings: int) -> Iterator[str]:
    if warnings:
        yield f"warnings  {warnings}, shown without --autopsy-only"
    if outcome.path:
        page = ", report.html" if outcome.page else ""
        yield f"evidence  {bounded(outcome.path, MAX_PATH, cut_path)}/digest.md{page}"
    yield f"cost      {cost(outcome)}"


def _style(text: str) -> str:
    if text.startswith("  culprit"):
        return "bad"
    return "" if text.startswith((" ", "-")) else "title"
