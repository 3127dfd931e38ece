"""What others group failures by, on text alone: to compare with, not for use."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

from pytest_autopsy.model import Failure
from pytest_autopsy.triage.signature import normalised

NEAR = 0.1
MOST = 2_000
"""Kubernetes joins texts whose edit distance is below a tenth of their mean length."""


def exact_message(failures: Sequence[Failure]) -> dict[str, Hashable]:
    """Group by the type and the whole message of the exception."""
    return {failure.id: failure.exception for failure in failures}


def normalised_message(failures: Sequence[Failure]) -> dict[str, Hashable]:
    """Group by the type and the message without what varies."""
    return {
        failure.id: (failure.exception or ("", ""))[0]
        + normalised(*(failure.exception or ("", "")))
        for failure in failures
    }


def top_frame(failures: Sequence[Failure]) -> dict[str, Hashable]:
    """Group by the type of the exception and the innermost function of the project."""
    found: dict[str, Hashable] = {}
    for failure in failures:
        kind = failure.exception[0] if failure.exception else ""
        frames = failure.snapshot.exceptions[0].frames if failure.snapshot is not None else ()
        mine = [frame for frame in frames if frame.kind != "library"][:1]
        found[failure.id] = (kind, *((frame.file, frame.function) for frame in mine))
    return found


def edit_distance(failures: Sequence[Failure]) -> dict[str, Hashable]:
    """Join each text, longest groups first, with the nearest group that is near enough."""
    texts = {f.id: _text(f) for f in failures}
    groups: list[str] = []
    found: dict[str, Hashable] = {}
    for failure in failures:
        text = texts[failure.id]
        near = [(distance(text, other), n) for n, other in enumerate(groups)]
        near = [(far, n) for far, n in near if far <= NEAR * (len(text) + len(groups[n])) / 2]
        if near:
            found[failure.id] = min(near)[1]
        else:
            found[failure.id] = len(groups)
            groups.append(text)
    return found


def distance(one: str, other: str) -> int:
    """Return Levenshtein's distance, or more than a tenth of the length where it is that far."""
    most = int(NEAR * (len(one) + len(other)) / 2)
    if abs(len(one) - len(other)) > most:
        return most + 1
    before = list(range(len(other) + 1))
    for row, a in enumerate(one, 1):
        low, high = max(1, row - most), min(len(other), row + most)
        now = [most + 1] * (len(other) + 1)
        now[0] = row
        for column in range(low, high + 1):
            step = before[column - 1] + (a != other[column - 1])
            now[column] = min(step, before[column] + 1, now[column - 1] + 1)
        if min(now[low - 1 : high + 1]) > most:
            return most + 1
        before = now
    return before[-1]


def _text(failure: Failure) -> str:
    kind, message = failure.exception or ("", "")
    lines = [normalised("KeyError", line) for line in message.splitlines()]
    return f"{kind}: " + "\n".join(lines)[:MOST]


BASELINES: dict[str, Callable[[Sequence[Failure]], dict[str, Hashable]]] = {
    "exact message": exact_message,
    "normalised message": normalised_message,
    "top frame": top_frame,
    "edit distance": edit_distance,
}
