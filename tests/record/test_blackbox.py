"""The ring of a black box, written and read back: what was open, in what order, from which test."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_autopsy.observe.redaction import Redactor
from pytest_autopsy.record import blackbox
from pytest_autopsy.record.blackbox import SIZE, BlackBox
from pytest_autopsy.record.effort import LEAST
from pytest_autopsy.record.recovery import read_box

PROG = """
    def leaf(n):
        return n

    def fails(n):
        raise ValueError(n)

    def tree(plan, look):
        for part in plan:
            if part == "leaf":
                leaf(1)
            elif part == "fails":
                try:
                    fails(2)
                except ValueError:
                    pass
            else:
                tree(part, look)
        if not plan:
            look()

    def steps():
        yield leaf(1)
        yield leaf(2)

    def uses(look):
        one = steps()
        next(one)
        look()
        return list(one)
    """


class Boxed:
    """A lab with a black box."""

    def __init__(self, lab, tmp_path) -> None:
        self.lab = lab
        self.file = tmp_path / "main.box"
        self.seen = []

    def look(self):
        self.seen.append(read_box(self.file))

    def run(self, function, *arguments, test="a::test"):
        with self.lab.started():
            recorder = self.lab.recorder
            box = recorder.tap = BlackBox(self.file, recorder, Redactor())
            recorder.begin(test)
            box.test(test)
            recorder.recording.phase = "call"
            box.phase("call")
            try:
                function(*arguments, self.look)
            finally:
                self.last = read_box(self.file)
                recorder.end()
                box.phase("")
                self.after = read_box(self.file)
                recorder.tap = None
                box.close()


@pytest.fixture
def boxed(lab, tmp_path):
    return Boxed(lab, tmp_path)


def opened(wreck):
    return [call.function.name for call in wreck.open_calls]


def test_open_calls(boxed):
    prog = boxed.lab.load(PROG)
    boxed.run(prog.tree, ["leaf", ["fails", []]])
    (seen,) = boxed.seen
    assert opened(seen) == ["tree", "tree", "tree"]
    assert (seen.test, seen.phase, seen.pid, seen.running) == ("a::test", "call", os.getpid(), True)
    assert [(c.function.name, c.outcome) for c in seen.trace.calls] == [
        ("tree", "open"), ("leaf", "return"), ("tree", "open"), ("fails", "raise"), ("tree", "open"),
    ]  # fmt: skip
    assert opened(boxed.last) == [] and boxed.after.phase == ""
    assert seen.began <= seen.last <= seen.read and seen.written is None
    assert not boxed.file.exists()


def test_a_suspended_generator_is_not_where_the_program_is(boxed):
    prog = boxed.lab.load(PROG)
    boxed.run(prog.uses)
    (seen,) = boxed.seen
    assert [c.function.name for c in seen.trace.calls] == ["uses", "steps", "leaf"]
    assert "uses" in opened(seen) and seen.trace.calls[0].outcome == "open"


def test_arguments_are_those_of_the_last_flush(boxed, monkeypatch):
    monkeypatch.setattr(blackbox, "FIRST_FLUSH", 4)
    prog = boxed.lab.load(PROG)
    boxed.run(prog.tree, ["leaf", ["leaf", []]])
    (seen,) = boxed.seen
    first, second, third = seen.open_calls
    assert seen.written is not None
    assert dict(first.arguments)["plan"].size == 2 and dict(second.arguments)["plan"].size == 2
    assert third.arguments == ()


@pytest.mark.parametrize("rest, told", [(1, True), (10_000, False)])
def test_arguments_can_wait_where_a_test_before_had_its_own_written(boxed, monkeypatch, rest, told):
    monkeypatch.setattr(blackbox, "FIRST_FLUSH", 4)
    monkeypatch.setattr(blackbox, "REST", rest)
    prog = boxed.lab.load(PROG)
    with boxed.lab.started():
        recorder = boxed.lab.recorder
        box = recorder.tap = BlackBox(boxed.file, recorder, Redactor())
        for test in ("a::first", "a::second"):
            recorder.begin(test)
            box.test(test)
            prog.tree(["leaf", ["leaf", []]], boxed.look)
            recorder.end()
            box.phase("")
        recorder.tap = None
        box.close()
    written = [any(call.arguments for call in seen.open_calls) for seen in boxed.seen]
    assert written == [True, told]


PLANS = st.recursive(
    st.sampled_from(["leaf", "fails"]), lambda inner: st.lists(inner, max_size=4), max_leaves=15
)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(plan=st.lists(PLANS, max_size=6), first=st.integers(1, 30), every=st.integers(1, 30))
def test_whatever_was_flushed_the_open_calls_are_the_stack(boxed, monkeypatch, plan, first, every):
    """At each moment the box says what the interpreter's own stack says; flushes change nothing."""
    monkeypatch.setattr("pytest_autopsy.record.recorder.LEAST", LEAST._replace(calls=10_000))
    monkeypatch.setattr(blackbox, "FIRST_FLUSH", first)
    monkeypatch.setattr(blackbox, "EVERY", every)
    prog = boxed.lab.load(PROG)
    boxed.seen.clear()
    depths = []

    def look():
        depths.append(depth_of(prog.tree))
        boxed.look()

    boxed.run(lambda _: prog.tree([*plan, []], look))
    assert [opened(seen) for seen in boxed.seen] == [["tree"] * depth for depth in depths]


def depth_of(function) -> int:
    import sys

    frame, depth = sys._getframe(1), 0
    while frame is not None:
        depth += frame.f_code is function.__code__
        frame = frame.f_back
    return depth


def test_a_full_disk_is_said_when_the_box_is_made(lab, tmp_path, monkeypatch):
    monkeypatch.setattr(blackbox.os, "write", lambda handle, data: len(data) // 2)
    from pytest_autopsy.record.recorder import Recorder

    with pytest.raises(OSError, match="No space"):
        BlackBox(tmp_path / "main.box", Recorder(lab.targets()), Redactor())


def test_what_is_no_box(tmp_path):
    file = tmp_path / "x.box"
    file.write_bytes(b"\0" * SIZE)
    with pytest.raises(ValueError, match="no black box"):
        read_box(file)
