"""Which named function is around a line of a module, told by the module's code: nothing is parsed."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from importlib.machinery import SourceFileLoader
from types import CodeType
from typing import Any

from ..atonce import uncollected
from ..env import HAS_QUALNAME
from ..source import MAX_BYTES
from ..unfaked import os

OPTIMISED = 0x1  # CO_OPTIMIZED: a function's own code; class bodies and modules have none
Place = tuple[str, int, int]
"""A function's qualified name, its first line (that of a decorator) and its last one with code."""


class Outline:
    """The named functions of a module, looked for when they are first asked for."""

    def __init__(self, module: CodeType | None) -> None:
        self._module = module
        self._places: list[Place] = []

    def around(self, line: int) -> tuple[str, int] | None:
        """Return name and first line of the innermost named function around `line`, else None."""
        inner = None
        for name, first, last in self._found():
            if first <= line <= last:
                inner = name, first
        return inner

    def name_of(self, code: CodeType) -> str:
        """Return the qualified name of a function's code; its own name where it is not found."""
        own = code.co_name
        found = (
            name
            for name, first, _ in self._found()
            if first == code.co_firstlineno and name.rpartition(".")[2] == own
        )
        return next(found, own)

    def _found(self) -> list[Place]:
        module, self._module = self._module, None
        if module is not None:
            with uncollected():
                found, _ = _functions(module, "")
            self._places = sorted(found, key=lambda place: (place[1], -place[2], len(place[0])))
        return self._places


def outline_of(path: str) -> Outline:
    """Return the outline of a file that was imported before anybody looked; empty if not to be had."""
    try:
        if os.path.isfile(path) and os.path.getsize(path) <= MAX_BYTES:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # what the compiler says of the user's source
                return Outline(_Reader("", path).get_code(""))
    except (OSError, ImportError, SyntaxError, ValueError, EOFError, RecursionError, MemoryError):
        pass
    return Outline(None)


class _Reader(SourceFileLoader):
    """Takes a file's code from Python's cache where it is there, and writes nothing."""

    def set_data(self, path: Any, data: Any, **options: Any) -> None:
        """Leave the cache as it is."""


def _functions(code: CodeType, prefix: str) -> tuple[list[Place], int]:
    """Return the named functions within `code`, and its last line, theirs with it."""
    found: list[Place] = []
    end = max((line for _, _, line in code.co_lines() if line is not None), default=0)
    for inner in _inner(code):
        name = _qualified(inner, prefix)
        is_function = bool(inner.co_flags & OPTIMISED)
        places, last = _functions(inner, f"{name}.<locals>." if is_function else f"{name}.")
        found += places
        if is_function and inner.co_name[:1] != "<":
            found.append((name, inner.co_firstlineno, last))
        end = max(end, last)
    return found, end


def _inner(code: CodeType) -> Iterator[CodeType]:
    """The code objects in one; a name of another type than str could run the program's code."""
    return (
        constant
        for constant in code.co_consts
        if type(constant) is CodeType and type(constant.co_name) is str
    )


def _qualified(code: CodeType, prefix: str) -> str:
    name: object = getattr(code, "co_qualname") if HAS_QUALNAME else None  # noqa: B009
    return name if type(name) is str else prefix + code.co_name
