"""Exact types of the standard library as text, each read where it stores what it shows.

Their own `str` would do for most; but a Fraction's numerator, a pattern's text or a path's parts
can be objects of the user's, and a number or path can be of any size.
"""

from __future__ import annotations

import datetime
import decimal
import fractions
import functools
import pathlib
import re
import threading
import types
import uuid
from collections.abc import Callable
from itertools import islice
from typing import TYPE_CHECKING, Any

from ..model import Look, Value
from .classes import class_facts, class_name, derives_from, plain_name

if TYPE_CHECKING:
    from .values import Looker

MAX_INT = 1 << 64
_NUMERATOR = fractions.Fraction.__dict__["_numerator"].__get__
_DENOMINATOR = fractions.Fraction.__dict__["_denominator"].__get__
_UUID_NUMBER = uuid.UUID.__dict__["int"].__get__
_PARTS = (
    pathlib.PurePath.__dict__.get("_raw_paths") or pathlib.PurePath.__dict__["_parts"]
).__get__
_BIG_DECIMAL = 1000  # bytes, some two thousand digits


def literal(walk: Looker, name: str, text: str) -> Value:
    """Return a Value that shows `text` as far as the limit goes."""
    head = text[: walk.limits.string]
    return Value("literal", name, None, (head,), (), "string" if len(text) > len(head) else "")


def head_of(raw: Any, base: type, limit: int) -> tuple[Any, str]:
    """Return the head of text or bytes (or of a subclass) as exactly these, and why it is cut."""
    read: Any = base
    head = read.__getitem__(raw, slice(limit))
    return head, "string" if read.__len__(raw) > limit else ""


def class_literal(walk: Looker, value: Any, name: str, _depth: int) -> Look:
    """Return a class as its name with its module."""
    facts = class_facts(value)
    builtin = facts.module in ("", "builtins")
    return literal(walk, name, facts.name if builtin else f"{facts.module}.{facts.name}")


def _shown(text: Callable[[Any], str]) -> Any:
    """For types whose text is short and made without anybody's code."""
    return lambda walk, value, name, _depth: literal(walk, name, text(value))


def _is_small(number: object) -> bool:
    return number is None or (type(number) is int and -MAX_INT < number < MAX_INT)


def _parts(walk: Looker, name: str, depth: int, **parts: object) -> Value:
    """What is too big or too odd for one line of text: its parts."""
    attrs = tuple((part, walk.at(held, depth + 1)) for part, held in parts.items())
    return Value("object", name, None, (), attrs)


def _span(walk: Looker, value: Any, name: str, depth: int) -> Look:
    ends = (value.start, value.stop, value.step)
    if not all(map(_is_small, ends)):
        return _parts(walk, name, depth, start=ends[0], stop=ends[1], step=ends[2])
    told = ends[:2] if name == "range" and ends[2] == 1 else ends
    return literal(walk, name, ", ".join(map(str, told)))


def _decimal(walk: Looker, value: Any, name: str, _depth: int) -> Look:
    if value.__sizeof__() > _BIG_DECIMAL:
        return Value("literal", name, None, (f"about 1E+{value.adjusted()}",), (), "string")
    return literal(walk, name, str(value))


def _fraction(walk: Looker, value: Any, name: str, depth: int) -> Look:
    up, down = _NUMERATOR(value), _DENOMINATOR(value)
    if not _is_small(up) or not _is_small(down):
        return _parts(walk, name, depth, numerator=up, denominator=down)
    return literal(walk, name, str(up) if down == 1 else f"{up}/{down}")


def _uuid(walk: Looker, value: Any, name: str, depth: int) -> Look:
    number = _UUID_NUMBER(value)
    if type(number) is not int:
        return _parts(walk, name, depth, int=number)
    return literal(walk, name, str(uuid.UUID(int=number)))


def _pattern(walk: Looker, value: Any, name: str, _depth: int) -> Look:
    base = bytes if derives_from(type(value.pattern), bytes) else str
    head, cut = head_of(value.pattern, base, walk.limits.string)
    return Value("literal", name, None, (repr(head),), (), cut)


def _path(walk: Looker, value: Any, name: str, _depth: int) -> Look:
    """As itself where it is short and made of plain text: longer ones are not joined whole."""
    room = limit = walk.limits.string
    parts = _PARTS(value)
    for part in parts:
        room -= len(part) if type(part) is str else limit + 1
        if room < 0:
            break
    else:
        return literal(walk, name, str(value))
    heads = [head_of(part, str, limit) for part in parts[:limit] if derives_from(type(part), str)]
    shown = literal(walk, name, "/".join(head for head, _ in heads))
    return shown._replace(why="string" if any(cut for _, cut in heads) else shown.why)


