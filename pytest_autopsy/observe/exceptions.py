"""What an exception says, read without its own methods."""

from __future__ import annotations

import builtins
import types
from typing import Any

from ..model import Look, Value
from .classes import class_facts, class_name, mro, namespace
from .text import to_text
from .values import Limits, look

_ARGS = BaseException.__dict__["args"].__get__
_TRACEBACK = BaseException.__dict__["__traceback__"].__get__
_CAUSE = BaseException.__dict__["__cause__"].__get__
_CONTEXT = BaseException.__dict__["__context__"].__get__
_SUPPRESS = BaseException.__dict__["__suppress_context__"].__get__
_GROUP = getattr(builtins, "BaseExceptionGroup", None)  # since 3.11
_MEMBERS = _GROUP.__dict__["exceptions"].__get__ if _GROUP else None

MESSAGE = Limits(depth=2, items=8, string=500, nodes=24)

_READ_BY = {
    "BaseException": ("args",),
    "KeyError": ("args",),
    "ImportError": ("args", "msg"),
    "OSError": ("args", "errno", "strerror", "filename", "filename2"),
    "SyntaxError": ("msg", "filename", "lineno"),
    "UnicodeEncodeError": ("encoding", "object", "reason"),
    "UnicodeDecodeError": ("encoding", "object", "reason"),
    "UnicodeTranslateError": ("object", "reason"),
    "BaseExceptionGroup": ("message",),
}
"""What the builtin `__str__` of these classes puts into its text."""

_PRINTERS: dict[int, tuple[Any, list[tuple[str, Any]]]] = {
    id(cls): (cls.__str__, [(field, getattr(cls, field).__get__) for field in fields])
    for cls, fields in ((getattr(builtins, name, None), _READ_BY[name]) for name in _READ_BY)
    if cls is not None
}


def type_name(error: BaseException) -> str:
    """Return the exception's class name."""
    return class_name(type(error))


def qualified_name(error: BaseException) -> str:
    """Return the class's name with its module; builtins' without."""
    facts = class_facts(type(error))
    return facts.name if facts.module in ("", "builtins") else f"{facts.module}.{facts.name}"


def message(error: BaseException) -> str:
    """Return what the exception would print, as far as that is known without running its code.

    The builtin `__str__` is used where the class has no other and all that it reads is an atom;
    otherwise the arguments are shown.
    """
    printed = _printed(error)
    if printed is not None:
        return printed[: MESSAGE.string]
    args = _ARGS(error)
    shown = [look(arg, MESSAGE) for arg in args[: MESSAGE.items]]
    if len(args) == 1:
        return _alone(shown[0])
    more = [] if len(args) == len(shown) else [f"and {len(args) - len(shown)} more"]
    return ", ".join([*(to_text(arg, MESSAGE.string) for arg in shown), *more])[: MESSAGE.string]


def arguments_of(error: BaseException) -> tuple[Any, ...]:
    """Return the first arguments that the exception was made with."""
    return tuple(_ARGS(error)[: MESSAGE.items])


def _alone(arg: Look) -> str:
    """The only argument: text as it is, without quotes."""
    if isinstance(arg, Value) and arg.kind == "text" and arg.type == "str":
        arg = arg.items[0]
    return arg if isinstance(arg, str) else to_text(arg, MESSAGE.string)


def _printed(error: BaseException) -> str | None:
    """What a builtin `__str__` makes of the exception; None where it is not its, or not safe."""
    if class_facts(type(error)).hidden:
        return None
    for cls in mro(type(error)):
        if id(cls) in _PRINTERS:
            printer, fields = _PRINTERS[id(cls)]
            safe = all(_is_harmless(field, get(error)) for field, get in fields)
            return printer(error) if safe else None
        if "__str__" in namespace(cls):
            return None
    return None


def _is_harmless(field: str, value: Any) -> bool:
    """Whether printing a field runs nobody's code and is short."""
    if field == "object":  # of which one character is printed
        return type(value) is str or type(value) is bytes
    if field == "args":
        head = value[: MESSAGE.items + 1]
        return len(head) <= MESSAGE.items and all(_is_harmless("", arg) for arg in head)
    return not isinstance(look(value, MESSAGE), Value)


def traceback_of(error: BaseException) -> types.TracebackType | None:
    """Return the exception's traceback."""
    found = _TRACEBACK(error)
    return found if type(found) is types.TracebackType else None


def linked(error: BaseException) -> list[tuple[str, BaseException]]:
    """Return the exceptions that this one was raised from, or while handling, and its members."""
    found: list[tuple[str, BaseException]] = []
    cause, context = _CAUSE(error), _CONTEXT(error)
    if cause is not None:
        found.append(("cause", cause))
    elif context is not None and not _SUPPRESS(error):
        found.append(("context", context))
    if _MEMBERS is not None and any(cls is _GROUP for cls in mro(type(error))):
        found.extend(("member", member) for member in _MEMBERS(error))
    return found


def context_id(error: BaseException) -> int:
    """Return the id of the exception that was being handled when this one was raised, or 0."""
    context: Any = _CONTEXT(error)
    return id(context) if context is not None else 0


def argument(error: BaseException) -> Look:
    """Return the look of the exception's only argument (a KeyError's key), else None."""
    args = _ARGS(error)
    return look(args[0], MESSAGE) if len(args) == 1 else None
