"""From a recording's entries to calls: who called whom, what was raised, handled, left open.

The recorder only writes down; here the order of events is gone through once more, per thread,
with a stack: a call that a library made for its caller belongs to the innermost call that was
open on that thread.
"""

from __future__ import annotations

from collections.abc import Callable

from ..model import Look, Phase, Raised
from ..observe.values import Limits
from .codes import CodeInfo
from .handover import Handover
from .records import (
    ARGUMENTS,
    AT,
    END,
    ENDED,
    EXTRA,
    INFO,
    LIMITS,
    OFFSET,
    OUTCOME,
    PARENT,
    PHASE,
    SITE,
    START,
    THREAD,
    TIME,
    Entry,
    Extra,
    Noted,
    Recording,
    gave,
)  # fmt: skip

QUIET = frozenset(("StopIteration", "StopAsyncIteration", "GeneratorExit", "CancelledError"))
MAX_HANDLED = 8
_NOTHING = Extra()


class CallRecord:
    """One call as it was: what `finish` makes a Call of."""

    __slots__ = (
        "arguments", "direct", "duration_ns", "end", "entry_id", "exit_offset", "extra", "handled", "info",
        "limits", "outcome", "parent", "phase", "raised", "site_offset", "start", "t_ns",
        "thread", "value",
    )  # fmt: skip

    def __init__(self, entry: Entry) -> None:
        self.entry_id = id(entry)
        self.info: CodeInfo = entry[INFO]
        self.parent: CallRecord | None = None
        self.direct: bool = entry[PARENT] is not None
        self.site_offset: int = entry[SITE]
        self.thread: int = entry[THREAD]
        self.start: int = entry[START]
        self.t_ns: int = entry[TIME]
        self.phase: Phase = entry[PHASE]
        self.limits: Limits = entry[LIMITS]
        self.arguments: tuple[Look, ...] = tuple(entry[ARGUMENTS])
        self.extra: Extra = entry[EXTRA] or _NOTHING
        self.outcome = "open"
        self.end: int | None = None
        self.duration_ns: int | None = None
        self.value: Look = gave(entry)
        self.exit_offset = -1
        if entry[END] is not None:
            end = entry[END]
            self.outcome, self.end, self.exit_offset = end[OUTCOME], end[AT], end[OFFSET]
            self.duration_ns = end[ENDED] - entry[TIME]
        self.raised, self.handled = exceptions_of(entry)


def records(recording: Recording) -> list[CallRecord]:
    """Return the kept calls of a test that is over, in the order in which they began."""
    entries = recording.entries()
    made: dict[int, CallRecord] = {}

    def record_of(entry: Entry) -> CallRecord:
        found = made.get(id(entry))
        if found is None:
            found = made[id(entry)] = CallRecord(entry)
            if entry[PARENT] is not None:
                found.parent = record_of(entry[PARENT])
        return found

    Replay(record_of, recording.handover).run(entries)
    found = [record_of(entry) for entry in entries]
    if recording.depth is None:
        return found
    return [record for record in found if _depth(record) <= recording.depth]


class Replay:
    """Goes through starts, ends, yields and resumes in their order."""

    def __init__(self, record_of: Callable[[Entry], CallRecord | None], handover: Handover) -> None:
        self.record_of = record_of
        self.handover = handover
        self.stacks: dict[int, list[CallRecord]] = {}
        self.on: dict[int, list[CallRecord]] = {}  # id of a record -> the stack that it is on

    def run(self, entries: list[Entry]) -> None:
        events: list[tuple[int, int, int]] = []
        for place, entry in enumerate(entries):
            events.append((entry[START], place, entry[THREAD]))
            if entry[END] is not None:
                events.append((entry[END][AT], place, _END))
            if entry[EXTRA] is not None:
                events.extend((at, place, thread) for at, thread in entry[EXTRA].moves)
        begun: set[int] = set()
        for _, place, what in sorted(events):
            record = self.record_of(entries[place])
            assert record is not None  # all of them are records
            if place not in begun:
                begun.add(place)
                self.begin(record)
            elif what in (_SUSPENDED, _END):
                self.leave(record)
            else:
                self.enter(record, what)

    def begin(self, record: CallRecord) -> None:
        """A call begins: where its parent is not known it is the innermost open one there."""
        stack = self.stacks.setdefault(record.thread, [])
        if record.parent is None:
            record.parent = self._handed_over(record, stack)
        self.enter(record, record.thread)

    def _handed_over(self, record: CallRecord, stack: list[CallRecord]) -> CallRecord | None:
        """Who made the task; who is open here; on whose behalf the thread is."""
        maker = record.extra.maker
        if maker is None and not stack:
            maker = self.handover.on_behalf(record.thread, record.start)
        known = self.record_of(maker) if maker is not None else None
        return known or (stack[-1] if stack else None)

    def enter(self, record: CallRecord, thread: int) -> None:
        """A call goes on in a thread."""
        stack = self.stacks.setdefault(thread, [])
        stack.append(record)
        self.on[id(record)] = stack

    def leave(self, record: CallRecord) -> None:
        """Take a call off its stack; what lies above it was lost on the way."""
        stack = self.on.pop(id(record), None)
        if stack is None:
            return
        while stack:
            top = stack.pop()
            if top is record:
                return
            self.on.pop(id(top), None)
            if top.end is None:
                top.outcome = "unknown"


_SUSPENDED, _END = 0, -1


def exceptions_of(entry: Entry) -> tuple[Raised | None, list[Raised]]:
    """Return the exception that ended a call, and those that it handled."""
    extra: Extra | None = entry[EXTRA]
    if extra is None or not extra.errors:
        return None, []
    pending: tuple[int, Raised] | None = None
    handled: list[Raised] = []
    for noted in extra.errors:
        if pending is not None:
            identity, raised = pending
            if identity == noted.identity and noted.returning:
                continue  # the same one, raised again; an id alone may be that of a dead one
            handled.append(raised._replace(converted=noted.context == identity))
            pending = None
        if noted.type not in QUIET:
            pending = noted.identity, _raised(noted)
    end = entry[END]
    raises = end is not None and end[OUTCOME] == "raise"
    if pending is not None and end is not None and not raises:
        handled.append(pending[1])
    return pending[1] if pending is not None and raises else None, handled[:MAX_HANDLED]


def _raised(noted: Noted) -> Raised:
    return Raised(noted.type, noted.message, noted.line, noted.here)


def _depth(record: CallRecord) -> int:
    depth, parent = 0, record.parent
    while parent is not None:
        depth, parent = depth + 1, parent.parent
    return depth
