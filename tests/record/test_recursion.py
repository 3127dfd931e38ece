"""Recursion, the program's own RecursionError, and functions that run too often."""

import sys

import pytest

from pytest_autopsy.record.effort import LEAST

from .helpers import SINCE_312

SWITCH_OFF = 1_000
KEEP_FIRST = KEEP_LAST = LEAST.kept


@pytest.fixture(autouse=True)
def _limit(monkeypatch):
    """How it works does not depend on where the limit happens to be."""
    _limit_to(monkeypatch, SWITCH_OFF, SWITCH_OFF)


def _limit_to(monkeypatch, any_function, of_one_line):
    effort = LEAST._replace(calls=any_function, small_calls=of_one_line)
    monkeypatch.setattr("pytest_autopsy.record.recorder.LEAST", effort)


HOT = """
    def hot(n):
        return n

    def warm(n):
        found = n
        return found

    def cold():
        return "cold"

    def work(times, called=hot):
        for n in range(times):
            called(n)
        return cold()

    def later():
        return hot(-1)

    def recurse(n):
        return 0 if n == 0 else 1 + recurse(n - 1)

    def endless(n):
        return endless(n + 1)

    def survives():
        try:
            endless(0)
        except RecursionError:
            return cold()
    """


def test_recursion(lab):
    prog = lab.load(HOT)
    seen = lab.run(prog.recurse, 5)
    calls = seen.all("recurse")
    assert [call.depth for call in calls] == list(range(6))
    assert [call.parent for call in calls] == [None, 1, 2, 3, 4, 5]
    assert [call.value for call in calls] == [5, 4, 3, 2, 1, 0]


def test_the_recursion_error_of_the_program(lab):
    prog = lab.load(HOT)
    seen = lab.run(prog.survives)
    assert seen.value == "cold"
    assert len(seen.all("endless")) == KEEP_FIRST + KEEP_LAST
    assert all(call.outcome in ("raise", "unknown", "open") for call in seen.all("endless"))
    if SINCE_312:
        assert seen.one("cold").outcome == "return"
        assert [error.type for error in seen.one("survives").handled] == ["RecursionError"]
        assert seen.one("survives").outcome == "return"


def test_recording_goes_on_in_the_test_after_a_recursion_error(lab):
    """Before 3.12 the interpreter takes out a trace function that meets the limit itself."""
    prog = lab.load(HOT)
    with lab.started():
        assert lab.again(prog.survives).value == "cold"
        seen = lab.again(prog.recurse, 3)
    assert seen.value == 3
    assert len(seen.all("recurse")) == 4


def test_the_first_and_the_last_calls_are_kept(lab):
    prog = lab.load(HOT)
    times = KEEP_FIRST + KEEP_LAST + 100
    seen = lab.run(prog.work, times)
    numbers = [call.value for call in seen.all("hot")]
    assert numbers == [*range(KEEP_FIRST), *range(times - KEEP_LAST, times)]
    assert seen.trace.dropped == {"hot": 100}
    assert seen.trace.at_least == ()
    assert seen.trace.seen == times + 2
    assert seen.one("cold").outcome == "return"


def test_no_call_is_dropped_up_to_the_limit(lab):
    prog = lab.load(HOT)
    seen = lab.run(prog.work, KEEP_FIRST + KEEP_LAST)
    assert len(seen.all("hot")) == KEEP_FIRST + KEEP_LAST
    assert seen.trace.dropped == {}


def test_a_hot_function_is_switched_off_and_that_is_said(lab):
    prog = lab.load(HOT)
    seen = lab.run(prog.work, SWITCH_OFF + 500)
    numbers = [call.value for call in seen.all("hot")]
    assert numbers == [*range(KEEP_FIRST), *range(SWITCH_OFF - KEEP_LAST, SWITCH_OFF)]
    assert seen.trace.at_least == ("hot",)
    assert seen.trace.dropped["hot"] >= SWITCH_OFF - KEEP_FIRST - KEEP_LAST
    assert seen.parent("cold") == "work"
    assert all(call.outcome == "return" for call in seen.trace.calls)


