"""Calls that never began: the function that cannot be called as its caller called it."""

from __future__ import annotations

import re
from functools import partial

from ..model import Evidence, Failure, Frame, Function
from .case import Case, Finding

_CALLED = re.compile(r"(?P<name>[\w.<>]+)\(\) (?P<why>.+)")
_REFUSALS = (
    "got an unexpected keyword", "got multiple values for", "got some positional-only",
    "missing ", "takes ",
)  # fmt: skip
BY_CODE = 0.4
"""What is left where the project's own code made the call: it may have got it wrong itself."""


def find(case: Case) -> list[Finding]:
    """Return a finding for each function that refused the arguments of a call.

    It has not run, so no footprint and no traceback names it.
    """
    found: list[Finding] = []
    for failure in case.failures:
        frames = failure.project_frames
        refused = failure.exception and failure.exception[0] == "TypeError"
        told = _CALLED.match(failure.exception[1]) if refused and failure.exception else None
        if told is not None and frames and told["why"].startswith(_REFUSALS):
            found.extend(
                _finding(failure, function, line, frames[0], told["why"])
                for function, line in case.known.once(
                    ("named", told["name"]), partial(_named, case, told["name"])
                )
            )
    return found


def _named(case: Case, name: str) -> list[tuple[Function, int]]:
    """The function of this qualified name, among all files that the run met; none, if two have it."""
    define = f"def {name.rpartition('.')[2]}("
    found = [
        (Function(file, span.name, span.first), span.line)
        for file in sorted({function.file for function in case.run.functions})
        if any(define in line for line in case.source(file).lines)
        for span in case.source(file).spans
        if span.name == name
    ]
    return [(case.with_kind(function), line) for function, line in found if len(found) == 1]


def _finding(failure: Failure, function: Function, line: int, frame: Frame, why: str) -> Finding:
    fact = f"{function.short} {why}"
    caller = f"called from {frame.function} at {frame.file}:{frame.line}"
    evidence = Evidence(
        "uncallable", f"{fact}, {caller}", "culprit", function.file, line, function.name,
        failure.nodeid,
    )  # fmt: skip
    return Finding(
        function, "uncallable", BY_CODE if frame.kind == "code" else 1.0, fact, (evidence,), line,
        "call refused", fact,
        f"compare the parameters of {function.short} with the call at {frame.file}:{frame.line}",
        mechanism=frame.kind != "code",
    )  # fmt: skip
