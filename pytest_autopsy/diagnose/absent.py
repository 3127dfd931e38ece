"""What a library no longer has, never had, or warns of: the function that still asks for it."""

from __future__ import annotations

import re
from typing import NamedTuple

from ..model import Evidence, Failure, Frame
from ..observe.text import shortened
from .case import Case, Finding
from .environment import is_ours
from .known import Known

_MESSAGES = (
    re.compile(r"[Mm]odule '(?P<library>[\w.]+)' has no attribute '(?P<name>\w+)'"),
    re.compile(r"cannot import name '(?P<name>\w+)' from '(?P<library>[\w.]+)'"),
    re.compile(r"[`'](?P<library>\w+)\.(?P<name>[\w.]+)[`'] (?:was|has been) removed"),
)
_ERRORS = ("AttributeError", "ImportError")
_WARNINGS = ("DeprecationWarning", "PendingDeprecationWarning", "FutureWarning")
_OF_TEST_CASE = re.compile(r"'\w+' object has no attribute '(\w+)'")
MAX_SAID = 90
"""Letters of a warning that are told in a line."""
RENAMED = {
    "assert_": "assertTrue", "assertAlmostEquals": "assertAlmostEqual", "assertEquals": "assertEqual",
    "assertNotAlmostEquals": "assertNotAlmostEqual", "assertNotEquals": "assertNotEqual",
    "assertNotRegexpMatches": "assertNotRegex", "assertRaisesRegexp": "assertRaisesRegex",
    "assertRegexpMatches": "assertRegex", "assertItemsEqual": "assertCountEqual",
    "failIf": "assertFalse", "failIfEqual": "assertNotEqual", "failUnless": "assertTrue",
    "failUnlessEqual": "assertEqual", "failUnlessRaises": "assertRaises",
}  # fmt: skip
"""Methods that unittest.TestCase had, the last of them until Python 3.11 -> what they are called now."""


class Absent(NamedTuple):
    """What was asked for, and of which library."""

    library: str
    name: str
    warning: str = ""  # what the library says of it, where it still has it and warnings are errors

    @property
    def what(self) -> str:
        """The same for all failures that asked for it."""
        return f"{self.library}.{self.name}"

    @property
    def fact(self) -> str:
        """What the function that asked did."""
        if self.warning:
            return f"does what {self.library} warns of: {self.warning}"
        return f"asks {self.library} for {self.name}, which it does not have"

    @property
    def hint(self) -> str:
        """What to do about it at a place, {}."""
        if self.warning:
            return "do without it at {}, or have filterwarnings let this warning pass"
        if self.name in RENAMED:
            return f"call {RENAMED[self.name]} in place of {self.name} at {{}}"
        return f"replace {self.what} at {{}}, or install a version that has it"


class Told(NamedTuple):
    """A title and a hint."""

    title: str
    hint: str


def find(case: Case) -> list[Finding]:
    """Return a finding for each function of the project that asked a library for what it has not."""
    return [
        _finding(case, failure, absent)
        for failure in case.failures
        if (absent := absent_from(case.known, failure)) is not None
    ]


def of_all(case: Case) -> Told | None:
    """Return what is to be said where every failure asked for the same; None where one did not."""
    asked = {absent_from(case.known, failure) for failure in case.failures}
    absent = asked.pop()
    if asked or absent is None:
        return None
    frames = {case.standing_on(frame): frame for frame in map(_asker, reversed(case.failures))}
    function, frame = next(reversed(frames.items()))
    title, place = f"{function.short} {absent.fact}", f"{frame.file}:{frame.line}"
    if len(frames) > 1:
        title = f"{absent.library} has no {absent.name}, for which {len(frames)} functions ask"
        if absent.warning:
            title = f"{absent.library} warns {len(frames)} functions: {absent.warning}"
        place += f" and in {len(frames) - 1} more"
    return Told(title, absent.hint.format(place))


def absent_from(known: Known, failure: Failure) -> Absent | None:
    """Return what a failure missed in a library; None where it is not that, or the library is ours."""
    kind, message = failure.exception or ("", "")
    if kind in _WARNINGS and failure.project_frames:
        return _warned(failure, message)
    absent = _named(known, message) if kind in _ERRORS and failure.project_frames else None
    if absent is None:
        return None
    code = _asker(failure).code.lstrip()
    raised = code.startswith("raise") and f".{absent.name}" not in code  # `raise np.Gone()` asks
    return None if raised else absent


def _named(known: Known, message: str) -> Absent | None:
    for pattern in _MESSAGES:
        found = pattern.match(message)
        if found and not is_ours(known, found["library"]):
            return Absent(found["library"], found["name"])
    found = _OF_TEST_CASE.match(message)
    return Absent("unittest.TestCase", found[1]) if found and found[1] in RENAMED else None


def _warned(failure: Failure, message: str) -> Absent | None:
    """What a library warned of when it was called, where the run makes errors of warnings."""
    assert failure.snapshot is not None
    frames = failure.snapshot.exceptions[0].frames
    warner = next((frame for frame in frames if frame.depth == 0), None)
    if warner is None or warner.kind != "library" or not message.strip():
        return None
    said = message.strip().splitlines()[0]
    top, _, below = warner.file.partition("/")  # an absolute path names no package
    library = (top or below.rpartition("/")[2]).removesuffix(".py")
    return Absent(library, said, shortened(said, MAX_SAID))


def _asker(failure: Failure) -> Frame:
    return failure.project_frames[0]


def _finding(case: Case, failure: Failure, absent: Absent) -> Finding:
    frame = _asker(failure)
    function = case.standing_on(frame)
    fact = f"{function.short} {absent.fact}"
    evidence = Evidence(
        "absent", fact, "culprit", function.file, frame.line, function.name, failure.nodeid
    )
    return Finding(
        function, "absent", 1.0, fact, (evidence,), frame.line,
        "environment" if absent.warning else "not in the library", fact,
        absent.hint.format(f"{frame.file}:{frame.line}"), mechanism=True,
    )  # fmt: skip
