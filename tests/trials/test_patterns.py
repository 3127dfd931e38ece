"""Patterns: what a regular expression might have been meant to be."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_autopsy.trials.patterns import MAX_OTHERS, others


@pytest.mark.parametrize(
    ("pattern", "meant"),
    [
        ("[^a-z]+", "[^a-z0-9]+"), (r"\d+", r"-?\d+"), (r"\d", r"\d+"), (r"a\w*", r"a\w+"),
        (".*;", ".*?;"), (".*?;", ".*;"), ("[ab]", "[^ab]"), ("[^ab]", "[ab]"), ("a.b", r"a\.b"),
        ("a", "a$"), ("^a", "a"), (r"\w+@", r"[\w.-]+@"), (r"[\]a]", r"[\]a_]"), ("(a|b)+", "(a|b)*"),
    ],
)  # fmt: skip
def test_what_is_meant_is_among_the_others(pattern: str, meant: str) -> None:
    assert meant in list(others(pattern))


def test_what_is_no_pattern_is_not_among_them() -> None:
    assert "++" not in list(others("+"))
    assert list(others("(?P<a>x)(?P=a)"))  # groups stay whole


@given(st.text("ab.*+?()[]^$|\\dws-{}1,", max_size=30))
def test_each_is_another_pattern_and_there_are_not_many(pattern: str) -> None:
    found = list(others(pattern))
    assert len(found) == len(set(found)) <= MAX_OTHERS
    assert pattern not in found
    for one in found:
        re.compile(one)
