"""What common types look like, where a look stops, and that it says so."""

from __future__ import annotations

import abc
import collections
import dataclasses
import datetime
import decimal
import enum
import fractions
import functools
import pathlib
import re
import types
import uuid
from typing import Any, NamedTuple

import pytest

from pytest_autopsy.model import Value
from pytest_autopsy.observe.text import to_json, to_text
from pytest_autopsy.observe.values import MAX_INT, SNAPSHOT, TRACE, Limits, look

TINY = Limits(depth=2, items=3, string=5, nodes=6)


class Colour(enum.Enum):
    RED = "r"


class Level(enum.IntEnum):
    LOW = 1


class Mode(enum.Flag):
    R = 1
    W = 2


class Pair(NamedTuple):
    x: int
    y: int


@dataclasses.dataclass
class Item:
    name: str
    price: float = 1.0


@dataclasses.dataclass(frozen=True, slots=True)
class Slotted:
    a: int
    b: int


class Text(str):
    pass


class Octets(bytes):
    pass


class Count(int):
    pass


class Names(list):  # type: ignore[type-arg]
    pass


class Table(dict):  # type: ignore[type-arg]
    pass


class Abstract(abc.ABC):
    @classmethod
    def method(cls) -> None:
        pass


@pytest.mark.parametrize(
    "value", [None, True, 0, -5, MAX_INT - 1, 1 - MAX_INT, 2.5, float("inf"), "", "text", "\ud800"]
)
def test_an_atom_is_itself(value: Any) -> None:
    assert look(value) is value


UTC = datetime.timezone.utc
COMMON: list[tuple[Any, str]] = [
    ([1, "x", None], "[1, 'x', None]"),
    ([], "[]"),
    ((1,), "(1,)"),
    ((), "()"),
    ((1, 2), "(1, 2)"),
    ({"a": [1]}, "{'a': [1]}"),
    ({3, 1, 2}, "{1, 2, 3}"),
    (set(), "set()"),
    (frozenset({1}), "frozenset([1])"),
    (collections.deque([1]), "deque([1])"),
    (collections.OrderedDict(a=1), "OrderedDict({'a': 1})"),
    (collections.defaultdict(int, a=1), "defaultdict({'a': 1})"),
    (collections.Counter("a"), "Counter({'a': 1})"),
    (b"a\xff", r"b'a\xff'"),
    (bytearray(b"a"), "bytearray(b'a')"),
    (range(3), "range(0, 3)"),
    (2 + 1j, "complex((2+1j))"),
    (decimal.Decimal("1.50"), "Decimal(1.50)"),
    (fractions.Fraction(1, 3), "Fraction(1/3)"),
    (uuid.UUID(int=1), "UUID(00000000-0000-0000-0000-000000000001)"),
    (datetime.date(2026, 1, 2), "date(2026-01-02)"),
    (datetime.datetime(2026, 1, 2, 3, tzinfo=UTC), "datetime(2026-01-02T03:00:00+00:00)"),
    (datetime.timedelta(days=2), "timedelta(2 days, 0:00:00)"),
    (pathlib.PurePosixPath("a/b"), "PurePosixPath(a/b)"),
    (re.compile("a+"), "Pattern('a+')"),
    (Colour.RED, "Colour.RED(value='r')"),
    (Level.LOW, "Level.LOW(value=1)"),
    (Item("pen"), "Item(name='pen', price=1.0)"),
    (Slotted(1, 2), "Slotted(a=1, b=2)"),
    (Text("a"), "Text('a')"),
    (Octets(b"a"), "Octets('a')"),
    (Count(5), "Count(5)"),
    (Names([1]), "Names([1])"),
    (Table(a=1), "Table({'a': 1})"),
    (len, "builtin_function_or_method(len)"),
    (int, "type(int)"),
    (types, "module(types)"),
    (object(), "<object>"),
    (ValueError("bad", 1), "ValueError(args=('bad', 1))"),
    (functools.partial(len), "partial(func=builtin_function_or_method(len), args=(), keywords={})"),
    (types.SimpleNamespace(a=1), "SimpleNamespace(a=1)"),
    (slice(1, 2), "slice(1, 2, None)"),
]


