"""Hostile objects whose trouble is in their story: half-built, cyclic, huge, lying, alive.

Same rule as in hostile.py: what runs leaves its name in CALLED.
"""

from __future__ import annotations

import abc
import array
import asyncio
import collections
import contextvars
import datetime
import decimal
import fractions
import functools
import itertools
import pathlib
import re
import threading
import types
import typing
import uuid
import weakref
from typing import Any
from unittest import mock

from .hostile import CALLED, Case, Opaque, armed, fill, opaque, spied_property, spy, text

MILLION = 10**6
KINDS: dict[str, Case] = {}
_KEPT: list[object] = [opaque()]


def kind(make: Any) -> Any:
    """Register a builder by its name."""
    KINDS[make.__name__.strip("_").replace("_", "-")] = make
    return make


def plain(**attributes: object) -> Any:
    return fill(object.__new__(type("Plain", (), {})), **attributes)


def made(name: str, /, *bases: type, **space: object) -> Any:
    return type(name, bases, space)


KINDS |= {
    # what stands where __dict__, __class__ and the like are expected
    "dict-is-property": lambda: object.__new__(made("P", __dict__=spied_property("__dict__"))),
    "dict-is-method": lambda: object.__new__(made("P", __dict__=spy("__dict__"))),
    "dict-is-slot": lambda: object.__new__(made("P", __slots__=("__dict__", "x"))),
    "class-attribute-lies": lambda: made("P", __class__=int)(),
    "class-attribute-raises": lambda: made("P", __class__=spied_property("c", "raises"))(),
    "getattr-recursion": lambda: made("P", __getattr__=lambda s, n: getattr(s, n + "x"))(),
    "text-keys-in-dict": lambda: _with_keys(text("a"), 1, None),
    "text-keys-of-atoms": lambda: _with_keys(text("a"), 1, (2,), value=None),
    "text-key-as-on-the-class": lambda: _with_keys(text("shared"), on=made("P", shared=[1])()),
    "dict-named-attribute": lambda: plain(__dict__=1, __class__=int, __len__=spy("len")),
    "descriptors-on-class": lambda: made(
        "P", a=opaque(), b=made("D", __get__=spy("get"), __set__=spy("set"))(), c=[opaque()]
    )(),
    "foreign-member": lambda: made("P", x=made("Q", __slots__=("x",)).x)(),
    "getset-of-other-class": lambda: made("P", __dict__=made("Q").__dict__["__dict__"])(),
    "slots-not-set": lambda: made("P", __slots__=("a", "b"))(),
    "mangled-slots": lambda: made("P", __slots__=("_P__a", "__b"))(),
    "abstract-instance": lambda: object.__new__(abc.ABCMeta("P", (), {"__iter__": spy("iter")})),
    "module-says-builtins": lambda: made("list", __module__="builtins", __len__=spy("len"))(),
    "module-not-text": lambda: made("P", __module__=opaque())(),
    "class-named-oddly": lambda: made("a\n\x1b[31m")(),
    "class-name-is-text": lambda: made("P", type(text("Enum"), (), {"__module__": "enum"}))(),
    "class-name-is-huge": lambda: made("N" * MILLION)(),
    "attribute-names-odd": lambda: plain(**{"\ud800": 1, "a b": 2, "": 3, "\x00\n": 4}),
    "truth-raises": lambda: made("P", __bool__=spy("bool", "raises"))(),
    # doubles
    "mock": mock.Mock, "magic-mock": mock.MagicMock, "async-mock": mock.AsyncMock,
    "mock-spec": lambda: mock.create_autospec(collections.OrderedDict),
    "mock-lies": lambda: mock.MagicMock(__class__=dict, **{"__len__.side_effect": Exception}),
    "sentinel": lambda: mock.sentinel.thing, "mock-call": lambda: mock.call.a(1).b(opaque()),
    "weak-proxy": lambda: weakref.proxy(_KEPT[0]),  # type: ignore[type-var]
    "weak-proxy-dead": lambda: weakref.proxy(made("P")()),
    "weak-ref": lambda: weakref.ref(_KEPT[0]), "weak-set": weakref.WeakSet,
    "weak-values": lambda: weakref.WeakValueDictionary(a=_KEPT[0]),
    # half-built
    "bare-super": lambda: super.__new__(super), "bare-partial": lambda: functools.partial(opaque()),
    "bare-property": lambda: property.__new__(property),
    "bare-uuid": lambda: uuid.UUID.__new__(uuid.UUID),
    "bare-path": lambda: object.__new__(pathlib.PurePosixPath),
    "bare-fraction": lambda: object.__new__(fractions.Fraction),
    "bare-exception": lambda: Exception.__new__(made("E", Exception)),
    "bare-counter": lambda: collections.Counter.__new__(collections.Counter),
    "bare-module": lambda: types.ModuleType.__new__(types.ModuleType),
    "bare-thread": lambda: threading.Thread.__new__(threading.Thread),
    # huge
    "huge-list": lambda: list(range(MILLION)), "huge-tuple": lambda: (opaque(),) * MILLION,
    "huge-dict": lambda: dict.fromkeys(range(MILLION)), "huge-set": lambda: set(range(MILLION)),
    "huge-frozenset": lambda: frozenset(range(MILLION)), "huge-text": lambda: "é" * MILLION,
    "huge-bytes": lambda: b"\xff" * MILLION, "huge-bytearray": lambda: bytearray(MILLION),
    "huge-deque": lambda: collections.deque(range(MILLION)), "huge-range": lambda: range(1 << 90),
    "huge-int": lambda: 1 << MILLION, "huge-negative": lambda: -(1 << MILLION),
    "huge-fraction": lambda: fractions.Fraction(1 << 20_000, 3),
    "huge-decimal": lambda: decimal.Decimal("7" * MILLION),
    "huge-path": lambda: pathlib.PurePosixPath("a/" * 300_000),
    "huge-pattern": lambda: re.compile("a" * 300_000),
    "huge-attributes": lambda: plain(**dict.fromkeys(map("a{}".format, range(100_000)))),
    # numbers and text at their edges
    "nan": lambda: float("nan"), "complex-nan": lambda: complex("nan+infj"),
    "signalling-nan": lambda: decimal.Decimal("sNaN"), "surrogate": lambda: "\udfff",
    "surrogate-key": lambda: {"\ud800": "\udc00"}, "nul": lambda: "\x00" * 9,
    "latest-time": lambda: datetime.datetime.max.replace(tzinfo=datetime.timezone.utc),
    "zone-is-hostile": lambda: datetime.datetime(2026, 1, 1, tzinfo=_zone()),
    "time-zone-is-hostile": lambda: datetime.time(1, tzinfo=_zone()),
    # inside the known types
    "pattern-of-text": lambda: re.compile(_soft("a+")),
    "path-of-text": lambda: pathlib.PurePosixPath(_soft("a"), _soft("b")),
    "fraction-of-opaque": lambda: _fraction(opaque(), opaque()), "uuid-of-opaque": lambda: _uuid(),
    "slice-of-opaque": lambda: slice(opaque()), "list-of-text": lambda: [text("a")] * 3,
    "range-of-armed": lambda: range(int.__new__(made("I", int, __abs__=spy("abs")), 3)),
    "defaultdict-factory": lambda: collections.defaultdict(opaque()),
    "module-name-opaque": lambda: _stored(
        types.ModuleType("m"), __name__=opaque(), __getattr__=spy("getattr")
    ),
    "array": lambda: array.array("d", [1.0]), "memoryview": lambda: memoryview(b"abc"),
    "released-memoryview": lambda: (lambda view: (view.release(), view)[1])(memoryview(b"a")),
    # callables
    "lambda": lambda: lambda: CALLED.append("lambda"), "builtin": lambda: len, "class": lambda: Opaque,
    "method-of-armed": lambda: types.MethodType(spy("function"), opaque()),
    "method-of-armed-callable": lambda: types.MethodType(opaque(), opaque()),
    "method-of-odd-callable": lambda: types.MethodType(_odd_class_instance("__eq__"), 1),
    "builtin-of-odd-class": lambda: list.append.__get__(_odd_class_instance("__getattribute__", list)),
    "function-name-is-text": lambda: _function_named(text("f")),
    "generic-alias": lambda: list[int], "type-var": lambda: typing.TypeVar("T"),
    "union": lambda: typing.Union[int, str], "code": lambda: plain.__code__,
    # iterators and the like: reading one item is running its code, or spending it
    "map": lambda: map(spy("map"), [1]), "zip": lambda: zip([1], map(spy("zip"), [1])),
    "call-iterator": lambda: iter(spy("next"), 1), "count": itertools.count,
    "sequence-iterator": lambda: iter(made("S", __getitem__=spy("item"), __len__=spy("len"))()),
    "dict-keys": {opaque: 1}.keys, "mapping-proxy": lambda: types.MappingProxyType(_armed_dict()),
    "chain-map": lambda: collections.ChainMap(_armed_dict()), "context-var": lambda: _context(),
    "lock": threading.Lock, "thread-local": lambda: _stored(threading.local(), value=opaque()),
    "async-generator": lambda: _ticks(), "generator": lambda: _body(opaque()),
    "generator-code-named-text": lambda: _function_named(text("g"), _body.__code__)(1),
}  # fmt: skip


