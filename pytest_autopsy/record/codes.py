"""What the recorder knows of a code object, worked out once when it is first run."""

from __future__ import annotations

import dis
import inspect
from collections import deque
from collections.abc import Iterator
from types import CodeType, FrameType
from typing import Any

from ..env import CELLS_COUNT_VARIABLES
from ..model import Function, Site
from ..observe.classes import is_shared_container, mro, namespace

_YIELDING = inspect.CO_GENERATOR | inspect.CO_ITERABLE_COROUTINE
GENERATOR = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
MAX_LINES = 500
"""Lines of a longer function are not recorded: re-arming them each test would be quadratic."""

MUTATORS = frozenset(
    ("append", "appendleft", "add", "extend", "insert", "update", "setdefault", "push", "put",
     "remove", "discard", "difference_update", "intersection_update", "symmetric_difference_update",
     "pop", "popleft", "popitem", "clear", "sort", "reverse", "write",
     "move_to_end", "rotate", "setattr", "delattr", "heappush", "heappop", "shuffle")
)  # fmt: skip
"""Names of methods and functions that change what they are given."""

SHOWING = frozenset(("locals", "vars", "dir", "eval", "exec"))
"""Who calls these may hold the dict of its locals: before 3.13 there is only one."""


def _instructions(code: CodeType) -> Iterator[tuple[int, int]]:
    """Each opcode with its argument."""
    return zip(code.co_code[::2], code.co_code[1::2])


_OPCODES = dis.opmap.items()
_STORES = frozenset(op for name, op in _OPCODES if name in ("STORE_FAST", "DELETE_FAST"))
_STORES_TWO = frozenset(op for name, op in _OPCODES if name.startswith("STORE_FAST_"))
"""Since 3.13: two variables in the halves of one byte; where one is only read, no harm is done."""
_STORES_CELL = frozenset(op for name, op in _OPCODES if name in ("STORE_DEREF", "DELETE_DEREF"))
_CHANGES = frozenset(
    op
    for name, op in _OPCODES
    if name.startswith(
        ("STORE_ATTR", "STORE_SUBSCR", "DELETE_ATTR", "DELETE_SUBSCR", "STORE_SLICE")
    )
)


_IN_PLACE = frozenset(
    pair
    for statement in ("a |= b", "a &= b", "a ^= b")
    for pair in _instructions(compile(statement, "", "exec"))
    if dis.opname[pair[0]].startswith(("BINARY_OP", "INPLACE_"))
)
"""What a set or a dict takes in place, under any name: `+=` is mostly a number's."""

_LATER = frozenset(("is_small", "last_line", "mutates", "rebinds", "wants_lines", "whole"))
"""What of a CodeInfo is read from the bytecode and its lines, when it is first asked for."""


class CodeInfo:
    """A target: how to read its arguments, and its counters for the running test."""

    __slots__ = (
        "arguments",
        "begins_attempt",
        "code",
        "count",
        "defaults",
        "epoch",
        "fills",
        "first",
        "function",
        "index",
        "is_generator",
        "is_module",
        "is_repr",
        "is_small",
        "is_spawner",
        "is_special",
        "is_taker",
        "is_test",
        "last_line",
        "limit",
        "looked",
        "looks",
        "may_clear",
        "module",
        "mutates",
        "rebinds",
        "ring",
        "rows_only",
        "shows_locals",
        "wants_lines",
        "watched",
        "whole",
        "yields_values",
    )

    def __init__(self, code: CodeType, function: Function, index: int) -> None:
        self.code = code  # a strong reference: ids of code objects are keys
        self.function = function
        self.index = index
        self.first = function.line
        # What a constructor does to its object is no change of it.
        self.fills = "self" if code.co_name in ("__init__", "__post_init__") else None
        self.shows_locals = not SHOWING.isdisjoint(code.co_names)
        self.may_clear = bool(code.co_flags & inspect.CO_OPTIMIZED) and not self.shows_locals
        self.is_repr = code.co_name in ("__repr__", "__str__")
        self.is_module = code.co_name == "<module>"
        self.is_spawner = False  # starts a child process: noted, no call of the program's
        self.is_taker = False  # takes work for a thread or a task: the same
        self.is_test = function.kind == "test"
        self.is_special = self.is_repr or self.is_module
        self.begins_attempt = False  # a method of hypothesis: see attempts.py
        self.is_generator = bool(code.co_flags & GENERATOR)
        # Not: what an event loop is asked for, or how an asynchronous generator wraps a value.
        self.yields_values = code.co_flags & _YIELDING == inspect.CO_GENERATOR
        self.rows_only = code.co_name.startswith("<") and code.co_name != "<lambda>"
        self.arguments = _argument_names(code)
        self.module = ""
        self.watched: tuple[tuple[str, str], ...] | None = None
        self.looked = 0  # in which step of which test its values were looked at last
        self.looks = True  # whether there is anything to look at when it is called
        self.defaults: dict[str, int] | None = None
        self.epoch = -1
        self.count = 0
        self.limit = 0  # the count after which it is switched off
        self.ring: deque[Any] | None = None  # the last calls, once there are more than the first

    def __getattr__(self, name: str) -> Any:
        """Work out what only calls with lines and values need: mode light never asks."""
        if name not in _LATER:
            raise AttributeError(name)
        self._read_code()
        return getattr(self, name)

    def _read_code(self) -> None:
        code = self.code
        self.rebinds = _rebound(code, self.arguments)
        # What the program itself took of its locals would change under a look at exit.
        self.mutates = not self.shows_locals and bool(self.rebinds or _mutates(code))
        lines = {line for _, _, line in code.co_lines() if line is not None}
        self.last_line = max(lines, default=0)
        # A function of one line that was called has run it: nobody need be asked.
        self.is_small = len(lines - {code.co_firstlineno}) <= 1 and code.co_name[0] != "<"
        self.whole = 1
        if self.is_small:
            self.whole |= 1 << max(self.last_line - self.first, 0)
        short = self.last_line - self.first <= MAX_LINES
        shown = not self.is_special or self.is_repr
        self.wants_lines = shown and not self.is_small and short

    def look_around(self, frame: FrameType) -> None:
        """On the first call: which shared containers it names, which defaults are mutable."""
        code = self.code
        space = frame.f_globals
        module = space.get("__name__")
        self.module = module if type(module) is str else ""
        self.defaults = _mutable_defaults(self, frame)
        self.looks = bool(self.arguments or self.mutates)
        if not self.mutates:
            self.watched = ()
            return
        watched = [
            (name, "global")
            for name in code.co_names
            if name in space and not name.startswith("__") and is_shared_container(space[name])
        ]
        local = frame.f_locals
        watched += [
            (name, "closure")
            for name in code.co_freevars
            if name in local and is_shared_container(local[name])
        ]
        self.watched = tuple(watched[:6])


