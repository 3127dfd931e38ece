"""The black box: what runs now, in a memory-mapped file of fixed size that outlives the process.

Each event is packed into a ring as numbers; arguments of the open calls are written as redacted text
when enough events have passed since they last were. So work, not time, decides, and no thread and no
signal is needed. Layout, little-endian:

    head    MAGIC, the phase (a byte), HEAD, the test's id with its length before it
    ring    an EVENT a slot, that of clock c in slot c % SLOTS
    flush   the open calls as they last were written: a line of JSON each (`evidence.plain`)
    names   a line of JSON a function, in the order of their numbers
"""

from __future__ import annotations

import errno
import mmap
from pathlib import Path
from struct import Struct
from typing import TYPE_CHECKING

from ..evidence import plain
from ..observe.redaction import Redactor
from ..observe.text import clean
from ..plainjson import dumps
from ..unfaked import main_thread, os, perf_counter_ns, time_ns
from .finish import call_of
from .records import END, INFO, PARENT, START, THREAD, TIME, Entry
from .replay import CallRecord

if TYPE_CHECKING:
    from .recorder import Recorder

MAGIC = b"pytest-autopsy box@1\n"
HEAD = Struct("<QQqqqIIQq")
"""pid, main thread, wall clock and perf counter at the start, perf counter when the test began,
functions named; of the flush its bytes, clock and perf counter. All in ns."""
EVENT = Struct("<QQQQQ")
"""Clock, perf ns, thread; START of the call that made it, of what is no beginning that of its own;
the number of the function times 8 plus what happened; in the last byte how the call ended."""
WIDTH, STATE_AT = EVENT.size, EVENT.size - 1
_pack = EVENT.pack_into
SLOTS = 16_384
PHASE_AT, HEAD_AT, TEST_AT, TEST_SIZE = 31, 32, 128, 3968
RING_AT = 4096
FLUSH_AT = RING_AT + SLOTS * EVENT.size
FLUSH_SIZE = 64 << 10
NAMES_AT = FLUSH_AT + FLUSH_SIZE
NAMES_SIZE = 256 << 10
SIZE = NAMES_AT + NAMES_SIZE

BEGAN, RETURNED, RAISED, LOST, SUSPENDED, RESUMED = range(6)
_ENDS = {"return": RETURNED, "raise": RAISED, "unknown": LOST}
PHASES = ("", "setup", "call", "teardown", "between phases")
FIRST_FLUSH, EVERY = 128, 4096
"""Events of a test after which arguments are first written, and then again and again."""
REST = 4096
"""Events between two such writes, also of different tests: redacting them was a third of the price."""
SHORT = 8
"""Characters of parameters in which no secret can stand: none that is known is so short."""
MAX_OPEN = 16
"""Open calls that are written with arguments: the outermost few and the innermost."""


