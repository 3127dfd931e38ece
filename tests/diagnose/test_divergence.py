"""Where a failing test's first calls depart from a passing test's."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pytest_autopsy.diagnose.divergence import Divergence, first_divergence

ORDERS = st.lists(st.integers(0, 6), unique=True)


def test_the_same_tests_last_pass_comes_first():
    passed = {"t::a[1]": [1, 2, 3], "t::a[2]": [1, 2, 4], "t::b": [1, 2, 4]}
    found = first_divergence("t::a[1]", [1, 2, 4], passed)
    assert found == Divergence("last pass", "t::a[1]", 2, 2, 3, 4)


def test_then_a_sibling_the_nearest_of_them():
    passed = {"t::a[1]": [1, 5, 6, 7], "t::a[2]": [1, 2, 4], "t::b": [1, 2, 3]}
    found = first_divergence("t::a[3]", [1, 2, 3], passed)
    assert found == Divergence("sibling", "t::a[2]", 2, 2, 4, 3)


def test_then_the_nearest_of_all_and_ties_end_in_the_name():
    passed = {"t::z": [1, 2], "t::b": [1, 2], "t::c": [9]}
    found = first_divergence("t::x", [1, 2, 3], passed)
    assert found == Divergence("nearest", "t::b", 2, 2, None, 3)


def test_one_that_ended_early_expected_more():
    found = first_divergence("t", [1], {"t": [1, 2]})
    assert (found.expected, found.found) == (2, None)


def test_functions_whose_source_changed_are_left_out_on_both_sides():
    assert first_divergence("t", [1, 8, 2], {"t": [1, 9, 2]}, unknown={8, 9}) is None


def test_what_is_not_alike_is_no_reference():
    assert first_divergence("x", [1, 2, 3, 4], {"y": [4, 5, 6, 7]}) is None
    assert first_divergence("x", [1], {}) is None


@given(ORDERS, ORDERS)
def test_it_agrees_with_a_comparison_item_by_item(mine, theirs):
    found = first_divergence("t", mine, {"t": theirs})
    assert (found is None) == (mine == theirs)
    if found is not None:
        assert mine[: found.common] == theirs[: found.common]
        assert found.expected != found.found
