"""The recorder: engines tell it what happens, it keeps the running test's calls and rows.

Everything from `enter` to `raised` runs inside callbacks of the interpreter, between two lines
of the user's program: these methods are long where a call would cost more than it explains.
What needs no live object (who called whom, which exception was handled) is left to `replay.py`.
"""

from __future__ import annotations

import os
import sys
from _thread import RLock, get_ident
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CodeType, FrameType, TracebackType
from typing import Any

from ..model import Function, Phase
from ..observe.detail import Detail
from ..observe.exceptions import context_id, innermost, traceback_of, type_name
from ..observe.intruders import is_intruder
from ..observe.values import TYPES
from ..unfaked import perf_counter_ns
from . import attempts
from .births import Births, is_spawner
from .codes import CodeInfo
from .effort import LEAST
from .handover import is_taker, taker
from .leftovers import leftovers
from .marks import MarkRecord
from .records import (
    ARGUMENTS,
    END,
    ENTRY_SIZE,
    EXTRA,
    INFO,
    MAX_CALLS,
    MAX_EVENTS,
    MAX_RAISES,
    MAX_SHARES,
    MAX_YIELDED,
    MAX_YIELDS,
    START,
    TIME,
    Entry,
    Extra,
    Noted,
    Recording,
    Tap,
)  # fmt: skip
from .replay import QUIET
from .sight import MAX_INT, Sight
from .targets import Targets

MAX_FAULTS = 100
MAX_CODES = 32
"""Code objects of one function that are recorded: who compiles code under a file's name, again and
again, makes one each time, and each is kept and armed again for each test."""
PYTEST = f"{os.sep}_pytest{os.sep}"
UNITTEST = os.path.join(os.path.dirname(os.__file__), "unittest", "")
FORMATTERS = (f"{os.sep}pprint.py", f"{os.sep}reprlib.py")
MAX_ENTRIES = 20_000


