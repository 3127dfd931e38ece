"""What holds for any value that is made of builtins (hypothesis makes them)."""

from __future__ import annotations

import collections
import copy
import datetime
import decimal
import enum
import functools
import json
import math
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pytest_autopsy import evidence, plainjson
from pytest_autopsy.model import Assertion, ExceptionRecord, Frame, Snapshot, Value
from pytest_autopsy.observe.compare import contains, first_difference, same_content
from pytest_autopsy.observe.detail import Detail
from pytest_autopsy.observe.redaction import Redactor
from pytest_autopsy.observe.text import to_json, to_text
from pytest_autopsy.observe.values import SNAPSHOT, TRACE, Limits, look
from pytest_autopsy.report.snapshot import snapshot_json

from .secrets_made import PLANTED

TINY = Limits(depth=2, items=2, string=4, nodes=6)
SMALL = Limits(depth=3, items=4, string=20, nodes=9)
LIMITS = st.sampled_from([TINY, SMALL, TRACE, SNAPSHOT])

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=30)  # lone surrogates too
KEYS = st.none() | st.booleans() | st.integers() | ANY_TEXT | st.binary(max_size=9)
BIG = st.integers(min_value=60, max_value=3000).map(lambda bits: (1 << bits) - 1)
EXACT = KEYS | BIG | st.dates() | st.just(range(3)) | st.builds(object)
ATOMS = EXACT | st.floats() | st.decimals() | st.complex_numbers() | st.datetimes()


class Plain:
    def __init__(self, held: object) -> None:
        self.held = held


def _nested(leaves: Any) -> Any:
    return st.recursive(
        leaves,
        lambda inner: (
            st.lists(inner, max_size=6)
            | st.lists(inner, max_size=4).map(tuple)
            | st.dictionaries(KEYS, inner, max_size=5)
            | st.sets(KEYS, max_size=6)
            | st.frozensets(KEYS, max_size=4)
            | st.lists(inner, max_size=4).map(collections.deque)
            | inner.map(Plain)
        ),
        max_leaves=25,
    )


NESTED = _nested(ATOMS)
WITHOUT_FLOATS = _nested(EXACT)
MORE = settings(
    deadline=None,  # the machine may be busy
    derandomize=True,  # the same examples every time: a failure is one for everybody
    database=None,
    max_examples=150,
    suppress_health_check=[HealthCheck.too_slow],
)


def depth(shown: Any) -> int:
    if isinstance(shown, Value):
        return 1 + depth(shown.items + shown.attrs)
    return max(map(depth, shown), default=0) if isinstance(shown, tuple) else 0


@MORE
@given(NESTED, LIMITS)
def test_a_look_is_bounded_text_and_json(value: Any, limits: Limits) -> None:
    shown = look(value, limits)
    assert depth(shown) <= limits.depth + 1
    assert look(value, limits) == shown or "nan" in repr(shown)
    for limit in (3, 20, 200):
        text = to_text(shown, limit)
        assert len(text) <= limit
        text.encode()
    raw = plainjson.dumps(to_json(shown))
    assert json.loads(raw) == plainjson.loads(raw) == to_json(shown)


@MORE
@given(WITHOUT_FLOATS, LIMITS)
def test_orjson_and_the_standard_library_write_the_same(value: Any, limits: Limits) -> None:
    _same_bytes(to_json(look(value, limits)))


@MORE
@given(st.lists(st.floats(), min_size=1))
def test_they_write_floats_the_same(value: Any) -> None:
    _same_bytes(to_json(look(value)))


def _same_bytes(data: object) -> None:
    for indent in (False, True):
        with_orjson = plainjson.dumps(data, indent=indent)
        assert with_orjson == plainjson.standard_dumps(data, indent=indent)


def cleaned(shown: Any) -> Any:
    """A look with the lone surrogates written out, which is how it travels."""
    if isinstance(shown, tuple):
        parts = [cleaned(part) for part in shown]
        return Value(*parts) if type(shown) is Value else tuple(parts)
    if isinstance(shown, str):
        return shown.encode("utf-8", "backslashreplace").decode()
    return repr(shown) if isinstance(shown, float) else shown


@MORE
@given(NESTED, LIMITS)
def test_evidence_comes_back_as_it_went(value: Any, limits: Limits) -> None:
    shown = look(value, limits)
    back = evidence.revived(plainjson.loads(plainjson.dumps(evidence.plain(shown))))
    assert cleaned(back) == cleaned(shown)
    assert type(back) is type(shown)


@MORE
@given(NESTED, LIMITS)
def test_a_value_is_not_different_from_itself(value: Any, limits: Limits) -> None:
    shown = look(value, limits)
    assert same_content(shown, shown) is not False
    assert first_difference(shown, shown) == ""
    if same_content(shown, shown):
        assert contains(shown, shown)
        assert contains(Value("sequence", "list", 1, (shown,)), shown)


@MORE
@given(_nested(KEYS | st.floats(allow_nan=False) | BIG | st.dates()), LIMITS)
def test_a_copy_is_not_different(value: Any, limits: Limits) -> None:
    assert same_content(look(value, limits), look(copy.deepcopy(value), limits)) is not False


UNIQUE = st.lists(KEYS | st.tuples(KEYS, st.tuples(KEYS)), max_size=8, unique=True)


@MORE
@given(UNIQUE, LIMITS)
def test_equal_sets_are_not_different(keys: list[Any], limits: Limits) -> None:
    forth, back = set(keys), set(keys[4:] + keys[:4])
    assert same_content(look(forth, limits), look(back, limits)) is not False


