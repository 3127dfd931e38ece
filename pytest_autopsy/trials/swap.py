"""Puts the code of an edited function in the place of the one that is loaded."""

from __future__ import annotations
import __future__

import ast
import gc
from collections.abc import Iterator
from types import CodeType, FunctionType

_FUTURE = __future__.annotations.compiler_flag
Place = tuple[str, str, int]
"""File, name and first line of a code object."""
Loaded = dict[Place, list[FunctionType]]


def loaded_functions() -> Loaded:
    """Return every function that is alive, but for frozen ones, by where its code comes from."""
    found: Loaded = {}
    for one in gc.get_objects():
        if type(one) is FunctionType:
            found.setdefault(_place(one.__code__), []).append(one)
    return found


def swap(statement: ast.stmt, path: str, loaded: Loaded) -> list[tuple[FunctionType, CodeType]]:
    """Compile a module's statement and give its functions the code; return those, and what they had.

    Raises SyntaxError, ValueError where it does not compile.
    """
    first = next((f for place, fs in loaded.items() if place[0] == path for f in fs), None)
    flags = first.__code__.co_flags & _FUTURE if first is not None else 0
    module = ast.Module([statement], [])
    taken: list[tuple[FunctionType, CodeType]] = []
    for code in _codes(compile(module, path, "exec", flags, dont_inherit=True)):
        for function in loaded.get(_place(code), ()):
            if function.__code__.co_freevars == code.co_freevars:
                taken.append((function, function.__code__))
                function.__code__ = code
    return taken


def _codes(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _codes(constant)


def _place(code: CodeType) -> Place:
    return code.co_filename, code.co_name, code.co_firstlineno