@pytest.mark.parametrize("name, limit", [("hot", LEAST.small_calls), ("warm", LEAST.calls)])
def test_the_limit_as_it_is(lab, monkeypatch, name, limit):
    """A function of one line has less to tell, and is switched off earlier."""
    _limit_to(monkeypatch, LEAST.calls, LEAST.small_calls)
    prog = lab.load(HOT)
    called = vars(prog)[name]
    assert lab.run(prog.work, limit, called).trace.at_least == ()
    seen = lab.run(prog.work, limit + 1, called)
    assert seen.trace.at_least == (name,)
    assert [call.value for call in seen.all(name)] == [*range(limit)]
    assert seen.one("cold").value == "cold"


def test_exactly_the_limit_is_not_switched_off(lab):
    prog = lab.load(HOT)
    assert lab.run(prog.work, SWITCH_OFF).trace.at_least == ()


def test_switched_off_for_one_test_only(lab):
    prog = lab.load(HOT)
    with lab.started():
        lab.again(prog.work, SWITCH_OFF + 10)
        seen = lab.again(prog.later)
    assert seen.one("hot").arguments == (("n", -1),)
    assert seen.parent("hot") == "later"
    assert (seen.trace.at_least, seen.trace.dropped) == ((), {})


def test_what_is_dropped_of_one_test_is_not_counted_in_the_next(lab):
    prog = lab.load(HOT)
    with lab.started():
        lab.again(prog.work, 300)
        seen = lab.again(prog.work, KEEP_FIRST + KEEP_LAST + 7)
    assert seen.trace.dropped == {"hot": 7}


@pytest.mark.parametrize("second", [0, 1, 60])
def test_dropped_calls_are_counted_where_a_function_has_several_codes(lab, second):
    """Two lambdas of one function share its row, not its count."""
    prog = lab.load(
        """
        def work(first, second):
            one = lambda n: n
            two = lambda n: -n
            for n in range(first):
                one(n)
            for n in range(second):
                two(n)
        """
    )
    seen = lab.run(prog.work, 300, second)
    kept = len(seen.all("work.<locals>.<lambda>"))
    assert kept + sum(seen.trace.dropped.values()) == 300 + second


def test_stale_counts_of_another_code_do_not_count(lab):
    prog = lab.load(
        """
        def work(which, times):
            one = lambda n: n
            two = lambda n: -n
            for n in range(times):
                (one, two)[which](n)
        """
    )
    with lab.started():
        lab.again(prog.work, 1, 400)
        seen = lab.again(prog.work, 0, KEEP_FIRST + KEEP_LAST + 50)
    assert sum(seen.trace.dropped.values()) == 50


def test_deep_recursion_past_the_switch(lab):
    """A function that is switched off while a thousand of its own calls are open."""
    prog = lab.load(HOT)
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(SWITCH_OFF * 4)
    try:
        seen = lab.run(prog.recurse, SWITCH_OFF + 200)
    finally:
        sys.setrecursionlimit(limit)
    assert seen.value == SWITCH_OFF + 200
    assert seen.trace.at_least == ("recurse",)
    assert {call.outcome for call in seen.all("recurse")} == {"unknown"}


def test_what_the_test_calls_next_gives_hot_functions_a_share(line_lab, monkeypatch):
    """The calls near the failure are there, though the function was hot before."""
    _limit_to(monkeypatch, LEAST.calls, LEAST.small_calls)
    lab = line_lab
    monkeypatch.syspath_prepend(lab.folder)
    lab.write(HOT, "hot_one")
    test = lab.load(
        """
        import hot_one

        def test_it():
            hot_one.work(5_000)
            hot_one.work(3)
        """,
        "test_hot",
    )
    seen = lab.run(test.test_it)
    assert "hot" in seen.trace.at_least
    later = seen.all("work")[1]
    assert [c.value for c in seen.all("hot") if c.parent == later.id] == [0, 1, 2]
