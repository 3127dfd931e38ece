"""Hostile objects, third part: cycles, depth, keys, enums, records and exceptions."""

from __future__ import annotations

import collections
import dataclasses
import enum
import sys
import typing
from typing import Any

from . import hostile
from .hostile import CALLED, Case, armed, fill, opaque, spied_property, spy, text
from .hostile_kinds import KINDS, kind, made, plain

SHAPES: dict[str, Case] = {}
DEEP = 10_000


def _nested(wrap: Any) -> Any:
    inner: Any = 1
    for _ in range(DEEP):
        inner = wrap(inner)
    return inner


class Hostile(enum.Enum):
    MEMBER = 1
    LISTED = (1, [2])

    __str__ = __repr__ = __hash__ = __format__ = spy("enum")
    name = spied_property("name")

    @property
    def value(self) -> Any:
        CALLED.append("value")


class Word(str, enum.Enum):
    A = "a"
    __eq__ = __len__ = spy("word")
    __hash__ = str.__hash__


class Bits(enum.IntFlag):
    R = 1
    W = 2
    __contains__ = __iter__ = __bool__ = spy("bits")


class Point(typing.NamedTuple):
    x: Any
    y: Any


class ArmedPoint(Point):
    __iter__ = __len__ = __getitem__ = __repr__ = __eq__ = spy("point")
    x = spied_property("x")


@dataclasses.dataclass
class Record:
    a: Any
    b: Any = dataclasses.field(default=1, repr=False)

    def __repr__(self) -> str:
        CALLED.append("record")
        raise RuntimeError

    def __getattribute__(self, name: str) -> Any:
        CALLED.append(name)
        return "a lie"


@dataclasses.dataclass(frozen=True, slots=True)
class Slotted:
    a: Any
    __hash__ = __eq__ = __repr__ = spy("slotted")  # type: ignore[assignment]


class SelfEmptying(list):  # type: ignore[type-arg]
    def __iter__(self) -> Any:
        CALLED.append("iter")
        self.clear()
        return list.__iter__(self)

    def __len__(self) -> int:
        CALLED.append("len")
        self.append(1)
        return list.__len__(self)


class SelfGrowing(dict):  # type: ignore[type-arg]
    def items(self) -> Any:
        CALLED.append("items")
        self[len(self)] = 1
        return dict.items(self)

    keys = values = __iter__ = __len__ = items  # type: ignore[assignment]


class AttributeDict(dict):  # type: ignore[type-arg]
    def __init__(self, **more: object) -> None:
        dict.__init__(self, **more)
        self.__dict__ = self

    __getattr__ = spy("getattr")


class Key:
    """A key whose equality and hash say when they are asked."""

    def __hash__(self) -> int:
        CALLED.append("Key.__hash__")
        return hash("__dict__")

    def __eq__(self, other: object) -> bool:
        CALLED.append("Key.__eq__")
        return self is other


class LyingError(Exception):
    args = spied_property("args")
    __cause__ = spied_property("__cause__")
    __context__ = spied_property("__context__")
    __traceback__ = spied_property("__traceback__")
    __str__ = __repr__ = spy("error", "raises")
    __notes__ = spied_property("__notes__")


class Lazy:
    """A proxy as web frameworks have them: everything goes to an object made on demand."""

    __slots__ = ("__dict__", "__wrapped")
    __getattr__ = __getattribute__ = spy("lazy", "loops")
    __class__ = spied_property("class of lazy", lie=dict)  # type: ignore[assignment]
    __len__ = __iter__ = __getitem__ = __bool__ = __hash__ = __eq__ = spy("lazy", "loops")


def _cycle_through(start: Any, add: Any) -> Any:
    add(start, start)
    return start


def _enum_in_itself() -> Any:
    member = enum.Enum("Loop", "A").A
    fill(member, _value_=member)
    return member


def _error(cls: Any = Exception, *arguments: object) -> Any:
    return BaseException.__new__(cls, *arguments)


def _chained() -> Any:
    first, second = LyingError("a"), LyingError("b")
    BaseException.__cause__.__set__(first, second)  # type: ignore[attr-defined]
    BaseException.__context__.__set__(second, first)  # type: ignore[attr-defined]
    return first


