"""A stored value is written as Python writes it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_autopsy.observe.text import to_json
from pytest_autopsy.observe.values import look
from pytest_autopsy.report.stored import stored_text


class Point:
    def __init__(self) -> None:
        self.x, self.y = 1, "a"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "None"), ("a'b", '"a\'b"'), ([1, "x"], "[1, 'x']"), ({"a": [True]}, "{'a': [True]}"),
        ((1, 2), "(1, 2)"), (Point(), "Point(x=1, y='a')"), (float("inf"), "float(inf)"),
    ],
)  # fmt: skip
def test_as_python_writes_it(value, text):
    assert stored_text(to_json(look(value))) == text


def test_what_was_cut_says_so():
    assert stored_text(to_json(look(list(range(10_000)))), 10**6).endswith(", ...]")
    assert stored_text({"__type__": "Cart", "why": "depth"}) == "<Cart, depth>"
    assert stored_text({"__array__": "ndarray", "shape": [2]}) == "ndarray(shape=[2])"


@given(st.recursive(st.none() | st.text() | st.integers(), lambda v: st.lists(v) | st.dictionaries(st.text(max_size=5), v)))  # fmt: skip
def test_plain_json_is_its_repr(value):
    assert stored_text(value, 10**9) == repr(value)


@given(
    st.dictionaries(
        st.sampled_from(["__type__", "__array__", "items", "attrs", "text", "len", "why"]),
        st.none() | st.text(max_size=3) | st.lists(st.integers(), max_size=2),
    )
)
def test_a_dict_of_the_users_that_looks_like_ours_breaks_nothing(value):
    assert stored_text(value)


def test_no_more_is_looked_at_than_is_shown():
    assert len(stored_text([["x" * 50] * 10] * 10**5)) < 400
