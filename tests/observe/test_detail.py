"""What the settings let be seen of values, and what each variable may take of a frame."""

from __future__ import annotations

import enum
import re
from typing import Any

import pytest

from pytest_autopsy.model import Value
from pytest_autopsy.observe.compare import same_content
from pytest_autopsy.observe.detail import MIN_SHARE, Detail, typed
from pytest_autopsy.observe.text import to_json, to_text
from pytest_autopsy.observe.values import SNAPSHOT, TRACE, look


class Patient:
    def __init__(self, name: str) -> None:
        self.name, self.age, self.doctor = name, 47, None


class Illness(enum.Enum):
    MUMPS = "mumps"


TYPES = Detail(values="types")
TYPED = [
    (None, "None"),
    (4711, "<int>"),
    (True, "<bool>"),
    ("Ann", "<str of 3>"),
    ("x" * 900, "<str of 900>"),
    (b"Ann", "<bytes of 3>"),
    (1 << 99, "<int>"),
    ([1, None, "Ann"], "[<int>, None, <str of 3>]"),
    ({"Ann": {"age": 47}}, "{<str of 3>: {<str of 3>: <int>}}"),
    (Patient("Ann"), "Patient(name=<str of 3>, age=<int>, doctor=None)"),
    (Illness.MUMPS, "Illness(value=<str of 5>)"),
    (re.compile("Ann"), "<Pattern>"),
    (Patient, "<type>"),
]


@pytest.mark.parametrize(("value", "text"), TYPED, ids=[text for _, text in TYPED])
def test_types_show_no_content(value: Any, text: str) -> None:
    shown = TYPES.look(value)
    assert to_text(shown) == text
    assert not re.search("Ann|47|MUMPS|mumps", repr(to_json(shown)))


def test_an_array_is_its_shape_and_dtype() -> None:
    facts = (("shape", Value("sequence", "tuple", 1, (2,))), ("dtype", "int64"), ("nan", 1))
    array = Value("array", "numpy.ndarray", 2, (47, 48), facts)
    table = Value("table", "pandas.DataFrame", 2, (("Ann", array),), facts[:1])
    assert to_text(typed(array)) == "ndarray(2,) int64 <items>"
    assert to_text(typed(table)) == "DataFrame(2,) {<str of 3>: int64 <items>}"
    assert to_json(typed(array)) == {
        "__array__": "numpy.ndarray", "shape": [2], "dtype": "int64", "head_truncated": True,
    }  # fmt: skip


def test_types_are_never_called_equal() -> None:
    assert same_content(TYPES.look(1), TYPES.look(2)) is None
    assert same_content(TYPES.look([1]), TYPES.look([2])) is None
    assert same_content(TYPES.look([1]), TYPES.look([2, 3])) is False


@pytest.mark.parametrize(
    ("values", "said"), [("safe", "'Ann'"), ("types", "<str of 3>"), ("none", "")]
)
def test_messages_follow(values: str, said: str) -> None:
    detail = Detail(values=values)
    assert detail.message(KeyError("Ann")) == said
    assert detail.message(KeyError("Ann"), shown="rendered") == (
        "rendered" if values == "safe" else said
    )


def test_none_looks_at_nothing() -> None:
    assert Detail(values="none").look("Ann") == Value("cut", "value", why="autopsy_values is none")
    assert same_content(Detail(values="none").look(1), 1) is None


def test_limits_govern_snapshots_and_traces() -> None:
    detail = Detail(max_string=3, max_items=2, depth=1, array_head=1)
    for limits in (detail.snapshot, detail.trace):
        assert (limits.depth, limits.items, limits.string, limits.head) == (1, 2, 3, 1)
    assert to_text(detail.look(["abcdef", [1], 3])) == "['abc'..., [...], ...]"
    large = Detail(max_string=10_000, max_items=900, depth=9)
    assert large.trace == TRACE, "a trace has limits of its own"
    assert Detail().snapshot == SNAPSHOT and Detail().trace == TRACE


HUGE = [[[n] for n in range(50)] for _ in range(50)]


def test_one_huge_variable_leaves_the_others_whole() -> None:
    small = {"order": {"items": [{"price": None}]}}
    for values in ([HUGE, *[small] * 9], [*[small] * 9, HUGE]):
        shown, spent = Detail().looks(values, 100)
        assert spent <= 100 + 52 * 52
        whole = look(small)
        assert [one == whole for one in shown] == [value is small for value in values]


def test_what_small_variables_leave_goes_to_those_after_them() -> None:
    alone, _ = Detail().looks([HUGE], 100)
    after, _ = Detail().looks([*[1] * 9, HUGE], 100)
    assert after[-1] == alone[0]
    first, _ = Detail().looks([HUGE, *[1] * 9], 100)
    assert first[0] != alone[0]


def test_without_budget_each_variable_still_shows_something() -> None:
    shown, _ = Detail().looks([[1, 2], {"a": 1}], 0)
    assert shown == [look([1, 2]), look({"a": 1})]
    assert MIN_SHARE >= 2
