"""The engine for 3.12 and later: sys.monitoring (PEP 669) with two tool ids.

The first id discovers: its global PY_START asks once a code object whether it is a target and is
disabled for it. The second records: local events on targets only. Two, because a global event
cannot be switched off for one function without being lost for good (DISABLE is sticky), while
local events can be re-armed with `set_local_events(tool, code, 0)` and back, which disturbs no
other tool. Exceptions have global events only (before 3.15): their callbacks return at once for
what is no target. No callback ever raises: what it raised would land in the user's code.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any

from ..env import LOCALS_ARE_PROXY
from ..observe.exceptions import traceback_of
from .codes import CodeInfo
from .recorder import Recorder

NAME = "sys.monitoring"
TOOL = "pytest-autopsy"

_getframe = sys._getframe  # noqa: SLF001  # there is no other way to the monitored frame


class MonitoringEngine:
    """Feeds a Recorder from sys.monitoring."""

    name = NAME
    keeps_calls = True

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        self._monitoring: Any = getattr(sys, "monitoring")  # noqa: B009  # unknown to 3.10's stubs
        self._events = self._monitoring.events
        self._disable = self._monitoring.DISABLE
        self._discover = self._record = -1
        self._registered: list[tuple[int, int]] = []  # tool and event of each callback of ours
        self._installed: list[tuple[int, int, Callable[..., object]]] = []
        self._calls = (
            self._events.PY_START
            | self._events.PY_RETURN
            | self._events.PY_YIELD
            | self._events.PY_RESUME
        )

    def start(self) -> str:
        """Acquire two tool ids and begin. Returns "" or, in words, why it cannot."""
        monitoring = self._monitoring
        free = [tool for tool in (4, 5, 3, 2, 1, 0) if monitoring.get_tool(tool) is None]
        if len(free) < 2:
            return "fewer than two of the six sys.monitoring tool ids are free"
        self._discover, self._record = free[0], free[1]
        monitoring.use_tool_id(self._discover, f"{TOOL} discovery")
        monitoring.use_tool_id(self._record, TOOL)
        self._installed = self._callbacks()
        for tool, event, callback in self._installed:
            monitoring.register_callback(tool, event, callback)
            self._registered.append((tool, event))
        for info in self.recorder.infos.values():  # where it goes on after a stop
            monitoring.set_local_events(self._record, info.code, self._wanted(info))
        # Sites that an earlier session in this process had disabled; once, never a test.
        monitoring.restart_events()
        self.recorder.rearm = self._rearm
        self.recorder.sight.clears_locals = not LOCALS_ARE_PROXY
        self.recorder.unwinds_with_errors = True
        self.recorder.switch_on = self._switch_on
        for tool, wanted in self._globals():
            monitoring.set_events(tool, wanted)
        return ""

    def _globals(self) -> list[tuple[int, int]]:
        """The global events of each tool; discovery last, for it begins at once."""
        return [(self._record, self._unwinding()), (self._discover, self._events.PY_START)]

    def mended(self) -> str:
        """Take back what the program took from us; return in words what that was, "" if nothing."""
        if self._record < 0:
            return ""
        monitoring = self._monitoring
        if not (self._is_ours(self._discover) and self._is_ours(self._record)):
            self.stop()
            refused = self.start()
            return "the tool ids of sys.monitoring" + (f"; not again: {refused}" if refused else "")
        taken = [
            event
            for tool, event, callback in self._installed
            if monitoring.register_callback(tool, event, callback) != callback
        ]
        for tool, wanted in self._globals():
            if monitoring.get_events(tool) != wanted:
                monitoring.set_events(tool, wanted)
                taken.append(wanted)
        return "callbacks or events of sys.monitoring" if taken else ""

    def stop(self) -> None:
        """Give everything back, also what a start that failed had taken; twice does nothing."""
        monitoring = self._monitoring
        held = [t for t in (self._discover, self._record) if t >= 0 and self._is_ours(t)]
        for tool in held:
            monitoring.set_events(tool, 0)
        if self._record in held:
            for info in self.recorder.infos.values():
                monitoring.set_local_events(self._record, info.code, 0)
        registered, self._registered = self._registered, []
        for tool, event in registered:
            if tool in held:
                monitoring.register_callback(tool, event, None)
        for tool in held:
            monitoring.free_tool_id(tool)
        self._discover = self._record = -1

    def _is_ours(self, tool: int) -> bool:
        return str(self._monitoring.get_tool(tool)).startswith(TOOL)

    def widen(self) -> None:
        """Ask again about code that was no target: markers have named more targets."""
        self._monitoring.restart_events()

    def _callbacks(self) -> list[tuple[int, int, Callable[..., object]]]:
        events, record = self._events, self._record
        return [
            (self._discover, events.PY_START, self._on_discovery),
            (record, events.PY_START, self._on_start),
            (record, events.PY_RETURN, self._on_return),
            (record, events.PY_YIELD, self._on_yield),
            (record, events.PY_RESUME, self._on_resume),
            (record, events.PY_THROW, self._on_throw),
            (record, events.PY_UNWIND, self._on_unwind),
            (record, events.RAISE, self._on_raise),
            (record, events.LINE, self._on_line),
        ]

    def _unwinding(self) -> int:
        """The events that are global only."""
        events = self._events
        return int(events.PY_UNWIND | events.PY_THROW | events.RAISE)

    def _wanted(self, info: CodeInfo) -> int:
        if info.is_module or info.is_spawner or info.is_taker:
            return int(self._events.PY_START | self._events.PY_RETURN)
        lines: int = self._events.LINE if info.wants_lines else 0
        if info.rows_only:
            return lines | int(self._events.PY_START)
        return lines | int(self._calls)

    def _rearm(self, rows: dict[int, int]) -> None:
        """Let the lines and functions of `rows` report again: they belong to somebody else now.

        Others have disabled nothing: they have no lines and were not cut off.
        """
        if self._record < 0:
            return
        set_local_events = self._monitoring.set_local_events
        try:
            for index in rows:
                for info in self.recorder.codes[index]:
                    if info.wants_lines or info.rows_only or info.count > info.limit:
                        set_local_events(self._record, info.code, 0)
                        set_local_events(self._record, info.code, self._wanted(info))
        except ValueError:  # the program has freed our tool: `mended` sees to it
            pass

    def _switch_on(self, info: CodeInfo) -> None:
        """Record its calls again; the lines that it has told of stay told."""
        if self._record >= 0 and self._is_ours(self._record):
            lines = self._events.LINE if info.wants_lines else 0
            self._monitoring.set_local_events(self._record, info.code, lines)
            self._monitoring.set_local_events(self._record, info.code, self._wanted(info))

    # -- callbacks: no decorators, for the frame is the caller's -----------------------------

    def _on_discovery(self, code: CodeType, offset: int) -> object:
        try:
            recorder = self.recorder
            info = recorder.infos.get(id(code))
            if info is None:
                frame = _getframe(1)
                info = recorder.info_for(code, frame.f_globals.get("__name__"))
                if info is not None:
                    self._monitoring.set_local_events(self._record, code, self._wanted(info))
                    self._entered(info, frame)
        except Exception as error:  # noqa: BLE001
            self.recorder.fault(error)
        return self._disable

    def _entered(self, info: CodeInfo, frame: FrameType) -> None:
        """The first call of a target, whose own PY_START came before it was asked for."""
        self.recorder.enter(info, frame)

    def _on_start(self, code: CodeType, offset: int) -> object:
        try:
            info = self.recorder.infos.get(id(code))
            if info is not None and self.recorder.enter(info, _getframe(1)):
                return self._disable
        except Exception as error:  # noqa: BLE001
            self.recorder.fault(error)
        return None

    def _on_return(self, code: CodeType, offset: int, value: object) -> object:
        try:
            info = self.recorder.infos.get(id(code))
            if info is not None and self.recorder.leave(info, _getframe(1), value, offset):
                return self._disable
        except Exception as error:  # noqa: BLE001
            self.recorder.fault(error)
        return None

    def _on_yield(self, code: CodeType, offset: int, value: object) -> object:
        try:
            info = self.recorder.infos.get(id(code))
            if info is not None and self.recorder.suspend(info, _getframe(1), value):
                return self._disable
        except Exception as error:  # noqa: BLE001
            self.recorder.fault(error)
        return None

    def _on_resume(self, code: CodeType, offset: int) -> object:
        try:
            info = self.recorder.infos.get(id(code))
            if info is not None and self.recorder.resume(info, _getframe(1)):
                return self._disable
        except Exception as error:  # noqa: BLE001
            self.recorder.fault(error)
        return None

    def _on_throw(self, code: CodeType, offset: int, error: BaseException) -> None:
        try:
            info = self.recorder.infos.get(id(code))
            if info is not None:
                self.recorder.resume(info, _getframe(1))
        except Exception as fault:  # noqa: BLE001
            self.recorder.fault(fault)

    def _on_unwind(self, code: CodeType, offset: int, error: BaseException) -> None:
        try:
            info = self.recorder.infos.get(id(code))
            if info is not None:
                self.recorder.unwind(info, _getframe(1), error)
        except Exception as fault:  # noqa: BLE001
            self.recorder.fault(fault)

    def _on_raise(self, code: CodeType, offset: int, error: BaseException) -> None:
        try:
            if id(code) in self.recorder.infos:
                self.recorder.raised(_getframe(1), error, traceback_of(error))
        except Exception as fault:  # noqa: BLE001
            self.recorder.fault(fault)

    def _on_line(self, code: CodeType, line: int) -> object:
        try:
            recorder = self.recorder
            info = recorder.infos.get(id(code))
            if info is not None and line >= info.first:
                rows = recorder.rows
                rows[info.index] = rows.get(info.index, 0) | 1 << (line - info.first) | 1
        except Exception as error:  # noqa: BLE001
            self.recorder.fault(error)
        return self._disable
