"""Who stood on the stack when it failed: the innermost project function first."""

from __future__ import annotations

import re
from dataclasses import replace

from ..model import Evidence, ExceptionRecord, Failure, Frame, Function
from .case import Case, Finding

_PUT_IN_PLACE = re.compile(r"(?:async )?(?:generator|coroutine) raised Stop(?:Async)?Iteration")


def find(case: Case) -> list[Finding]:
    """Return a finding for each project function of a traceback: 1/n for the nth innermost.

    The frames of causes and contexts count for a little less than those of what was raised last.
    """
    best: dict[Function, Finding] = {}
    for failure in case.failures:
        for finding in _of_failure(case, failure):
            held = best.get(finding.function)
            if held is None or held.strength < finding.strength:
                best[finding.function] = finding
    return list(best.values())


def _of_failure(case: Case, failure: Failure) -> list[Finding]:
    if failure.snapshot is None:
        return []
    findings = []
    for number, record in enumerate(_as_raised(failure.snapshot.exceptions)):
        frames = [frame for frame in record.frames if frame.kind in ("code", "fixture")]
        for place, frame in enumerate(frames, 1):
            strength = 1 / place * (1.0 if number == 0 else 0.8)
            findings.append(_finding(case, failure, frame, strength, record.type, place))
    return findings


def _as_raised(chain: tuple[ExceptionRecord, ...]) -> tuple[ExceptionRecord, ...]:
    """Where the interpreter put another exception in the place of a generator's: as one, with the
    generator's frames, which the other one's traceback lacks (PEP 479).
    """
    if len(chain) < 2 or chain[1].of != 0 or not _PUT_IN_PLACE.match(chain[0].message):
        return chain
    return (replace(chain[0], frames=(*chain[1].frames, *chain[0].frames)), *chain[2:])


def _finding(
    case: Case, failure: Failure, frame: Frame, strength: float, error: str, place: int
) -> Finding:
    function = case.standing_on(frame)
    where = "raised in" if place == 1 else "on the stack of"
    fact = f"{where} {function.short} at line {frame.line}: {error}"
    evidence = Evidence(
        "traceback", fact, "failed", frame.file, frame.line, frame.function, failure.nodeid
    )
    return Finding(function, "traceback", strength, fact, (evidence,), frame.line)
