"""The engines for 3.10 and 3.11, and where sys.monitoring is not to be had.

settrace sees calls, lines and exceptions; setprofile, used where another tool holds settrace
(coverage, a debugger), sees calls and returns, and no lines. Both tell a return from an
unwinding by the instruction that the frame stopped at.
"""

from __future__ import annotations

import dis
import sys
import threading
from types import CodeType, FrameType
from typing import Any

from .codes import CodeInfo
from .recorder import Recorder

_RETURNS = frozenset(code for name, code in dis.opmap.items() if name.startswith("RETURN_"))
_YIELD = dis.opmap.get("YIELD_VALUE", -1)
_YIELD_FROM = dis.opmap.get("YIELD_FROM", -1)  # until 3.10
MAX_LINE_CALLS = 20
MAX_LINE_EVENTS = 2_000
"""Past these a call's lines are no longer asked for: they have been seen, or never will be."""
MAX_OTHERS = 50_000
"""Code objects that are no targets and are known as such: while one is, its id is not given to another."""


class _FrameEngine:
    """What both share: from a code object to its CodeInfo, and what a 'return' event was."""

    keeps_calls = True

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        self._others: set[int] = set()
        self._kept: list[CodeType] = []
        self._bytes: dict[int, bytes] = {}
        self._started = False
        self._before: Any = None  # what another tool wants for new threads

    def widen(self) -> None:
        """Ask again about code that was no target."""
        self._others.clear()
        self._kept.clear()

    def info(self, frame: FrameType) -> CodeInfo | None:
        code = frame.f_code
        info = self.recorder.infos.get(id(code))
        if info is None and id(code) not in self._others:
            info = self.recorder.info_for(code, frame.f_globals.get("__name__"))
            if info is None:
                if len(self._kept) >= MAX_OTHERS:  # asked again, rather than kept for ever
                    self._others.clear()
                    self._kept.clear()
                self._others.add(id(code))
                self._kept.append(code)
        return info

    def enter(self, info: CodeInfo, frame: FrameType) -> None:
        if frame.f_lasti > self._first_instruction(frame.f_code) and info.is_generator:
            self.recorder.resume(info, frame)
        else:
            self.recorder.enter(info, frame)

    def leave(self, info: CodeInfo, frame: FrameType, value: Any, *, raising: bool = False) -> None:
        """A 'return' event: a return, a yield, or the end of an exception's way through."""
        instruction, following = self._instructions(info.code, frame.f_lasti)
        if instruction in _RETURNS and not raising:
            self.recorder.leave(info, frame, value, frame.f_lasti)
        elif info.is_generator and not raising and _YIELD_FROM in (instruction, following):
            # 3.10 steps back before it suspends, to come here again; an exception does not.
            if following == _YIELD_FROM:
                self.recorder.suspend(info, frame, value)
            else:
                self.recorder.unwind(info, frame, None)
        elif info.is_generator and not raising and instruction == _YIELD:
            self.recorder.suspend(info, frame, value)
        else:
            self.recorder.unwind(info, frame, None)

    def _instructions(self, code: CodeType, offset: int) -> tuple[int, int]:
        """The instruction at `offset` and the one behind it, -1 where there is none."""
        raw = self._raw(code)
        if offset < 0:
            return -1, -1
        return raw[offset], raw[offset + 2] if offset + 2 < len(raw) else -1

    def _raw(self, code: CodeType) -> bytes:
        raw = self._bytes.get(id(code))
        if raw is None:  # co_code makes a new copy each time
            raw = self._bytes[id(code)] = code.co_code
        return raw

    def _first_instruction(self, code: CodeType) -> int:
        """The offset that a generator has when it starts: past what 3.11 puts before RESUME."""
        raw = self._raw(code)
        resume = dis.opmap.get("RESUME")
        if resume is None:
            return 0
        for offset in range(0, len(raw), 2):
            if raw[offset] == resume:
                return offset
        return 0


