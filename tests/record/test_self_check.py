"""The self-check of an engine on an interpreter that was not tested, and faults in callbacks."""

import pytest

from pytest_autopsy.record import engines
from pytest_autopsy.record.engines import self_check, start_engine
from pytest_autopsy.record.recorder import Recorder

from .helpers import engine_class, holds, without_tools


def test_self_check_passes(lab):
    with lab.started():
        targets = lab.recorder.targets
        missing = self_check(lab.recorder)
        assert missing == ("exceptions" if missing and not lab.sees_errors else "")
        assert lab.recorder.targets is targets
        assert lab.recorder.recording is None


def test_self_check_tells_what_is_missing(lab, monkeypatch):
    enter = Recorder.enter

    def no_arguments(info, frame):
        lab.recorder.keeps_values = False
        enter(lab.recorder, info, frame)
        lab.recorder.keeps_values = True

    broken = [
        ("enter", lambda *_: None, "calls"),
        ("enter", no_arguments, "arguments"),
        ("leave", lambda *_: None, "results"),
        ("unwind", lambda *_: None, "exceptions"),
    ]
    for name, instead, missing in broken:
        with lab.started(), monkeypatch.context() as patch:
            patch.setattr(lab.recorder, name, instead)
            assert self_check(lab.recorder) == missing


@pytest.fixture
def alone():
    with without_tools():
        yield


def test_an_interpreter_that_was_not_tested_is_checked(line_lab, alone, monkeypatch):
    monkeypatch.setattr(engines, "IS_TESTED", False)
    engine, _ = start_engine(Recorder(line_lab.targets()))
    assert engine is not None
    engine.stop()


def test_an_engine_that_does_not_pass_is_not_used(line_lab, alone, monkeypatch):
    monkeypatch.setattr(engines, "IS_TESTED", False)
    recorder = Recorder(line_lab.targets())
    monkeypatch.setattr(recorder, "leave", lambda *_: None)
    before = holds()
    engine, reason = start_engine(recorder)
    assert engine is None
    assert "does not report results" in reason
    assert holds() == before


def test_a_fault_in_a_callback_stays_inside(lab, alone, monkeypatch):
    prog = lab.load(
        "def g(n):\n    yield n\n\ndef f(n):\n    for x in g(n):\n        pass\n    return n\n"
    )
    for name in ("enter", "leave", "suspend", "resume"):
        recorder = Recorder(lab.targets())

        def broken(*_):
            raise ZeroDivisionError("ours")

        monkeypatch.setattr(recorder, name, broken)
        engine = engine_class(lab.engine_name)(recorder)
        assert engine.start() == ""
        recorder.begin("test")
        try:
            assert prog.f(3) == 3
        finally:
            recorder.end()
            engine.stop()
        assert any("ZeroDivisionError: ours" in fault for fault in recorder.faults), name
