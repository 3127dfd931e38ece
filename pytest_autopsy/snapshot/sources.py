"""The source of a frame, and why it may not be what ran: generated, gone, changed, not decodable."""

from __future__ import annotations

import linecache
import warnings
from collections.abc import Iterator
from functools import lru_cache
from types import CodeType

from ..env import STARTED
from ..source import Source, source_of
from ..unfaked import os, read_bytes

GENERATED = "generated code, no source"
CHANGED = "the source was changed after it was loaded: lines may be others"
_PLAIN = (str, int, float, complex, bytes, bool, type(None))


def is_generated(code: CodeType) -> bool:
    """Whether the code comes from no file: `<string>`, `<attrs generated init Cart>`."""
    return code.co_filename[:1] == "<"


def file_of(code: CodeType) -> str:
    """Return the real path of the code's file; its name as it is where there is none.

    A relative name that leads nowhere is that of a module compiled elsewhere, as Cython's are.
    """
    name = code.co_filename
    if is_generated(code) or not (os.path.isabs(name) or os.path.exists(name)):
        return name
    return _real(name) if os.path.isabs(name) else os.path.realpath(name)


_real = lru_cache(maxsize=1_024)(os.path.realpath)  # a look at each folder of the path


def source_for(code: CodeType, path: str) -> tuple[Source, str]:
    """Return the source that a frame's code was made from, and what is wrong with it."""
    if is_generated(code):
        lines = _told_by_linecache(code.co_filename)
        return Source(path, lines), "" if lines else GENERATED
    source = source_of(path)
    if source.lines and _is_newer(path) and not _is_made_from(code, path):
        return source, CHANGED
    return source, source.why


def _told_by_linecache(name: str) -> tuple[str, ...]:
    """Lines that whoever generated the code left for tracebacks; nothing is loaded for it."""
    entry = linecache.cache.get(name)
    if type(entry) is not tuple or len(entry) != 4 or type(entry[2]) is not list:
        return ()
    return tuple(line.rstrip("\n") for line in entry[2] if type(line) is str)


def _is_newer(path: str) -> bool:
    try:
        return os.stat(path).st_mtime > STARTED  # once a frame
    except OSError:
        return False  # it was there when it was read


@lru_cache(maxsize=256)
def _is_made_from(code: CodeType, path: str) -> bool:
    """Whether compiling the file as it is now gives this code, up to what pytest adds to asserts."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what the compiler says of the user's source
            top = compile(read_bytes(path), path, "exec", dont_inherit=True)
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return any(_is_alike(one, code) for one in _codes(top))


def _codes(top: CodeType) -> Iterator[CodeType]:
    waiting = [top]
    while waiting:
        code = waiting.pop()
        yield code
        waiting.extend(one for one in code.co_consts if isinstance(one, CodeType))


def _is_alike(made: CodeType, ran: CodeType) -> bool:
    if (made.co_name, made.co_firstlineno) != (ran.co_name, ran.co_firstlineno):
        return False
    if any(name.startswith("@") for name in (*ran.co_names, *ran.co_varnames)):  # rewritten
        return set(made.co_names) <= set(ran.co_names) and _constants(made) <= _constants(ran)
    same = made.co_code == ran.co_code and made.co_names == ran.co_names
    return same and _constants(made) == _constants(ran)


def _constants(code: CodeType) -> set[tuple[str, object]]:
    return {(type(c).__name__, c) for c in code.co_consts if type(c) in _PLAIN}
