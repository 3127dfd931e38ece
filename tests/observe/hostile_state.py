"""Hostile objects, fifth part: what C holds and has let go, what other threads own, what is lazy.

Same rule as in hostile.py: what runs leaves its name in CALLED.
"""

from __future__ import annotations

import ast
import asyncio
import collections
import concurrent.futures
import contextvars
import csv
import ctypes
import functools
import importlib.machinery
import importlib.util
import io
import itertools
import logging
import mmap
import operator
import os
import queue
import re
import socket
import sqlite3
import sys
import threading
import types
import typing
import weakref
import xml.etree.ElementTree as Tree
from typing import Any
from unittest import mock

from .hostile import CALLED, Case, armed, fill, opaque, spied_property, spy, text
from .hostile_kinds import made, plain

STATE: dict[str, Case] = {}


def state(make: Any) -> Any:
    """Register a builder by its name."""
    STATE[make.__name__.strip("_").replace("_", "-")] = make
    return make


class Pair(ctypes.Structure):
    _fields_ = [("left", ctypes.c_int), ("right", ctypes.c_char_p)]
    __repr__ = spy("pair")
    __getattribute__ = spy("pair")


class Told(threading.local):
    """A thread's own attributes: `__init__` runs again in every thread that reads them."""

    def __init__(self) -> None:
        CALLED.append("Told.__init__")


class Resurrects:
    def __del__(self) -> None:
        CALLED.append("__del__")


class Prepared(type):
    @classmethod
    def __prepare__(mcs, name: str, bases: Any, **_: Any) -> Any:
        return dict.__new__(
            type("Space", (dict,), {"__getitem__": _missing, "__len__": spy("space")})
        )

    __getattribute__ = spy("meta")
    __instancecheck__ = __subclasscheck__ = __eq__ = spy("meta")  # type: ignore[assignment]
    __hash__ = spy("meta")


def _missing(self: Any, name: str) -> Any:
    return dict.__getitem__(self, name)


class Meets(metaclass=Prepared):
    kept = 1


def closed(holder: Any) -> Any:
    holder.close()
    return holder


def advanced(body: Any, steps: int = 1) -> Any:
    for _ in range(steps):
        next(body)
    return body


def _yields(held: object) -> Any:
    try:
        yield held
        CALLED.append("generator went on")
        yield held
    finally:
        held = None


async def _asks(held: object) -> Any:
    try:
        yield held
    finally:
        held = None


def deep(wrap: Any, times: int = 3000, inner: Any = 1) -> Any:
    for _ in range(times):
        inner = wrap(inner)
    return inner


