"""Read a black box: what its process was doing when it was last heard of."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, replace
from pathlib import Path

from ..evidence import revived
from ..model import Call, Function, Phase, Trace, Value
from ..plainjson import loads
from .blackbox import (
    BEGAN,
    EVENT,
    FLUSH_AT,
    HEAD,
    HEAD_AT,
    MAGIC,
    NAMES_AT,
    PHASE_AT,
    PHASES,
    RAISED,
    RESUMED,
    RETURNED,
    RING_AT,
    SIZE,
    SLOTS,
    SUSPENDED,
    TEST_AT,
)  # fmt: skip

SUFFIX = ".box"
Event = tuple[int, int, int, int, int]
UNKNOWN = Value("cut", "value", why="a black box keeps no results")
_INDEX = (1 << 56) - 1
_OUTCOMES = {RETURNED: "return", RAISED: "raise"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wreck:
    """What a black box held. Moments are seconds since the epoch."""

    name: str  # worker, `main`, or a child's pid
    pid: int
    running: bool  # there is a process of this number
    test: str
    phase: str  # "" where no test ran
    began: float
    last: float  # when it last told of anything
    written: float | None  # when the arguments of its open calls were written
    read: float
    trace: Trace

    @property
    def open_calls(self) -> list[Call]:
        """The calls that had not ended, outermost first."""
        return [call for call in self.trace.calls if call.outcome == "open"]


def boxes(run: Path) -> list[Path]:
    """Return the black boxes below a run: of a run that came to its end there are none."""
    return sorted(run.glob(f"*{SUFFIX}"))


def read_box(file: Path) -> Wreck:
    """Return what a box holds. Raises OSError, and ValueError for what is no box."""
    raw = file.read_bytes()
    if len(raw) != SIZE or not raw.startswith(MAGIC):
        raise ValueError(f"{file} is no black box of this version")
    head = HEAD.unpack_from(raw, HEAD_AT)
    pid, main, wall, perf, test_began, _, flushed, _, flush_ns = head
    phase = PHASES[raw[PHASE_AT]]
    length = int.from_bytes(raw[TEST_AT : TEST_AT + 2], "little")
    test = raw[TEST_AT + 2 : TEST_AT + 2 + length].decode("utf-8", "replace")
    functions: list[Function] = list(map(revived, map(loads, _lines(raw[NAMES_AT:]))))
    written = [revived(loads(line)) for line in _lines(raw[FLUSH_AT : FLUSH_AT + flushed])]
    events = sorted(
        event
        for event in EVENT.iter_unpack(raw[RING_AT : RING_AT + SLOTS * EVENT.size])
        if event[0] and event[1] >= test_began
    )
    found = _Events(functions, test_began, main, written)
    found.run(events)

    def moment(counter: int) -> float:
        return float(wall + counter - perf) / 1e9

    return Wreck(
        name=file.stem,
        pid=pid,
        running=_is_running(pid),
        test=test,
        phase=phase,
        began=moment(test_began),
        last=moment(max([test_began, *(event[1] for event in events)])),
        written=moment(flush_ns) if flushed else None,
        read=time.time(),
        trace=Trace(test, found.numbered(_phase(phase)), seen=len(found.calls)),
    )


def _lines(raw: bytes) -> list[bytes]:
    """Whole lines up to the first that was not written."""
    return raw[: raw.rfind(b"\n") + 1].split(b"\0", 1)[0].splitlines()


def _phase(text: str) -> Phase:
    return "setup" if text == "setup" else "teardown" if text == "teardown" else "call"


class _Events:
    """Goes through the events of a ring, beside the calls that were open when it was last flushed."""

    def __init__(
        self, functions: list[Function], began: int, main: int, written: list[Call]
    ) -> None:
        self.functions = functions
        self.began = began
        self.main = main
        self.calls = {call.start: call for call in written}
        self.loose: set[int] = set()  # calls that a library made: under whom is to be found

    def run(self, events: list[Event]) -> None:
        """Take in the events, the oldest first."""
        for clock, at, ident, start, what in events:
            thread = "main" if ident == self.main else f"thread-{ident}"
            kind, index, state = what & 7, (what & _INDEX) >> 3, what >> 56
            if kind == BEGAN:
                self._began(clock, at, thread, index, start)
                if state:
                    self._ended(clock, state)
            elif kind not in (SUSPENDED, RESUMED):
                self._ended(start, kind)
        for start in sorted(self.loose):
            call = self.calls[start]
            above = [
                one.start
                for one in self.calls.values()
                if one.start < start and one.thread == call.thread and one.outcome == "open"
            ]
            self.calls[start] = replace(call, parent=max(above, default=None))

    def _began(self, clock: int, at: int, thread: str, index: int, above: int) -> None:
        if clock in self.calls:
            return  # with its arguments
        if not above:
            self.loose.add(clock)
        function = Function("?", f"function {index}", 0)
        if index < len(self.functions):
            function = self.functions[index]
        self.calls[clock] = Call(
            id=clock, parent=above or None, depth=0, function=function,
            module=function.file.removesuffix(".py").replace("/", "."), phase="call", start=clock,
            end=None, t_ns=at - self.began, duration_ns=None, arguments=(), outcome="open",
            thread=thread,
        )  # fmt: skip

    def _ended(self, start: int, kind: int) -> None:
        call = self.calls.get(start)
        if call is not None:
            outcome = _OUTCOMES.get(kind, "unknown")
            self.calls[start] = replace(call, end=start, outcome=outcome, value=UNKNOWN)

    def numbered(self, phase: Phase) -> tuple[Call, ...]:
        """Return the calls numbered from 1, with their depths; all in the phase that is running."""
        ordered = sorted(self.calls.values(), key=lambda call: call.start)
        numbers = {call.start: number for number, call in enumerate(ordered, 1)}
        depths: dict[int, int] = {}
        found = []
        for call in ordered:
            parent = numbers.get(call.parent) if call.parent is not None else None
            depth = depths.get(parent, -1) + 1 if parent is not None else 0
            depths[numbers[call.start]] = depth
            found.append(
                replace(call, id=numbers[call.start], parent=parent, depth=depth, phase=phase)
            )
        return tuple(found)


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except OSError:
        return False
    return True
