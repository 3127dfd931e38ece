"""The types that the stages hand to each other: plain, immutable, JSON-able. They know no stage."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Union

from .rows import PairTable, tally

Phase = Literal["setup", "call", "teardown", "collect"]
Kind = Literal["code", "test", "fixture"]
Confidence = Literal["shown", "likely", "open", "none"]

CauseKind = Literal[
    "argument changed",
    "attribute not set",
    "call refused",
    "environment",
    "iterator exhausted",
    "lone expectation",
    "lost exception",
    "mended by a change",
    "misspelt key in the test",
    "mock not met",
    "mutable default",
    "no evidence",
    "none returned",
    "not as declared",
    "not in the library",
    "not parsed",
    "shared state changed",
    "stale cache",
    "state left behind",
    "swallowed exception",
    "text for a number",
    "unclear",
    "undefined name in the test",
    "value ignored",
    "value lost",
    "wrong value",
]
"""What may be named as the mechanism of a cause: a closed list, as the schemas have it."""

PROJECT_KINDS: tuple[Kind, ...] = ("code", "test", "fixture")


class Value(NamedTuple):
    """What was seen of one object that is not an atom. Compares by content.

    `kind` is sequence, set, mapping, object, text, bytes, number, literal, array, series, table,
    described (by the project), type (only that was wanted), redacted or cut; `size` the length that the object has; `items`
    what was looked at; `why` the reason why that is not all: items, depth, budget, string, bits,
    cycle, a redaction rule.

    An array's or series's items are its first elements in row-major order, its attributes its
    shape, dtype, device and counts. A table's items are pairs: a column's name and its array.
    """

    kind: str
    type: str
    size: int | None = None
    items: tuple[Any, ...] = ()  # looks; of a mapping pairs of them
    attrs: tuple[tuple[str, Any], ...] = ()
    why: str = ""


# Behaviours are keyed by it, for every call of every test: a namedtuple's own is Python code.
Value.__repr__ = tuple.__repr__  # type: ignore[method-assign]

new_value: Callable[[type[Value], tuple[Any, ...]], Value] = tuple.__new__
"""Makes a Value from all of its fields at a third of the price of calling the class."""
PAIRED = ("mapping", "table")
"""Kinds of Value whose items are pairs."""
LISTED = ("sequence", "set", "array", "series")
"""Kinds of Value whose items are looks, in a row."""
ARRAYS = ("array", "series", "table")
"""Kinds of Value whose first attribute is their shape, as a tuple of numbers."""

Look = Union[None, bool, int, float, str, Value]
"""A value that was looked at: an atom as it is, anything else as a Value."""


class Function(NamedTuple):
    """A function of the project. `file` is relative to the root, `line` is that of its def."""

    file: str
    name: str  # qualified
    line: int
    kind: Kind = "code"

    @property
    def short(self) -> str:
        """The name as a reader says it: without the functions that it is nested in; a module's file."""
        if self.name == "<module>":
            return self.file.rpartition("/")[2]
        return self.name.rsplit("<locals>.", 1)[-1]


class Site(NamedTuple):
    """Where in its caller a call was made: a range of the source, columns in utf-8 bytes."""

    line: int
    end_line: int | None = None
    column: int | None = None
    end_column: int | None = None


class Raised(NamedTuple):
    """An exception as an event: in a call, at a line; `here` where no callee raised it."""

    type: str
    message: str
    line: int
    here: bool
    converted: bool = False  # handled by raising another one