def exit_line(code: CodeType, offset: int) -> int:
    """Return the line of the instruction at `offset` (in bytes), 0 if it has none."""
    for start, end, line in code.co_lines():
        if start <= offset < end:
            return line or 0
    return 0


def call_site(code: CodeType, offset: int) -> Site:
    """Return where in `code` the instruction at `offset` stands; only its line before 3.11."""
    positions = getattr(code, "co_positions", None)
    if positions is not None:
        for index, (line, end, column, end_column) in enumerate(positions()):
            if index == offset // 2 and line is not None:
                return Site(line, end, column, end_column)
    return Site(exit_line(code, offset))


def _argument_names(code: CodeType) -> tuple[str, ...]:
    count = code.co_argcount + code.co_kwonlyargcount
    count += bool(code.co_flags & inspect.CO_VARARGS) + bool(code.co_flags & inspect.CO_VARKEYWORDS)
    return tuple(name for name in code.co_varnames[:count] if not name.startswith("."))


def _rebound(code: CodeType, arguments: tuple[str, ...]) -> frozenset[str]:
    """Arguments that the function assigns to: what they name at exit may be another object."""
    stored: set[str] = set()
    for opcode, argument in _instructions(code):
        if opcode in _STORES:
            stored.update(_named(code.co_varnames, argument))
        elif opcode in _STORES_TWO:
            stored.update(_named(code.co_varnames, argument >> 4))
            stored.update(_named(code.co_varnames, argument & 15))
        elif opcode in _STORES_CELL:
            stored.update(_named(_cells(code), argument))
    return frozenset(arguments).intersection(stored)


def _named(names: tuple[str, ...], place: int) -> tuple[str, ...]:
    return names[place : place + 1]


def _cells(code: CodeType) -> tuple[str, ...]:
    """The names that a *_DEREF counts: of all variables since 3.11, of cells alone before."""
    if CELLS_COUNT_VARIABLES:
        return code.co_varnames
    return code.co_cellvars + code.co_freevars


def _mutates(code: CodeType) -> bool:
    """Whether the function itself, not what it calls, can change an object."""
    if not (MUTATORS.isdisjoint(code.co_names) and _CHANGES.isdisjoint(code.co_code[::2])):
        return True
    return not _IN_PLACE.isdisjoint(_instructions(code))


def _mutable_defaults(info: CodeInfo, frame: FrameType) -> dict[str, int]:
    """Return argument -> id of its default, for defaults that are mutable containers."""
    function = _find_function(info, frame)
    if function is None:
        return {}
    code = info.code
    found: dict[str, int] = {}
    positional = code.co_varnames[: code.co_argcount]
    defaults = function.__defaults__ or ()
    for name, value in zip(positional[len(positional) - len(defaults) :], defaults):
        if is_shared_container(value):
            found[name] = id(value)
    for name, value in (function.__kwdefaults__ or {}).items():
        if is_shared_container(value):
            found[name] = id(value)
    return found


def _find_function(info: CodeInfo, frame: FrameType) -> Any:
    """The function object whose code is running, looked up by its qualified name, or None.

    Only dictionaries are read: module globals, then class namespaces, then `__wrapped__`.
    """
    first, *rest = info.function.name.split(".")
    found: Any = frame.f_globals.get(first)
    for part in rest:
        if type(found) is type or (found is not None and _is_class(found)):
            found = next((namespace(c)[part] for c in mro(found) if part in namespace(c)), None)
        else:
            return None
    for _ in range(8):  # decorators that say what they wrap
        found = found.__func__ if type(found) in (staticmethod, classmethod) else found
        if type(found) is not type(_find_function):
            return None
        if found.__code__ is info.code:
            return found
        found = found.__dict__.get("__wrapped__")
    return None


def _is_class(value: object) -> bool:
    return any(cls is type for cls in mro(type(value)))