@pytest.mark.parametrize(("value", "text"), COMMON, ids=[text for _, text in COMMON])
def test_common_types(value: Any, text: str) -> None:
    assert to_text(look(value)) == text


def test_names_are_shown_where_the_type_is_not_enough() -> None:
    assert to_text(look(Pair(1, 2))) == "Pair(x=1, y=2)"
    assert "test_common_types" in to_text(look(test_common_types))
    assert "Text.upper" in to_text(look(Text("a").upper))
    assert "Abstract.method" in to_text(look(Abstract.method))
    assert "Mode" in to_text(look(Mode.R | Mode.W)) and "3" in to_text(look(Mode.R | Mode.W))


@pytest.mark.parametrize("cls", [Item, Abstract, Colour], ids=["plain", "abstract", "enum"])
def test_a_class_says_which(cls: type) -> None:
    assert cls.__name__ in to_text(look(cls))


def _many(count: int) -> list[Any]:
    return [
        list(range(count)),
        tuple(range(count)),
        collections.deque(range(count)),
        Names(range(count)),
        dict.fromkeys(range(count)),
        Table.fromkeys(range(count)),
        collections.Counter(range(count)),
    ]


@pytest.mark.parametrize("limits", [TINY, TRACE, SNAPSHOT], ids=["tiny", "trace", "snapshot"])
@pytest.mark.parametrize("index", range(7))
def test_items_stop_at_the_limit_and_say_how_many_there_were(index: int, limits: Limits) -> None:
    whole: Any = look(_many(limits.items)[index], limits)
    cut: Any = look(_many(limits.items + 4)[index], limits)
    assert (whole.size, len(whole.items), whole.why) == (limits.items, limits.items, "")
    assert (cut.size, len(cut.items), cut.why) == (limits.items + 4, limits.items, "items")
    assert cut.items == whole.items


def test_a_set_past_the_limit_shows_its_size_only() -> None:
    assert look({1, 2, 3, 4}, TINY) == Value("set", "set", 4, why="items")
    assert look(frozenset("abcd"), TINY) == Value("set", "frozenset", 4, why="items")


def test_a_set_does_not_depend_on_the_order_of_insertion() -> None:
    names = [f"name{number}" for number in range(12)]
    assert look(set(names)) == look(set(sorted(names)[6:] + names))


def test_attributes_stop_at_the_limit_and_say_how_many_there_were() -> None:
    many = types.new_class("Many")()
    vars(many).update({f"a{number}": number for number in range(9)})
    shown: Any = look(many, TINY)
    assert [name for name, _ in shown.attrs] == ["a0", "a1", "a2"]
    assert shown.why == "items"
    assert "9" in str(to_json(shown))


@pytest.mark.parametrize("made", [Names([1]), Table(a=1)], ids=["list", "dict"])
def test_cut_attributes_of_a_container_are_said_too(made: Any) -> None:
    vars(made).update({f"a{number}": number for number in range(9)})
    shown: Any = look(made, TINY)
    assert len(shown.attrs) == 3 and shown.why


@pytest.mark.parametrize("value", ["abcdef" * 2, Text("abcdef" * 2)], ids=["str", "subclass"])
def test_text_stops_at_the_limit(value: str) -> None:
    shown: Any = look(value, TINY)
    assert (shown.size, shown.items, shown.why) == (12, ("abcde",), "string")
    assert to_text(shown).rstrip(")").endswith("...")


@pytest.mark.parametrize("made", [bytes, bytearray, Octets])
def test_bytes_stop_at_the_limit(made: Any) -> None:
    shown: Any = look(made(b"abcdefg"), TINY)
    assert (shown.size, shown.items, shown.why) == (7, ("abcde",), "string")
    assert look(made(b"abcde"), TINY).why == ""  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "value", [decimal.Decimal("1234567"), pathlib.PurePosixPath("a" * 9), re.compile("a" * 9)]
)
def test_literals_that_are_cut_say_so(value: Any) -> None:
    assert getattr(look(value, TINY), "why", "") == "string"