class Change(NamedTuple):
    """An object that a call changed: `scope` is argument, global, closure or default."""

    name: str
    scope: str
    before: Look
    after: Look


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a traced function.

    `start` and `end` count events (order, not time). `outcome` is return, raise, open (the trace
    ended in it), suspended (a generator that was not finished) or unknown (its end was not seen).
    """

    id: int
    parent: int | None
    depth: int
    function: Function
    module: str
    phase: Phase
    start: int
    end: int | None
    t_ns: int
    duration_ns: int | None
    arguments: tuple[tuple[str, Look], ...]
    outcome: str
    value: Look = None
    line: int = 0  # where it ended
    site: Site | None = None
    direct: bool = True  # called by the parent itself, not by way of a library
    raised: Raised | None = None
    handled: tuple[Raised, ...] = ()
    changes: tuple[Change, ...] = ()
    rebound: tuple[str, ...] = ()
    defaults: tuple[str, ...] = ()  # arguments that are the very object of a mutable default
    yields: int = 0
    thread: str = "main"
    task: str | None = None
    pid: int | None = None  # of a child process that made it; None: the test's own
    shares: tuple[str, ...] = ()  # parts that two objects have in common since: `Basket.items`


class Mark(NamedTuple):
    """A checkpoint that the program set with `mark`: its name, place and values."""

    name: str
    file: str
    line: int
    function: str
    values: tuple[tuple[str, Look], ...] = ()
    t_ns: int = 0
    call: int | None = None  # id of the call in the trace that it was set in
    thread: str = "main"
    order: int = 0  # among the events of the trace


@dataclass(frozen=True, slots=True)
class Trace:
    """What one test did: its calls in the order in which they began, and what was left out."""

    test: str
    calls: tuple[Call, ...]
    dropped: dict[str, int] = field(default_factory=dict)  # function -> calls not kept
    at_least: tuple[str, ...] = ()  # functions that were switched off: their count is a minimum
    seen: int = 0
    marks: tuple[Mark, ...] = ()
    marks_left_out: int = 0


@dataclass(frozen=True, slots=True)
class Footprint:
    """What one test ran: a row of the spectrum.

    `lines` maps a function's index in `Run.functions` to a bit mask: bit n is the line `line + n`
    of the function, bit 0 stands for "was called". `features` maps it to what was seen of its
    values and behaviour: classes of arguments and results, handled exceptions, whole calls.
    """

    lines: Mapping[int, int]
    features: dict[int, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame of a traceback with what it held, and the expression that was being evaluated.

    `depth` counts from the place of the crash, 0. A library's frame is folded: no more than its
    line is shown, except where no frame of the project is there to look at.
    """

    file: str
    line: int
    function: str
    kind: Literal["code", "test", "fixture", "library"]
    first_line: int
    code: str = ""
    source_start: int = 0
    source: tuple[str, ...] = ()
    locals: tuple[tuple[str, Look], ...] = ()
    locals_left_out: int = 0
    site: Site | None = None
    expression: str = ""
    why: str = ""
    operands: tuple[tuple[str, Look], ...] = ()  # (source text, value) of the expression's parts
    depth: int = 0
    folded: bool = False


@dataclass(frozen=True, slots=True)
class ExceptionRecord:
    """One exception of a chain: `relation` is raised, cause, context or member of a group.

    Project frames come first, innermost first; then the innermost of the libraries' frames.
    """

    type: str
    message: str
    relation: str
    frames: tuple[Frame, ...]
    frames_left_out: int = 0
    qualified: str = ""
    of: int = 0  # number of the exception that leads here; the one that was raised is 0
    notes: tuple[str, ...] = ()
    why: tuple[str, ...] = ()  # what is not as the exception's class tells it, or not shown
    library_frames: int = 0  # how many there were, shown or not

    @property
    def project_frames(self) -> list[Frame]:
        """The frames that are the project's, innermost first."""
        return [frame for frame in self.frames if frame.kind != "library"]


@dataclass(frozen=True, slots=True)
class Assertion:
    """A comparison that failed: what stood left and right, and where they first differ.

    `helper` is the function that compared, where no `assert` did; `details` what it says of the
    comparison: tolerance, count of differences, place of the first one.
    """

    left: Look
    operator: str
    right: Look
    left_source: str = ""
    right_source: str = ""
    difference: str = ""
    left_id: int = 0
    helper: str = ""
    details: tuple[tuple[str, Look], ...] = ()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A crash: its exceptions with frames and locals; `exceptions[0]` is the one that failed."""

    name: str
    timestamp_utc: str
    exceptions: tuple[ExceptionRecord, ...]
    assertion: Assertion | None = None
    traceback: str = ""
    env: dict[str, object] = field(default_factory=dict)
    thread: str = "main"
    task: str | None = None
    exceptions_left_out: int = 0
    logs: tuple[str, ...] = ()  # the newest records, oldest first
    marks: tuple[Mark, ...] = ()
    marks_left_out: int = 0
    rerun: tuple[str, ...] = ()
    why: tuple[str, ...] = ()  # what is missing as a whole, and why


@dataclass(frozen=True, slots=True)
class Failure:
    """One failing phase of one test, with all the evidence that its process has of it."""

    id: str
    nodeid: str
    phase: Phase
    outcome: Literal["failed", "error"]
    file: str
    line: int
    duration_s: float
    exception: tuple[str, str] | None
    attempt: int = 1
    worker: str | None = None
    footprint: Footprint | None = None
    trace: Trace | None = None
    snapshot: Snapshot | None = None
    why_no_trace: str = ""
    why_no_snapshot: str = ""
    said: str = ""  # by pytest, of what failed without an exception
    trace_path: str | None = None
    snapshot_path: str | None = None
    shared_fixture: str | None = None  # the fixture whose set-up this failure is
    came_back: bool | None = None  # in a second run; None where there was none

    @property
    def project_frames(self) -> list[Frame]:
        """The frames of the project that the failing exception came through, innermost first."""
        shown = self.snapshot.exceptions if self.snapshot is not None else ()
        return shown[0].project_frames if shown else []


@dataclass(frozen=True, slots=True)
class Passed:
    """A test that did not fail: its row of the spectrum."""

    nodeid: str
    footprint: Footprint


class Told(NamedTuple):
    """A fact that another plugin tells of a failure, against a function."""

    function: Function
    fact: str
    line: int
    strength: float  # 0 to 1


MOST = 0.75
"""The share of a cause's failing tests that a change mends which is taken to explain them: what is
left may be another cause's. Set on the faults that weights are fitted on."""
HIDING = 3
"""The tier of changes that do away with an exception, whatever it is: they hide what is wrong."""