STATE |= {
    # C state: gone, never there, or not to be read
    "mmap-closed": lambda: closed(mmap.mmap(-1, 16)), "mmap": lambda: mmap.mmap(-1, 16),
    "sqlite-closed": lambda: closed(sqlite3.connect(":memory:")),
    "sqlite-cursor-closed": lambda: closed(sqlite3.connect(":memory:").cursor()),
    "sqlite-cursor-bare": lambda: sqlite3.Cursor.__new__(sqlite3.Cursor),
    "sqlite-connection-bare": lambda: sqlite3.Connection.__new__(sqlite3.Connection),
    "socket-closed": lambda: closed(socket.socket()), "socket-bare": lambda: socket.socket.__new__(socket.socket),
    "file-closed": lambda: closed(io.BytesIO(b"x")), "file-bare": lambda: io.TextIOWrapper.__new__(io.TextIOWrapper),
    "text-closed": lambda: closed(io.StringIO("x")), "buffered-bare": lambda: io.BufferedReader.__new__(io.BufferedReader),
    "scandir-closed": lambda: closed(os.scandir(".")),
    "ctypes-structure": lambda: Pair.__new__(Pair), "ctypes-null": lambda: ctypes.py_object(),
    "ctypes-pointer-null": lambda: ctypes.POINTER(ctypes.c_int)(),
    "ctypes-array": lambda: (ctypes.c_int * 1000)(), "ctypes-text-null": lambda: ctypes.c_char_p(),
    "ctypes-wild-pointer": lambda: ctypes.cast(1, ctypes.POINTER(ctypes.c_int)),
    "ctypes-wild-text": lambda: ctypes.c_char_p(1),
    "element-bare": lambda: Tree.Element.__new__(Tree.Element),
    "element-tag-opaque": lambda: Tree.Element(opaque()),
    "node-bare": lambda: ast.Name.__new__(ast.Name), "code-empty-cell": types.CellType,
    "cell-of-opaque": lambda: types.CellType(opaque()), "match": lambda: re.match("(a)(b)?", "a"),
    "csv-reader": lambda: csv.reader(map(spy("line"), [1])), "struct-time": lambda: os.stat_result(range(10)),
    "memory-view-shared": lambda: memoryview(bytearray(b"abc"))[::2],
    "frame-cleared": lambda: _cleared_frame(), "simple-queue": queue.SimpleQueue,
    # threads, contexts, loops
    "thread-local-of-another": lambda: _from_thread(Told), "context-token": lambda: _token(),
    "context": lambda: _context(), "thread-named-text": lambda: _thread(),
    "condition": threading.Condition, "semaphore": threading.Semaphore, "event": threading.Event,
    "timer": lambda: threading.Timer(9, opaque()), "queue": lambda: _filled(queue.Queue(), opaque()),
    "loop-closed": lambda: closed(asyncio.new_event_loop()), "future": lambda: _future(opaque()),
    "future-failed": lambda: _future(Exception.__new__(armed(Exception, "raises"))),
    "asyncio-queue": lambda: _put(opaque()),
    # generators and iterators, somewhere in their course
    "generator-midway": lambda: advanced(_yields(opaque())), "generator-closed": lambda: closed(_yields(opaque())),
    "generator-deep": lambda: advanced(deep(_delegates, 50, _yields(1))),
    "async-generator-new": lambda: _asks(opaque()), "tee": lambda: itertools.tee(map(spy("tee"), [1]))[0],
    "chain": lambda: itertools.chain(map(spy("chain"), [1])), "cycle": lambda: itertools.cycle([opaque()]),
    "groupby": lambda: itertools.groupby(map(spy("group"), [1]), spy("key")),
    "islice": lambda: itertools.islice(map(spy("slice"), [1]), 3),
    "zip-longest": lambda: itertools.zip_longest(map(spy("zip"), [1]), fillvalue=opaque()),
    "list-iterator-of-armed": lambda: iter_of(list, [1]), "dict-iterator-of-armed": lambda: iter_of(dict, {"a": 1}),
    "views-of-armed": lambda: dict.items(dict.__new__(armed(dict, "raises"))),
    "getter": lambda: operator.itemgetter(opaque()), "caller": lambda: operator.methodcaller("run", opaque()),
    "ordering": lambda: functools.cmp_to_key(spy("compare"))(opaque()),
    # lazy and doubled
    "lazy-module": lambda: _lazy_module(), "module-with-getattr": lambda: _module(__getattr__=spy("getattr")),
    "module-of-text-keys": lambda: _module(a=opaque()), "module-armed-class": lambda: _module_of_class(),
    "cached-property-class": lambda: made("P", c=functools.cached_property(spy("cached")))(),
    "lru-cached": lambda: functools.lru_cache(spy("cached")), "single-dispatch": lambda: functools.singledispatch(spy("s")),
    "partial-method": lambda: functools.partialmethod(spy("partial")), "property-mock": lambda: mock.PropertyMock(),
    "mock-open": mock.mock_open, "autospec-instance": lambda: mock.create_autospec(opaque_class(), instance=True),
    "sealed": lambda: _sealed(), "mock-of-class": lambda: mock.NonCallableMagicMock(spec_set=dict),
    "prepared": lambda: object.__new__(Meets), "prepared-class": lambda: Meets,
    "virtual-subclass": lambda: _registered(), "protocol": lambda: typing.runtime_checkable(_protocol())(),
    "annotated": lambda: typing.Annotated[int, quiet()], "alias-of-class": lambda: types.GenericAlias(opaque_class(), (1,)),
    "new-type": lambda: typing.NewType("N", int), "forward": lambda: typing.ForwardRef("x.y"),
    # weak
    "weak-key-dict": lambda: weakref.WeakKeyDictionary(), "weak-method": lambda: weakref.WeakMethod(_KEPT.told),
    "finalize": lambda: weakref.finalize(_KEPT, spy("finalized")),
    "weak-ref-with-callback": lambda: weakref.ref(made("P")(), spy("callback")),
    "weak-ref-subclass": lambda: armed(weakref.ref, "raises").__new__(_weak_class(), _KEPT),
    "weak-proxy-callable": lambda: weakref.proxy(_KEPT_CALL), "resurrects": Resurrects,
    # what stands in for __dict__ and class
    "dict-is-plain-dict": lambda: made("P", __dict__={"a": opaque()})(),
    "dict-is-mapping": lambda: made("P", __dict__=types.MappingProxyType({"a": 1}))(),
    "slot-under-property": lambda: made("Q", made("P", __slots__=("a",)), a=spied_property("a"))(),
    "slot-named-class-attribute": lambda: made("P", __slots__=("__dict__", "__weakref__", "a"))(),
    "fields-lie": lambda: made("P", tuple, _fields=("a", text("b"), 3))((1, 2, 3)),
    "fields-armed": lambda: made("P", tuple, _fields=_armed_tuple())((1, 2)),
    "dataclass-fields-lie": lambda: fill(made("P", __dataclass_fields__=opaque())(), a=1),
    "attrs-lie": lambda: fill(made("P", __attrs_attrs__=opaque())(), a=1),
    "pydantic-lies": lambda: fill(made("P", __pydantic_fields__=opaque(), model_fields=opaque())(), a=1),
    "array-lies": lambda: fill(object.__new__(made("ndarray", __module__="numpy", shape=spied_property("shape"))), a=1),
    "frame-lies": lambda: fill(
        object.__new__(made("DataFrame", __module__="pandas.core.frame", shape=spied_property("shape"), dtypes=spied_property("d"))), a=1
    ),
    "tensor-lies": lambda: fill(object.__new__(made("Tensor", __module__="torch", shape=spied_property("s"), device=spied_property("d"))), a=1),
    "polars-lies": lambda: fill(object.__new__(made("DataFrame", __module__="polars.dataframe.frame", shape=spied_property("s"))), a=1),
    # depth and breadth by other ways than containers
    "deep-partial": lambda: deep(lambda inner: functools.partial(print, inner)),
    "deep-method": lambda: deep(lambda inner: types.MethodType(print, inner)),
    "deep-cell": lambda: deep(types.CellType), "deep-attributes": lambda: deep(lambda inner: plain(next=inner)),
    "deep-cause": lambda: deep(_caused, 3000, None), "deep-slice": lambda: deep(slice),
    "deep-weak": lambda: weakref.ref(_KEPT), "deep-deque": lambda: deep(lambda inner: collections.deque([inner])),
    "deep-mapping-proxy": lambda: deep(lambda inner: types.MappingProxyType({"a": inner})),
    "deep-alias": lambda: deep(lambda inner: list[inner], 300),
    # errors
    "error-of-attribute": lambda: AttributeError("why", name="n", obj=opaque()),
    "import-error": lambda: ImportError("why", name=text("n"), path=opaque()),
    "error-args-changed": lambda: _args((1, opaque())),
    "error-notes-armed": lambda: fill(ValueError("x"), __notes__=list.__new__(armed(list, "raises"))),
    "error-cause-opaque": lambda: _caused(LookupError()), "key-error-of-text": lambda: KeyError(text("k")),
    "log-record": lambda: logging.LogRecord("n", 1, "p", 1, quiet(), (quiet(),), None),
    "log-record-lazy": lambda: logging.LogRecord("n", 1, "p", 1, "%s", (quiet(),), None),
}  # fmt: skip


