"""Hostile objects, fifth part: what C holds and has let go, what other threads own, what is midway.

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
import io
import itertools
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
import xml.etree.ElementTree as Tree
from typing import Any

from .hostile import CALLED, Case, armed, opaque, spy, text

STATE: dict[str, Case] = {}


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
        _RISEN.append(self)


_RISEN: list[Resurrects] = []


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
    "resurrects": lambda: Resurrects(),
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
}  # fmt: skip


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
