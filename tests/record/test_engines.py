"""Which engine is chosen and why; what it takes it gives back."""

import sys
import threading

import pytest

from pytest_autopsy.record import engines
from pytest_autopsy.record.engines import start_engine
from pytest_autopsy.record.recorder import Recorder
from pytest_autopsy.record.tracing import ProfileEngine

from .helpers import SINCE_312, engine_class, holds, without_tools

since_312 = pytest.mark.skipif(not SINCE_312, reason="sys.monitoring came with 3.12")
before_312 = pytest.mark.skipif(SINCE_312, reason="settrace is the engine before 3.12 only")


@pytest.fixture(autouse=True)
def _alone():
    with without_tools():
        yield


def other_tool(frame, event, argument):
    return None


def test_the_engine_of_this_interpreter(line_lab):
    engine, reason = start_engine(Recorder(line_lab.targets()))
    try:
        assert engine.name == ("sys.monitoring" if SINCE_312 else "sys.settrace")
        assert ".".join(map(str, sys.version_info[:3])) in reason
    finally:
        engine.stop()


def test_everything_is_given_back(lab):
    prog = lab.load("def f(n):\n    return n\n")
    before = holds()
    with lab.started() as engine:
        assert holds() != before
        lab.again(prog.f, 1)
        engine.stop()
        assert holds() == before
        engine.stop()
        assert holds() == before
    assert holds() == before


def test_nothing_is_recorded_after_the_end(lab):
    prog = lab.load("def f(n):\n    return n\n")
    with lab.started() as engine:
        lab.again(prog.f, 1)
        engine.stop()
        assert lab.again(prog.f, 2).trace.calls == ()


def test_stopped_while_its_functions_run(lab):
    """As at pdb.set_trace() in a test."""
    prog = lab.load("def g():\n    return 1\n\ndef f(stop):\n    stop()\n    g()\n    return g()\n")
    before = holds()
    with lab.started() as engine:
        seen = lab.again(prog.f, engine.stop)
        assert holds() == before
    assert seen.value == 1
    assert seen.names() == ["f"] and seen.one("f").outcome == "open"


def test_started_again_after_the_end(lab):
    prog = lab.load("def f(n):\n    if n:\n        return 1\n    return 2\n")
    for _ in range(3):
        assert lab.run(prog.f, 1).one("f").value == 1
    if lab.sees_lines:
        assert lab.run(prog.f, 0).lines("f") == {1, 2, 4}


def test_a_second_engine_in_the_same_process(lab):
    """As pytester's in-process runs: the outer one goes on when the inner one ends."""
    if not SINCE_312:
        pytest.skip("one trace function a thread")
    prog = lab.load("def f(n):\n    return n\n")
    with lab.started():
        outer = lab.recorder
        lab.again(prog.f, 1)
        inner = engine_class(lab.engine_name)(Recorder(lab.targets()))
        assert inner.start() == ""
        inner.recorder.begin("inner")
        prog.f(2)
        assert len(inner.recorder.end().entries()) == 1
        inner.stop()
        lab.recorder = outer
        assert lab.again(prog.f, 3).one("f").arguments == (("n", 3),)


@before_312
def test_settrace_is_taken(line_lab):
    sys.settrace(other_tool)
    engine, reason = start_engine(Recorder(line_lab.targets()))
    try:
        assert isinstance(engine, ProfileEngine)
        assert "another tool holds sys.settrace" in reason and "without lines" in reason
        assert sys.gettrace() is other_tool
    finally:
        engine.stop()
    assert sys.gettrace() is other_tool and sys.getprofile() is None


@before_312
def test_settrace_and_setprofile_are_taken(line_lab):
    sys.settrace(other_tool)
    sys.setprofile(other_tool)
    before = holds()
    engine, reason = start_engine(Recorder(line_lab.targets()))
    assert engine is None
    assert "sys.settrace" in reason and "sys.setprofile" in reason
    assert holds() == before


@before_312
@pytest.mark.parametrize("kind", ["settrace", "profile"])
def test_what_another_tool_installed_meanwhile_stays(line_lab, kind):
    """A debugger or coverage that starts in a test: ours is over, theirs goes on."""
    engine = engine_class(kind)(Recorder(line_lab.targets()))
    assert engine.start() == ""
    set_tool = "settrace" if kind == "settrace" else "setprofile"
    getattr(sys, set_tool)(other_tool)
    getattr(threading, set_tool)(other_tool)
    theirs = holds()
    engine.stop()
    assert holds() == theirs
    engine.stop()
    assert holds() == theirs


@before_312
@pytest.mark.parametrize("kind", ["settrace", "profile"])
def test_what_another_tool_wants_for_new_threads_is_restored(line_lab, kind):
    """threading.settrace can be held where sys.settrace is not."""
    threading.settrace(other_tool)
    threading.setprofile(other_tool)
    before = holds()
    engine = engine_class(kind)(Recorder(line_lab.targets()))
    if engine.start() == "":
        engine.stop()
    assert holds() == before


@pytest.fixture
def tools():
    """Take tool ids until told; free them after."""
    taken = []

    def take(count):
        for number in range(6):
            if len(taken) < count and sys.monitoring.get_tool(number) is None:
                sys.monitoring.use_tool_id(number, "other")
                taken.append(number)

    yield take
    for number in taken:
        sys.monitoring.free_tool_id(number)


@since_312
@pytest.mark.parametrize("count", [5, 6])
def test_too_few_tool_ids(lab, tools, count):
    tools(count)
    before = holds()
    engine, reason = start_engine(Recorder(lab.targets()))
    assert engine is None
    assert "tool ids" in reason
    assert holds() == before


@since_312
def test_two_tool_ids_are_enough(lab, tools):
    prog = lab.load("def f(n):\n    return n\n")
    tools(4)
    assert lab.run(prog.f, 1).one("f").value == 1


@since_312
def test_the_tool_id_of_coverage_is_left_alone(lab):
    before = sys.monitoring.get_tool(sys.monitoring.COVERAGE_ID)
    with lab.started():
        assert sys.monitoring.get_tool(sys.monitoring.COVERAGE_ID) == before


class Breaking:
    """sys.monitoring, of which one call fails: the `at`-th of those that change something."""

    def __init__(self, at):
        self.left = at

    def __getattr__(self, name):
        found = getattr(sys.monitoring, name)
        if name not in ("use_tool_id", "register_callback", "restart_events", "set_events"):
            return found

        def counted(*arguments):
            self.left -= 1
            if self.left == 0:
                raise ValueError("an interpreter that we do not know")
            return found(*arguments)

        return counted


@since_312
@pytest.mark.parametrize("at", range(1, 15))
def test_an_engine_that_fails_half_way_leaves_nothing(lab, monkeypatch, at):
    before = holds()
    engine = engine_class("monitoring")(Recorder(lab.targets()))
    monkeypatch.setattr(engine, "_monitoring", Breaking(at))
    monkeypatch.setattr(engines, "_candidates", lambda *_: [(engine, "")])
    found, reason = start_engine(engine.recorder)
    assert found is None and "ValueError" in reason
    assert holds() == before


@since_312
def test_an_engine_whose_callbacks_cannot_be_made_leaves_nothing(lab, monkeypatch):
    before = holds()
    engine = engine_class("monitoring")(Recorder(lab.targets()))
    monkeypatch.setattr(engine, "_callbacks", lambda: 1 / 0)
    monkeypatch.setattr(engines, "_candidates", lambda *_: [(engine, "")])
    found, reason = start_engine(engine.recorder)
    assert found is None and "ZeroDivisionError" in reason
    assert holds() == before
