"""A look as one bounded line of text, and as JSON."""

from __future__ import annotations

import ast
import math
import pathlib
from typing import Any

import pytest

from pytest_autopsy import plainjson
from pytest_autopsy.model import Value
from pytest_autopsy.observe.text import clean, to_json, to_text
from pytest_autopsy.observe.values import MAX_INT, SNAPSHOT, TRACE, Limits, look

TINY = Limits(depth=2, items=2, string=4, nodes=9)


@pytest.mark.parametrize("limit", [3, 4, 10, 50, 200])
@pytest.mark.parametrize(
    "value",
    ["x" * 150, list(range(12)), {"key": "x" * 90}, [[[[["deep"] * 9] * 9] * 9] * 9], 1 << 60],
    ids=["text", "list", "dict", "deep", "number"],
)
def test_the_limit_holds(value: Any, limit: int) -> None:
    text = to_text(look(value), limit)
    whole = to_text(look(value), 10**6)
    assert len(text) <= limit
    if len(whole) > limit:
        assert text == whole[: limit - 3] + "..."
    else:
        assert text == whole


def test_a_long_line_is_never_built() -> None:
    class Watched(tuple):  # type: ignore[type-arg]
        asked = 0

        def __iter__(self) -> Any:
            for item in tuple.__iter__(self):
                Watched.asked += 1
                yield item

    shown = Value("sequence", "list", 1000, Watched(["item"] * 1000))
    assert to_text(shown, 40).endswith("...")
    assert Watched.asked < 20


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ([1, 2, 3], "[1, 2, ...]"),
        ((1, 2, 3), "(1, 2, ...)"),
        ({1: 1, 2: 2, 3: 3}, "{1: 1, 2: 2, ...}"),
        ({1, 2, 3}, "{...}"),
        ([[[1]]], "[[[...]]]"),
        ("abcdef", "'abcd'..."),
        (b"abcdef", "b'abcd'..."),
        (1 << 64, "<int of 65 bits>"),
    ],
)
def test_what_is_cut_shows_dots(value: Any, text: str) -> None:
    assert to_text(look(value, TINY)) == text


@pytest.mark.parametrize(
    "value",
    [
        [
            1,
            "it's",
            'say "hi"',
            "both ' and \"",
            "new\nline",
            "\\",
            "\x00\x1b",
            "é\u202e",
            "\ud800",
        ],
        {"a": (1,), "b": (), 2: {None: True}, 1.5: {3}},
        b"plain \xff\x00\n\\",
        b"it's",
        b'say "hi"',
        b"both ' and \"",
    ],
    ids=["text", "containers", "bytes", "quote", "double", "both"],
)
def test_whole_builtins_read_as_python(value: Any) -> None:
    assert ast.literal_eval(to_text(look(value), 10_000)) == value


@pytest.mark.parametrize(
    "value",
    [
        "a\nb\r\x1b[0m",
        ["a\nb"],
        {"a\nb": 1},
        pathlib.PurePosixPath("a\nb"),
        type("A\nB", (), {})(),
        type("A\nB", (list,), {})([1]),
        type("A\nB", (str,), {})("x"),
    ],
    ids=["text", "item", "key", "path", "class", "list-class", "text-class"],
)
def test_it_is_one_line(value: Any) -> None:
    assert len(to_text(look(value)).splitlines()) == 1


def test_an_attribute_name_cannot_break_the_line() -> None:
    made = type("Plain", (), {})()
    setattr(made, "a\nb", 1)
    assert len(to_text(look(made)).splitlines()) == 1


def test_clean_writes_surrogates_out_and_leaves_the_rest() -> None:
    assert clean("é\U0001f600\x00") == "é\U0001f600\x00"
    assert clean("a\ud800b") == "a\\ud800b"
    clean("\udcff" * 3).encode()


@pytest.mark.parametrize(
    ("value", "json"),
    [
        (None, None),
        (True, True),
        (3, 3),
        (-(1 << 63) + 1, -(1 << 63) + 1),
        (1 << 63, {"__type__": "int", "text": str(1 << 63)}),
        (2.5, 2.5),
        (math.inf, {"__type__": "float", "text": "inf"}),
        ("\ud800", "\\ud800"),
        ([1, "a", [2]], [1, "a", [2]]),
        ({"a": {"b": 1}}, {"a": {"b": 1}}),
        ({1: 2}, {"__type__": "dict", "len": 1, "items": [[1, 2]]}),
        ((1, 2), {"__type__": "tuple", "len": 2, "items": [1, 2]}),
        ({2, 1}, {"__type__": "set", "len": 2, "items": [1, 2]}),
        (b"a\xff", {"__type__": "bytes", "len": 2, "text": r"a\xff"}),
        (MAX_INT, {"__type__": "int", "len": 65, "why": "bits"}),
        (pathlib.PurePosixPath("a"), {"__type__": "PurePosixPath", "text": "a"}),
        (object(), "<object>"),
        ("abcdef", "abcdef"),
    ],
)
def test_json_forms(value: Any, json: Any) -> None:
    assert to_json(look(value)) == json
    assert plainjson.loads(plainjson.dumps(to_json(look(value)))) == json


def test_json_of_nan() -> None:
    assert to_json(float("nan")) == {"__type__": "float", "text": "nan"}


@pytest.mark.parametrize(
    ("value", "json"),
    [
        ("abcdef", {"__type__": "str", "len": 6, "text": "abcd", "why": "string"}),
        ([1, 2, 3], {"__type__": "list", "len": 3, "items": [1, 2], "why": "items"}),
        ({"a": 1, "b": 2, "c": 3}, {"__type__": "dict", "len": 3,
                                    "items": [["a", 1], ["b", 2]], "why": "items"}),
        ({1, 2, 3}, {"__type__": "set", "len": 3, "items": [], "why": "items"}),
        ([[[1, 2]]], [[{"__type__": "list", "len": 2, "items": [], "why": "depth"}]]),
    ],
)  # fmt: skip
def test_json_of_what_is_cut_says_why_and_how_much(value: Any, json: Any) -> None:
    assert to_json(look(value, TINY)) == json


def test_json_of_an_object_holds_its_attributes() -> None:
    made = type("Plain", (), {})()
    made.name, made.items = "x", [1]
    assert to_json(look(made)) == {"__type__": "Plain", "attrs": {"name": "x", "items": [1]}}


def test_keys_that_look_alike_once_clean_are_both_there() -> None:
    shown = to_json(look({"\ud800": 1, "\\ud800": 2}))
    assert "1" in str(shown) and "2" in str(shown)


@pytest.mark.parametrize("limits", [TRACE, SNAPSHOT])
def test_json_of_the_deepest_look_stays_within_what_orjson_takes(limits: Limits) -> None:
    inner: Any = 1
    for _ in range(50):
        inner = {1: (inner,), "x": {frozenset([1])}}
    assert plainjson.loads(plainjson.dumps(to_json(look(inner, limits))))
