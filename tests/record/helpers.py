"""A small program in tmp_path, run under an engine; what was recorded of it comes back."""

from __future__ import annotations

import contextlib
import importlib.util
import itertools
import sys
import textwrap
import threading
from pathlib import Path

from pytest_autopsy.model import Call, Footprint, Trace
from pytest_autopsy.observe.redaction import Redactor
from pytest_autopsy.record.finish import footprint, trace
from pytest_autopsy.record.project import Project
from pytest_autopsy.record.recorder import Recorder
from pytest_autopsy.record.targets import Rule, Targets
from pytest_autopsy.record.tracing import ProfileEngine, SettraceEngine

OURS = Rule("tests", "path", str(Path(__file__).resolve().parents[1]))
"""This repository may be installed in editable mode: its tests are no part of the program."""

SINCE_312 = sys.version_info >= (3, 12)
ENGINES = ("monitoring",) if SINCE_312 else ("settrace", "profile")
LINE_ENGINES = ENGINES[:1]

_numbers = itertools.count()


def engine_class(name):
    if name == "monitoring":
        from pytest_autopsy.record.monitoring import MonitoringEngine

        return MonitoringEngine
    return {"settrace": SettraceEngine, "profile": ProfileEngine}[name]


class Recorded:
    """What one run of a function left."""

    def __init__(self, trace: Trace, footprint: Footprint, recorder: Recorder, recording) -> None:
        self.trace = trace
        self.footprint = footprint
        self.recorder = recorder
        self.recording = recording
        self.value = None
        self.error: BaseException | None = None

    def all(self, name: str) -> list[Call]:
        return [call for call in self.trace.calls if call.function.name == name]

    def one(self, name: str) -> Call:
        (call,) = self.all(name)
        return call

    def names(self) -> list[str]:
        return [call.function.name for call in self.trace.calls]

    def parent(self, name: str) -> str | None:
        """The name of the function that the only call of `name` belongs below."""
        return self.parent_of(self.one(name))

    def parent_of(self, call: Call) -> str | None:
        by_id = {one.id: one for one in self.trace.calls}
        return by_id[call.parent].function.name if call.parent is not None else None

    def lines(self, name: str) -> set[int] | None:
        """The lines that the footprint holds of a function; None where it holds no row of it."""
        masks = [
            (function.line, self.footprint.lines[index])
            for index, function in enumerate(self.recorder.functions)
            if function.name == name and index in self.footprint.lines
        ]
        if not masks:
            return None
        return {
            first + bit
            for first, mask in masks
            for bit in range(mask.bit_length())
            if mask >> bit & 1
        }

    def features(self, name: str) -> frozenset[str]:
        functions = self.recorder.functions
        (index,) = (i for i, function in enumerate(functions) if function.name == name)
        return self.footprint.features[index]


class Lab:
    """Writes programs and runs them under one kind of engine."""

    def __init__(self, folder: Path, engine: str) -> None:
        self.folder = folder
        self.engine_name = engine
        self.sees_lines = engine != "profile"
        self.sees_errors = engine != "profile"
        self.recorder: Recorder | None = None
        (folder / ".git").mkdir(exist_ok=True)  # the root of the project

    def write(self, source: str, name: str = "prog") -> Path:
        path = self.folder / f"{name}.py"
        path.write_text(textwrap.dedent(source).lstrip("\n"), encoding="utf-8")
        return path

    def load(self, source: str, name: str = "prog"):
        """Write a module and import it, untraced; a list with the text of a line finds lines."""
        path = self.write(source, name)
        unique = f"{name}_{next(_numbers)}"
        spec = importlib.util.spec_from_file_location(unique, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    def line_of(self, text: str, name: str = "prog") -> int:
        lines = (self.folder / f"{name}.py").read_text(encoding="utf-8").splitlines()
        (found,) = (number for number, line in enumerate(lines, 1) if text in line)
        return found

    def targets(self) -> Targets:
        return Targets(Project(self.folder), (), [OURS])

    @contextlib.contextmanager
    def started(self, targets: Targets | None = None):
        """An engine at work. Whoever traces these tests (coverage) waits meanwhile."""
        self.recorder = Recorder(targets or self.targets())
        engine = engine_class(self.engine_name)(self.recorder)
        with without_tools():
            refused = engine.start()
            assert refused == ""
            try:
                yield engine
            finally:
                engine.stop()
        assert not self.recorder.faults, self.recorder.faults

    def run(self, function, *arguments, depth=None, values=True, **named) -> Recorded:
        """Run `function` as a test of its own, under an engine of its own."""
        with self.started():
            return self.again(function, *arguments, depth=depth, values=values, **named)

    def again(self, function, *arguments, depth=None, values=True, shared=(), **named) -> Recorded:
        """Run `function` as one more test under the engine that is at work."""
        recorder = self.recorder
        value, error = None, None
        recorder.begin("test", depth=depth, values=values)
        recorder.recording.phase = "call"
        try:
            value = function(*arguments, **named)
        except BaseException as raised:
            error = raised
        finally:
            recording = recorder.end()
        made = footprint(recording, shared)
        done = Recorded(trace(recorder, recording, Redactor()), made, recorder, recording)
        done.value, done.error = value, error
        return done


@contextlib.contextmanager
def without_tools():
    """Nobody holds settrace or setprofile inside; who did has it back after."""
    held = sys.gettrace(), sys.getprofile(), threading.gettrace(), threading.getprofile()
    sys.settrace(None)
    sys.setprofile(None)
    threading.settrace(None)
    threading.setprofile(None)
    try:
        yield
    finally:
        sys.settrace(held[0])
        sys.setprofile(held[1])
        threading.settrace(held[2])
        threading.setprofile(held[3])


def holds():
    """Everything that an engine could take from the process."""
    tools = ()
    if SINCE_312:
        monitoring = sys.monitoring
        held = [number for number in range(6) if monitoring.get_tool(number)]
        tools = [(n, monitoring.get_tool(n), monitoring.get_events(n)) for n in held]
    return tools, sys.gettrace(), sys.getprofile(), threading.gettrace(), threading.getprofile()
