"""The Python API: snapshots of one's own functions and sections, and checkpoints; no pytest needed.

Nothing here raises into the program, and what it re-raises is the very exception, with nothing of
ours in its traceback. (On 3.10 a bare `raise` brings back the decorator's own line.)
"""

from __future__ import annotations

import functools
import inspect
import os
import sys
import warnings
from collections.abc import Callable, Iterable, Mapping
from contextvars import Token
from pathlib import Path
from re import Pattern
from types import TracebackType
from typing import Any, TypeVar, cast

from ..observe.intruders import is_intruder
from ..record import current
from ..record.marks import MarkRecord, Marks
from .drive import async_generator_wrapper, async_wrapper, generator_wrapper, plain_wrapper

F = TypeVar("F", bound=Callable[..., Any])
STORE = ".autopsy"
MAX_VALUES = 50
"""Values of one mark that are looked at."""


def debug_snapshot(
    name: str | None = None,
    *,
    out_dir: str | Path | None = None,
    frames: int | None = None,
    source_context: int | None = None,
    locals_mode: str | None = None,
    max_str: int | None = None,
    max_items: int | None = None,
    redact: Iterable[str | Pattern[str]] | None = None,
    include_env: bool | None = None,
    debug: bool = False,
) -> Callable[[F], F]:
    """Return a decorator: when the function ends with an exception, a snapshot of it is written.

    For functions and methods, generators and coroutines. What is not given is the pytest run's,
    or the default.
    """
    given = _given(
        out_dir=out_dir, frames=frames, source_context=source_context, locals_mode=locals_mode,
        max_str=max_str, max_items=max_items, redact=redact, include_env=include_env, debug=debug,
    )  # fmt: skip

    def decorate(function: F) -> F:
        return cast("F", _wrapped(function, name if type(name) is str else None, given))

    if name is not None and not isinstance(name, str):  # @debug_snapshot without parentheses
        return cast("Any", decorate)(name)
    return decorate


def snapshot_section(
    name: str,
    *,
    out_dir: str | Path | None = None,
    frames: int | None = None,
    source_context: int | None = None,
    locals_mode: str | None = None,
    max_str: int | None = None,
    max_items: int | None = None,
    redact: Iterable[str | Pattern[str]] | None = None,
    include_env: bool | None = None,
    debug: bool = False,
) -> Section:
    """Return a context manager, for `with` and `async with`: what ends it is written as a snapshot."""
    return Section(
        name,
        _given(
            out_dir=out_dir, frames=frames, source_context=source_context, locals_mode=locals_mode,
            max_str=max_str, max_items=max_items, redact=redact, include_env=include_env,
            debug=debug,
        ),
    )  # fmt: skip


def mark(name: str, /, *, locals: Mapping[str, object] | None = None, **values: object) -> None:  # noqa: A002  # seed 3's name
    """Set a checkpoint with some values: in the trace of the running test, and in the snapshot of
    the section or decorated function around it, should that fail.
    """
    try:
        sections = current.sections.get()
        recorder = current.recorders.current()
        recorded = recorder is not None and recorder.recording is not None
        if not sections and not recorded:
            return
        from ..observe.detail import Detail

        frame = sys._getframe(1)  # noqa: SLF001  # the public ways read source files
        code = frame.f_code
        place = (code.co_filename, frame.f_lineno, getattr(code, "co_qualname", code.co_name))
        held = dict(locals) if type(locals) is dict else {}
        pairs = [pair for pair in {**held, **values}.items() if type(pair[0]) is str]
        detail = recorder.detail if recorder is not None else Detail()
        looker = detail.looker(detail.trace)
        looks = tuple((key, looker.look(value)) for key, value in pairs[:MAX_VALUES])
        record = MarkRecord(str.__str__(name), place, looks)
        for marks in sections:
            marks.add(record)
        if recorder is not None and recorded:
            recorder.mark(record, frame)
    except Exception as fault:  # a checkpoint is never worth a program
        if is_intruder(fault):
            raise


def get_latest_snapshot(out_dir: str | Path | None = None) -> dict[str, Any] | None:
    """Return the newest snapshot as plain JSON types; None where there is none.

    In a pytest run with --autopsy that of this process's sections and decorated functions;
    else what `latest.json` in `out_dir` (`.autopsy`) holds.
    """
    from ..plainjson import loads

    try:
        keeper = current.keepers.current() if out_dir is None else None
        found = keeper.latest() if keeper is not None else None
        if found is None:
            found = loads((Path(out_dir or STORE) / "latest.json").read_bytes())
    except (OSError, ValueError):
        return None
    return dict(found) if isinstance(found, Mapping) else None


class Section:
    """A part of a program whose failure is written as a snapshot. Can be entered again.

    Each time with marks of its own, except where `marks` are given: those of a generator's steps.
    """

    def __init__(self, name: str, given: Mapping[str, Any], marks: Marks | None = None) -> None:
        self.name = name
        self.given = given
        self.marks = marks
        self._open: list[tuple[Marks, Token[tuple[Marks, ...]]]] = []

    def __enter__(self) -> Section:
        marks = self.marks or Marks()
        token = current.sections.set((*current.sections.get(), marks))
        self._open.append((marks, token))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        marks, token = self._open.pop() if self._open else (Marks(), None)
        if token is not None:
            try:
                current.sections.reset(token)
            except (ValueError, RuntimeError):  # left in another task than it was entered in
                pass
        if error is not None:
            take(self.name, error, self.given, marks)

    async def __aenter__(self) -> Section:
        return self.__enter__()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.__exit__(kind, error, traceback)


def take(name: str, error: BaseException, given: Mapping[str, Any], marks: Marks) -> None:
    """Write the snapshot of `error`, if it is a failure. Never raises."""
    try:
        from ..observe.exceptions import is_failure
        from .keeper import keeper_outside

        if is_failure(error):
            keeper = current.keepers.current() or keeper_outside(
                os.fspath(given.get("out_dir", STORE))
            )
            keeper.keep(name, error, given, marks)
    except Exception as fault:
        if is_intruder(fault):
            raise
        if given.get("debug"):
            _say(f"pytest-autopsy took no snapshot of {name!r}: {type(fault).__name__}: {fault}")


def _say(text: str) -> None:
    """Warn; where a filter makes that an exception, on stderr."""
    try:
        warnings.warn(text, RuntimeWarning, stacklevel=4)
    except Exception:  # noqa: BLE001
        try:
            sys.stderr.write(text + "\n")
        except Exception:  # noqa: BLE001, S110  # there is no stderr
            pass


def _given(**options: Any) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}


def _wrapped(function: Any, name: str | None, given: Mapping[str, Any]) -> Any:
    if isinstance(function, (staticmethod, classmethod)):
        return type(function)(_wrapped(function.__func__, name, given))
    qualified = getattr(function, "__qualname__", None) or type(function).__name__
    shown = name if name is not None else str(qualified).rpartition("<locals>.")[2]
    section = functools.partial(Section, shown, given)
    if inspect.isasyncgenfunction(function):
        return async_generator_wrapper(function, section)
    if inspect.iscoroutinefunction(function):
        return async_wrapper(function, section)
    if inspect.isgeneratorfunction(function):
        return generator_wrapper(function, section)
    return plain_wrapper(function, section)
