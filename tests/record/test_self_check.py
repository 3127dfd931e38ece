"""The self-check of an engine on an interpreter that was not tested, and faults in callbacks."""

import signal

import pytest

from pytest_autopsy.record import engines
from pytest_autopsy.record.engines import self_check, start_engine
from pytest_autopsy.record.recorder import Recorder

from ..ours import as_ours
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

        @as_ours
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


@pytest.mark.skipif(not hasattr(signal, "SIGUSR1"), reason="signals of POSIX")
@pytest.mark.parametrize("name", ["enter", "leave", "suspend"])
@pytest.mark.parametrize("kind", [TimeoutError, RecursionError, Exception])
def test_what_a_signals_handler_raises_in_a_callback_is_the_programs(
    lab, alone, monkeypatch, name, kind
):
    """Every time limit made with an alarm raises so, and some of its signals come while we are at work."""
    prog = lab.load(
        "def g(n):\n    yield n\n\ndef f(n):\n    for x in g(n):\n        pass\n    return n\n"
    )
    recorder = Recorder(lab.targets())
    whole = getattr(recorder, name)

    @as_ours
    def interrupted(*arguments):
        signal.raise_signal(signal.SIGUSR1)
        return whole(*arguments)

    def handler(number, frame):
        signal.signal(signal.SIGUSR1, signal.SIG_IGN)
        raise kind("too slow")

    monkeypatch.setattr(recorder, name, interrupted)
    engine = engine_class(lab.engine_name)(recorder)
    before = signal.signal(signal.SIGUSR1, handler)
    assert engine.start() == ""
    recorder.begin("test")
    try:
        with pytest.raises(kind, match="too slow"):
            prog.f(3)
    finally:
        recorder.end()
        engine.stop()
        signal.signal(signal.SIGUSR1, before)
    assert recorder.faults == []