def _moment(walk: Looker, value: Any, name: str, _depth: int) -> Look:
    zone = value.tzinfo
    if not _is_known(zone):
        name = f"{name} in {class_name(type(zone))}"
    return literal(walk, name, moment_text(value))


def moment_text(value: Any) -> str:
    """Return a time as ISO text, without its zone where a class of the user's would be asked."""
    if not _is_known(value.tzinfo):
        value = value.replace(tzinfo=None)
    return str(value.isoformat())


def _is_known(zone: object) -> bool:
    """Whether a time zone is none, or of a class whose offset is asked without user code."""
    if zone is None or type(zone) is datetime.timezone:
        return True
    return class_facts(type(zone)).library[:1] == ("zoneinfo.ZoneInfo",)


def _lock(value: Any) -> str:
    """Locked or not, and how often, as the lock's own text says."""
    text = repr(value)
    count = text.partition("count=")[2].partition(" ")[0]
    return text[1:].partition(" ")[0] + (f" {count} times" if count not in ("", "0", "1") else "")


def _cached(walk: Looker, value: Any, name: str, depth: int) -> Look:
    held = object.__getattribute__(value, "__dict__").get("__wrapped__")
    return _callable(walk, held, name, depth)


def _view(value: memoryview) -> str:
    return f"{value.nbytes} bytes, {value.format}"


def _named(value: Any) -> str:
    module, name = value.__module__, value.__qualname__
    if type(name) is not str:
        name = plain_name(name)
    return f"{module}.{name}" if type(module) is str and module != "builtins" else name


def _callable(walk: Looker, value: Any, name: str, _depth: int) -> Look:
    function = value.__func__ if type(value) is types.MethodType else value
    if type(function) is types.FunctionType:
        return literal(walk, name, _named(function))
    if type(function) is not types.BuiltinFunctionType:
        return literal(walk, name, "?")
    owner: Any = function.__self__
    if owner is None or type(owner) is types.ModuleType:
        return literal(walk, name, _named(function))
    cls = owner if derives_from(type(owner), type) else type(owner)
    return literal(walk, name, f"{class_name(cls)}.{function.__name__}")


def _module(walk: Looker, value: Any, name: str, _depth: int) -> Look:
    stored = object.__getattribute__(value, "__dict__")
    head = islice(stored.items(), 20)  # without asking keys whether they are equal
    found = next((held for key, held in head if type(key) is str and key == "__name__"), None)
    return literal(walk, name, plain_name(found))


def _generator(walk: Looker, value: Any, name: str, _depth: int) -> Look:
    prefix = {"generator": "gi", "coroutine": "cr", "async_generator": "ag"}[name]
    frame = getattr(value, f"{prefix}_frame")
    where = "finished" if frame is None else f"line {frame.f_lineno}"
    code = getattr(value, f"{prefix}_code")
    return literal(walk, name, f"{plain_name(code.co_name)} ({where})")


LITERALS: dict[type, Any] = {
    complex: _shown(repr),
    decimal.Decimal: _decimal,
    fractions.Fraction: _fraction,
    uuid.UUID: _uuid,
    datetime.date: _shown(str),
    datetime.timedelta: _shown(str),
    datetime.datetime: _moment,
    datetime.time: _moment,
    re.Pattern: _pattern,
    **dict.fromkeys((pathlib.PurePosixPath, pathlib.PureWindowsPath, type(pathlib.Path())), _path),
    datetime.timezone: _shown(lambda zone: str(datetime.timezone.utcoffset(zone, None))),
    type(threading.Lock()): _shown(_lock),
    type(threading.RLock()): _shown(_lock),
    functools._lru_cache_wrapper: _cached,
    types.CodeType: _shown(lambda code: plain_name(code.co_name)),
    memoryview: _shown(_view),
    range: _span,
    slice: _span,
    type: class_literal,
    types.FunctionType: _callable,
    types.BuiltinFunctionType: _callable,
    types.MethodType: _callable,
    **dict.fromkeys(
        (types.GeneratorType, types.CoroutineType, types.AsyncGeneratorType), _generator
    ),
    types.ModuleType: _module,
}
