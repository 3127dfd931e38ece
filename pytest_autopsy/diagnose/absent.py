"""What a library no longer has, or never had: the function that still asks for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ..model import Evidence, Failure, Frame, Function
from .case import Case, Finding, project_frames
from .environment import names_of_ours
from .known import Known

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

    @property
    def what(self) -> str:
        """The same for all failures that asked for it."""
        return f"{self.library}.{self.name}"


def find(case: Case) -> list[Finding]:
    """Return a finding for each function of the project that asked a library for what it has not."""
    asked: dict[Absent, list[tuple[Failure, Frame]]] = {}
    for failure in case.failures:
        absent = absent_from(case.known, failure)
        if absent is not None:
            asked.setdefault(absent, []).append((failure, project_frames(failure)[0]))
    return [
        finding for absent, askers in asked.items() for finding in _findings(case, absent, askers)
    ]


def absent_from(known: Known, failure: Failure) -> Absent | None:
    """Return what a failure missed in a library; None where it is not that, or the library is ours."""
    frames = project_frames(failure)
    kind, message = failure.exception or ("", "")
    if kind not in _ERRORS or not frames or frames[0].code.lstrip().startswith("raise"):
        return None
    for pattern in _MESSAGES:
        found = pattern.match(message)
        if found and found["library"].split(".")[0] not in names_of_ours(known):
            return Absent(found["library"], found["name"])
    return None


def _findings(case: Case, absent: Absent, askers: list[tuple[Failure, Frame]]) -> Iterator[Finding]:
    """One for each function that asked; the title says how many did."""
    by_function = {_function(case, frame): (failure, frame) for failure, frame in reversed(askers)}
    for function, (failure, frame) in by_function.items():
        fact = f"{function.short} asks {absent.library} for {absent.name}, which it does not have"
        several = f"{absent.library} has no {absent.name}, for which {len(by_function)} places ask"
        evidence = Evidence(
            "absent", fact, "culprit", function.file, frame.line, function.name, failure.nodeid
        )
        yield Finding(
            function, "itself" if function.kind == "test" else "absent", 1.0, fact, (evidence,),
            frame.line, "not in the library", fact if len(by_function) == 1 else several,
            f"replace {absent.what} at {frame.file}:{frame.line}, or install a version that has it",
            mechanism=True,
        )  # fmt: skip


def _function(case: Case, frame: Frame) -> Function:
    kind = frame.kind if frame.kind != "library" else "code"
    return case.with_kind(Function(frame.file, frame.function, frame.first_line, kind))
