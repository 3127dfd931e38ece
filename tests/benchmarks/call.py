"""What one call with three arguments and its return costs: `python -m tests.benchmarks.call`.

Ours beside VizTracer with arguments and return values, and beside the method of a tracer that is
a trace function with `repr` and JSON. All run the same batches of calls in turn, in this process; the
median over batches of the time per call is divided. A function is switched off after 20 calls in
a test, so a batch is 20 calls of a test of its own: what later calls cost is printed too.
"""

from __future__ import annotations

import json
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import process_time_ns
from types import CodeType, FrameType
from typing import IO, Any

from pytest_autopsy.record.engines import start_engine
from pytest_autopsy.record.project import Project
from pytest_autopsy.record.recorder import Recorder
from pytest_autopsy.record.targets import Targets

CALLS, BATCHES, ROUNDS = 20, 100, 9
GOALS = {"VizTracer": 0.6, "settrace, repr, JSON": 0.15}
PROGRAM = """
def called(number, name, items):
    found = name
    return found

def atoms():
    for n in range({calls}):
        called(n, "tea", None)

def containers():
    items = {{"a": [1, 2, 3], "b": (4, "five")}}
    for n in range({calls}):
        called(n, "tea", items)
"""
Work = Callable[[], None]


@contextmanager
def nothing(folder: Path) -> Iterator[Callable[[Work], int]]:
    """The plain call."""
    yield timed


def timed(work: Work) -> int:
    """Nanoseconds of processor time that `work` takes."""
    began = process_time_ns()
    work()
    return process_time_ns() - began


@contextmanager
def ours(folder: Path) -> Iterator[Callable[[Work], int]]:
    """Recorded by us: each batch is a test, whose beginning and end are not counted."""
    recorder = Recorder(Targets(Project(folder)))
    engine, reason = start_engine(recorder)
    assert engine is not None, reason

    def batch(work: Work) -> int:
        recorder.begin("test")
        taken = timed(work)
        recorder.end()
        return taken

    try:
        yield batch
    finally:
        engine.stop()


@contextmanager
def bare(folder: Path) -> Iterator[Callable[[Work], int]]:
    """Two callbacks of sys.monitoring that fetch the frame and its arguments, and keep nothing.

    What no recorder written in Python can be faster than.
    """
    monitoring: Any = getattr(sys, "monitoring")  # unknown to 3.10's stubs
    events, tool = monitoring.events, monitoring.DEBUGGER_ID
    names = ("number", "name", "items")

    def started(code: CodeType, offset: int) -> None:
        if code.co_name == "called":
            local = sys._getframe(1).f_locals
            for name in names:
                local.get(name)

    def returned(code: CodeType, offset: int, value: object) -> None:
        pass

    monitoring.use_tool_id(tool, "bare")
    monitoring.register_callback(tool, events.PY_START, started)
    monitoring.register_callback(tool, events.PY_RETURN, returned)
    monitoring.set_events(tool, events.PY_START | events.PY_RETURN)
    try:
        yield timed
    finally:
        monitoring.set_events(tool, 0)
        monitoring.free_tool_id(tool)


@contextmanager
def viztracer(folder: Path) -> Iterator[Callable[[Work], int]]:
    """VizTracer with arguments and return values."""
    from viztracer import VizTracer

    tracer = VizTracer(
        log_func_args=True, log_func_retval=True, verbose=0, tracer_entries=100_000
    )  # fmt: skip

    def batch(work: Work) -> int:
        tracer.start()
        try:
            return timed(work)
        finally:
            tracer.stop()
            entries.append(tracer.parse())  # it makes them into objects here: not counted
            tracer.clear()

    entries: list[int] = []
    yield batch
    assert min(entries) >= CALLS, "VizTracer has recorded nothing"


@contextmanager
def settrace_json(folder: Path) -> Iterator[Callable[[Work], int]]:
    """A trace function that writes a line of JSON with reprs for each call and return."""
    lock = threading.Lock()
    with (folder / "trace.jsonl").open("w") as log:
        function = _tracer(str(folder), lock, log)

        def batch(work: Work) -> int:
            sys.settrace(function)
            try:
                return timed(work)
            finally:
                sys.settrace(None)

        yield batch


def _tracer(folder: str, lock: threading.Lock, log: IO[str]) -> Any:
    depth = 0

    def write(entry: dict[str, object]) -> None:
        with lock:
            log.write(json.dumps(entry) + "\n")
            log.flush()

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal depth
        code = frame.f_code
        if not code.co_filename.startswith(folder):
            return None
        if event == "call":
            names = code.co_varnames[: code.co_argcount]
            given = {name: repr(frame.f_locals[name])[:200] for name in names}
            write({"event": "call", "depth": depth, "func": code.co_name, "module": "prog",
                   "file": code.co_filename, "line": frame.f_lineno, "args": given})  # fmt: skip
            depth += 1
        elif event == "return":
            depth -= 1
            value = repr(argument)[:200]
            write({"event": "return", "depth": depth, "func": code.co_name, "return_value": value})
        return trace

    return trace


METHODS = {
    "plain": nothing,
    "bare callbacks": bare,
    "ours": ours,
    "VizTracer": viztracer,
    "settrace, repr, JSON": settrace_json,
}


def main() -> None:
    """Print nanoseconds a call, and ours divided by the others'."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        (folder / ".git").mkdir()
        source = PROGRAM.format(calls=CALLS)
        program = folder / "prog.py"
        program.write_text(source, encoding="utf-8")
        for kind in ("atoms", "containers"):
            found: dict[str, list[float]] = {method: [] for method in METHODS}
            for _ in range(ROUNDS):
                for method, opened in METHODS.items():
                    # Compiled anew: what one tool has done to a code object is not the next one's.
                    space: dict[str, Any] = {"__name__": "prog"}
                    exec(compile(source, str(program), "exec"), space)
                    with opened(folder) as batch:
                        batch(space[kind])
                        times = [batch(space[kind]) for _ in range(BATCHES)]
                    found[method].append(median(times) / CALLS)
            _tell(kind, {method: median(times) for method, times in found.items()})


def _tell(kind: str, found: dict[str, float]) -> None:
    times = ", ".join(f"{method} {time:.0f} ns" for method, time in found.items())
    print(f"Python {sys.version.split()[0]}, {kind}: {times}")
    for other, goal in GOALS.items():
        share = found["ours"] / found[other]
        print(f"  ours / {other}: {share:.2f} (goal {goal}) {'met' if share <= goal else 'missed'}")


if __name__ == "__main__":
    main()