class _Keeps:
    def told(self) -> None:
        CALLED.append("told")

    def __call__(self) -> None:
        CALLED.append("call")


_KEPT = _Keeps()
_KEPT_CALL = _Keeps()


def opaque_class() -> Any:
    return made("Quiet", run=spy("run"), __len__=spy("len"))


def quiet() -> Any:
    return made("Quiet", __repr__=spy("repr"), __str__=spy("str"), __format__=spy("format"))()


def iter_of(base: Any, content: Any) -> Any:
    kind = type("Iterated", (base,), {"__len__": spy("len"), "__getitem__": spy("item")})
    return base.__iter__(kind(content))


def _cleared_frame() -> Any:
    try:
        raise KeyError(1)
    except KeyError:
        frame = sys.exc_info()[2].tb_frame  # type: ignore[union-attr]
    return frame


def _from_thread(build: Any) -> Any:
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(build()))
    thread.start()
    thread.join()
    return found[0]


def _token() -> Any:
    variable: Any = contextvars.ContextVar("variable")
    return variable.set(opaque())


def _context() -> Any:
    context = contextvars.copy_context()
    context.run(lambda: contextvars.ContextVar("inner").set(opaque()))
    return context


def _thread() -> Any:
    found = threading.Thread()
    found._name = text("thread")  # type: ignore[attr-defined]
    return found