class Recorder:
    """Holds what is known of code, the running test, and whose footprint is being written."""

    def __init__(
        self, targets: Targets, detail: Detail | None = None, max_calls: int = MAX_CALLS
    ) -> None:
        self.max_calls = max_calls
        self.targets = targets
        self.detail = detail or Detail()
        self.sight = Sight(self.detail)
        self.functions: list[Function] = []
        self.infos: dict[int, CodeInfo] = {}  # by id of the code object
        self.codes: list[list[CodeInfo]] = []  # by index of the function
        self.recording: Recording | None = None
        self.rows: dict[int, int] = {}
        self.owners: list[dict[int, int]] = []
        self.import_rows: dict[str, dict[int, int]] = {}
        self.epoch = 0
        self.clock = 0
        self.lost = 0
        self.tap: Tap | None = None  # who is told of each event as it happens
        self.births: Births | None = None  # where child processes are recorded too
        self.effort = LEAST
        self.faults: list[str] = []
        self.keeps_values = True
        self.rearm: Callable[[dict[int, int]], None] = lambda rows: None
        self.revive: Callable[[], None] = lambda: None
        self.unwinds_with_errors = False  # whether the engine says which one ends a call
        self.switch_on: Callable[[CodeInfo], None] = lambda info: None
        self._indexes: dict[Function, int] = {}
        self._lock = RLock()  # held by whoever makes a number, which threads must not share
        self._open: dict[int, Entry] = {}  # by id of the frame
        self._entries: list[Entry] = []  # used again by each test: new ones would be the gc's
        self._free: list[Entry] = []
        self._muted = 0  # id of the frame that pytest asked
        self._set_aside: Recording | None = None
        self._paused: tuple[Recording, dict[int, int]] | None = None

    # -- what is a target -------------------------------------------------------------------

    def info_for(self, code: CodeType, module: object) -> CodeInfo | None:
        """Return what is known of `code` if it is a target; asked once a code object."""
        if type(code.co_name) is not str or type(code.co_filename) is not str:
            return None  # a subclass may run the program's code when it is compared
        module = module if type(module) is str else ""
        stands_in = module.startswith(attempts.STAND_IN)
        function = None if stands_in else self.targets.match(code, module)
        if function is None:
            found = attempts.starter(code, module)
            if found is None and self.births is not None and is_spawner(code, module):
                found = self.births.info(code)
            if found is None and is_taker(code, module):
                found = taker(code)
            if found is not None:
                self.infos[id(code)] = found
            return found
        with self._lock:
            info = self.infos.get(id(code))  # another thread may have called it first, too
            index = self.index_of(function)
            if info is None and len(self.codes[index]) < MAX_CODES:
                info = self.infos[id(code)] = CodeInfo(code, function, index)
                self.codes[index].append(info)
        return info

    def forked(self) -> None:
        """Go on in a copy of the process: whoever held the lock is not in it."""
        self._lock = RLock()

    def index_of(self, function: Function) -> int:
        """Return the number by which footprints know a function, a new one where it has none."""
        with self._lock:
            index = self._indexes.get(function)
            if index is None:
                self.codes.append([])
                self.functions.append(function)
                index = len(self.functions) - 1
                while self.functions[index] is not function:  # a finalizer has run meanwhile
                    index -= 1
                self._indexes[function] = index
        return index

    # -- tests and owners of footprints -----------------------------------------------------

    def begin(self, test: str, *, depth: int | None = None, values: bool = True) -> Recording:
        """Start a test: from here calls are kept, and rows are this test's."""
        self.revive()
        self.epoch += 1
        self.clock = 0
        self.keeps_values = values and self.detail.values != "none"
        self._open.clear()
        self._free = self._entries.copy()
        self._muted = 0
        self._set_aside = self._paused = None
        self.recording = Recording(test, perf_counter_ns(), depth, self.max_calls)
        self.recording.spare = self.effort.spare
        self.sight.afresh(self.effort)
        self.owners.clear()
        self._own(self.recording.rows)
        return self.recording

    def pause(self) -> None:
        """From here to `go_on` nothing is the test's: pytest and its plugins do their own work."""
        if self.recording is not None:
            self._paused = self.recording, self.rows
            self.recording, self.rows = None, {}

    def go_on(self, phase: Phase | None = None) -> None:
        """The test goes on, with `phase` where another one begins."""
        if self._paused is not None:
            between = self.rows
            self.recording, self.rows = self._paused
            self._paused = None
            self.rearm(between)
        if self.recording is not None and phase is not None:
            self.recording.phase = phase
            if phase == "call":  # what set-up has taken is not the test's own
                self.sight.afresh(self.effort)

    @property
    def running(self) -> Recording | None:
        """The running test's recording, also while it is paused."""
        return self._paused[0] if self._paused is not None else self.recording

    def end(self) -> Recording | None:
        """End the running test and return what was recorded of it."""
        self.go_on()
        recording, self.recording = self.recording, None
        if recording is not None:
            recording.close()
            recording.left = leftovers(recording.changing(), self.sight.looker)
        self._open.clear()
        self.owners.clear()
        self._own({})
        return recording

    def push_owner(self, rows: dict[int, int]) -> None:
        """From here rows belong to a fixture or an import, until `pop_owner`."""
        self.owners.append(self.rows)
        self._own(rows)

    def pop_owner(self) -> None:
        """Rows belong again to whose they were before."""
        if self.owners:
            self._own(self.owners.pop())

    def _own(self, rows: dict[int, int]) -> None:
        left, self.rows = self.rows, rows
        self.rearm(left)

    @contextmanager
    def unseen(self) -> Iterator[None]:
        """What runs now is not the test's: a project's description of its values."""
        recording, self.recording = self.recording, None
        self.push_owner({})
        try:
            yield
        finally:
            self.pop_owner()
            self.recording = recording

    # -- events -----------------------------------------------------------------------------

    def enter(self, info: CodeInfo, frame: FrameType) -> bool:
        """A call of a target begins in `frame`. Returns whether no more of them are wanted now."""
        if info.is_special and self._enters_special(info, frame):
            return False
        if info.index not in self.rows:
            self.rows[info.index] = info.whole
        recording = self.recording
        if recording is None or info.rows_only:
            return info.rows_only
        self.clock = clock = self.clock + 1
        if info.epoch != self.epoch:
            info.epoch, info.count = self.epoch, 0
            info.limit = self.effort.small_calls if info.is_small else self.effort.calls
            info.ring = None
            recording.touched.append(info)
        info.count = count = info.count + 1
        if count > info.limit:
            self._cut_off(info, recording)
            return True
        back = frame.f_back
        site = 0
        parent = None
        if back is not None:
            parent = self._open.get(id(back))
            site = back.f_lasti
            if parent is not None and parent[INFO].code is not back.f_code:
                parent = None  # its frame has gone unseen, the id is another's
        if parent is not None and parent[INFO].is_test:
            self.sight.step += 1
            if recording.cut:
                self._share(recording)
        try:
            entry = self._free.pop()
        except IndexError:
            entry = self._new_entry()
        entry[END] = None  # it was another test's
        sight = self.sight
        limits = sight.unasked
        extra: Extra | None = None
        looks = entry[ARGUMENTS]
        looks.clear()
        if self.keeps_values and info.looks:
            local = frame.f_locals
            heavy = False
            again = 0
            text = sight.max_text
            looker = sight.looker
            given = sight.given
            for name in info.arguments:
                value: Any = local.get(name)
                kind = type(value)
                # No set of types: a metaclass may bring a __hash__ of its own.
                if text and (
                    (kind is str and len(value) <= text)
                    or (kind is int and -MAX_INT < value < MAX_INT)
                    or value is None
                    or kind is bool
                    or kind is float
                ):
                    looks.append(value)
                    continue
                if not heavy:
                    heavy = True
                    limits = sight.affordable(info)
                if limits is TYPES:
                    looks.append(looker.glance(value))
                    continue
                looker.limits = limits
                holder = given.get(id(value))
                if holder is not None and holder[END] is None:  # still open: it is the same object
                    again |= 1 << len(looks)
                    looker.limits = sight.again
                elif name not in info.rebinds:
                    given[id(value)] = entry
                looks.append(looker.look(value))
            if info.watched is None:
                info.look_around(frame)
            if info.mutates and (heavy or info.watched):
                if not heavy:
                    limits = sight.affordable(info)
                if limits is not TYPES:
                    looker.limits = limits
                    extra = sight.before(info, frame, local)
                    extra.again = again
            if info.defaults:
                extra = _shared_defaults(info, local, extra)
            if sight.clears_locals and info.may_clear:
                local.clear()  # before 3.13 this dict would keep what it shows alive
        elif not self.keeps_values:
            limits = TYPES
        if parent is None and back is not None and _is_unnamed(back.f_code):
            parent, extra = self._through_comprehension(back, extra)
        if info.is_generator:
            extra = extra or Extra()
            extra.task = _task_name()
            if parent is None:
                extra.maker = recording.handover.maker(frame)
        entry[:] = (
            info, parent, get_ident(), clock, perf_counter_ns(), recording.phase, limits, looks,
            None, extra, site,
        )  # fmt: skip
        self._open[id(frame)] = entry
        if count <= self.effort.kept:
            recording.first.append(entry)
        else:
            if info.ring is None:
                info.ring = self._ring(info, recording)
            info.ring.append(entry)
        if self.tap is not None:
            self.tap.began(entry)
        return False

    def pass_by(self, info: CodeInfo, frame: FrameType) -> None:
        """A call begins that is not kept: all that counts is that it was made, and for whom."""
        if not (info.is_special and self._enters_special(info, frame)):
            self.rows[info.index] = 1

    def leave(self, info: CodeInfo, frame: FrameType, value: Any, offset: int) -> bool:
        """The call in `frame` returns `value` from the instruction at `offset`.

        Returns whether no more returns of the function are wanted now.
        """
        if info.is_special:
            self.leave_special(info, frame)
        entry = self._open.pop(id(frame), None)
        # Of a call whose frame has gone unseen the id may be another's.
        if entry is None or entry[INFO] is not info:
            return self.is_cut(info)
        now = perf_counter_ns()
        kind = type(value)
        if not self.keeps_values:
            value = None
        elif not (text := self.sight.max_text) or not (
            (kind is str and len(value) <= text)
            or (kind is int and -MAX_INT < value < MAX_INT)
            or value is None
            or kind is bool
            or kind is float
        ):
            value = self.sight.result(entry, info, value, frame)
        self.clock = clock = self.clock + 1
        entry[END] = ("return", clock, now, value, offset)
        extra = entry[EXTRA]
        if extra is not None and extra.argument_ids is not None:
            self.sight.after(entry, extra, info, frame)
        if self.tap is not None:
            self.tap.ended(entry)
        return False

    def is_cut(self, info: CodeInfo) -> bool:
        """Whether no more calls of the function are recorded for now."""
        return info.count > info.limit and info.epoch == self.epoch

    def unwind(self, info: CodeInfo, frame: FrameType, error: BaseException | None) -> None:
        """The call in `frame` ends with an exception; None where the engine cannot say which."""
        if info.is_special:
            self.leave_special(info, frame)
        entry = self._open.get(id(frame))
        if entry is None or entry[INFO] is not info:
            return
        now = perf_counter_ns()
        if error is not None:
            extra = entry[EXTRA]
            errors = extra.errors if extra is not None and extra.raises < MAX_RAISES else ()
            if not errors or errors[-1].identity != id(error):
                self._note(entry, frame, error, traceback_of(error))
        del self._open[id(frame)]
        self.clock += 1
        entry[END] = ("raise", self.clock, now, None, frame.f_lasti)
        extra = entry[EXTRA]
        if extra is not None and extra.argument_ids is not None:
            self.sight.after(entry, extra, info, frame)
        if self.tap is not None:
            self.tap.ended(entry)

    def suspend(self, info: CodeInfo, frame: FrameType, value: Any) -> bool:
        """A generator or coroutine yields `value`.

        Returns whether no more yields of the function are wanted now.
        """
        entry = self._open.get(id(frame))
        if entry is None or entry[INFO] is not info:  # as in `leave`
            return self.is_cut(info)
        extra = entry[EXTRA]
        extra.yields += 1
        if not info.yields_values:
            self._move(entry, 0)
            return False
        if extra.yields > MAX_YIELDS:
            return True
        self._move(entry, 0)
        if extra.yields <= MAX_YIELDED and self.keeps_values:
            extra.yielded = [*extra.yielded, self.sight.result(entry, info, value)]
        return False

    def resume(self, info: CodeInfo, frame: FrameType) -> bool:
        """A generator or coroutine goes on; returns whether that is not wanted any more."""
        entry = self._open.get(id(frame))
        if entry is None or entry[INFO] is not info:  # as in `leave`
            return self.is_cut(info)
        if info.yields_values and entry[EXTRA].yields > MAX_YIELDS:
            return True
        self._move(entry, get_ident())
        return False

    def raised(
        self, frame: FrameType, error: BaseException, traceback: TracebackType | None
    ) -> None:
        """An exception is raised in, or passes into, the call in `frame`."""
        entry = self._open.get(id(frame))
        if entry is None or entry[INFO].code is not frame.f_code:
            return
        extra = entry[EXTRA]
        # Of a hot loop the last one counts, which `unwind` notes where the engine can say it.
        if extra is None or extra.raises < MAX_RAISES or not self.unwinds_with_errors:
            self._note(entry, frame, error, traceback)

    def mark(self, mark: MarkRecord, frame: FrameType | None) -> None:
        """The program sets a checkpoint in `frame`."""
        if self.recording is None:
            return
        while frame is not None and mark.call is None:
            mark.call = self._open.get(id(frame))
            frame = frame.f_back
        self.clock += 1
        mark.order = self.clock
        self.recording.marks.add(mark)

    def opened(self, frame: FrameType | None) -> Entry | None:
        """Return the innermost open call that `frame` belongs to or was made by."""
        while frame is not None:
            entry = self._open.get(id(frame))
            if entry is not None and entry[INFO].code is frame.f_code:
                return entry
            frame = frame.f_back
        return None

    def open_calls(self) -> list[Entry]:
        """Return the calls that have begun and not ended, in the order in which they began."""
        return sorted(self._open.values(), key=lambda entry: entry[START])

    # -- the parts of an event --------------------------------------------------------------

    def _new_entry(self) -> Entry:
        entry: Entry = [None] * ENTRY_SIZE
        entry[ARGUMENTS] = []
        if len(self._entries) < MAX_ENTRIES:
            self._entries.append(entry)
        return entry

    def _move(self, entry: Entry, thread: int) -> None:
        self.clock += 1
        if entry[EXTRA] is None:
            entry[EXTRA] = Extra()
        extra: Extra = entry[EXTRA]
        extra.moves = moves = extra.moves or []
        moves.append((self.clock, thread))
        if len(moves) > MAX_EVENTS:
            del moves[MAX_EVENTS // 2 : MAX_EVENTS // 2 + 2]  # a yield and what follows it
        if self.tap is not None:
            self.tap.moved(entry, thread, self.clock)

    def _note(
        self,
        entry: Entry,
        frame: FrameType,
        error: BaseException,
        traceback: TracebackType | None,
    ) -> None:
        if entry[EXTRA] is None:
            entry[EXTRA] = Extra()
        extra: Extra = entry[EXTRA]
        extra.errors = errors = extra.errors or []
        extra.raises += 1
        name = type_name(error)
        told = "" if name in QUIET else self.detail.message(error)
        here = traceback is None or traceback.tb_next is None
        again = _was_here(traceback, frame)
        noted = Noted(id(error), context_id(error), name, told, frame.f_lineno, here, again)
        errors.append(noted)
        if len(errors) > MAX_EVENTS:
            del errors[MAX_EVENTS // 2]

    def _ring(self, info: CodeInfo, recording: Recording) -> deque[Entry]:
        """Where the last calls of a function go: more of them while the test has some to spare."""
        effort = self.effort
        if effort.most <= info.limit or recording.spare < effort.most:
            return recording.ring(effort.kept)
        recording.spare -= effort.most
        info.limit = effort.most
        return recording.ring(effort.most)

    def _cut_off(self, info: CodeInfo, recording: Recording) -> None:
        """Record no more calls of a function in this test; the ends of its open ones go untold."""
        recording.at_least.add(info.index)
        recording.cut.append(info)
        # Other threads enter and leave calls meanwhile.
        for frame_id, entry in [one for one in self._open.copy().items() if one[1][INFO] is info]:
            self.clock += 1
            entry[END] = ("unknown", self.clock, entry[TIME], None, -1)
            self._open.pop(frame_id, None)
            if self.tap is not None:
                self.tap.ended(entry)

    def _share(self, recording: Recording) -> None:
        """The test makes its next call: what was switched off may be recorded a while longer."""
        cut, recording.cut = recording.cut, []
        recording.shares += 1
        if recording.shares > MAX_SHARES:
            return
        for info in cut:
            info.limit = info.count + (
                self.effort.small_share if info.is_small else self.effort.share
            )
            self.switch_on(info)

    def _through_comprehension(
        self, back: FrameType, extra: Extra | None
    ) -> tuple[Entry | None, Extra | None]:
        """The call whose comprehension or generator expression made this one, if it is one."""
        code = back.f_code
        above: FrameType | None = back
        while above is not None:
            entry = self._open.get(id(above))
            if entry is not None and entry[INFO].code is above.f_code:
                extra = extra or Extra()
                extra.site_code = code
                return entry, extra
            info = self.infos.get(id(above.f_code))
            if info is None or not info.rows_only:
                break
            above = above.f_back
        return None, extra

    # -- modules, and calls that are pytest's, not the program's -----------------------------

    def _enters_special(self, info: CodeInfo, frame: FrameType) -> bool:
        """A module's rows are its own; return whether this is no call of the program's."""
        if info.is_spawner:
            if self.births is not None and self.recording is not None:
                self.births.before(frame, self.opened(frame))
            return True
        if info.is_taker:
            if self.recording is not None:
                handover = self.recording.handover
                handover.taken(frame, get_ident(), self.clock, self.opened(frame.f_back))
            return True
        if info.is_module:
            self.push_owner(self.import_rows.setdefault(info.function.file, {}))
            return False
        if info.begins_attempt:
            self._begin_attempt(frame)
            return True
        return self._is_asked_by_pytest(frame)

    def _begin_attempt(self, frame: FrameType) -> None:
        """Hypothesis runs the test's body once more; of the attempts the final one is shown."""
        recording = self.recording
        if recording is None:
            return
        attempts.begin_attempt(recording, self.clock)
        if attempts.is_final(frame, clear=self.sight.clears_locals):
            self.epoch += 1
            recording.spare = self.effort.spare
            self.sight.afresh(self.effort)
            self.rearm(attempts.forget_attempts(recording))

    def leave_special(self, info: CodeInfo, frame: FrameType) -> None:
        """What decides whose rows these are, in `frame`, ends; other functions do nothing."""
        if info.is_spawner:
            if self.births is not None:
                self.births.after(frame)
            return
        if info.is_taker:
            if self.recording is not None:
                self.recording.handover.started(frame)
            return
        if self._muted == id(frame):
            self._unmute()
        if info.is_module:
            self.pop_owner()

    def _is_asked_by_pytest(self, frame: FrameType) -> bool:
        """Stop recording inside a repr that a runner asks for to explain a failing assertion.

        Only failing tests run it there: it would look like what sets them apart.
        """
        back = frame.f_back
        while back is not None and back.f_code.co_filename.endswith(FORMATTERS):
            back = back.f_back
        if self.recording is None or back is None:
            return False
        file = back.f_code.co_filename
        if PYTEST not in file and not file.startswith(UNITTEST):
            return False
        self._set_aside, self.recording = self.recording, None
        self._muted = id(frame)
        self.push_owner({})
        return True

    def _unmute(self) -> None:
        self._muted = 0
        self.recording, self._set_aside = self._set_aside, None
        self.pop_owner()

    # -- faults of ours ---------------------------------------------------------------------

    def fault(self, error: BaseException) -> None:
        """Note an error of ours in a callback; the user's program goes on. Raises what is not ours."""
        try:
            is_theirs = is_intruder(error)
        except RecursionError:
            is_theirs = False
        if is_theirs:
            raise error
        if isinstance(error, RecursionError):
            self.lost += 1  # no room left for us: the program is about to meet its own limit
        elif len(self.faults) < MAX_FAULTS:
            self.faults.append(f"{type(error).__name__}: {error} ({_place(error)})")


def _is_unnamed(code: CodeType) -> bool:
    """Whether it is a comprehension, a generator expression, a lambda or a module."""
    return type(code.co_name) is str and code.co_name[:1] == "<"


def _shared_defaults(info: CodeInfo, local: Any, extra: Extra | None) -> Extra:
    """Note which arguments are their mutable default itself."""
    extra = extra or Extra()
    extra.defaults = tuple(
        name for name, known in (info.defaults or {}).items() if id(local.get(name)) == known
    )
    return extra


def _place(error: BaseException) -> str:
    """Where it was raised: the innermost place, for the outermost is always a callback."""
    place = innermost(error.__traceback__)
    if place is None:
        return "recorder"
    file = place.tb_frame.f_code.co_filename.replace("\\", "/").rpartition("/")[2]
    return f"{file}, line {place.tb_lineno}"


def _was_here(traceback: TracebackType | None, frame: FrameType) -> bool:
    """Whether the exception has come through this frame before: an older entry tells of it."""
    older = traceback.tb_next if traceback is not None else None
    while older is not None:
        if older.tb_frame is frame:
            return True
        older = older.tb_next
    return False


def _task_name() -> str | None:
    """The running asyncio task's name, where asyncio is in use and the task is of its own class."""
    asyncio = sys.modules.get("asyncio")
    if asyncio is None:
        return None
    try:
        task = asyncio.current_task()
    except RuntimeError:
        return None
    return task.get_name() if type(task) is asyncio.Task else None