SHAPES |= {
    "deep-list": lambda: _nested(lambda inner: [inner]),
    "deep-tuple": lambda: _nested(lambda inner: (inner,)),
    "deep-dict": lambda: _nested(lambda inner: {"a": inner}),
    "deep-object": lambda: _nested(lambda inner: plain(inner=inner)),
    "deep-frozenset": lambda: _nested(lambda inner: frozenset([inner])),
    "deep-error": lambda: _nested(lambda inner: Exception(inner)),
    "deep-namedtuple": lambda: _nested(lambda inner: Point(inner, inner)),
    "wide-and-deep": lambda: [[[[[list(range(99))] * 99] * 99] * 99] * 99] * 99,
    "cycle-list": lambda: _cycle_through([], list.append),
    "cycle-dict": lambda: _cycle_through({}, lambda d, v: d.update(a=v)),
    "cycle-deque": lambda: _cycle_through(collections.deque(), collections.deque.append),
    "cycle-object": lambda: _cycle_through(plain(), lambda o, v: fill(o, me=v)),
    "cycle-tuple": lambda: (lambda held: (held, held.append(held))[0])([[]]),  # type: ignore
    "cycle-set": lambda: _cycle_through(plain(), lambda o, v: fill(o, all={v})),
    "cycle-error": lambda: _cycle_through(Exception(), lambda e, v: setattr(e, "args", (v,))),
    "cycle-enum": _enum_in_itself,
    "attribute-dict": lambda: AttributeDict(a=1),
    "self-emptying": lambda: SelfEmptying([1, 2]), "self-growing": lambda: SelfGrowing(a=1),
    "dict-keys-opaque": lambda: {Key(): 1, Key(): opaque()}, "set-of-keys": lambda: {Key(), Key()},
    "counter-of-keys": lambda: collections.Counter([Key()]),
    "ordered-of-keys": lambda: collections.OrderedDict([(Key(), 1), (Key(), 2)]),
    "instance-dict-of-keys": lambda: (lambda o: (vars(o).update({Key(): 1, "a": 2}), o)[1])(plain()),  # type: ignore
    "instance-dict-armed": lambda: _with_dict(plain(), dict.__new__(armed(dict))),
    "namespace-with-text-key": lambda: type("P", (), {text("__dict__"): 1})(),
    "namespace-with-text-slot": lambda: type(
        "P", (Slotted,), {text("a"): Slotted.__dict__["a"], "__slots__": ()}
    ).__new__(made("Q", Slotted)),
    "namespace-text-member": lambda: _text_member(),
    "enum": lambda: Hostile.MEMBER, "enum-listed": lambda: Hostile.LISTED,
    "enum-class": lambda: Hostile, "enum-of-text": lambda: Word.A, "flag": lambda: Bits.R | Bits.W,
    "flag-none": lambda: Bits(0), "flag-unknown": lambda: Bits(64),
    "enum-of-opaque": lambda: fill(enum.Enum("E", "A").A, _value_=opaque()),
    "says-it-is-enum": lambda: made("P", made("Enum", __module__="enum", __slots__=()))(),
    "says-it-is-enum-too": lambda: fill(made("P", made("Enum", __module__="enum"))(), _name_=opaque()),
    "namedtuple": lambda: Point(opaque(), [opaque()]),
    "namedtuple-armed": lambda: tuple.__new__(ArmedPoint, (1, opaque())),
    "namedtuple-too-short": lambda: tuple.__new__(Point, ()),
    "dataclass": lambda: fill(object.__new__(Record), a=opaque(), b=2),
    "dataclass-bare": lambda: object.__new__(Record),
    "dataclass-slotted": lambda: Slotted([opaque()]),
    "dataclass-slotted-bare": lambda: object.__new__(Slotted),
    "lazy-proxy": lambda: object.__new__(Lazy),
    "error-lies": lambda: LyingError(opaque(), [opaque()]), "error-chained": _chained,
    "error-args-armed": lambda: _error(KeyError, opaque()),
    "os-error-names-opaque": lambda: OSError(2, "why", text("name"), None, text("other")),
    "error-of-text": lambda: ValueError(text("message")),
    "system-exit": lambda: SystemExit(opaque()), "stop": lambda: StopIteration(opaque()),
    "unicode-error": lambda: UnicodeEncodeError("a", "\ud800", 0, 1, "why"),
    "syntax-error": lambda: SyntaxError("m", ("f", 1, 1, text("source"))),
    "traceback": lambda: _traceback(), "frame": lambda: _traceback().tb_frame,
}  # fmt: skip


def _with_dict(holder: Any, replacement: Any) -> Any:
    object.__setattr__(holder, "__dict__", replacement)
    return holder


def _text_member() -> Any:
    base = made("Base", __slots__=("kept",))
    return type("P", (base,), {text("kept"): base.kept})()


def _traceback() -> Any:
    held = opaque()
    try:
        raise LyingError(held)
    except LyingError:
        return sys.exc_info()[2]


@kind
def slots_and_dict() -> Any:
    return fill(made("P", made("Q", __slots__=("a",)), b=spied_property("b"))(), c=opaque())


if sys.version_info >= (3, 11):
    SHAPES["group-of-armed"] = lambda: ExceptionGroup(  # noqa: F821
        "group", [Exception.__new__(armed(Exception, "raises"), opaque())]
    )

CASES: dict[str, Case] = {**hostile.ARMED, **hostile.METACLASSES, **KINDS, **SHAPES}