class BlackBox:
    """A Tap that keeps what runs in a mapped file; one a process."""

    def __init__(self, file: Path, recorder: Recorder, redactor: Redactor) -> None:
        """Make the file. Raises OSError: where there is no room for it, there is none later."""
        self.file = file
        self.recorder = recorder
        self.redactor = redactor
        self._pid = os.getpid()
        self._map = _mapped(file)
        self._named = 0
        self._names_end = NAMES_AT
        self._flush_at = FIRST_FLUSH
        self._rested = REST  # events of earlier tests since the last flush
        main = main_thread().ident or 0
        self._started = self._pid, main, time_ns(), perf_counter_ns()
        self._test_began = 0
        self._flushed = 0, 0, 0
        self._head()

    # -- tests ------------------------------------------------------------------------------

    def test(self, nodeid: str) -> None:
        """A test begins."""
        text = clean(self._shown(nodeid)).encode()[: TEST_SIZE - 2]
        self._map[TEST_AT : TEST_AT + 2 + len(text)] = len(text).to_bytes(2, "little") + text
        self._test_began = perf_counter_ns()
        self._flush_at = max(FIRST_FLUSH, REST - self._rested)
        self._flushed = 0, 0, self._test_began
        self._head()
        self.phase("")

    def _shown(self, nodeid: str) -> str:
        """A node id without secrets: those can stand in its parameters alone, and not in short ones."""
        _, _, parameters = nodeid.partition("[")
        # Whole: so it is looked through once for the box and for the baseline.
        return self.redactor.identifier(nodeid) if len(parameters) > SHORT else nodeid

    def phase(self, phase: str) -> None:
        """A phase begins, or is over (`between phases`), or so is the test (``)."""
        if not phase:  # between tests: the recorder's clock is still that of the last one
            self._rested += max(self.recorder.clock - self._flushed[1], 0)
        self._map[PHASE_AT] = PHASES.index(phase)

    def close(self) -> None:
        """The process has come to its end: there is nothing to keep."""
        self._map.close()
        if os.getpid() == self._pid:
            self.file.unlink(missing_ok=True)

    def _head(self) -> None:
        flushed = self._flushed
        HEAD.pack_into(self._map, HEAD_AT, *self._started, self._test_began, self._named, *flushed)

    # -- events -----------------------------------------------------------------------------

    def began(self, entry: Entry) -> None:
        """A call began."""
        clock: int = entry[START]
        index = entry[INFO].index
        if index >= self._named:
            self._name()
        parent = entry[PARENT]
        _pack(
            self._map, RING_AT + clock % SLOTS * WIDTH,
            clock, entry[TIME], entry[THREAD], parent[START] if parent is not None else 0, index << 3,
        )  # fmt: skip
        if clock >= self._flush_at:
            self._flush(clock)

    def ended(self, entry: Entry) -> None:
        """A call ended: its own event says so, where that has not been written over."""
        outcome, clock, ended, _, _ = entry[END]
        start = entry[START]
        if clock - start < SLOTS:
            self._map[RING_AT + start % SLOTS * WIDTH + STATE_AT] = _ENDS[outcome]
        else:
            self._event(entry, clock, ended, entry[THREAD], _ENDS[outcome])

    def moved(self, entry: Entry, thread: int, clock: int) -> None:
        """It is suspended, or goes on."""
        kind = RESUMED if thread else SUSPENDED
        self._event(entry, clock, perf_counter_ns(), thread or entry[THREAD], kind)

    def _event(self, entry: Entry, clock: int, moment: int, thread: int, kind: int) -> None:
        what = entry[INFO].index << 3 | kind
        place = RING_AT + clock % SLOTS * WIDTH
        _pack(self._map, place, clock, moment, thread, entry[START], what)

    def _name(self) -> None:
        """Write down the functions that are new."""
        for function in self.recorder.functions[self._named :]:
            line = dumps(plain(function), newline=True)
            if self._names_end + len(line) > SIZE:
                break
            self._map[self._names_end : self._names_end + len(line)] = line
            self._names_end += len(line)
        self._named = len(self.recorder.functions)
        self._head()

    def _flush(self, clock: int) -> None:
        """Write the open calls with their arguments, outermost first."""
        self._flush_at = clock + EVERY
        self._rested = 0
        entries = self.recorder.open_calls()
        if len(entries) > MAX_OPEN:
            entries = entries[:4] + entries[4 - MAX_OPEN :]
        end = FLUSH_AT
        self._flushed = 0, clock, perf_counter_ns()
        self._head()  # what is half written counts as nothing
        for line in open_lines(entries, self.recorder, self.redactor):
            if end + len(line) > NAMES_AT:
                continue
            self._map[end : end + len(line)] = line
            end += len(line)
        self._flushed = end - FLUSH_AT, clock, perf_counter_ns()
        self._head()


def open_lines(entries: list[Entry], recorder: Recorder, redactor: Redactor) -> list[bytes]:
    """Return open calls as lines: arguments redacted, parents where they are among them."""
    started = recorder.running.started_ns if recorder.running is not None else 0
    made: dict[int, CallRecord] = {}
    lines = []
    for entry in entries:
        record = made[id(entry)] = CallRecord(entry)
        parent = record.parent = made.get(id(entry[PARENT])) if entry[PARENT] is not None else None
        ids = {id(one): one.start for one in (record, parent) if one is not None}
        call = call_of(record, ids, parent, 0, started, redactor)
        lines.append(dumps(plain(call), newline=True))
    return lines


def _mapped(file: Path) -> mmap.mmap:
    """A file of SIZE zeros, written out, so that no page of it can lack its block on the disk."""
    handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        if os.write(handle, MAGIC.ljust(SIZE, b"\0")) != SIZE:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(file))
        return mmap.mmap(handle, SIZE)
    finally:
        os.close(handle)
