"""Equal, different or unknown: what was not looked at is no evidence."""

from __future__ import annotations

import array
import collections
import datetime
import itertools
import types
from typing import Any

import pytest

from pytest_autopsy.model import Value
from pytest_autopsy.observe.compare import contains, first_difference, same_content
from pytest_autopsy.observe.redaction import Redactor
from pytest_autopsy.observe.values import SNAPSHOT, Limits, look

TINY = Limits(depth=2, items=2, string=4, nodes=9)
NAN = float("nan")


class Plain:
    def __init__(self, **attributes: object) -> None:
        vars(self).update(attributes)

    def __repr__(self) -> str:  # for the tests' ids: the same in every xdist worker
        return f"{type(self).__name__}({vars(self)})"


class Other(Plain):
    pass


class Text(str):
    pass


class Zone(datetime.tzinfo):
    def __init__(self, hours: int) -> None:
        self.hours = hours


def noon(hours: int) -> datetime.datetime:
    return datetime.datetime(2026, 1, 1, 12, tzinfo=Zone(hours))


def tagged(text: str, tag: object) -> Text:
    made = Text(text)
    made.tag = tag  # type: ignore[attr-defined]
    return made


def same(left: Any, right: Any, limits: Limits = TINY) -> bool | None:
    return same_content(look(left, limits), look(right, limits))


@pytest.mark.parametrize(
    "pair",
    [
        (1, 1.0), ([1], [1.0]), (NAN, NAN), ([NAN], [NAN]), (0.0, -0.0), (None, None),
        ("a", "a"), ([], []), ({"a": 1}, {"a": 1}), ({1, 2}, {2, 1}), ((1, (2,)), (1, (2,))),
        (b"ab", b"ab"), (Plain(a=1), Plain(a=1)), (range(3), range(3)), (Text("a"), Text("a")),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
    ],
    ids=repr,
)  # fmt: skip
def test_equal(pair: Any) -> None:
    assert same(*pair) is True
    assert same(*reversed(pair)) is True


@pytest.mark.parametrize(
    "pair",
    [
        (1, 2), (1, True), (0, False), (1, "1"), (None, 0), (None, False), ("a", "b"), ([1], [2]),
        ([1], (1,)), ([1], [1, 2]), ({"a": 1}, {"a": 2}), ({"a": 1}, {"b": 1}), ([1], [True]),
        ({1}, {2}), (b"a", "a"), (b"a", b"b"), (Plain(a=1), Plain(a=2)), (Plain(a=1), Other(a=1)),
        (Plain(a=1), Plain(b=1)), (range(3), range(4)), (1, [1]), ("a" * 9, "a"), ("a" * 9, "a" * 8),
        ([1, 2, 3], [2, 2, 3]), ([0] * 8, [0] * 9),
    ],
    ids=repr,
)  # fmt: skip
def test_different(pair: Any) -> None:
    assert same(*pair) is False
    assert same(*reversed(pair)) is False


@pytest.mark.parametrize(
    "pair",
    [
        ([1, 2, 3], [1, 2, 4]),
        ("aaaaaa", "aaaaab"),
        ([[[1]]], [[[2]]]),
        ({1, 2, 3}, {1, 2, 4}),
        (1 << 70, (1 << 70) + 1),
        (b"aaaaaa", b"aaaaab"),
        (Plain(a=1, b=2, c=3), Plain(a=1, b=2, c=4)),
        (Text("aaaaaa"), Text("aaaaab")),
        (object(), object()),
        (slice(1), slice(2)),
        (array.array("i", [1]), array.array("i", [2])),
        (memoryview(b"a"), memoryview(b"b")),
        (itertools.count(1), itertools.count(2)),
        (types.MappingProxyType({1: 1}), types.MappingProxyType({1: 2})),
        (lambda: 1, lambda: 2),
        (noon(1), noon(2)),
        (tagged("a", 1), tagged("a", 2)),
    ],
    ids=[
        "items", "text", "depth", "set", "bits", "bytes", "attributes", "text-subclass", "object",
        "slice", "array", "memoryview", "count", "proxy", "lambda", "zone",
        "tagged",
    ],
)  # fmt: skip
def test_what_was_not_looked_at_is_not_called_equal(pair: Any) -> None:
    assert same(*pair) is not True
    assert same(*pair, limits=SNAPSHOT) is not True


@pytest.mark.parametrize(
    "pair",
    [
        ([1, 2, 3], [1, 2, 3]),
        ("aaaaaa", "aaaaaa"),
        ([[[1]]], [[[1]]]),
        ({1, 2, 3}, {1, 2, 3}),
        (1 << 70, 1 << 70),
        (1 << 70, float(1 << 70)),
        ({10**16, 12}, {1e16, 12.0}),
        ([[1, [2]], [3, [4]], 5], [[1, [2]], [3, [4]], 5]),
    ],
    ids=repr,
)
def test_what_is_equal_is_not_called_different(pair: Any) -> None:
    assert pair[0] == pair[1]
    assert same(*pair) is not False


