"""The recorder: engines tell it what happens, it keeps the running test's calls and rows.

Everything from `enter` to `raised` runs inside callbacks of the interpreter, between two lines
of the user's program: these methods are long where a call would cost more than it explains.
"""

from __future__ import annotations

import os
import sys
from _thread import get_ident
from collections.abc import Callable
from time import perf_counter_ns
from types import CodeType, FrameType, TracebackType
from typing import Any

from ..model import Change, Function, Raised, Value
from ..observe.exceptions import context_id, message, traceback_of, type_name
from ..observe.values import SHALLOW, TRACE, TYPES, Looker
from .codes import CodeInfo
from .marks import MarkRecord
from .records import SWITCH_OFF, CallRecord, Recording
from .targets import Targets

QUIET = frozenset(("StopIteration", "StopAsyncIteration", "GeneratorExit", "CancelledError"))
MAX_HANDLED = 8
MAX_FAULTS = 100
FULL_NODES = 800
"""Nodes of values that a test's looks may walk before they become shallow; as many again before
only types are recorded. Work, not time: what is kept does not depend on the machine."""
PYTEST = f"{os.sep}_pytest{os.sep}"


class Recorder:
    """Holds what is known of code, the running test, and whose footprint is being written."""

    def __init__(self, targets: Targets) -> None:
        self.targets = targets
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
        self.faults: list[str] = []
        self.max_depth: int | None = None
        self.looker = Looker(TRACE)
        self._muted = 0  # id of the frame that pytest asked
        self._set_aside: Recording | None = None
        self.keeps_values = True
        self.spent_ns = 0  # inside enter and leave
        self.rearm: Callable[[dict[int, int]], None] = lambda rows: None
        self.revive: Callable[[], None] = lambda: None
        self.switch_off: Callable[[CodeInfo], None] = lambda info: None
        self.clears_locals = False  # an engine's choice: under settrace it would unset variables
        self._indexes: dict[Function, int] = {}
        self._stacks: dict[int, list[CallRecord]] = {}
        self._suspended: dict[int, CallRecord] = {}

    # -- what is a target -------------------------------------------------------------------

    def info_for(self, code: CodeType, module: object) -> CodeInfo | None:
        """Return what is known of `code` if it is a target; asked once a code object."""
        function = self.targets.match(code, module if type(module) is str else "")
        if function is None:
            return None
        index = self._indexes.get(function)
        if index is None:
            index = self._indexes[function] = len(self.functions)
            self.functions.append(function)
            self.codes.append([])
        info = self.infos[id(code)] = CodeInfo(code, function, index)
        self.codes[index].append(info)
        return info

    # -- tests and owners of footprints -----------------------------------------------------

    def begin(self, test: str, *, depth: int | None = None, values: bool = True) -> Recording:
        """Start a test: from here calls are kept, and rows are this test's."""
        self.revive()
        self.epoch += 1
        self.clock = 0
        self.max_depth = depth
        self.keeps_values = values
        self._stacks.clear()
        self._suspended.clear()
        self.looker = Looker(TRACE)
        self._muted = 0  # id of the frame that pytest asked
        self._set_aside = None
        self.recording = Recording(test, perf_counter_ns())
        self.owners.clear()
        self._own(self.recording.rows)
        return self.recording

    def end(self) -> Recording | None:
        """End the running test and return what was recorded of it."""
        recording, self.recording = self.recording, None
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

    # -- events -----------------------------------------------------------------------------

    def enter(self, info: CodeInfo, frame: FrameType) -> None:
        """A call of a target begins in `frame`."""
        if info.is_repr and self._is_asked_by_pytest(frame):
            return
        if info.is_module:
            self.push_owner(self.import_rows.setdefault(info.function.file, {}))
        if info.index not in self.rows:
            self.rows[info.index] = 1
        recording = self.recording
        if recording is None or info.rows_only:
            return
        if info.epoch != self.epoch:
            info.epoch, info.count = self.epoch, 0
        began = perf_counter_ns()
        info.count += 1
        if info.count > SWITCH_OFF:
            recording.at_least.add(info.index)
            self._forget(info)
            self.switch_off(info)
            return
        stack = self._stacks.get(get_ident())
        if stack is None:
            stack = self._stacks[get_ident()] = []
        if self.max_depth is not None and len(stack) > self.max_depth:
            return
        if info.watched is None and self.keeps_values:
            info.look_around(frame)
        self.clock += 1
        frame_id = id(frame)
        record = CallRecord(info, stack[-1] if stack else None, self.clock, frame_id)
        record.phase = recording.phase
        record.thread = get_ident()
        self._read_site(record, frame.f_back)
        self._read_arguments(record, info, frame)
        if info.is_generator:
            self._suspended.pop(frame_id, None)
            record.task = _task_name()
        stack.append(record)
        recording.keep(record, info.count)
        record.t_ns = perf_counter_ns()
        self.spent_ns += record.t_ns - began

    def leave(self, info: CodeInfo, frame: FrameType, value: Any, offset: int) -> None:
        """The call in `frame` returns `value` from the instruction at `offset`."""
        if self._muted == id(frame):
            self._unmute()
        if info.is_module:
            self.pop_owner()
        record = self._pop(id(frame))
        if record is None:
            return
        now = perf_counter_ns()
        record.outcome = "return"
        record.exit_offset = offset
        if self.keeps_values:
            record.value = self.looker.look(value)
            if value is not None:
                record.value_id = id(value)
        if record.pending is not None:
            self._handled(record)
        self._close(record, info, frame, now)
        self.spent_ns += perf_counter_ns() - now

    def unwind(self, info: CodeInfo, frame: FrameType, error: BaseException | None) -> None:
        """The call in `frame` ends with an exception; None where the engine cannot say which."""
        if self._muted == id(frame):
            self._unmute()
        if info.is_module:
            self.pop_owner()
        record = self._pop(id(frame))
        if record is None:
            return
        now = perf_counter_ns()
        record.outcome = "raise"
        record.exit_offset = frame.f_lasti
        if error is not None and (record.pending is None or record.pending_id != id(error)):
            self._note(record, frame, error, traceback_of(error))
        record.raised, record.pending = record.pending, None
        self._close(record, info, frame, now)

    def suspend(self, frame: FrameType) -> None:
        """A generator or coroutine yields."""
        record = self._pop(id(frame))
        if record is not None:
            record.yields += 1
            self._suspended[id(frame)] = record

    def resume(self, frame: FrameType) -> None:
        """A generator or coroutine goes on."""
        record = self._suspended.pop(id(frame), None)
        if record is not None:
            self._stacks.setdefault(get_ident(), []).append(record)

    def raised(
        self, frame: FrameType, error: BaseException, traceback: TracebackType | None
    ) -> None:
        """An exception is raised in, or passes into, the call in `frame`."""
        stack = self._stacks.get(get_ident())
        if not stack or stack[-1].frame_id != id(frame):
            return
        record = stack[-1]
        if record.pending is not None:
            if record.pending_id == id(error) and _was_here(traceback, frame):
                return  # the same one, raised again; an id alone may be that of a dead one
            if context_id(error) == record.pending_id:
                record.pending = record.pending._replace(converted=True)
            self._handled(record)
        self._note(record, frame, error, traceback)

    def mark(self, mark: MarkRecord) -> None:
        """The program sets a checkpoint in the call that is running."""
        if self.recording is not None:
            stack = self._stacks.get(get_ident())
            mark.call = stack[-1] if stack else None
            self.clock += 1
            mark.order = self.clock
            self.recording.marks.add(mark)

    # -- calls that are pytest's, not the program's ------------------------------------------

    def _is_asked_by_pytest(self, frame: FrameType) -> bool:
        """Stop recording inside a repr that pytest asks for to explain a failing assertion.

        Only failing tests run it there: it would look like what sets them apart.
        """
        back = frame.f_back
        if self.recording is None or back is None or PYTEST not in back.f_code.co_filename:
            return False
        self._set_aside, self.recording = self.recording, None
        self._muted = id(frame)
        self.push_owner({})
        return True

    def _unmute(self) -> None:
        self._muted = 0
        self.recording, self._set_aside = self._set_aside, None
        self.pop_owner()

    # -- the parts of an event --------------------------------------------------------------

    def _note(
        self,
        record: CallRecord,
        frame: FrameType,
        error: BaseException,
        traceback: TracebackType | None,
    ) -> None:
        if type_name(error) in QUIET:
            return
        here = traceback is None or traceback.tb_next is None
        record.pending = Raised(type_name(error), message(error), frame.f_lineno, here)
        record.pending_id = id(error)

    def _handled(self, record: CallRecord) -> None:
        assert record.pending is not None
        if record.handled is None:
            record.handled = []
        if len(record.handled) < MAX_HANDLED:
            record.handled.append(record.pending)
        record.pending = None

    def _pop(self, frame_id: int) -> CallRecord | None:
        """Take the call of this frame off its stack; what lies above it was lost on the way."""
        stack = self._stacks.get(get_ident())
        if not stack:
            return None
        if stack[-1].frame_id == frame_id:
            return stack.pop()
        for index in range(len(stack) - 1, -1, -1):
            if stack[index].frame_id == frame_id:
                for lost in stack[index + 1 :]:
                    lost.outcome = "unknown"
                record = stack[index]
                del stack[index:]
                return record
        return None

    def _forget(self, info: CodeInfo) -> None:
        """Take a function's open calls off the stacks: their ends will not be told."""
        for stack in self._stacks.values():
            for record in stack:
                if record.info is info:
                    record.outcome = "unknown"
            stack[:] = [record for record in stack if record.info is not info]

    def _read_site(self, record: CallRecord, back: FrameType | None) -> None:
        """Where the call was made: in its parent itself, or in a comprehension of its parent."""
        record.site_code = None
        parent = record.parent
        if back is None or parent is None:
            return
        offset, code = back.f_lasti, back.f_code
        while back is not None and id(back) != parent.frame_id:
            info = self.infos.get(id(back.f_code))
            if info is None or not info.rows_only:
                return
            back = back.f_back
        record.site_offset, record.site_code = offset, code

    def _read_arguments(self, record: CallRecord, info: CodeInfo, frame: FrameType) -> None:
        if not self.keeps_values:
            record.limits = TYPES
            record.arguments = record.argument_ids = record.watched = ()
            return
        looker = self.looker
        if looker.spent <= FULL_NODES:
            looker.limits = TRACE
        else:
            looker.limits = SHALLOW if looker.spent <= 2 * FULL_NODES else TYPES
        record.limits = looker.limits
        local = frame.f_locals
        arguments = []
        ids = []
        for name in info.arguments:
            value = local.get(name)
            arguments.append(looker.look(value))
            ids.append(id(value))
        record.arguments = tuple(arguments)
        record.argument_ids = tuple(ids)
        record.watched = tuple(self._watched(info, frame, local)) if info.watched else ()
        if info.defaults:
            record.defaults = tuple(
                name
                for name, value_id in zip(info.arguments, ids)
                if info.defaults.get(name) == value_id
            )
        if self.clears_locals and info.may_clear:
            local.clear()  # before 3.13 this dict would keep what it shows alive

    def _watched(self, info: CodeInfo, frame: FrameType, local: Any) -> Any:
        for name, scope in info.watched or ():
            space = frame.f_globals if scope == "global" else local
            value = space.get(name)
            yield self.looker.look(value), id(value)

    def _close(self, record: CallRecord, info: CodeInfo, frame: FrameType, now: int) -> None:
        self.clock += 1
        record.end = self.clock
        record.duration_ns = now - record.t_ns
        if not self.keeps_values or not info.mutates:
            return
        looker = self.looker
        mutable = any(type(argument) is Value for argument in record.arguments)
        if record.limits is TYPES or (not mutable and not record.watched):
            return
        looker.limits = record.limits  # what is compared has to be looked at in the same way
        local = frame.f_locals
        changes = []
        rebound = []
        for name, before, was in zip(info.arguments, record.arguments, record.argument_ids):
            if not isinstance(before, Value) or name == info.fills:
                continue
            value = local.get(name)
            if id(value) != was:
                rebound.append(name)
            elif name not in info.rebinds and (after := looker.look(value)) != before:
                scope = "default" if name in record.defaults else "argument"
                changes.append(Change(name, scope, before, after))
        if record.watched:
            changes.extend(self._watched_changes(record, info, frame, local))
        record.changes, record.rebound = tuple(changes), tuple(rebound)
        if self.clears_locals and info.may_clear:
            local.clear()

    def _watched_changes(
        self, record: CallRecord, info: CodeInfo, frame: FrameType, local: Any
    ) -> Any:
        now = self._watched(info, frame, local)
        for (name, scope), (before, was), (after, is_now) in zip(
            info.watched or (), record.watched, now
        ):
            if was == is_now and before != after:
                yield Change(name, scope, before, after)

    # -- faults of ours ---------------------------------------------------------------------

    def fault(self, error: BaseException) -> None:
        """Note an error of ours in a callback; the user's program goes on."""
        if isinstance(error, RecursionError):
            self.lost += 1  # no room left for us: the program is about to meet its own limit
        elif len(self.faults) < MAX_FAULTS:
            line = error.__traceback__.tb_lineno if error.__traceback__ else 0
            self.faults.append(f"{type(error).__name__}: {error} (recorder, line {line})")


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
