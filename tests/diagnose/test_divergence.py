"""Where a failing test's first calls, and then its lines, leave those of a passing test."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pytest_autopsy.diagnose.divergence import AFTER, BEFORE, Passes, compared
from pytest_autopsy.model import Failure, Footprint, Function, Passed, Run, Step

NAMES = "abcdefgh"
ORDERS = st.lists(st.sampled_from(NAMES), unique=True)


def function(name: str) -> Function:
    return Function("shop.py", name, 10)


def steps(way, lines=1) -> list[Step]:
    return [Step(function(name), lines) for name in way]


def a_run(passed, last=()) -> Run:
    """A run of tests in t.py: name -> the functions that it called, a letter each."""
    run = Run(functions=[*map(function, NAMES), Function("shop.py", "<module>", 1)])
    run.functions += [Function("t.py", "test_x", 1, "test"), Function("t.py", "test_y", 9, "test")]
    for name, way in passed.items():
        run.passed.append(Passed(f"t.py::{name}", Footprint(row(way))))
    run.last_passes = {f"t.py::{name}": tuple(steps(way)) for name, way in dict(last).items()}
    return run


def row(way):
    return {NAMES.index(name) if name in NAMES else int(name): 1 for name in way}


def found(run, name, way):
    failure = Failure(
        "f1", f"t.py::{name}", "call", "failed", "t.py", 1, 0.0, None, footprint=Footprint(row(way))
    )
    return Passes(run).divergence(failure)


def parted_at(one):
    return [f.name if f else None for f in (one.last, *(one.parted or ()))]


def test_the_same_tests_last_pass_comes_first():
    one = found(a_run({"x[2]": "abd", "y": "abd"}, {"x[1]": "abc"}), "x[1]", "abd")
    assert (one.reference, one.test) == ("last pass", "t.py::x[1]")
    assert parted_at(one) == ["b", "d", "c"]


def test_then_a_sibling_the_nearest_of_them():
    one = found(a_run({"x[1]": "aefg", "x[2]": "abd", "y": "abc"}), "x[3]", "abc")
    assert (one.reference, one.test) == ("sibling", "t.py::x[2]")
    assert parted_at(one) == ["b", "c", "d"]


def test_then_the_nearest_of_all_and_ties_end_in_the_name():
    one = found(a_run({"z": "ab", "b": "ab", "c": "h"}), "x", "abc")
    assert (one.reference, one.test) == ("nearest", "t.py::b")
    assert parted_at(one) == ["b", "c", None]


def test_one_that_ended_early_expected_more():
    assert parted_at(found(a_run({}, {"x": "ab"}), "x", "a")) == ["a", None, "b"]


def test_what_is_not_alike_is_no_reference():
    assert found(a_run({"y": "defg"}), "x", "abcd") is None
    assert found(a_run({}), "x", "a") is None


def test_two_tests_own_functions_and_what_an_import_ran_tell_nothing():
    # 8 is a module, 9 and 10 are the functions of two tests
    one = found(a_run({"test_y": ["10", "a", "b"]}), "test_x", ["8", "9", "a", "b"])
    assert one.parted is None


def test_the_lines_of_what_both_called_before_they_part():
    mine = [*steps("a"), Step(function("b"), 0b10011), Step(function("c"), 0b11)]
    theirs = [*steps("a"), Step(function("b"), 0b01011), Step(function("d"), 0b11)]
    (b,) = compared("sibling", "t", mine, theirs).lines
    assert (b.function.name, b.after, b.failing, b.passing) == ("b", 11, (14,), (13,))


def test_lines_past_the_place_where_it_failed_are_no_other_way():
    one = compared("sibling", "t", steps("a", 0b0111), steps("a", 0b1111))
    assert (one.lines, one.parted, one.by_lines) == ((), None, True)


def test_lines_of_another_source_or_not_recorded_are_not_compared():
    mine = [Step(function("a"), 0b101), Step(function("b"), 1)]
    theirs = [Step(function("a"), 0b011, changed=True), Step(function("b"), 0b11)]
    assert compared("last pass", "t", mine, theirs).lines == ()


def test_what_both_called_later_stands_in_one_row():
    one = compared("nearest", "t", steps("axbc"), steps("abdc"))
    names = [tuple(f.name if f else None for f in row) for row in one.rows]
    assert names == [("a", "a"), ("x", None), ("b", "b"), (None, "d"), ("c", "c")]


@given(ORDERS, ORDERS)
def test_it_agrees_with_a_comparison_item_by_item(mine, theirs):
    one = compared("sibling", "t", steps(mine), steps(theirs))
    assert (one.parted is None) == (mine == theirs)
    assert mine[: one.common] == theirs[: one.common]
    assert one.parted is None or one.parted[0] != one.parted[1]
    assert len(one.rows) <= BEFORE + AFTER
    for side, way in enumerate((mine, theirs)):
        kept = [row[side].name for row in one.rows if row[side]]
        assert kept == way[one.start : one.start + len(kept)]
