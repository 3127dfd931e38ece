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

MAX_NOTES = 20
_BUILTIN = frozenset(id(one) for one in vars(builtins).values() if isinstance(one, type))
_TELLING = (
    "__str__", "__cause__", "__context__", "__traceback__", "__suppress_context__", "__notes__",
    "args", "exceptions", "__class__", "__getattribute__",
)  # fmt: skip

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


def innermost(traceback: types.TracebackType | None) -> types.TracebackType | None:
    """Return the last entry of a traceback: where it was raised."""
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    return traceback


def is_failure(error: BaseException) -> bool:
    """Whether it tells of a failure, not of an end that was asked for (exit, cancel, interrupt)."""
    return any(cls is Exception or cls is _GROUP for cls in mro(type(error)))


def without_frames_of(error: BaseException, path: str) -> None:
    """Take the entries of a file's functions out of the exception's traceback."""
    first = traceback_of(error)
    while first is not None and first.tb_frame.f_code.co_filename == path:
        first = first.tb_next
    entry = first
    for _ in range(1_000):
        after = entry.tb_next if entry is not None else None
        if entry is None or after is None:
            break
        if after.tb_frame.f_code.co_filename == path:
            entry.tb_next = after.tb_next
        else:
            entry = after
    BaseException.with_traceback(error, first)


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


def suppressed(error: BaseException) -> BaseException | None:
    """Return what was being handled when this one was raised `from None`: Python prints nothing of it."""
    context: BaseException | None = _CONTEXT(error)
    return context if _CAUSE(error) is None and _SUPPRESS(error) else None


def notes(error: BaseException) -> list[str]:
    """Return the notes that were added to it (PEP 678)."""
    if not class_facts(type(error)).has_dict:
        return []
    own = object.__getattribute__(error, "__dict__")
    found = own.get("__notes__") if type(own) is dict and len(own) < MAX_NOTES * 10 else None
    if type(found) is not list:
        return []
    return [note[: MESSAGE.string] for note in found[:MAX_NOTES] if type(note) is str]


def oddities(error: BaseException) -> list[str]:
    """Return where the exception's class would tell otherwise than what is stored and shown."""
    own: list[str] = []
    for cls in mro(type(error)):
        if id(cls) in _BUILTIN or class_facts(cls).hidden:
            continue
        space = namespace(cls)
        own += [f"its class {class_name(cls)} has its own {n}" for n in _TELLING if n in space]
    shown = [f"{text}: it was not asked" for text in own[:4]]
    if _printed(error) is None and not any(" __str__:" in text for text in shown):
        shown.append("its arguments are no plain values: they are shown in place of its text")
    return shown


def context_id(error: BaseException) -> int:
    """Return the id of the exception that was being handled when this one was raised, or 0."""
    context: Any = _CONTEXT(error)
    return id(context) if context is not None else 0


def argument(error: BaseException, length: int = MESSAGE.string) -> Look:
    """Return the look of the exception's only argument (a KeyError's key), else None."""
    args = _ARGS(error)
    return look(args[0], MESSAGE._replace(string=length)) if len(args) == 1 else None
