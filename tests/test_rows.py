"""Footprints in little memory: they read as the dicts that they were made of."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from pytest_autopsy.model import Footprint, Run
from pytest_autopsy.rows import PairTable, joined, tally

LINES = st.dictionaries(st.integers(0, 300), st.integers(1, 1 << 90), max_size=20)


@given(st.lists(LINES))
def test_rows_read_as_the_dicts_that_they_were_made_of(many):
    table = PairTable()
    for lines, row in [(lines, table.rows(lines)) for lines in many]:
        assert list(row.items()) == list(lines.items())
        assert (row, len(row), list(row)) == (lines, len(lines), list(lines))
        assert all(row[index] == mask for index, mask in lines.items())


def test_equal_rows_are_one_object_and_the_order_of_first_calls_stays():
    table = PairTable()
    first = table.rows({1: 1, 2: 1})
    assert table.rows({1: 1, 2: 1}) is first
    assert list(table.rows({2: 1, 1: 1})) == [2, 1]


def test_more_pairs_than_two_bytes_can_number():
    table = PairTable()
    early = table.rows({1: 1})
    many = dict.fromkeys(range(70000), 1)
    assert table.rows(many) == many
    assert table.rows({69_999: 1, 1: 1}) == {69_999: 1, 1: 1}
    assert early == {1: 1}


@given(st.lists(LINES), st.lists(LINES))
def test_a_run_counts_the_passing_tests_of_each_row(here, earlier):
    run = Run()
    for lines in here:
        run.add_passed("t", Footprint(lines))
    assert run.passing_rows() == tally(here)
    run.earlier.extend(Run().passed)
    for lines in earlier:
        run.add_passed("t", Footprint(lines))
    counted = Counter(pair for lines in (*here, *earlier) for pair in lines.items())
    found = run.passing_rows()
    assert {(i, m): n for i, masks in found.items() for m, n in masks.items()} == counted


LINES = st.dictionaries(st.integers(0, 9), st.integers(1, 15), max_size=6)


@given(st.lists(LINES, max_size=4))
def test_joined_rows_hold_what_any_holds_in_order_of_first_calls(rows):
    whole: dict[int, int] = {}
    for row in rows:
        for index, mask in row.items():
            whole[index] = whole.get(index, 0) | mask
    assert list(joined(rows).items()) == list(whole.items())