def _soft(content: str) -> Any:
    """Text of which a pattern or a path can be made without running its code."""
    return made("Soft", str, __repr__=spy("repr"), __str__=spy("str"), __format__=spy("f"))(content)


def _with_keys(*keys: object, value: object = 1, on: Any = None) -> Any:
    found = on or plain()
    vars(found).update(dict.fromkeys(keys, value))
    return found


def _stored(holder: Any, **attributes: object) -> Any:
    vars(holder).update(attributes)
    return holder


def _zone() -> Any:
    return datetime.tzinfo.__new__(armed(datetime.tzinfo, "raises"))


def _armed_dict() -> Any:
    return dict.__new__(armed(dict, "raises"))


def _fraction(up: object, down: object) -> Any:
    found = fractions.Fraction(1, 2)
    found._numerator, found._denominator = up, down  # type: ignore[attr-defined]
    return found


def _uuid() -> Any:
    found = uuid.UUID(int=1)
    object.__setattr__(found, "int", made("I", __index__=spy("index", lie=5))())
    return found


def _odd_class_instance(trick: str, base: type = object) -> Any:
    meta = type("Meta", (type,), {"__hash__": type.__hash__})
    cls = type.__call__(meta, "Odd", (base,), {"__call__": spy("call")})
    setattr(meta, trick, spy(f"meta {trick}"))
    return base.__new__(cls)


def _function_named(name: str, code: Any = None) -> Any:
    code = code or (lambda: CALLED.append("function")).__code__
    found = types.FunctionType(code.replace(co_name=name), {"CALLED": CALLED})
    found.__qualname__ = name
    found.__module__ = name
    return found


def _context() -> Any:
    return contextvars.ContextVar("variable", default=opaque())


def _body(held: object) -> Any:
    CALLED.append("generator")
    yield held


async def _ticks() -> Any:
    CALLED.append("async generator")
    yield 1


async def _waits(held: object) -> object:
    await asyncio.sleep(0)
    return held


@kind
def started_generator() -> Any:
    body = _body(opaque())
    next(body)
    return body


@kind
def suspended_coroutine() -> Any:
    waits = _waits(opaque())
    waits.send(None)
    return waits


@kind
def done_task() -> Any:
    loop = asyncio.new_event_loop()
    try:
        task = loop.create_task(_waits(opaque()))
        loop.run_until_complete(task)
    finally:
        loop.close()
    return task


@kind
def with_finalizer() -> Any:
    return made("Final", __del__=spy("__del__"))()
