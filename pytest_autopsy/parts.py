"""What child processes leave of themselves, and how it joins the trace of the test that ran them.

A process writes each call as it happens (`<pid>-<start>.jsonl`) and, if it lives to its end, all
that it recorded (`<pid>-<start>.json`), which then counts. Both hold the model's types as
`evidence.py` writes them.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from .evidence import plain, revived
from .model import Call, Footprint, Function, Snapshot, Trace
from .plainjson import dumps, loads

SCHEMA = "pytest-autopsy/part@1"
MAX_PARTS = 200
MAX_BYTES = 20_000_000
"""Of all parts of one test; what is past either is counted, not read."""


@dataclass(slots=True, kw_only=True)
class Part:
    """One process's share of a test. `by` is the `start` of the parent's call that forked it."""

    pid: int
    ppid: int
    started_ns: int
    by: int | None = None
    argv: tuple[str, ...] = ()
    trace: Trace = field(default_factory=lambda: Trace("", ()))
    functions: tuple[Function, ...] = ()
    footprint: Footprint | None = None
    births: dict[int, int] = field(default_factory=dict)
    taint: tuple[Any, ...] = ()
    exception: tuple[str, str] | None = None
    snapshot: Snapshot | None = None
    engine: str = ""
    faults: tuple[str, ...] = ()
    whole: bool = False  # it lived to write it

    @property
    def name(self) -> str:
        """The name of its files, without their ending."""
        return f"{self.pid}-{self.started_ns}"


_FIELDS = (
    "pid", "ppid", "started_ns", "by", "argv", "trace", "functions", "footprint", "births", "taint",
    "exception", "snapshot", "engine", "faults", "whole",
)  # fmt: skip


def part_bytes(part: Part) -> bytes:
    """Return the part as a line of JSON."""
    data = {name: plain(getattr(part, name)) for name in _FIELDS}
    return dumps({"schema": SCHEMA, **data}, newline=True)


def call_bytes(call: Call) -> bytes:
    """Return one call as a line of a process that may not live to write its part."""
    return dumps(plain(call), newline=True)


def read_parts(folder: Path) -> tuple[list[Part], int]:
    """Return the parts in a folder, the first process first, and how many were too many to read."""
    files: dict[str, Path] = {}
    with contextlib.suppress(OSError):
        for file in folder.iterdir():
            if file.suffix == ".json" or (file.suffix == ".jsonl" and file.stem not in files):
                files[file.stem] = file
    found: list[Part] = []
    left = MAX_BYTES
    for file in sorted(files.values(), key=lambda one: int(one.stem.partition("-")[2])):
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            left -= file.stat().st_size
            if left > 0 and len(found) < MAX_PARTS:
                raw = file.read_bytes()
                found.append(_whole(raw) if file.suffix == ".json" else _streamed(raw))
    return found, len(files) - len(found)


def _whole(raw: bytes) -> Part:
    data = loads(raw)
    return Part(**{name: revived(data[name]) for name in _FIELDS})


def _streamed(raw: bytes) -> Part:
    """What a process wrote that was killed, crashed, or is still there: the last line may be half."""
    first, *lines = raw[: raw.rfind(b"\n") + 1].splitlines()
    data = loads(first)
    part = Part(**{name: revived(data[name]) for name in _FIELDS})
    calls: dict[int, Call] = {}
    for line in lines:
        call = revived(loads(line))
        calls[call.id] = call
    ordered = sorted(calls.values(), key=lambda call: call.start)
    part.trace = Trace(part.trace.test, tuple(ordered), seen=len(ordered))
    part.functions = tuple(dict.fromkeys(call.function for call in ordered))
    part.footprint = Footprint(dict.fromkeys(range(len(part.functions)), 1))
    return part


def joined(trace: Trace, started_ns: int, births: dict[int, int], parts: Iterable[Part]) -> Trace:
    """Return the trace of a test with the calls of its processes below the calls that started them.

    `started_ns` is the test's first moment on the clock that all processes of a machine share,
    `births` says which call (by its `start`) started which pid.
    """
    groups: list[list[Call]] = [list(trace.calls)]
    by_process: dict[int, tuple[dict[int, int], dict[int, Call]]] = {
        os.getpid(): (births, {call.start: call for call in trace.calls})
    }
    number = max((call.id for call in trace.calls), default=0)
    for part in parts:
        maker = _maker(part, by_process)
        offset_ns = part.started_ns - started_ns
        calls = [_moved(call, part.pid, number, offset_ns, maker) for call in part.trace.calls]
        by_process[part.pid] = part.births, {call.start: call for call in calls}
        number = max((call.id for call in calls), default=number)
        groups.append(calls)
        trace = _added(trace, part.trace)
    return _in_order(trace, groups)


def _maker(part: Part, known: dict[int, tuple[dict[int, int], dict[int, Call]]]) -> Call | None:
    """The call that started a process: noted by who started it, or by itself where it was forked."""
    for births, calls in known.values():
        if part.pid in births:
            return calls.get(births[part.pid])
    if part.by is not None and part.ppid in known:
        return known[part.ppid][1].get(part.by)
    return None


def _moved(call: Call, pid: int, number: int, offset_ns: int, maker: Call | None) -> Call:
    """A process's call as one of the test's."""
    top = call.parent is None
    return replace(
        call,
        id=call.id + number,
        parent=(maker.id if maker is not None else None) if top else (call.parent or 0) + number,
        depth=call.depth + (maker.depth + 1 if maker is not None else 0),
        phase=maker.phase if maker is not None else call.phase,
        t_ns=call.t_ns + offset_ns,
        direct=call.direct and not top,
        pid=call.pid or pid,
    )


def _added(trace: Trace, other: Trace) -> Trace:
    dropped = dict(trace.dropped)
    for name, count in other.dropped.items():
        dropped[name] = dropped.get(name, 0) + count
    at_least = tuple(sorted({*trace.at_least, *other.at_least}))
    return replace(trace, dropped=dropped, at_least=at_least, seen=trace.seen + other.seen)


def _in_order(trace: Trace, groups: list[list[Call]]) -> Trace:
    """Number the events of all processes in the order of time; each one's own order stays."""
    moments: list[tuple[int, int, int]] = []
    for process, calls in enumerate(groups):
        events = [(call.start, call.t_ns) for call in calls]
        events += [(c.end, c.t_ns + (c.duration_ns or 0)) for c in calls if c.end is not None]
        if process == 0:
            events += [(mark.order, mark.t_ns) for mark in trace.marks]
        latest = 0
        for clock, moment in sorted(events):
            latest = max(latest, moment)
            moments.append((latest, process, clock))
    ranks = {(process, clock): n for n, (_, process, clock) in enumerate(sorted(moments), 1)}
    began = sorted(
        (ranks[process, call.start], process, call)
        for process, group in enumerate(groups)
        for call in group
    )
    numbers: dict[int | None, int | None] = {None: None}
    numbers.update((call.id, n) for n, (_, _, call) in enumerate(began, 1))
    in_order = tuple(
        replace(
            call,
            id=numbers[call.id] or 0,
            parent=numbers.get(call.parent),
            start=rank,
            end=None if call.end is None else ranks[process, call.end],
        )
        for rank, process, call in began
    )
    marks = tuple(
        mark._replace(order=ranks[0, mark.order], call=numbers.get(mark.call))
        for mark in trace.marks
    )
    return replace(trace, calls=in_order, marks=marks)
