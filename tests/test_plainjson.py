"""One function out, one in: with orjson or without it the bytes are the same."""

from __future__ import annotations

import dataclasses
import datetime
import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from pytest_autopsy import plainjson

DATA: list[Any] = [
    None, True, False, 0, -1, 1 << 53, (1 << 63) - 1, -(1 << 63), 1.5, -0.0, 1e300, "", "text",
    "é\u2028\u2029\x7f\U0001f600", "\x00\x01\b\t\n\f\r\x1b\x1f", '"\\/', [], {}, [[]], {"a": {}},
    [1, "a", None, [2, {"k": []}]], {"b": 1, "a": 2, "": 3, "é": 4}, [{}, [], ""],
]  # fmt: skip


@pytest.mark.parametrize("indent", [False, True])
@pytest.mark.parametrize("data", DATA, ids=[str(number) for number in range(len(DATA))])
def test_both_write_the_same(data: Any, indent: bool) -> None:
    raw = plainjson.dumps(data, indent=indent)
    assert raw == plainjson.standard_dumps(data, indent=indent)
    assert plainjson.loads(raw) == json.loads(raw) == data


@pytest.mark.parametrize("number", [1e-7, 5e-324, 1e16, 1e22, 1.7976931348623157e308, 1e-5, 123e-9])
def test_both_write_floats_the_same(number: float) -> None:
    assert plainjson.dumps(number) == plainjson.standard_dumps(number)
    assert plainjson.loads(plainjson.dumps(number)) == number


def test_keys_keep_their_order() -> None:
    assert plainjson.dumps({"b": 1, "a": 2}) == b'{"b":1,"a":2}'
    assert list(plainjson.loads(b'{"b":1,"a":2}')) == ["b", "a"]


@dataclasses.dataclass
class Record:
    a: int = 1


NOT_JSON: dict[str, Any] = {
    "object": object(),
    "set": {1},
    "bytes": b"x",
    "complex": 1j,
    "nested": [{"a": object()}],
    "date": datetime.date(2026, 1, 1),
    "uuid": uuid.UUID(int=1),
    "dataclass": Record(),
    "surrogate": "\ud800",
}


@pytest.mark.parametrize("dumps", [plainjson.dumps, plainjson.standard_dumps])
@pytest.mark.parametrize("name", NOT_JSON)
def test_what_is_not_json_is_a_type_error(
    name: str, dumps: Callable[[Any], bytes], request: pytest.FixtureRequest
) -> None:
    if name == "uuid" and dumps is plainjson.dumps and plainjson.orjson is not None:
        reason = (
            "orjson writes UUIDs and has no option against it; a check costs more than it gains"
        )
        request.applymarker(pytest.mark.xfail(strict=True, reason=reason))
    with pytest.raises(TypeError):
        dumps(NOT_JSON[name])


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_both_agree_on_what_is_no_number(number: float) -> None:
    def outcome(dumps: Callable[[Any], bytes]) -> object:
        try:
            return dumps([number])
        except (TypeError, ValueError) as error:
            return type(error)

    assert outcome(plainjson.dumps) == outcome(plainjson.standard_dumps)


@pytest.mark.parametrize("raw", [b"", b"{", b"[1,]", b"nope", "nope", b"\xff\xfe", b'{"a":1}x'])
def test_bad_json_is_a_value_error(raw: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError):
        plainjson.loads(raw)
    monkeypatch.setattr(plainjson, "orjson", None)
    with pytest.raises(ValueError):
        plainjson.loads(raw)


def test_it_works_without_orjson(monkeypatch: pytest.MonkeyPatch) -> None:
    data = {"a": [1, "é", None], "b": {}}
    with_it = plainjson.dumps(data), plainjson.dumps(data, indent=True)
    monkeypatch.setattr(plainjson, "orjson", None)
    assert (plainjson.dumps(data), plainjson.dumps(data, indent=True)) == with_it
    assert plainjson.loads(with_it[0]) == plainjson.loads(with_it[1].decode()) == data
