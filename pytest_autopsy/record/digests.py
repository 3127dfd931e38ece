"""A hash of a function's source, from its code object: no file is read or parsed for it.

It holds instructions, constants, names and the places of its lines relative to the first, so a
function that only moved within its file keeps its hash. It differs between versions of Python.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from types import CodeType

from ..unfaked import blake2b
from .codes import CodeInfo


def function_hash(infos: Iterable[CodeInfo]) -> str:
    """Return the hash of the function that these code objects are of; "" where there is none."""
    found = sorted(infos, key=lambda info: info.code.co_name.startswith("<"))
    return code_hash(found[0].code) if found else ""


def code_hash(code: CodeType) -> str:
    """Return 12 hex digits that change with what the code does or where its lines stand in it."""
    made = blake2b(digest_size=6)
    _feed(made, code)
    return made.hexdigest()


def _feed(made: hashlib.blake2b, code: CodeType) -> None:
    lines = getattr(code, "co_linetable", b"")  # relative to the first line
    for part in (code.co_code, lines, getattr(code, "co_exceptiontable", b"")):
        made.update(len(part).to_bytes(4, "big"))
        made.update(part)
    names = (code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars, code.co_argcount)
    made.update(repr((names, code.co_kwonlyargcount, code.co_flags)).encode("utf-8", "replace"))
    constants: list[object] = []
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            _feed(made, constant)
        else:
            nested = isinstance(constant, (frozenset, tuple))
            constants.append(_constant(constant) if nested else constant)
    made.update(repr(constants).encode("utf-8", "backslashreplace"))


def _constant(constant: object) -> str:
    """A constant as a text that does not depend on the order of a set. Constants are builtins."""
    if isinstance(constant, frozenset):
        return f"set({sorted(map(_constant, constant))})"
    if isinstance(constant, tuple):
        return f"({', '.join(map(_constant, constant))})"
    return f"{type(constant).__name__} {constant!r}"
