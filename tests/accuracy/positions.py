"""Where a fault stands in a ranking, as the literature counts: by expected position.

A tie is told by chance: what shares its score with others stands at the mean of the positions that
they take up together (E_inspect). Of a fault in two functions that counts which stands first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pytest_autopsy.model import Suspect

from .faults import Fault

Key = tuple[str, str]
"""A function: its file, and its name without the marks of nesting."""


def plain_name(name: str) -> str:
    """A qualified name without the marks of nesting."""
    return name.replace("<locals>.", "")


def truth(fault: Fault) -> set[Key]:
    """The functions that a fault is in."""
    return {(fault.file, plain_name(place.name)) for place in fault.functions}


def scores_of(suspects: Iterable[Suspect]) -> dict[Key, float]:
    """The best score of each function."""
    found: dict[Key, float] = {}
    for suspect in suspects:
        key = suspect.function.file, plain_name(suspect.function.name)
        found[key] = max(suspect.score, found.get(key, suspect.score))
    return found


def position(scores: dict[Key, float], true: set[Key]) -> float | None:
    """Return the expected position of the first true function; None where none is named.

    With t of n tied functions true, the first of them stands (n + 1) / (t + 1) into the tie.
    """
    best = max((scores[key] for key in true if key in scores), default=None)
    if best is None:
        return None
    above = sum(score > best for score in scores.values())
    tied = [key for key, score in scores.items() if score == best]
    right = sum(key in true for key in tied)
    return above + (len(tied) + 1) / (right + 1)


@dataclass(frozen=True)
class Summary:
    """What a list of positions comes to, as shares."""

    count: int
    at: dict[int, float]
    mrr: float
    missed: int


def summary(positions: Iterable[float | None]) -> Summary:
    """Sum up positions; one that is None is a miss at every depth."""
    every = list(positions)
    found = [one for one in every if one is not None]
    count = max(len(every), 1)
    return Summary(
        len(every),
        {n: sum(one <= n for one in found) / count for n in (1, 3, 5, 10)},
        sum(1 / one for one in found) / count,
        len(every) - len(found),
    )
