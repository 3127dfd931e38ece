"""Exceptions that come into our code from outside: what a signal's handler raised, or another thread
sent, while we were at work. They are the program's, however deep in us they came up.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from types import FrameType, TracebackType

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
    return any(not _may_be_ours(frame.f_code.co_filename) for frame in _frames(error))


def is_of_handler(error: BaseException) -> bool:
    """Return whether an exception came through a signal's handler, where others' code may run as well.

    The interpreter calls it with a number and the frame that was interrupted, as nobody else does.
    """
    return any(map(_is_handler, _frames(error)))


def interrupts_a_look(error: BaseException) -> bool:
    """Return whether an exception that came up while a value was looked at is the program's.

    A library may raise what it likes when its array is read: that is no more than not readable.
    """
    return is_of_handler(error) or _is_of_project(class_facts(type(error)).module)


def _is_of_project(name: str) -> bool:
    if name == "__main__":
        return True
    file = getattr(sys.modules.get(name), "__file__", None)
    return type(file) is str and not (_may_be_ours(file) or _is_installed(file))


def _may_be_ours(file: str) -> bool:
    if file.startswith((_OURS, "<frozen ")):
        return True
    return file.startswith(_LIBRARY) and not _is_installed(file)


def _is_installed(file: str) -> bool:
    return any(part in file for part in _INSTALLED)


def _frames(error: BaseException) -> Iterator[FrameType]:
    traceback: TracebackType | None = _traceback_of(error)
    while traceback is not None:
        yield traceback.tb_frame
        traceback = traceback.tb_next


def _is_handler(frame: FrameType) -> bool:
    code = frame.f_code
    local = frame.f_locals
    given = [local.get(name) for name in code.co_varnames[: min(code.co_argcount, 3)]]
    return any(type(one) is int and type(other) is FrameType for one, other in pairwise(given))
