"""Hypothesis: of the attempts at a test's body the one that fails is kept, whole."""

from __future__ import annotations

import contextlib

import pytest

from pytest_autopsy.record.effort import LEAST, effort_of

hypothesis = pytest.importorskip("hypothesis")

PROGRAM = """
    from hypothesis import example, find, given, settings, strategies as st, HealthCheck

    quick = settings(max_examples=200, database=None, derandomize=True, deadline=None)


    def double(n):
        return n * 2 if n < 37 else n


    def part(n):
        return n % 7


    def unlucky(n):
        return n


    @st.composite
    def numbers(draw):
        return part(draw(st.integers(0, 1000))) + 1000 * draw(st.integers(0, 3))


    @quick
    @given(st.integers(0, 1000))
    def test_doubles(n):
        for k in range(8):
            part(k)
        assert double(n) == n + n


    @quick
    @given(numbers())
    def test_composed(n):
        assert n % 1000 < 5


    @quick
    @given(st.integers(0, 1000))
    def test_passes(n):
        part(n)


    @quick
    @example(3)
    @example(5)
    @given(st.integers(0, 20))
    def test_given_examples(n):
        if n == 3:
            unlucky(n)
        part(n)


    @quick
    @given(st.integers(), st.integers())
    def test_two_faults(n, m):
        if n > 100:
            raise KeyError(n)
        if m > 100:
            raise ValueError(m)


    def test_before_and_after():
        part(1)
        test_doubles()
    """


@pytest.fixture
def prog(lab):
    with contextlib.suppress(Exception):
        hypothesis.settings.load_profile("default")
    return lab.load(PROGRAM)


def last(recorded, name):
    return recorded.all(name)[-1]


def test_the_falsifying_example_is_the_one_attempt_that_is_kept(lab, prog):
    recorded = lab.run(prog.test_doubles)
    assert isinstance(recorded.error, AssertionError)
    body = recorded.one("test_doubles")
    assert dict(body.arguments) == {"n": 37}
    assert recorded.one("double").value == 37
    assert recorded.parent("double") == "test_doubles"
    assert [dict(call.arguments)["n"] for call in recorded.all("part")] == list(range(8))
    assert recorded.trace.seen > 2 * LEAST.calls
    assert recorded.trace.dropped["double"] > 0


def test_only_what_the_failing_attempt_ran_is_its_footprint(lab, prog):
    if not lab.sees_lines:
        pytest.skip("setprofile sees no lines")
    recorded = lab.run(prog.test_doubles)
    assert lab.line_of("return n * 2 if n < 37") in recorded.lines("double")
    assert recorded.lines("test_doubles")


def test_what_a_strategy_ran_for_that_example_belongs_to_it(lab, prog):
    recorded = lab.run(prog.test_composed)
    assert dict(recorded.one("test_composed").arguments) == {"n": 5}
    assert last(recorded, "part").value == 5
    assert len(recorded.all("part")) == 1


def test_a_test_that_passes_has_run_all_its_attempts(lab, prog):
    recorded = lab.run(prog.test_passes)
    assert recorded.error is None
    assert len(recorded.all("test_passes")) == LEAST.small_calls
    assert recorded.recording.attempts == {}


def test_examples_that_were_given_and_pass_are_all_in_the_footprint(lab, prog):
    lab_run = lab.run(prog.test_given_examples)
    assert lab_run.error is None
    names = {
        lab_run.recorder.functions[index].name
        for index in {*lab_run.recording.rows, *lab_run.recording.attempts}
    }
    assert {"unlucky", "part", "test_given_examples"} <= names


def test_of_several_faults_the_last_one_told_is_kept(lab, prog):
    recorded = lab.run(prog.test_two_faults)
    assert recorded.error is not None
    assert recorded.one("test_two_faults").outcome == "raise"


def test_what_ran_before_the_first_attempt_stays(lab, prog):
    recorded = lab.run(prog.test_before_and_after)
    assert recorded.names()[:2] == ["test_before_and_after", "part"]
    assert dict(recorded.one("test_doubles").arguments) == {"n": 37}


def test_the_next_test_begins_anew(lab, prog):
    with lab.started():
        lab.again(prog.test_doubles)
        recorded = lab.again(prog.double, 2)
    assert recorded.one("double").value == 4
    assert recorded.recording.attempted_at is None


def test_what_hypothesis_puts_in_the_place_of_a_test_is_not_recorded(lab, prog):
    recorded = lab.run(prog.test_passes)
    assert set(recorded.names()) == {"test_passes", "part"}


LONG = """
    from hypothesis import given, settings, strategies as st


    def step(n):
        found = n + 1
        return found


    @settings(max_examples=50, database=None, derandomize=True, deadline=None)
    @given(st.integers(0, 1000))
    def test_long(n):
        for k in range(60):
            step(k)
        assert n < 500
    """


def test_the_attempt_that_is_shown_has_all_that_there_is_to_spare(lab):
    prog = lab.load(LONG)
    with lab.started():
        lab.recorder.effort = effort_of(1)._replace(spare=effort_of(1).most)
        recorded = lab.again(prog.test_long)
    assert len(recorded.all("step")) == 60