def test_what_the_budget_cut_is_unknown() -> None:
    cut = Value("cut", "list", why="budget")
    assert same_content(cut, look([1])) is None
    assert same_content(look([1]), cut) is None
    assert same_content(look([cut]), look([cut])) is not False


def test_what_is_redacted_is_unknown_not_different() -> None:
    hidden = Redactor().look("correct-horse-9", "password")
    assert same_content(hidden, "correct-horse-9") is None
    assert same_content("correct-horse-9", hidden) is None
    assert same_content(hidden, hidden) is None


def test_the_order_of_an_ordered_dict_counts_or_is_unknown() -> None:
    first = collections.OrderedDict(a=1, b=2)
    second = collections.OrderedDict(a=1, b=2)
    second.move_to_end("a")
    assert first != second
    assert same(first, second) is not True


def test_ordered_dicts_are_equal_where_their_order_is() -> None:
    first = collections.OrderedDict(a=[1], b=2)
    assert same(first, collections.OrderedDict(a=[1], b=2)) is True
    moved = collections.OrderedDict(b=2, a=[1])
    assert same(first, moved) is False
    moved.move_to_end("b")
    assert list(moved) == ["a", "b"]
    assert same(first, moved) is True
    odd = collections.OrderedDict({(1,): 1})
    assert same(odd, odd.copy()) is None, "walking it would hash the key"
    assert (
        same(collections.OrderedDict(a=1, b=2, c=3), collections.OrderedDict(a=1, b=2, c=3)) is None
    )


class Ledger(collections.OrderedDict):  # type: ignore[type-arg]
    pass


def test_the_order_of_a_mapping_of_another_class_may_count() -> None:
    assert same(Ledger(a=1, b=2), Ledger(a=1, b=2)) is True
    assert same(Ledger(a=1, b=2), Ledger(b=2, a=1)) is None
    assert same(Ledger(a=1), Ledger(a=2)) is False


def test_attributes_of_texts_and_numbers_count() -> None:
    assert same(tagged("a", 1), tagged("a", 1)) is True
    assert same(tagged("a", 1), tagged("a", 2)) is False
    assert same(tagged("a", 1), Text("a")) is False


def test_contains() -> None:
    whole = look({"a": [Plain(price=3)], "k": "text"})
    for part in ({"a": [Plain(price=3)], "k": "text"}, [Plain(price=3)], Plain(price=3), 3, "k"):
        assert contains(whole, look(part)), part
    for part in (4, True, [3], Plain(price=4), "tex", "price"):
        assert not contains(whole, look(part)), part
    assert not contains(look("aaaaaa", TINY), look("aaaaaa", TINY)), "not surely"


@pytest.mark.parametrize(
    ("left", "right", "text"),
    [
        ([1, 2], [1, 3], "[1]: 2 != 3"),
        ({"a": {"b": 1}}, {"a": {"b": 2}}, "['a']['b']: 1 != 2"),
        ([Plain(n="x")], [Plain(n="y")], "[0].n: 'x' != 'y'"),
        ([1], [1, 2], "the whole: length 1 != 2"),
        ([[1]], [[1, 2]], "[0]: length 1 != 2"),
        ({"a": 1}, {}, "['a']: only on the left"),
        ({}, {"a": 1}, "['a']: only on the right"),
        ([1], (1,), "the whole: [1] != (1,)"),
        ([None], [[1]], "[0]: None != [1]"),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, ""),
        ([1], [1.0], ""),
        (1, 2, ""),  # they are the operands themselves: nothing to point into
        ([1, 2, 3, 4], [1, 2, 3, 5], ""),  # past the limit: not known
        ([["a" * 9]], [["a" * 9]], ""),
    ],
)
def test_first_difference(left: Any, right: Any, text: str) -> None:
    limits = TINY._replace(items=3, depth=4)
    assert first_difference(look(left, limits), look(right, limits)) == text


def test_what_was_cut_is_not_the_first_difference() -> None:
    cut = Value("cut", "list", why="budget")
    left = Value("sequence", "list", 2, (cut, 1))
    right = Value("sequence", "list", 2, (look([1]), 2))
    assert first_difference(left, right) == "[1]: 1 != 2"


def test_keys_with_the_same_head_are_not_mixed_up() -> None:
    head = "k" * 80
    left, right = {head + "1": 1, head + "2": 2}, {head + "2": 2, head + "1": 1}
    assert first_difference(look(left), look(right)) == ""
