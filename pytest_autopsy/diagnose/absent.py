"""What a library no longer has, or never had: the function that still asks for it."""

from __future__ import annotations

import re
from typing import NamedTuple

from ..model import Evidence, Failure, Frame, Function
from .case import Case, Finding, project_frames
from .environment import names_of_ours

_MESSAGES = (
    re.compile(r"[Mm]odule '(?P<library>[\w.]+)' has no attribute '(?P<name>\w+)'"),
    re.compile(r"cannot import name '(?P<name>\w+)' from '(?P<library>[\w.]+)'"),
    re.compile(r"[`'](?P<library>\w+)\.(?P<name>[\w.]+)[`'] (?:was|has been) removed"),
)
_ERRORS = ("AttributeError", "ImportError")


class Absent(NamedTuple):
    """What was asked for, and of which library."""

    library: str
    name: str


def find(case: Case) -> list[Finding]:
    """Return a finding for each function of the project that asked a library for what it has not."""
    findings = []
    for failure in case.failures:
        absent = absent_from(case, failure)
        frames = project_frames(failure)
        if absent is not None and frames and not frames[0].code.lstrip().startswith("raise"):
            findings.append(_finding(case, failure, frames[0], absent))
    return findings


def absent_from(case: Case, failure: Failure) -> Absent | None:
    """Return what a failure missed in a library; None where it is not that, or the library is ours."""
    kind, message = failure.exception or ("", "")
    for pattern in _MESSAGES if kind in _ERRORS else ():
        found = pattern.match(message)
        if found and found["library"].split(".")[0] not in names_of_ours(case.known):
            return Absent(found["library"], found["name"])
    return None


def _finding(case: Case, failure: Failure, frame: Frame, absent: Absent) -> Finding:
    function = case.with_kind(
        Function(
            frame.file, frame.function, frame.first_line,
            frame.kind if frame.kind != "library" else "code",
        )
    )  # fmt: skip
    library, name = absent
    fact = f"{function.short} asks {library} for {name}, which it does not have"
    evidence = Evidence(
        "absent", fact, "culprit", function.file, frame.line, function.name, failure.nodeid
    )
    return Finding(
        function, "itself" if function.kind == "test" else "absent", 1.0, fact, (evidence,),
        frame.line, "not in the library", fact,
        f"replace {library}.{name} at {frame.file}:{frame.line}, or install a version that has it",
        mechanism=True,
    )  # fmt: skip