class Trial(NamedTuple):
    """A small change of a function, made in memory while tests were run again, and their outcomes.

    `before` is empty where something was put in before the line, `after` where it was left out.
    """

    function: Function
    line: int
    before: str
    after: str
    passed: tuple[str, ...]  # node ids of failing tests that pass with it
    failed: tuple[str, ...]  # of those that still fail
    kept: int  # tests that passed, run the function and still pass
    broke: tuple[str, ...]  # those that do not; asking ends with the first
    tier: int = 0  # those of tier 0 are tried first, those of HIDING last
    share: float = 1.0  # of its cause's failing tests those that pass

    @property
    def explains(self) -> bool:
        """Whether most of its cause's failing tests pass with it, and no other fails."""
        return self.share >= MOST and not self.broke


class Step(NamedTuple):
    """A function on a test's way, with its lines as a Footprint has them."""

    function: Function
    lines: int
    changed: bool = False  # its source is another one now


@dataclass(frozen=True, slots=True)
class Evidence:
    """One fact that was recorded, as a sentence; `role` is its part in the story of the failure."""

    kind: str
    fact: str
    role: Literal["called", "culprit", "failed", "context"]
    file: str
    line: int
    function: str
    test: str
    call: int | None = None
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Suspect:
    """A function that may be at fault; scores compare within one list only."""

    function: Function
    line: int
    score: float
    why: tuple[str, ...] = ()
    lines: tuple[tuple[int, float], ...] = ()
    mechanism: str = ""  # the kind of evidence that explains, where one does
    share: float = 0.0  # of the failures, those in which it had a part (not: was only run)
    spectrum: float = (
        0.0  # Ochiai of its best line: 1 where all failing tests run it, and only they
    )


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The suspects of a set of failures, best first, and the facts that rank them."""

    failures: tuple[str, ...]
    suspects: tuple[Suspect, ...]
    evidence: tuple[Evidence, ...]
    confidence: Confidence
    kind: CauseKind
    title: str
    hint: str = ""
    why_none: str = ""
    trials: tuple[Trial, ...] = ()  # those that explain it, of whichever suspects


@dataclass(frozen=True, slots=True)
class RootCause:
    """Failures that share a cause, with its diagnosis."""

    id: str
    also_ids: tuple[str, ...]
    signature: str
    exemplar: str
    failures: tuple[str, ...]
    diagnosis: Diagnosis
    downstream_of: str | None = None


@dataclass(slots=True)
class Run:
    """Everything that a run left, joined over its processes; what diagnose works on."""

    functions: list[Function] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    passed: list[Passed] = field(default_factory=list)
    earlier: list[Passed] = field(default_factory=list)  # in other runs: from the baseline
    last_passes: dict[str, tuple[Step, ...]] = field(default_factory=dict)  # of tests that fail now
    fixtures: frozenset[tuple[str, str]] = frozenset()  # (file, name) of fixture functions
    told: dict[str, tuple[Told, ...]] = field(default_factory=dict)  # failure id -> by plugins
    changed: dict[str, frozenset[int]] = field(default_factory=dict)  # file -> not as committed
    trials: list[Trial] = field(default_factory=list)  # those with which a failing test passes
    table: PairTable = field(default_factory=PairTable, repr=False)
    _tally: tuple[int, Mapping[int, Mapping[int, int]]] = field(default=(0, {}), repr=False)

    def add_passed(self, nodeid: str, footprint: Footprint) -> None:
        """Take in a test that passed, in little memory: there may be very many."""
        lines = self.table.rows(footprint.lines)
        self.passed.append(Passed(nodeid, Footprint(lines, footprint.features)))

    def passing_rows(self) -> Mapping[int, Mapping[int, int]]:
        """Return function's index -> mask of lines -> how many passing tests ran these."""
        count = len(self.passed) + len(self.earlier)
        if self._tally[0] != count:
            every = (passed.footprint.lines for passed in (*self.passed, *self.earlier))
            self._tally = count, tally(every)
        return self._tally[1]
