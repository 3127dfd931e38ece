"""Exceptions that come into our code from outside: what a signal's handler raised, or another thread
sent, while we were at work. They are the program's, however deep in us they came up.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FunctionType, MethodType, TracebackType

from .classes import class_facts

_OURS = str(Path(__file__).parents[1]) + os.sep
_LIBRARY = str(Path(os.__file__).parent) + os.sep
_INSTALLED = (f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}")
_OWN_TYPES = frozenset(("builtins", "orjson", "pytest_autopsy", *sys.stdlib_module_names))
_traceback_of = BaseException.__dict__["__traceback__"].__get__


def is_intruder(error: BaseException) -> bool:
    """Return whether an exception that was caught where only our code runs is not ours.

    A handler's has a frame of the handler; one that was sent (`PyThreadState_SetAsyncExc`) has
    none, and is told by a type that nothing of ours raises.
    """
    if class_facts(type(error)).module.partition(".")[0] not in _OWN_TYPES:
        return True
    return any(not _may_be_ours(code.co_filename) for code in _codes(_traceback_of(error)))


def is_of_handler(error: BaseException) -> bool:
    """Return whether an exception came through a signal's handler, where others' code may run as well."""
    codes = set(map(id, _codes(_traceback_of(error))))
    return any(id(code) in codes for code in map(_code_of, _handlers()))


def _may_be_ours(file: str) -> bool:
    if file.startswith((_OURS, "<frozen ")):
        return True
    return file.startswith(_LIBRARY) and not any(part in file for part in _INSTALLED)


def _codes(traceback: TracebackType | None) -> Iterator[CodeType]:
    while traceback is not None:
        yield traceback.tb_frame.f_code
        traceback = traceback.tb_next


def _handlers() -> Iterator[object]:
    for number in signal.valid_signals():
        yield signal.getsignal(number)


def _code_of(handler: object) -> object:
    """The code of a function or a method; of another object, which may be hostile, nothing."""
    function = handler.__func__ if type(handler) is MethodType else handler
    return function.__code__ if type(function) is FunctionType else None
