"""Make the evidence of a failing test without pytest: trace a function of a small module."""

from __future__ import annotations

import itertools
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from pytest_autopsy.diagnose.case import Case
from pytest_autopsy.diagnose.rank import diagnose
from pytest_autopsy.model import Diagnosis, Failure, Passed, Run
from pytest_autopsy.observe.redaction import Redactor
from pytest_autopsy.record.engines import start_engine
from pytest_autopsy.record.finish import footprint, trace
from pytest_autopsy.record.project import Project
from pytest_autopsy.record.recorder import Recorder
from pytest_autopsy.record.targets import Targets
from pytest_autopsy.snapshot.assertion import from_compare, with_source
from pytest_autopsy.snapshot.capture import Camera

_number = itertools.count()


class Bench:
    """Runs functions as tests and keeps their evidence in a Run: what stands before the first
    `def test_` is the program, the rest are its tests.
    """

    def __init__(self, folder: Path, source: str) -> None:
        program, _, tests = source.partition("\ndef test_")
        number = next(_number)
        (folder / f"bench_{number}.py").write_text(program + "\n", "utf-8")
        name = f"test_bench_{number}"
        text = f"from bench_{number} import *\n\ndef test_{tests}"
        (folder / f"{name}.py").write_text(text, "utf-8")
        self.targets = Targets(Project(folder))
        self.recorder = Recorder(self.targets)
        self.run = Run(functions=self.recorder.functions)
        self.redactor = Redactor()
        self.camera = Camera(self.targets.project, self.redactor, set())
        self.engine, _ = start_engine(self.recorder)
        assert self.engine is not None
        sys.path.insert(0, str(folder))
        try:
            self.module: ModuleType = __import__(name)
        finally:
            sys.path.remove(str(folder))

    def close(self) -> None:
        assert self.engine is not None
        self.engine.stop()

    def test(self, name: str, compared: tuple[str, Any, Any] | None = None) -> None:
        """Run the function `name` as a test; `compared` are its assertion's operands."""
        self.recorder.begin(name)
        recording_phase = self.recorder.recording
        assert recording_phase is not None
        recording_phase.phase = "call"
        error: BaseException | None = None
        try:
            getattr(self.module, name)()
        except Exception as raised:
            error = raised
        recording = self.recorder.end()
        assert recording is not None
        rows = footprint(recording, [])
        if error is None:
            self.run.passed.append(Passed(name, rows))
            return
        assertion = None
        if compared is not None:
            found = from_compare(*compared)
            assert error.__traceback__ is not None
            line = error.__traceback__.tb_next.tb_lineno  # type: ignore[union-attr]
            assertion = with_source(found, str(self.module.__file__), line)
        self.run.failures.append(
            Failure(
                id=f"f-{name}", nodeid=name, phase="call", outcome="failed", file="", line=1,
                duration_s=0.0, exception=(type(error).__name__, str(error)), footprint=rows,
                trace=trace(self.recorder, recording, self.redactor),
                snapshot=self.camera.take(name, error, assertion=assertion),
            )
        )  # fmt: skip

    def diagnosis(self) -> Diagnosis:
        """Diagnose all failures together."""
        return diagnose(self.case())

    def case(self, *names: str) -> Case:
        """The failures of these tests, of all where none is named."""
        chosen = [one for one in self.run.failures if not names or one.nodeid in names]
        return Case(self.run, chosen, self.targets.absolute)
