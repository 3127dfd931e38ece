"""The engines of mode light: functions run, for every test, and nothing else.

A function tells at its calls that it was run. Most are called a few times a test, which is cheaper
than to be switched off and armed again: only one that is called more often answers DISABLE, and is
armed again when the rows go to somebody else. Modules and reprs, which decide whose rows these
are, are seen from their start to their end. Where there is no sys.monitoring the trace function
is asked at every call, for there is no way to switch one function off.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any

from .codes import CodeInfo
from .monitoring import MonitoringEngine
from .recorder import Recorder
from .tracing import ProfileEngine, SettraceEngine

_getframe = sys._getframe  # noqa: SLF001  # there is no other way to the monitored frame
CALLS = 4
"""Calls of a function for one owner of rows after which it is switched off: to tell so often costs as
much as to be armed again, which walks the function's code twice."""


class LightMonitoring(MonitoringEngine):
    """Rows from sys.monitoring."""

    keeps_calls = False

    def __init__(self, recorder: Recorder) -> None:
        super().__init__(recorder)
        self._calls: dict[int, int] = {}  # id of code -> how many for the owner of the rows
        self._off: list[CodeInfo] = []  # disabled since they were armed

    def _unwinding(self) -> int:
        return int(self._events.PY_UNWIND)  # a module or a repr that ends by raising

    def _wanted(self, info: CodeInfo) -> int:
        events = self._events
        return int(events.PY_START | events.PY_RETURN if info.is_special else events.PY_START)

    def _rearm(self, rows: dict[int, int]) -> None:
        self._calls.clear()
        if not self._off or not rows or self._record < 0:
            return
        set_local_events, tool = self._monitoring.set_local_events, self._record
        start = self._events.PY_START
        off, self._off = self._off, []
        for info in off:
            if info.index in rows:
                set_local_events(tool, info.code, 0)
                set_local_events(tool, info.code, start)
            else:
                self._off.append(info)

    # -- callbacks: no decorators, for the frame is the caller's -----------------------------

    def _callbacks(self) -> list[tuple[int, int, Callable[..., object]]]:
        events, record = self._events, self._record
        return [
            (self._discover, events.PY_START, self._on_discovery),
            (record, events.PY_START, self._on_start),
            (record, events.PY_RETURN, self._on_return),
            (record, events.PY_UNWIND, self._on_unwind),
        ]

    def _entered(self, info: CodeInfo, frame: FrameType) -> None:
        self.recorder.pass_by(info, frame)

    def _on_start(self, code: CodeType, offset: int) -> object:
        try:
            calls, key = self._calls, id(code)
            count = calls.get(key, 0)
            if 0 < count < CALLS:
                calls[key] = count + 1
                return None
            recorder = self.recorder
            info = recorder.infos.get(key)
            if info is not None:
                if info.is_special:
                    recorder.pass_by(info, _getframe(1))
                    return None
                if not count:
                    recorder.rows[info.index] = calls[key] = 1
                    return None
                self._off.append(info)
        except Exception as error:  # noqa: BLE001
            self.recorder.fault(error)
        return self._disable

    def _on_return(self, code: CodeType, offset: int, value: object) -> None:
        try:
            info = self.recorder.infos.get(id(code))
            if info is not None:
                self.recorder.leave_special(info, _getframe(1))
        except Exception as error:  # noqa: BLE001
            self.recorder.fault(error)

    def _on_unwind(self, code: CodeType, offset: int, error: BaseException) -> None:
        try:
            info = self.recorder.infos.get(id(code))
            if info is not None:
                self.recorder.leave_special(info, _getframe(1))
        except Exception as fault:  # noqa: BLE001
            self.recorder.fault(fault)


class LightSettrace(SettraceEngine):
    """Rows from sys.settrace: asked at each call, but of no line and no return."""

    keeps_calls = False

    def _global(self, frame: FrameType, event: str, argument: Any) -> Any:
        try:
            info = self.info(frame)
            if info is not None:
                if info.is_special:
                    self.recorder.pass_by(info, frame)
                    frame.f_trace_lines = False
                    return self._ends
                self.recorder.rows[info.index] = 1
        except Exception as error:  # noqa: BLE001
            self.recorder.fault(error)
        return None

    def _ends(self, frame: FrameType, event: str, argument: Any) -> Any:
        """A module or a repr goes on or ends."""
        try:
            info = self.info(frame)
            if event == "return" and info is not None:
                self.recorder.leave_special(info, frame)
        except Exception as error:  # noqa: BLE001
            self.recorder.fault(error)
        return self._ends


class LightProfile(ProfileEngine):
    """Rows from sys.setprofile, where another tool holds sys.settrace."""

    keeps_calls = False

    def _on_event(self, frame: FrameType, event: str, argument: Any) -> None:
        try:
            if event == "call":
                info = self.info(frame)
                if info is not None:
                    self.recorder.pass_by(info, frame)
            elif event == "return":
                info = self.recorder.infos.get(id(frame.f_code))
                if info is not None:
                    self.recorder.leave_special(info, frame)
        except Exception as error:  # noqa: BLE001
            self.recorder.fault(error)
