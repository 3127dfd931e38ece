"""First divergence in words, and beside each other."""

from __future__ import annotations

import pytest

from pytest_autopsy.commands.beside import side_by_side
from pytest_autopsy.diagnose.divergence import Divergence, Parted
from pytest_autopsy.model import Function
from pytest_autopsy.report.divergence import divergence_json, sentence
from pytest_autopsy.report.plain import ranges

A, B, C = (Function("shop.py", name, line) for name, line in (("a", 1), ("Cart.b", 5), ("c", 9)))


def divergence(**other) -> Divergence:
    known = {
        "reference": "sibling", "test": "t.py::test_x[1]", "common": 1, "start": 0,
        "rows": ((A, A), (B, C)), "by_lines": True, "lines": (),
    }  # fmt: skip
    return Divergence(**{**known, **other})


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({}, "after a it calls Cart.b, where c came in test_x[1], which passed with other parameters"),
        ({"rows": ((A, A), (None, C))}, "after a it does not call c, which came next in test_x[1]"),
        ({"rows": ((A, A), (B, None))}, "after a it calls Cart.b, which did not come there in"),
        ({"common": 0, "rows": ((B, C),)}, "first it calls Cart.b, where c came in"),
        ({"rows": ((A, A),)}, "it ran the same functions and lines as test_x[1]"),
        ({"rows": ((A, A),), "by_lines": False}, "it ran the same functions as test_x[1]"),
        ({"lines": (Parted(A, 2, (4, 5), (7,)),)}, "a ran lines 4-5, where line 7 ran in test_x[1]"),
        ({"lines": (Parted(A, 2, (4,), ()),)}, "a ran line 4, which did not run in test_x[1]"),
        ({"lines": (Parted(A, 2, (), (4,)),)}, "a did not run line 4, which ran in test_x[1]"),
        ({"reference": "last pass"}, "where c came in its last pass"),
        ({"reference": "nearest"}, "came in test_x[1], the passing test most like it"),
    ],
)  # fmt: skip
def test_what_differs_is_said_in_a_sentence(other, said):
    assert said in sentence(divergence(**other))


def test_both_ways_stand_beside_each_other():
    told = divergence_json(divergence(start=4, common=5, lines=(Parted(A, 2, (4,), ()),)))
    _, head, before, *rows = side_by_side(told)
    assert head.split() == ["this", "test", "sibling:", "t.py::test_x[1]"]
    assert before.strip() == "... 4 functions alike"
    assert [row.split() for row in rows[:2]] == [
        ["a", "shop.py:1", "a", "shop.py:1"],
        ["!", "Cart.b", "shop.py:5", "c", "shop.py:9"],
    ]
    assert rows[2].strip() == "a: only this test ran 4; only that one -"


def test_a_function_that_moved_since_is_the_same():
    told = divergence_json(divergence(rows=((A, A), (B, B._replace(line=50)))))
    assert not any(row.lstrip().startswith("!") for row in side_by_side(told))


def test_a_name_without_end_is_cut():
    assert len(sentence(divergence(test="t.py::test_x[" + "x" * 10**6))) < 200


def test_line_numbers_are_ranges_and_not_too_many():
    assert ranges([1, 2, 3, 7]) == "1-3, 7"
    assert ranges([1, 3, 5, 7, 9]) == "1, 3, 5, 7, ..."
