"""What is to be tried for each cause, as JSON types: its failing tests, its suspects, their tests."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ..diagnose.known import Known, bits
from ..model import Failure, RootCause, Run, Suspect
from .choose import ROUNDS

MAX_CAUSES = 8
MAX_SUSPECTS = max(one.last for one in ROUNDS)
MAX_FAILING = 8
MAX_PASSING = 300
MAX_ELSEWHERE = 100


def plan_of(
    run: Run, causes: Iterable[RootCause], path_of: Callable[[str], str]
) -> list[dict[str, Any]]:
    """Return, for each of the first causes that can be tried, what the trials need to know."""
    failures = {failure.id: failure for failure in run.failures}
    known = Known(run, path_of)
    planned: list[dict[str, Any]] = []
    for cause in causes:
        if len(planned) == MAX_CAUSES:
            break
        chosen = [failures[one] for one in (cause.exemplar, *cause.failures)]
        failing = list(dict.fromkeys(f.nodeid for f in chosen if _can_be_asked(f)))[:MAX_FAILING]
        suspects = [s for s in cause.diagnosis.suspects if s.function.kind == "code"]
        if failing and suspects and cause.downstream_of is None:
            planned.append({
                "cause": cause.id,
                "failing": failing,
                "suspects": [
                    _suspect(known, one, chosen, failing, path_of) for one in suspects[:MAX_SUSPECTS]
                ],
            })  # fmt: skip
    return planned


def _can_be_asked(failure: Failure) -> bool:
    return failure.phase == "call" and failure.exception is not None


def _suspect(
    known: Known,
    suspect: Suspect,
    failures: list[Failure],
    asked: list[str],
    path_of: Callable[[str], str],
) -> dict[str, Any]:
    function = suspect.function
    index = known.index_of.get(function[:3])
    mask = 0
    for failure in failures:
        if failure.footprint is not None and index is not None:
            mask |= failure.footprint.lines.get(index, 0)
    return {
        "file": function.file,
        "path": path_of(function.file),
        "function": function.name,
        "line": function.line,
        "lines": [function.line + bit for bit in bits(mask & ~1)],  # the first: it was called
        "scores": dict(suspect.lines),
        "passing": _passing(known.run, index, mask),
        "elsewhere": _elsewhere(known.run, index, mask, asked),
    }


def _elsewhere(run: Run, index: int | None, mask: int, asked: list[str]) -> list[str]:
    """Other failing tests, of whatever cause, that ran most of the same lines."""
    if index is None:
        return []
    ran = [
        (-(mask & rows).bit_count(), one.nodeid)
        for one in run.failures
        if one.nodeid not in asked and _can_be_asked(one) and one.footprint is not None
        and (rows := one.footprint.lines.get(index, 0))
    ]  # fmt: skip
    return [nodeid for _, nodeid in sorted(ran)[:MAX_ELSEWHERE]]


def _passing(run: Run, index: int | None, mask: int) -> list[str]:
    """The tests that passed and ran most of the same lines, the small ones first."""
    if index is None:
        return []
    ran = [
        (-(mask & rows).bit_count(), len(one.footprint.lines), one.nodeid)
        for one in run.passed
        if (rows := one.footprint.lines.get(index, 0))
    ]
    return [nodeid for _, _, nodeid in sorted(ran)[:MAX_PASSING]]