@MORE
@given(UNIQUE, LIMITS)
def test_equal_dicts_are_not_different(keys: list[Any], limits: Limits) -> None:
    forth, back = dict.fromkeys(keys, 1), dict.fromkeys(reversed(keys), 1)
    assert same_content(look(forth, limits), look(back, limits)) is not False


@MORE
@given(NESTED, NESTED, LIMITS)
def test_two_values_that_are_called_equal_are(left: Any, right: Any, limits: Limits) -> None:
    shown = look(left, limits), look(right, limits)
    verdict = same_content(*shown)
    assert verdict == same_content(*shown[::-1])
    if verdict and "Plain" not in repr(shown) and "nan" not in repr(shown).lower():
        assert left == right or "object" in repr(shown)


NAMES = st.sampled_from(["", "password", "token", "x", "api_key", "\ud800secret"]) | ANY_TEXT


@MORE
@given(NESTED, NAMES, LIMITS)
@example("hunter22", "\ud800secret", TRACE)
def test_redaction_never_raises_and_leaves_something_to_write(
    value: Any, name: str, limits: Limits
) -> None:
    redactor = Redactor()
    for _ in range(2):
        hidden = redactor.look(look({name: value, "list": [value]}, limits), name)
        plainjson.dumps(to_json(hidden))
        to_text(hidden)
        to_text(redactor.look(look(value, limits), name))


PLACES: dict[str, Any] = {
    "itself": lambda text, _: text,
    "item": lambda text, other: [other, text],
    "value": lambda text, other: {"a": text, "b": other},
    "key": lambda text, other: {text: other},
    "deep": lambda text, other: {"a": [(other, {"b": text})]},
    "attribute": lambda text, other: Plain(Plain([text, other])),
    "bytes": lambda text, other: [text.encode("utf-8", "replace"), other],
    "set": lambda text, _: {text},
    "error": lambda text, other: ValueError(other, text),
}


@MORE
@given(st.sampled_from(PLANTED), st.sampled_from(sorted(PLACES)), ANY_TEXT, ANY_TEXT, NESTED, NAMES)
def test_a_planted_secret_never_comes_out(
    planted: tuple[str, str], place: str, before: str, after: str, other: Any, name: str
) -> None:
    text, secret = planted
    value = PLACES[place](f"{before} {text} {after}", other)
    hidden = Redactor().look(look(value, SNAPSHOT), name)
    part = secret.split("\n")[0]
    assert part not in to_text(hidden, 100_000)
    assert part not in repr(hidden)


@pytest.mark.parametrize("value", [decimal.Decimal("NaN"), datetime.datetime.min.time(), 1j])
def test_the_reading_of_a_literal_is_stable(value: Any) -> None:
    assert look(value) == look(copy.copy(value))


class Word(str):
    pass


class Count(int):
    pass


class Mood(enum.Enum):
    ODD = "\ud800"


ODD_KEYS = st.sampled_from(
    [Word("k\udfff"), Count(1 << 70), 1.5, math.nan, None, (1, 2), b"\xff", Mood.ODD]
)
ODD = (
    st.sampled_from([math.nan, math.inf, -math.inf, 1 << 64, -(1 << 63) - 1, -0.0, Mood.ODD])
    | st.integers(4301, 5000).map(lambda digits: 10**digits)  # past what int to str takes
    | ANY_TEXT.map(Word)
    | st.integers().map(Count)
    | st.binary(max_size=20)
    | ANY_TEXT
)
DEEP = st.integers(1, 2000).map(
    lambda depth: functools.reduce(lambda inner, _: [inner], range(depth), 1)
)
HOLDING = st.recursive(
    ODD | DEEP,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(ODD_KEYS | ANY_TEXT, inner, max_size=4)
    ),
    max_leaves=12,
)


def _jsonable(data: Any) -> bool:
    """Whether orjson takes it, and gives back what it took."""
    if isinstance(data, dict):
        return type(data) is dict and all(type(k) is str and _jsonable(v) for k, v in data.items())
    if isinstance(data, list):
        return type(data) is list and all(map(_jsonable, data))
    if type(data) is str:
        return data == data.encode("utf-8", "ignore").decode()
    if type(data) is int:
        return -(1 << 63) <= data < 1 << 63
    return data is None or type(data) is bool or (type(data) is float and math.isfinite(data))


@MORE
@given(HOLDING, LIMITS, st.sampled_from(["safe", "types", "none"]))
def test_a_look_at_anything_is_json(value: Any, limits: Limits, values: str) -> None:
    data = to_json(Detail(values=values).looker(limits).look(value))
    assert _jsonable(data)
    assert plainjson.loads(plainjson.dumps(data)) == data


@MORE
@given(ANY_TEXT, HOLDING)
def test_a_snapshot_of_anything_is_json(text: str, value: Any) -> None:
    shown = look(value)
    frame = Frame(text, 1, text, "code", 1, text, 1, (text,), ((text, shown),), 0, None, text, text)
    error = ExceptionRecord(text, text, "raised", (frame,), 0, text)
    assertion = Assertion(shown, "==", shown, text, text, text)
    snapshot = Snapshot(text, "2026", (error, error), assertion, text, {"argv": [text]}, text, text)
    data = snapshot_json(snapshot)
    assert _jsonable(data)
    back = evidence.revived(plainjson.loads(plainjson.dumps(evidence.plain(snapshot))))
    assert _jsonable(snapshot_json(back))
