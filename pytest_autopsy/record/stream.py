"""Calls as they happen, for what may not live to tell of them: a child process, a program.

Each event becomes a redacted Call at once and goes to sinks that write it away: dearer than an
entry that is read later, and bounded by a number of events.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count

from ..model import Call
from ..observe.redaction import Redactor
from .finish import call_of
from .handover import Handover
from .records import PARENT, Entry, Tap
from .replay import CallRecord, Replay

MAX_EVENTS = 10_000
Sink = Callable[[Call, bool], None]
"""Takes a call when it begins and again, with True, when it has ended."""


class Stream:
    """A Tap that hands every call on, numbered in the order in which they began."""

    def __init__(
        self,
        redactor: Redactor,
        started_ns: int,
        handover: Handover,
        sinks: Sequence[Sink],
        max_events: int = MAX_EVENTS,
    ) -> None:
        self.redactor = redactor
        self.started_ns = started_ns
        self.sinks = sinks
        self.left = max_events
        self.dropped = 0
        self._numbers = count(1)
        self._open: dict[int, CallRecord] = {}  # by id of the entry
        self._replay = Replay(lambda entry: self._open.get(id(entry)), handover)
        self._known: dict[int, tuple[int, int]] = {}  # number and depth, by id of an open record

    def began(self, entry: Entry) -> None:
        """Tell of a call that begins."""
        if self.left <= 0:
            self.dropped += 1
            return
        record = CallRecord(entry)
        record.parent = self._open.get(id(entry[PARENT])) if entry[PARENT] is not None else None
        self._replay.begin(record)
        depth = self._known.get(id(record.parent), (0, -1))[1] + 1
        self._open[id(entry)] = record
        self._known[id(record)] = next(self._numbers), depth
        self._tell(record, record, False)

    def ended(self, entry: Entry) -> None:
        """Tell of its end."""
        known = self._open.pop(id(entry), None)
        if known is None:
            return
        self._replay.leave(known)
        record = CallRecord(entry)
        record.parent = known.parent
        self._tell(record, known, True)
        del self._known[id(known)]

    def moved(self, entry: Entry, thread: int, clock: int) -> None:
        """It is suspended, or goes on."""
        known = self._open.get(id(entry))
        if known is None:
            return
        if thread:
            self._replay.enter(known, thread)
        else:
            self._replay.leave(known)

    def _tell(self, record: CallRecord, known: CallRecord, ended: bool) -> None:
        number, depth = self._known[id(known)]
        parent = record.parent
        if parent is not None and id(parent) not in self._known:
            parent = None
        ids = {id(record): number}
        if parent is not None:
            ids[id(parent)] = self._known[id(parent)][0]
        call = call_of(record, ids, parent, depth, self.started_ns, self.redactor)
        self.left -= 1
        for sink in self.sinks:
            sink(call, ended)


class Fan:
    """A Tap that hands each event to several."""

    def __init__(self, *taps: Tap) -> None:
        self.taps = taps

    def began(self, entry: Entry) -> None:
        """A call began."""
        for tap in self.taps:
            tap.began(entry)

    def ended(self, entry: Entry) -> None:
        """A call ended."""
        for tap in self.taps:
            tap.ended(entry)

    def moved(self, entry: Entry, thread: int, clock: int) -> None:
        """It is suspended, or goes on."""
        for tap in self.taps:
            tap.moved(entry, thread, clock)