def _filled(holder: Any, item: object) -> Any:
    holder.queue.append(item)
    return holder


def _future(outcome: Any) -> Any:
    found: Any = concurrent.futures.Future()
    found._result, found._state = outcome, "FINISHED"
    return found


def _put(item: object) -> Any:
    found: Any = asyncio.Queue.__new__(asyncio.Queue)
    found._queue = collections.deque([item])
    return found


def _delegates(inner: Any) -> Any:
    yield from inner


def _lazy_module() -> Any:
    """A module that is loaded when an attribute of it is read."""

    class Loader:
        def create_module(self, spec: Any) -> Any:
            return None

        def exec_module(self, module: Any) -> None:
            CALLED.append("module loaded")

    loader = importlib.util.LazyLoader(Loader())  # type: ignore[arg-type]
    spec = importlib.machinery.ModuleSpec("lazily", loader)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def _module(**names: Any) -> Any:
    found = types.ModuleType("odd")
    vars(found).update(names)
    return found


def _module_of_class() -> Any:
    found = types.ModuleType("odd")
    found.__class__ = type(
        "Odd", (types.ModuleType,), {"__getattribute__": spy("module"), "__repr__": spy("r")}
    )
    return found


def _sealed() -> Any:
    found = mock.MagicMock()
    mock.seal(found)
    return found


def _registered() -> Any:
    kind = made("Registered", __len__=spy("len"), __getitem__=spy("item"), __iter__=spy("iter"))
    collections.abc.Mapping.register(kind)
    return kind()


def _protocol() -> Any:
    return types.new_class(
        "Runs", (typing.Protocol,), {}, lambda space: space.update(__init__=lambda self: None)
    )  # type: ignore[arg-type]


def _weak_class() -> Any:
    return type(
        "Weak",
        (weakref.ref,),
        {"__call__": spy("weak"), "__hash__": spy("weak"), "__eq__": spy("weak")},
    )


def _armed_tuple() -> Any:
    return tuple.__new__(
        type("Names", (tuple,), {"__iter__": spy("fields"), "__len__": spy("fields")}), ("a", "b")
    )


def _args(given: Any) -> Any:
    error = ValueError()
    error.args = given
    return error


def _caused(inner: Any) -> Any:
    error = type("Odd", (Exception,), {"__str__": spy("str"), "__repr__": spy("repr")})()
    BaseException.__setattr__(error, "__cause__", inner)
    return error