class SettraceEngine(_FrameEngine):
    """Feeds a Recorder from sys.settrace."""

    name = "sys.settrace"

    def start(self) -> str:
        """Install the trace function. Returns "" or, in words, why it cannot."""
        if sys.gettrace() is not None:
            return "another tool holds sys.settrace"
        self._started, self._before = True, threading.gettrace()
        self.recorder.revive = self.revive
        sys.settrace(self._global)
        threading.settrace(self._global)
        return ""

    def revive(self) -> None:
        """Begin again where the interpreter took the function out: it does so on RecursionError."""
        if self._started and sys.gettrace() is None:
            sys.settrace(self._global)

    def mended(self) -> str:
        """Return in words what the program took from us; `revive` takes it back if nobody holds it."""
        if not self._started or sys.gettrace() == self._global:
            return ""
        self.revive()
        return "sys.settrace"

    def stop(self) -> None:
        """Take the trace function out, if it is still ours."""
        if sys.gettrace() == self._global:
            sys.settrace(None)
        if threading.gettrace() == self._global:
            threading.settrace(self._before)
        self._started = False

    def _global(self, frame: FrameType, event: str, argument: Any) -> Any:
        try:
            info = self.info(frame)
            if info is None:
                return None
            self.enter(info, frame)
            recording = self.recorder.recording
            few = recording is None or info.count <= MAX_LINE_CALLS
            frame.f_trace_lines = info.wants_lines and few
            return _LocalTrace(self, info).on_event
        except Exception as error:  # noqa: BLE001
            self.recorder.fault(error)
        return None


class _LocalTrace:
    """The local trace function of one frame, with its count of lines."""

    __slots__ = ("engine", "info", "left", "raised_at")

    def __init__(self, engine: SettraceEngine, info: CodeInfo) -> None:
        self.engine = engine
        self.info = info
        self.left = MAX_LINE_EVENTS
        self.raised_at = -1

    def on_event(self, frame: FrameType, event: str, argument: Any) -> Any:
        engine, info = self.engine, self.info
        try:
            if event == "line":
                rows = engine.recorder.rows
                line = max(frame.f_lineno - info.first, 0)
                rows[info.index] = rows.get(info.index, 0) | 1 << line | 1
                self.left -= 1
                if self.left <= 0:
                    frame.f_trace_lines = False
            elif event == "exception":
                self.raised_at = frame.f_lasti
                engine.recorder.raised(frame, argument[1], argument[2])
            elif event == "return":
                # Thrown in at a yield and not handled, it leaves from where it was raised.
                engine.leave(info, frame, argument, raising=frame.f_lasti == self.raised_at)
        except Exception as error:  # noqa: BLE001
            engine.recorder.fault(error)
        return self.on_event


class ProfileEngine(_FrameEngine):
    """Feeds a Recorder from sys.setprofile: calls and returns, no lines, no exceptions' types."""

    name = "sys.setprofile"

    def start(self) -> str:
        """Install the profile function. Returns "" or, in words, why it cannot."""
        if sys.getprofile() is not None:
            return "another tool holds sys.setprofile"
        self._started, self._before = True, threading.getprofile()
        self.recorder.revive = self.revive
        sys.setprofile(self._on_event)
        threading.setprofile(self._on_event)
        return ""

    def revive(self) -> None:
        """Begin again where the interpreter took the function out."""
        if self._started and sys.getprofile() is None:
            sys.setprofile(self._on_event)

    def mended(self) -> str:
        """Return in words what the program took from us; `revive` takes it back if nobody holds it."""
        if not self._started or sys.getprofile() == self._on_event:
            return ""
        self.revive()
        return "sys.setprofile"

    def stop(self) -> None:
        """Take the profile function out, if it is still ours."""
        if sys.getprofile() == self._on_event:
            sys.setprofile(None)
        if threading.getprofile() == self._on_event:
            threading.setprofile(self._before)
        self._started = False

    def _on_event(self, frame: FrameType, event: str, argument: Any) -> None:
        try:
            if event == "call":
                info = self.info(frame)
                if info is not None:
                    self.enter(info, frame)
            elif event == "return":
                info = self.recorder.infos.get(id(frame.f_code))
                if info is not None:
                    self.leave(info, frame, argument)
        except Exception as error:  # noqa: BLE001
            self.recorder.fault(error)
